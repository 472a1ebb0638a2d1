#pragma once
// The shape of an Observation's (or component's) value, as one of a closed list of names: never the value itself.
// Thread: pure. Errors: none.
#include "adapter/json/document.hpp"

#include <string>

namespace facet::mapping {

// "Quantity 0..10", "string n/10", "coded answer", "absent", "none", "components", ...
std::string ValueShapeOf(json::Value row);

}  // namespace facet::mapping

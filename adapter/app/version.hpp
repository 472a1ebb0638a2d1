#pragma once
// The version of the adapter: printed by `version`, logged at start, written into Provenance.

namespace facet::app {

inline constexpr const char* kVersion = "0.1.0";

}  // namespace facet::app

// Must not compile: text of unknown origin is no event field.
// Error: no match(ing function)? for call to .*config_policy_unapproved_type
#include "adapter/base/events.hpp"
#include "adapter/base/result.hpp"
#include "adapter/base/strong.hpp"

#include <string>
auto Make(const std::string& text) { return facet::events::config_policy_unapproved(text); }

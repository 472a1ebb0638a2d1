// Must not compile: a body is no event field.
// Error: no match(ing function)? for call to .*config_policy_unapproved_type
#include "adapter/base/events.hpp"
#include "adapter/base/result.hpp"
#include "adapter/base/strong.hpp"

auto event = facet::events::config_policy_unapproved(facet::ResourceBody("{}"));

// Must not compile: a body is no event field.
#include "adapter/base/events.hpp"
#include "adapter/base/result.hpp"
#include "adapter/base/strong.hpp"

auto event = facet::events::config_policy_unapproved(facet::ResourceBody("{}"));

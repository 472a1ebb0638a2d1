// Must not compile: an event takes exactly its declared fields.
// Error: no match(ing function)? for call to .*process_stopped_type
#include "adapter/base/events.hpp"
#include "adapter/base/result.hpp"
#include "adapter/base/strong.hpp"

auto event = facet::events::process_stopped(1, 2);

// Must not compile: PHI is refused where an event value is made, too.
// Error: static.assert.*PHI cannot be logged
#include "adapter/base/events.hpp"
#include "adapter/base/result.hpp"
#include "adapter/base/strong.hpp"

auto value = facet::events::impl::ToValue(facet::PatientRef("Patient/1"));

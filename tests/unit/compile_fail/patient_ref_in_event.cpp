// Must not compile: a patient reference is no event field.
// Error: no match(ing function)? for call to .*patient_followed_type
#include "adapter/base/events.hpp"
#include "adapter/base/result.hpp"
#include "adapter/base/strong.hpp"

auto event = facet::events::patient_followed(facet::PatientRef("Patient/1"));

// Must not compile: a strong type does not turn into another one.
// Error: no match(ing function for call to|ing conversion for functional-style cast from) .*(SafeTextTag|PatientRef)
#include "adapter/base/events.hpp"
#include "adapter/base/result.hpp"
#include "adapter/base/strong.hpp"

facet::SafeText text = facet::SafeText(facet::PatientRef("Patient/1"));

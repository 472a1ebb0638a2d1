// Must not compile: a strong type does not turn into text by itself.
#include "adapter/base/events.hpp"
#include "adapter/base/result.hpp"
#include "adapter/base/strong.hpp"

std::string text = facet::PatientRef("Patient/1");

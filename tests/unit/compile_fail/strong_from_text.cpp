// Must not compile: text does not turn into a strong type by itself.
#include "adapter/base/events.hpp"
#include "adapter/base/result.hpp"
#include "adapter/base/strong.hpp"

facet::PatientRef patient = std::string("Patient/1");

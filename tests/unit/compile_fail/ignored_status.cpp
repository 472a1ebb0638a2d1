// Must not compile: a Status must be looked at.
// Error: ignoring return(ed)? value
#include "adapter/base/events.hpp"
#include "adapter/base/result.hpp"
#include "adapter/base/strong.hpp"

facet::Status Work();
void Use() { Work(); }

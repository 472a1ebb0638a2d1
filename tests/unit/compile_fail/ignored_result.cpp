// Must not compile: a Result must be looked at.
// Error: ignoring return(ed)? value
#include "adapter/base/events.hpp"
#include "adapter/base/result.hpp"
#include "adapter/base/strong.hpp"

facet::Result<int> Work();
void Use() { Work(); }

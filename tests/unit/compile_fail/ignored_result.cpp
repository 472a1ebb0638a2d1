// Must not compile: a Result must be looked at.
#include "adapter/base/events.hpp"
#include "adapter/base/result.hpp"
#include "adapter/base/strong.hpp"

facet::Result<int> Work();
void Use() { Work(); }

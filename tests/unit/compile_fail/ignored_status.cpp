// Must not compile: a Status must be looked at.
#include "adapter/base/events.hpp"
#include "adapter/base/result.hpp"
#include "adapter/base/strong.hpp"

facet::Status Work();
void Use() { Work(); }

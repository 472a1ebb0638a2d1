#pragma once
// The wall clock and the steady clock: the only place where time enters the adapter.
// Thread: any.
#include "adapter/base/time.hpp"

#include <cstdint>

namespace facet::app {

UtcInstant Now();
// Milliseconds on a clock that never jumps; for budgets and latencies.
std::int64_t SteadyMs();

}  // namespace facet::app

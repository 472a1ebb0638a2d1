#pragma once
// ADAPTER_CHECK: programmer errors. Always on, in release too. One condition a check; never on input.
// A failed check prints expression and place, lets the process log it (SetCheckHandler), and aborts.

namespace facet {

// Called once before abort(); must not allocate more than it can afford to lose. Set by `app` at start.
using CheckHandler = void (*)(const char* expression, const char* file, int line);
void SetCheckHandler(CheckHandler handler) noexcept;

[[noreturn]] void CheckFailed(const char* expression, const char* file, int line) noexcept;

}  // namespace facet

#define ADAPTER_CHECK(condition)                                                                                       \
  (static_cast<bool>(condition) ? void(0) : ::facet::CheckFailed(#condition, __FILE__, __LINE__))

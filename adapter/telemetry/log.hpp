#pragma once
// The log: Events in, JSON lines out. The log is the operator's user interface, so every line has a stable event name
// of the closed catalogue (base/events.def) and nothing but declared fields; PHI cannot become one (by type).
//
// In the flow: every room's Events -> Log::Write -> stderr (journald adds the rest), and the counters of /metrics.
// Thread: any; a line is written in one piece. Owns: nothing of the descriptor.
// Errors: none; a line that cannot be written is counted (facet_adapter_log_lost_total).
// Line: {"ts":"2026-03-05T10:00:00.000Z","level":"info","event":"area.noun_verb","module":"area","v":"0.1.0",FIELDS...}
#include "adapter/base/events.hpp"
#include "adapter/telemetry/metrics.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace facet::telemetry {

std::optional<Level> LevelFromName(std::string_view name) noexcept;  // "debug", "info", "warn", "error"

struct LogOptions {
  int descriptor = 2;
  Level threshold = Level::kInfo;
  std::string version;
  std::function<UtcInstant()> now;  // required
  // Of equal events (same name and fields, measures aside) this many are written in each interval; the next one that is
  // written says how many were not (`suppressed`).
  int equal_max = 10;
  std::int64_t interval_ms = 10'000;
};

class Log {
 public:
  Log(LogOptions options, Metrics& metrics);
  ~Log();  // flushes
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void Write(const Event& event);
  void SetThreshold(Level threshold);
  // Writes what is still owed about suppressed events. At the end, and whenever it seems good.
  void Flush();

 private:
  struct Repeat {
    std::int64_t since_ms = 0;
    int written = 0;
    std::int64_t suppressed = 0;
    EventKind kind{};
  };
  // Whether to write it, and how many equal ones were not written since.
  std::optional<std::int64_t> Admit(const Event& event, std::int64_t now_ms);
  void Forget(std::int64_t now_ms, bool all);
  void WriteLine(const Event& event, UtcInstant now, std::int64_t suppressed);

  const LogOptions options_;
  Metrics& metrics_;
  std::mutex mutex_;
  Level threshold_;
  std::map<std::string, Repeat> repeats_;
};

// One line without its end; `suppressed` is left out where it is 0.
std::string FormatLine(const Event& event, UtcInstant now, std::string_view version, std::int64_t suppressed);

}  // namespace facet::telemetry

#pragma once
// The adapter's log as a test sees it: JSON lines, parsed as they arrive, to be waited for and counted.
//
// In the flow: stderr of the adapter -> Append (reader thread) -> WaitFor, Count (test thread).
// Thread: any. Owns: the lines. Errors: what is no JSON object with an event is kept in Strays().
#include "adapter/json/document.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace facet::support {

struct LogLine {
  std::string text;
  std::string event;  // "process.started"
  json::Document document;
  std::string Text(std::string_view field) const { return std::string(document.root()[field].string()); }
  std::int64_t Number(std::string_view field) const;
};

using LineTest = std::function<bool(const LogLine&)>;

// A line whose field has this text: Has("reason", "active").
LineTest Has(std::string field, std::string text);

class EventLog {
 public:
  void Append(std::string_view chunk);
  void Close();  // nothing comes any more

  // How many lines there are: a mark to wait from.
  std::size_t size() const;
  // The first line of that event at or behind `from` that passes; nullopt at the deadline, or when the log has ended.
  std::optional<LogLine> WaitFor(std::string_view event, const LineTest& test = {}, std::size_t from = 0,
                                 std::chrono::milliseconds patience = std::chrono::seconds(30)) const;
  std::size_t Count(std::string_view event, const LineTest& test = {}, std::size_t from = 0) const;
  // Where the first such line is; size() if it is not there.
  std::size_t IndexOf(std::string_view event, const LineTest& test = {}) const;
  std::vector<std::string> Strays() const;
  std::string Text() const;  // everything, as written
  std::string Tail(std::size_t lines) const;

 private:
  const LogLine* Find(std::string_view event, const LineTest& test, std::size_t& from) const;

  mutable std::mutex mutex_;
  mutable std::condition_variable arrived_;
  std::deque<LogLine> lines_;
  std::vector<std::string> strays_;
  std::string partial_;
  bool closed_ = false;
};

}  // namespace facet::support

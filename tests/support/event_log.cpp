#include "tests/support/event_log.hpp"

#include <utility>

namespace facet::support {

std::int64_t LogLine::Number(std::string_view field) const {
  const auto decimal = document.root()[field].decimal();
  return decimal ? decimal->ToInt64().value_or(0) : 0;
}

LineTest Has(std::string field, std::string text) {
  return [field = std::move(field), text = std::move(text)](const LogLine& line) { return line.Text(field) == text; };
}

void EventLog::Append(std::string_view chunk) {
  const std::lock_guard lock(mutex_);
  partial_ += chunk;
  std::size_t begin = 0;
  for (std::size_t end = 0; (end = partial_.find('\n', begin)) != std::string::npos; begin = end + 1) {
    LogLine line;
    line.text = partial_.substr(begin, end - begin);
    auto parsed = json::Parse(line.text);
    if (parsed.ok() && parsed->root()["event"].is_string()) {
      line.event = parsed->root()["event"].string();
      line.document = std::move(parsed).value();
    } else {
      strays_.push_back(line.text);
    }
    lines_.push_back(std::move(line));
  }
  partial_.erase(0, begin);
  arrived_.notify_all();
}

void EventLog::Close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  arrived_.notify_all();
}

std::size_t EventLog::size() const {
  const std::lock_guard lock(mutex_);
  return lines_.size();
}

const LogLine* EventLog::Find(std::string_view event, const LineTest& test, std::size_t& from) const {
  for (; from < lines_.size(); ++from) {
    const LogLine& line = lines_[from];
    if (line.event == event && (!test || test(line))) return &line;
  }
  return nullptr;
}

std::optional<LogLine> EventLog::WaitFor(std::string_view event, const LineTest& test, std::size_t from,
                                         std::chrono::milliseconds patience) const {
  std::unique_lock lock(mutex_);
  const LogLine* found = nullptr;
  arrived_.wait_for(lock, patience, [&] { return (found = Find(event, test, from)) != nullptr || closed_; });
  if (found == nullptr) return std::nullopt;
  return *found;
}

std::size_t EventLog::Count(std::string_view event, const LineTest& test, std::size_t from) const {
  const std::lock_guard lock(mutex_);
  std::size_t count = 0;
  for (; Find(event, test, from) != nullptr; ++from) ++count;
  return count;
}

std::size_t EventLog::IndexOf(std::string_view event, const LineTest& test) const {
  const std::lock_guard lock(mutex_);
  std::size_t at = 0;
  Find(event, test, at);
  return at;
}

std::vector<std::string> EventLog::Strays() const {
  const std::lock_guard lock(mutex_);
  return strays_;
}

std::string EventLog::Text() const {
  const std::lock_guard lock(mutex_);
  std::string out;
  for (const LogLine& line : lines_) out += line.text + "\n";
  return out + partial_;
}

std::string EventLog::Tail(std::size_t count) const {
  const std::lock_guard lock(mutex_);
  std::string out;
  for (std::size_t i = lines_.size() > count ? lines_.size() - count : 0; i < lines_.size(); ++i) {
    out += "    | " + lines_[i].text + "\n";
  }
  return out;
}

}  // namespace facet::support

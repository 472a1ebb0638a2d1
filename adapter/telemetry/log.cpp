#include "adapter/telemetry/log.hpp"

#include "adapter/json/writer.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <unistd.h>
#include <utility>
#include <vector>

namespace facet::telemetry {
namespace {

constexpr std::size_t kRepeatsMax = 4096;

// Figures that differ from one event to the next without making it another event.
bool IsMeasure(EventField field) noexcept {
  switch (field) {
  case EventField::attempt:
  case EventField::count:
  case EventField::bytes:
  case EventField::latency_ms:
  case EventField::delay_ms:
  case EventField::age_ms:
  case EventField::deadline_ms:
  case EventField::queue_depth:
  case EventField::at:
    return true;
  default:
    return false;
  }
}

std::string KeyOf(const Event& event) {
  std::string key = std::to_string(static_cast<int>(event.kind));
  for (const auto& [field, value] : event.fields) {
    if (IsMeasure(field)) continue;
    key += '\x1f';
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
      key += std::to_string(*number);
    } else {
      key += std::get<std::string>(value);
    }
  }
  return key;
}

// Always with milliseconds, so that lines sort as text.
std::string Timestamp(UtcInstant at) {
  std::int64_t ms = at.ms % UtcInstant::kMsPerSecond;
  if (ms < 0) ms += UtcInstant::kMsPerSecond;
  std::string text = UtcInstant{at.ms - ms}.ToString();
  text.pop_back();  // the Z
  return fmt::format("{}.{:03}Z", text, ms);
}

// JSON strings must be UTF-8; what an operator's file name or a library's message holds may not be.
std::string Utf8(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80                   ? 1
                               : lead >= 0xC2 && lead < 0xE0 ? 2
                               : lead >= 0xE0 && lead < 0xF0 ? 3
                               : lead >= 0xF0 && lead < 0xF5 ? 4
                                                             : 0;
    bool valid = length > 0 && i + length <= text.size();
    for (std::size_t k = 1; valid && k < length; ++k) {
      valid = (static_cast<unsigned char>(text[i + k]) & 0xC0U) == 0x80U;
    }
    if (valid && length == 3) {
      const auto second = static_cast<unsigned char>(text[i + 1]);
      valid = !(lead == 0xE0 && second < 0xA0) && !(lead == 0xED && second >= 0xA0);
    }
    if (valid && length == 4) {
      const auto second = static_cast<unsigned char>(text[i + 1]);
      valid = !(lead == 0xF0 && second < 0x90) && !(lead == 0xF4 && second >= 0x90);
    }
    if (valid) {
      out.append(text.substr(i, length));
      i += length;
    } else {
      out += '?';
      ++i;
    }
  }
  return out;
}

}  // namespace

std::optional<Level> LevelFromName(std::string_view name) noexcept {
  for (const Level level : {Level::kDebug, Level::kInfo, Level::kWarn, Level::kError}) {
    if (NameOf(level) == name) return level;
  }
  return std::nullopt;
}

std::string FormatLine(const Event& event, UtcInstant now, std::string_view version, std::int64_t suppressed) {
  const EventInfo& info = InfoOf(event.kind);
  json::Writer writer;
  writer.Object([&] {
    writer.Member("ts", Timestamp(now));
    writer.Member("level", NameOf(info.level));
    writer.Member("event", info.name);
    writer.Member("module", info.area);
    writer.Member("v", version);
    for (const auto& [field, value] : event.fields) {
      const std::string_view name = EventFieldCatalogue()[static_cast<std::size_t>(field)].name;
      if (const auto* number = std::get_if<std::int64_t>(&value)) {
        writer.Member(name, *number);
      } else {
        writer.Member(name, Utf8(std::get<std::string>(value)));
      }
    }
    if (suppressed > 0) writer.Member("suppressed", suppressed);
  });
  return std::move(writer).Take();
}

Log::Log(LogOptions options, Metrics& metrics)
    : options_(std::move(options)), metrics_(metrics), threshold_(options_.threshold) {
  ADAPTER_CHECK(options_.now != nullptr);
  metrics_.SetVersion(SafeText(options_.version));
}

Log::~Log() { Flush(); }

void Log::Write(const Event& event) {
  metrics_.Count(event);
  const std::lock_guard lock(mutex_);
  if (InfoOf(event.kind).level < threshold_) return;
  const UtcInstant now = options_.now();
  const std::optional<std::int64_t> suppressed = Admit(event, now.ms);
  if (!suppressed) {
    metrics_.Add(Metric::kLogSuppressed, Token::OfName(InfoOf(event.kind).name));
    return;
  }
  WriteLine(event, now, *suppressed);
}

void Log::SetThreshold(Level threshold) {
  const std::lock_guard lock(mutex_);
  threshold_ = threshold;
}

void Log::Flush() {
  const std::lock_guard lock(mutex_);
  Forget(options_.now().ms, true);
}

std::optional<std::int64_t> Log::Admit(const Event& event, std::int64_t now_ms) {
  if (repeats_.size() >= kRepeatsMax) Forget(now_ms, false);
  if (repeats_.size() >= kRepeatsMax) Forget(now_ms, true);
  Repeat& repeat = repeats_[KeyOf(event)];
  repeat.kind = event.kind;
  // A clock that was set back starts a new interval, too.
  const bool over = now_ms - repeat.since_ms >= options_.interval_ms || now_ms < repeat.since_ms;
  if (over) {
    repeat.since_ms = now_ms;
    repeat.written = 0;
  }
  if (repeat.written >= options_.equal_max) {
    ++repeat.suppressed;
    return std::nullopt;
  }
  ++repeat.written;
  return std::exchange(repeat.suppressed, 0);
}

void Log::Forget(std::int64_t now_ms, bool all) {
  for (auto it = repeats_.begin(); it != repeats_.end();) {
    const Repeat& repeat = it->second;
    if (!all && now_ms - repeat.since_ms < options_.interval_ms) {
      ++it;
      continue;
    }
    if (repeat.suppressed > 0) {
      WriteLine(events::telemetry_events_suppressed(Token::OfName(InfoOf(repeat.kind).name)), {now_ms},
                repeat.suppressed);
    }
    it = repeats_.erase(it);
  }
}

void Log::WriteLine(const Event& event, UtcInstant now, std::int64_t suppressed) {
  const std::string line = FormatLine(event, now, options_.version, suppressed) + "\n";
  std::size_t done = 0;
  while (done < line.size()) {
    const ssize_t wrote = ::write(options_.descriptor, line.data() + done, line.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) {
      metrics_.Add(Metric::kLogLost);
      return;
    }
    done += static_cast<std::size_t>(wrote);
  }
}

}  // namespace facet::telemetry

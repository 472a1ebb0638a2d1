#pragma once
// Instants, civil dates and time zones. Nothing here reads a clock: `now` is always an argument.
//
// Units: UtcInstant counts milliseconds since 1970-01-01T00:00:00Z. Thread: values; TimeZone is immutable.
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace facet {

// A point on the UTC time line. Persisted and compared; never mixed with a monotonic clock.
struct UtcInstant {
  std::int64_t ms = 0;
  friend auto operator<=>(const UtcInstant&, const UtcInstant&) = default;
  UtcInstant PlusMs(std::int64_t delta) const noexcept { return {ms + delta}; }
  // "2026-03-05T10:00:00Z"; with ".123" only when there are milliseconds.
  std::string ToString() const;
  static constexpr std::int64_t kMsPerSecond = 1000;
  static constexpr std::int64_t kMsPerHour = 3'600'000;
  static constexpr std::int64_t kMsPerDay = 86'400'000;
};

// A day of the proleptic Gregorian calendar, as days since 1970-01-01.
struct CivilDate {
  int year = 1970;
  int month = 1;  // 1..12
  int day = 1;    // 1..31
  friend auto operator<=>(const CivilDate&, const CivilDate&) = default;
  std::int64_t ToDays() const noexcept;
  static CivilDate FromDays(std::int64_t days) noexcept;
  bool valid() const noexcept;
  std::string ToString() const;  // "2026-03-05"
};
int DaysInMonth(int year, int month) noexcept;

// A site's time zone: a table of UTC offsets, filled by `config` from the time zone database (or fixed). Pure look-up.
class TimeZone {
 public:
  struct Transition {
    std::int64_t from_s = 0;    // UTC seconds; this offset holds from here on
    std::int32_t offset_s = 0;  // seconds east of UTC
  };
  TimeZone() = default;  // UTC
  TimeZone(std::string name, std::int32_t first_offset_s, std::vector<Transition> transitions);
  static TimeZone Fixed(std::int32_t offset_s);

  const std::string& name() const noexcept { return name_; }
  std::int32_t OffsetAt(UtcInstant at) const noexcept;  // seconds east of UTC
  CivilDate LocalDate(UtcInstant at) const noexcept;
  // The instant of a local wall time. In a gap (clocks go forward) the offset before the gap is used, in an
  // overlap the earlier instant.
  UtcInstant FromLocal(CivilDate date, std::int64_t ms_of_day) const noexcept;
  UtcInstant StartOfDay(CivilDate date) const noexcept { return FromLocal(date, 0); }
  // The first instant after that local day.
  UtcInstant EndOfDay(CivilDate date) const noexcept { return StartOfDay(CivilDate::FromDays(date.ToDays() + 1)); }

 private:
  std::string name_ = "UTC";
  std::int32_t first_offset_s_ = 0;
  std::vector<Transition> transitions_;
};

enum class Precision : std::uint8_t { kYear, kMonth, kDay, kMinute, kSecond, kMillisecond };

// A FHIR date, dateTime or instant as written: not an instant, an interval (FHIR R4 §2.24.0.1). Partial dates and
// times without an offset need a time zone to become UTC; that is given where it is done.
struct FhirDateTime {
  CivilDate date;              // month and day are 1 where the precision is coarser
  std::int64_t ms_of_day = 0;  // local
  Precision precision = Precision::kDay;
  std::optional<std::int32_t> offset_s;  // seconds east of UTC, where it was written
  std::string text;                      // the literal

  friend bool operator==(const FhirDateTime&, const FhirDateTime&) = default;

  // "2026", "2026-03", "2026-03-05", "2026-03-05T10:00[:00[.000]][Z|+hh:mm]"; ":60" is read as ":59";
  // "24:00" is refused. nullopt for anything else.
  static std::optional<FhirDateTime> Parse(std::string_view text);

  bool has_time() const noexcept { return precision >= Precision::kMinute; }
  // [first, last) in UTC: a day of the zone for a date (an offset is never written with it), one second for "10:00:00".
  UtcInstant Earliest(const TimeZone& zone) const noexcept;
  UtcInstant Latest(const TimeZone& zone) const noexcept;  // exclusive end, never before Earliest + 1 ms
};

}  // namespace facet

#include "adapter/fhirpath/temporal.hpp"

#include <algorithm>
#include <cstdio>

namespace facet::fhirpath {
namespace {

using P = TemporalPrecision;

constexpr std::int64_t kUsPerSecond = 1'000'000;
constexpr std::int64_t kUsPerMinute = 60 * kUsPerSecond;
constexpr std::int64_t kUsPerHour = 60 * kUsPerMinute;
constexpr std::int64_t kUsPerDay = 24 * kUsPerHour;
constexpr int kFractionDigitsMax = 6;
// Offsets in use on earth lie between these (FHIR R4 allows -14:00..+14:00; boundaries use the real ones).
constexpr int kOffsetEastMax = 14 * 60;
constexpr int kOffsetWestMax = 12 * 60;

std::int64_t FloorDiv(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

CivilDate DayOf(const TemporalValue& value) { return CivilDate::FromDays(FloorDiv(value.us, kUsPerDay)); }
std::int64_t OfDay(const TemporalValue& value) { return value.us - FloorDiv(value.us, kUsPerDay) * kUsPerDay; }
std::int64_t UsOf(CivilDate date) { return date.ToDays() * kUsPerDay; }

// Reads characters from the front of a text.
struct Reader {
  std::string_view rest;
  bool failed = false;

  bool At(char c) const { return !rest.empty() && rest[0] == c; }
  bool Take(char c) {
    if (!At(c)) return false;
    rest.remove_prefix(1);
    return true;
  }
  int Digits(std::size_t count, int low, int high) {
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (i >= rest.size() || rest[i] < '0' || rest[i] > '9') {
        failed = true;
        return low;
      }
      value = value * 10 + (rest[i] - '0');
    }
    rest.remove_prefix(count);
    if (value < low || value > high) failed = true;
    return value;
  }
  bool done() const { return !failed && rest.empty(); }
};

void ReadDay(Reader& reader, TemporalValue& out) {
  CivilDate date{reader.Digits(4, 1, 9999), 1, 1};
  out.precision = P::kYear;
  if (reader.Take('-')) {
    date.month = reader.Digits(2, 1, 12);
    out.precision = P::kMonth;
    if (!reader.failed && reader.Take('-')) {
      date.day = reader.Digits(2, 1, DaysInMonth(date.year, date.month));
      out.precision = P::kDay;
    }
  }
  if (!reader.failed) out.us = UsOf(date);
}

void ReadClock(Reader& reader, TemporalValue& out) {
  out.us += reader.Digits(2, 0, 23) * kUsPerHour;
  out.precision = P::kHour;
  if (!reader.Take(':')) return;
  out.us += reader.Digits(2, 0, 59) * kUsPerMinute;
  out.precision = P::kMinute;
  if (!reader.Take(':')) return;
  // A leap second is read as the second before it (as base::FhirDateTime does).
  out.us += std::min(reader.Digits(2, 0, 60), 59) * kUsPerSecond;
  out.precision = P::kSecond;
  if (!reader.Take('.')) return;
  std::int64_t unit = kUsPerSecond;
  int digits = 0;
  while (!reader.rest.empty() && reader.rest[0] >= '0' && reader.rest[0] <= '9') {
    const int digit = reader.Digits(1, 0, 9);
    unit /= 10;
    out.us += digit * unit;  // digits behind microseconds count nothing
    ++digits;
  }
  if (digits == 0) reader.failed = true;
  out.fraction_digits = static_cast<std::uint8_t>(std::min(digits, kFractionDigitsMax));
  out.precision = P::kFraction;
}

void ReadOffset(Reader& reader, TemporalValue& out) {
  if (reader.Take('Z')) {
    out.has_offset = true;
  } else if (reader.At('+') || reader.At('-')) {
    const bool west = reader.Take('-') || !reader.Take('+');
    const int hours = reader.Digits(2, 0, 14);
    if (!reader.Take(':')) reader.failed = true;
    const int minutes = reader.Digits(2, 0, 59);
    out.has_offset = true;
    out.offset_min = (west ? -1 : 1) * (hours * 60 + minutes);
  }
}

// The first moment behind a partial value; seconds are points.
std::int64_t EndOf(const TemporalValue& value) {
  const CivilDate day = DayOf(value);
  switch (value.precision) {
  case P::kYear:
    return UsOf({day.year + 1, 1, 1}) - 1;
  case P::kMonth:
    return UsOf(day.month == 12 ? CivilDate{day.year + 1, 1, 1} : CivilDate{day.year, day.month + 1, 1}) - 1;
  case P::kDay:
    return value.us + kUsPerDay - 1;
  case P::kHour:
    return value.us + kUsPerHour - 1;
  case P::kMinute:
    return value.us + kUsPerMinute - 1;
  default:
    return value.us;
  }
}

P RankOf(const TemporalValue& value) { return std::min(value.precision, P::kSecond); }
bool HasTime(const TemporalValue& value) { return value.precision >= P::kHour; }

std::optional<TemporalValue> WithDay(TemporalValue value, CivilDate day, std::int64_t of_day) {
  if (!day.valid()) return std::nullopt;
  value.us = UsOf(day) + of_day;
  return value;
}

std::optional<TemporalValue> AddMonths(const TemporalValue& value, std::int64_t months) {
  if (months > 200'000 || months < -200'000) return std::nullopt;
  const CivilDate day = DayOf(value);
  const std::int64_t count = std::int64_t{day.year} * 12 + day.month - 1 + months;
  CivilDate moved{static_cast<int>(FloorDiv(count, 12)), static_cast<int>(count - FloorDiv(count, 12) * 12) + 1, 1};
  if (moved.year < 1 || moved.year > 9999) return std::nullopt;
  moved.day = std::min(day.day, DaysInMonth(moved.year, moved.month));  // the last day where the month is shorter
  return WithDay(value, moved, OfDay(value));
}

struct DigitsRow {
  P precision;
  int date_time;
  int time;
};
constexpr DigitsRow kDigits[] = {{P::kYear, 4, 0},    {P::kMonth, 6, 0},   {P::kDay, 8, 0},      {P::kHour, 10, 2},
                                 {P::kMinute, 12, 4}, {P::kSecond, 14, 6}, {P::kFraction, 17, 9}};

// Cuts what is finer than the precision.
void Truncate(TemporalValue& value, P precision) {
  const CivilDate day = DayOf(value);
  std::int64_t unit = 1000;
  value.precision = precision;
  value.fraction_digits = precision == P::kFraction ? 3 : 0;
  switch (precision) {
  case P::kYear:
    value.us = UsOf({day.year, 1, 1});
    return;
  case P::kMonth:
    value.us = UsOf({day.year, day.month, 1});
    return;
  case P::kDay:
    unit = kUsPerDay;
    break;
  case P::kHour:
    unit = kUsPerHour;
    break;
  case P::kMinute:
    unit = kUsPerMinute;
    break;
  case P::kSecond:
    unit = kUsPerSecond;
    break;
  case P::kFraction:
    break;
  }
  value.us = FloorDiv(value.us, unit) * unit;
}

}  // namespace

std::optional<TemporalValue> ParseDate(std::string_view text) {
  Reader reader{text};
  TemporalValue out;
  ReadDay(reader, out);
  if (!reader.done()) return std::nullopt;
  return out;
}

std::optional<TemporalValue> ParseDateTime(std::string_view text) {
  Reader reader{text};
  TemporalValue out;
  ReadDay(reader, out);
  if (!reader.failed && reader.Take('T') && !reader.rest.empty()) {
    if (out.precision != P::kDay) return std::nullopt;
    ReadClock(reader, out);
    if (!reader.failed) ReadOffset(reader, out);
  }
  if (!reader.done()) return std::nullopt;
  return out;
}

std::optional<TemporalValue> ParseTime(std::string_view text) {
  Reader reader{text};
  TemporalValue out;
  ReadClock(reader, out);
  if (!reader.done()) return std::nullopt;
  return out;
}

std::optional<TemporalValue> ParseTemporal(ItemKind kind, std::string_view text) {
  if (kind == ItemKind::kDate) return ParseDate(text);
  if (kind == ItemKind::kTime) return ParseTime(text);
  return ParseDateTime(text);
}

std::string FormatTemporal(ItemKind kind, const TemporalValue& value) {
  char text[48];
  std::string out;
  if (kind != ItemKind::kTime) {
    const CivilDate day = DayOf(value);
    std::snprintf(text, sizeof text, "%04d-%02d-%02d", day.year, day.month, day.day);
    out.assign(text, value.precision == P::kYear ? 4U : value.precision == P::kMonth ? 7U : 10U);
    if (!HasTime(value)) return out;
    out += 'T';
  }
  const std::int64_t of_day = OfDay(value);
  std::snprintf(text, sizeof text, "%02d:%02d:%02d.%06d", static_cast<int>(of_day / kUsPerHour),
                static_cast<int>(of_day / kUsPerMinute % 60), static_cast<int>(of_day / kUsPerSecond % 60),
                static_cast<int>(of_day % kUsPerSecond));
  const std::size_t length = value.precision == P::kHour     ? 2U
                             : value.precision == P::kMinute ? 5U
                             : value.precision == P::kSecond ? 8U
                                                             : 9U + value.fraction_digits;
  out.append(text, length);
  if (!value.has_offset) return out;
  if (value.offset_min == 0) return out + "Z";
  const int minutes = value.offset_min < 0 ? -value.offset_min : value.offset_min;
  std::snprintf(text, sizeof text, "%c%02d:%02d", value.offset_min < 0 ? '-' : '+', minutes / 60, minutes % 60);
  return out + text;
}

TemporalValue FromInstant(UtcInstant at, std::int32_t offset_s) {
  const int offset_min = offset_s / 60;
  return {at.ms * 1000 + offset_min * kUsPerMinute, offset_min, true, P::kFraction, 3};
}

TemporalValue DateOf(const TemporalValue& date_time) {
  TemporalValue out = date_time;
  if (HasTime(out)) Truncate(out, P::kDay);
  out.has_offset = false;
  out.offset_min = 0;
  return out;
}

TemporalValue TimeOf(const TemporalValue& date_time) {
  TemporalValue out = date_time;
  out.us = OfDay(date_time);
  out.has_offset = false;
  out.offset_min = 0;
  return out;
}

Order CompareTemporal(const TemporalValue& a, const TemporalValue& b) {
  std::int64_t a_first = a.us;
  std::int64_t a_last = EndOf(a);
  std::int64_t b_first = b.us;
  std::int64_t b_last = EndOf(b);
  // A date has no offset; against a dateTime the wall clocks are compared.
  const bool offsets_matter = HasTime(a) && HasTime(b);
  const auto shift = [](const TemporalValue& value, std::int64_t& first, std::int64_t& last) {
    first -= (value.has_offset ? value.offset_min : kOffsetEastMax) * kUsPerMinute;
    last -= (value.has_offset ? value.offset_min : -kOffsetWestMax) * kUsPerMinute;
  };
  if (offsets_matter && (a.has_offset || b.has_offset)) {
    shift(a, a_first, a_last);
    shift(b, b_first, b_last);
  }
  if (a_last < b_first) return Order::kLess;
  if (a_first > b_last) return Order::kGreater;
  const bool same_kind = RankOf(a) == RankOf(b) && (!offsets_matter || a.has_offset == b.has_offset);
  return same_kind && a_first == b_first ? Order::kEqual : Order::kUnknown;
}

bool EquivalentTemporal(const TemporalValue& a, const TemporalValue& b) {
  return CompareTemporal(a, b) == Order::kEqual;
}

std::optional<TemporalValue> AddDuration(ItemKind kind, const TemporalValue& value, const CalendarDuration& duration) {
  if (kind == ItemKind::kTime) {
    if (duration.months != 0) return std::nullopt;
    TemporalValue out = value;
    const std::int64_t sum = out.us + duration.us % kUsPerDay;
    out.us = sum - FloorDiv(sum, kUsPerDay) * kUsPerDay;  // the clock goes round
    if (value.precision < P::kFraction) Truncate(out, value.precision);
    return out;
  }
  // A coarse value is moved in its own unit: 24 months are 2 years, 30 days one month (FHIRPath N1 §6.6.7).
  if (value.precision == P::kYear) {
    return AddMonths(value, (duration.months / 12 + duration.us / (365 * kUsPerDay)) * 12);
  }
  if (value.precision == P::kMonth) return AddMonths(value, duration.months + duration.us / (30 * kUsPerDay));
  if (duration.months != 0) return AddMonths(value, duration.months);
  std::int64_t us = duration.us;
  if (value.precision == P::kDay) us = us / kUsPerDay * kUsPerDay;
  if (value.precision == P::kHour) us = us / kUsPerHour * kUsPerHour;
  if (value.precision == P::kMinute) us = us / kUsPerMinute * kUsPerMinute;
  TemporalValue out = value;
  if (__builtin_add_overflow(out.us, us, &out.us)) return std::nullopt;
  if (out.us < UsOf({1, 1, 1}) || out.us >= UsOf({10'000, 1, 1})) return std::nullopt;
  if (out.precision == P::kSecond && out.us % kUsPerSecond != 0) {
    out.precision = P::kFraction;
    out.fraction_digits = out.us % 1000 == 0 ? 3 : kFractionDigitsMax;
  }
  return out;
}

int PrecisionDigits(ItemKind kind, const TemporalValue& value) {
  for (const DigitsRow& row : kDigits) {
    if (row.precision == value.precision) return kind == ItemKind::kTime ? row.time : row.date_time;
  }
  return 0;
}

std::optional<TemporalValue> BoundaryOf(ItemKind kind, const TemporalValue& value, int digits, bool high) {
  for (const DigitsRow& row : kDigits) {
    if (digits != (kind == ItemKind::kTime ? row.time : row.date_time) || digits == 0) continue;
    if (kind == ItemKind::kDate && row.precision > P::kDay) return std::nullopt;
    TemporalValue out = value;
    // Seconds mean the whole second here, unlike in comparisons.
    if (high) out.us = value.precision == P::kSecond ? value.us + kUsPerSecond - 1 : EndOf(value);
    Truncate(out, row.precision);
    if (row.precision < P::kHour) {
      out.has_offset = false;
      out.offset_min = 0;
    } else if (kind == ItemKind::kDateTime && !out.has_offset) {
      out.has_offset = true;
      out.offset_min = high ? -kOffsetWestMax : kOffsetEastMax;
    }
    return out;
  }
  return std::nullopt;
}

}  // namespace facet::fhirpath

#include "adapter/base/time.hpp"

#include <algorithm>
#include <cstdio>

namespace facet {
namespace {

constexpr std::int64_t kSecondsPerDay = 86'400;

std::int64_t FloorDiv(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// Reads exactly `count` digits at `at`; -1 if they are not there.
int ReadDigits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

bool At(std::string_view text, std::size_t i, char c) { return i < text.size() && text[i] == c; }

std::optional<std::int32_t> ReadOffset(std::string_view text) {
  if (text == "Z") return 0;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
  const int hours = ReadDigits(text, 1, 2);
  const int minutes = ReadDigits(text, 4, 2);
  if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59) return std::nullopt;
  const int seconds = hours * 3600 + minutes * 60;
  return text[0] == '-' ? -seconds : seconds;
}

// Reads ":ss[.fff...]" at `i`, moving it behind; false if malformed.
bool ReadSeconds(std::string_view text, std::size_t& i, FhirDateTime& out) {
  const int second = ReadDigits(text, i + 1, 2);
  if (second < 0 || second > 60) return false;
  out.ms_of_day += std::min(second, 59) * 1000;
  out.precision = Precision::kSecond;
  i += 3;
  if (!At(text, i, '.')) return true;
  int digits = 0;
  int ms = 0;
  for (++i; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i, ++digits) {
    if (digits < 3) ms = ms * 10 + (text[i] - '0');
  }
  if (digits == 0) return false;
  for (int d = digits; d < 3; ++d) ms *= 10;
  out.ms_of_day += ms;
  out.precision = Precision::kMillisecond;
  return true;
}

// Reads "Thh:mm..." from index 10; false if malformed.
bool ReadTime(std::string_view text, FhirDateTime& out) {
  const int hour = ReadDigits(text, 11, 2);
  const int minute = ReadDigits(text, 14, 2);
  if (!At(text, 10, 'T') || !At(text, 13, ':') || hour < 0 || hour > 23 || minute < 0 || minute > 59) return false;
  out.ms_of_day = (hour * 60 + minute) * 60'000;
  out.precision = Precision::kMinute;
  std::size_t i = 16;
  if (At(text, i, ':') && !ReadSeconds(text, i, out)) return false;
  if (i == text.size()) return true;
  out.offset_s = ReadOffset(text.substr(i));
  return out.offset_s.has_value();
}

std::int64_t WidthMs(Precision precision) {
  switch (precision) {
  case Precision::kMinute:
    return 60'000;
  case Precision::kSecond:
    return 1000;
  default:
    return 1;
  }
}

}  // namespace

int DaysInMonth(int year, int month) noexcept {
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[month - 1];
}

bool CivilDate::valid() const noexcept {
  return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= DaysInMonth(year, month);
}

// Days from civil, after the well-known algorithm on 400-year eras that begin in March.
std::int64_t CivilDate::ToDays() const noexcept {
  const std::int64_t y = year - (month <= 2 ? 1 : 0);
  const std::int64_t era = FloorDiv(y, 400);
  const std::int64_t year_of_era = y - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719'468;
}

CivilDate CivilDate::FromDays(std::int64_t days) noexcept {
  const std::int64_t shifted = days + 719'468;
  const std::int64_t era = FloorDiv(shifted, 146'097);
  const std::int64_t day_of_era = shifted - era * 146'097;
  const std::int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const int month = static_cast<int>(month_from_march + (month_from_march < 10 ? 3 : -9));
  const int day = static_cast<int>(day_of_year - (153 * month_from_march + 2) / 5 + 1);
  return {static_cast<int>(year_of_era + era * 400 + (month <= 2 ? 1 : 0)), month, day};
}

std::string CivilDate::ToString() const {
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
  return text;
}

std::string UtcInstant::ToString() const {
  const std::int64_t days = FloorDiv(ms, kMsPerDay);
  const auto of_day = static_cast<int>(ms - days * kMsPerDay);
  char text[32];
  std::snprintf(text, sizeof text, "T%02d:%02d:%02d", of_day / 3'600'000, of_day / 60'000 % 60, of_day / 1000 % 60);
  std::string out = CivilDate::FromDays(days).ToString() + text;
  if (of_day % 1000 != 0) {
    std::snprintf(text, sizeof text, ".%03d", of_day % 1000);
    out += text;
  }
  return out + "Z";
}

TimeZone::TimeZone(std::string name, std::int32_t first_offset_s, std::vector<Transition> transitions)
    : name_(std::move(name)), first_offset_s_(first_offset_s), transitions_(std::move(transitions)) {}

TimeZone TimeZone::Fixed(std::int32_t offset_s) { return {"fixed", offset_s, {}}; }

std::int32_t TimeZone::OffsetAt(UtcInstant at) const noexcept {
  const std::int64_t s = FloorDiv(at.ms, 1000);
  const auto after = std::upper_bound(transitions_.begin(), transitions_.end(), s,
                                      [](std::int64_t t, const Transition& x) { return t < x.from_s; });
  return after == transitions_.begin() ? first_offset_s_ : std::prev(after)->offset_s;
}

CivilDate TimeZone::LocalDate(UtcInstant at) const noexcept {
  return CivilDate::FromDays(FloorDiv(FloorDiv(at.ms, 1000) + OffsetAt(at), kSecondsPerDay));
}

UtcInstant TimeZone::FromLocal(CivilDate date, std::int64_t ms_of_day) const noexcept {
  const std::int64_t local = date.ToDays() * UtcInstant::kMsPerDay + ms_of_day;
  // The offsets a day before and after bracket any one transition; the larger gives the earlier instant.
  const std::int64_t before = OffsetAt({local - UtcInstant::kMsPerDay}) * std::int64_t{1000};
  const std::int64_t after = OffsetAt({local + UtcInstant::kMsPerDay}) * std::int64_t{1000};
  for (const std::int64_t offset : {before, after}) {
    const UtcInstant candidate{local - offset};
    if (OffsetAt(candidate) * std::int64_t{1000} == offset) return candidate;
  }
  return {local - before};  // in a gap
}

std::optional<FhirDateTime> FhirDateTime::Parse(std::string_view text) {
  FhirDateTime out;
  out.text = std::string(text);
  out.date.year = ReadDigits(text, 0, 4);
  if (out.date.year < 1) return std::nullopt;
  out.precision = Precision::kYear;
  if (text.size() == 4) return out;
  out.date.month = ReadDigits(text, 5, 2);
  if (!At(text, 4, '-') || out.date.month < 1 || out.date.month > 12) return std::nullopt;
  out.precision = Precision::kMonth;
  if (text.size() == 7) return out;
  out.date.day = ReadDigits(text, 8, 2);
  if (!At(text, 7, '-') || out.date.day < 1 || !out.date.valid()) return std::nullopt;
  out.precision = Precision::kDay;
  if (text.size() == 10) return out;
  if (!ReadTime(text, out)) return std::nullopt;
  return out;
}

UtcInstant FhirDateTime::Earliest(const TimeZone& zone) const noexcept {
  if (offset_s) return {date.ToDays() * UtcInstant::kMsPerDay + ms_of_day - *offset_s * std::int64_t{1000}};
  return zone.FromLocal(date, ms_of_day);
}

UtcInstant FhirDateTime::Latest(const TimeZone& zone) const noexcept {
  if (has_time()) return Earliest(zone).PlusMs(WidthMs(precision));
  CivilDate next = date;
  if (precision == Precision::kYear) {
    next = {date.year + 1, 1, 1};
  } else if (precision == Precision::kMonth) {
    next = date.month == 12 ? CivilDate{date.year + 1, 1, 1} : CivilDate{date.year, date.month + 1, 1};
  } else {
    next = CivilDate::FromDays(date.ToDays() + 1);
  }
  return zone.StartOfDay(next);
}

}  // namespace facet

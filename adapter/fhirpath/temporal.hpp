#pragma once
// Dates, dateTimes and times with partial precision: reading, writing, comparing, adding, boundaries.
//
// Thread: values. Errors: nullopt for what is not a date or leaves the years 1 to 9999.
// Units: microseconds of local wall time (item.hpp, TemporalValue).
#include "adapter/base/time.hpp"
#include "adapter/fhirpath/item.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace facet::fhirpath {

// The answer of a comparison; kUnknown is FHIRPath's {}.
enum class Order : std::uint8_t { kLess, kEqual, kGreater, kUnknown };

std::optional<TemporalValue> ParseDate(std::string_view text);  // 2015, 2015-02, 2015-02-04
std::optional<TemporalValue>
ParseDateTime(std::string_view text);                           // and 2015T, 2015-02-04T14[:34[:28[.123]]][Z|+hh:mm]
std::optional<TemporalValue> ParseTime(std::string_view text);  // 14, 14:34, 14:34:28, 14:34:28.123
std::optional<TemporalValue> ParseTemporal(ItemKind kind, std::string_view text);
// Without '@' and 'T' of literals: "2015-02", "14:34".
std::string FormatTemporal(ItemKind kind, const TemporalValue& value);
// An instant in a zone, to the millisecond.
TemporalValue FromInstant(UtcInstant at, std::int32_t offset_s);
TemporalValue DateOf(const TemporalValue& date_time);
TemporalValue TimeOf(const TemporalValue& date_time);

// FHIRPath N1 §6.2: decided at the first precision that differs, unknown where one side is coarser, or only one side
// has an offset and the offset could change the answer. Seconds and their fractions are one precision.
Order CompareTemporal(const TemporalValue& a, const TemporalValue& b);
// ~ : also false where precisions or offsets differ in kind.
bool EquivalentTemporal(const TemporalValue& a, const TemporalValue& b);

// A duration in the units that a calendar knows. `months` for years and months, `us` for the rest.
struct CalendarDuration {
  std::int64_t months = 0;
  std::int64_t us = 0;
};
std::optional<TemporalValue> AddDuration(ItemKind kind, const TemporalValue& value, const CalendarDuration& duration);

// Digits that FHIRPath counts for precision(): 4 for a year, 17 for a dateTime with milliseconds, 9 for such a time.
int PrecisionDigits(ItemKind kind, const TemporalValue& value);
// The first (last) moment that the value can mean, written with `digits`; nullopt if no such precision exists.
std::optional<TemporalValue> BoundaryOf(ItemKind kind, const TemporalValue& value, int digits, bool high);

}  // namespace facet::fhirpath

#pragma once
// UCUM units and calendar units: what a unit is worth, which units share a dimension, arithmetic on quantities.
//
// Thread: values and constant tables. Errors: nullopt or Order::kUnknown where units are unknown, of different
// dimensions, or an exact result does not fit; nothing is rounded.
#include "adapter/base/decimal.hpp"
#include "adapter/fhirpath/item.hpp"
#include "adapter/fhirpath/temporal.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace facet::fhirpath {

// Powers of metre, second, gram, radian, kelvin, coulomb, candela, and the arbitrary units that compare with
// themselves only.
constexpr std::size_t kDimensions = 8;
using Dimension = std::array<std::int8_t, kDimensions>;

// base = (value + offset) * numerator / denominator
struct Unit {
  Decimal numerator = 1;
  Decimal denominator = 1;
  Decimal offset = 0;  // of degrees
  Dimension dimension{};
  bool special() const { return !offset.zero(); }
};

std::optional<Unit> ParseUnit(std::string_view ucum);
// "days" -> "day"; "" if it is no calendar unit. Singular and plural.
std::string_view CalendarUnitOf(std::string_view word);

// Exact comparison where dimensions agree. Years and months of a calendar and 'a' and 'mo' of UCUM differ
// (FHIRPath N1 §2.1.10); days and shorter are the same.
Order CompareQuantities(const QuantityValue& a, const QuantityValue& b);
bool AreComparable(const QuantityValue& a, const QuantityValue& b);
// ~ : converted to the larger unit and rounded to the coarser precision.
bool EquivalentQuantities(const QuantityValue& a, const QuantityValue& b);

// The result's unit text goes to `unit`.
std::optional<Decimal> AddQuantities(const QuantityValue& a, const QuantityValue& b, bool subtract);
std::optional<Decimal> MultiplyQuantities(const QuantityValue& a, const QuantityValue& b, std::string& unit);
std::optional<Decimal> DivideQuantities(const QuantityValue& a, const QuantityValue& b, std::string& unit);
// The value in another unit; exact, or rounded to 8 places where the quotient has no end.
std::optional<Decimal> ConvertQuantity(const QuantityValue& from, std::string_view unit, bool calendar);

// A time-valued quantity for date arithmetic; nullopt for other units and for UCUM's average months and years.
std::optional<CalendarDuration> DurationOf(const QuantityValue& quantity);

}  // namespace facet::fhirpath

#include "adapter/fhirpath/units.hpp"

#include <algorithm>

namespace facet::fhirpath {
namespace {

constexpr int kConvertedPlaces = 8;  // FHIRPath N1 §2.1.4: decimals keep 8 places at least

// A unit ready for arithmetic. Calendar years and months are counted in months, everything else by UCUM.
struct Measure {
  Unit unit;
  bool months = false;
};

std::optional<Measure> MeasureOf(std::string_view text, bool calendar) {
  const std::string_view word = calendar ? CalendarUnitOf(text) : std::string_view{};
  Measure out;
  if (word == "year" || word == "month") {
    out.months = true;
    out.unit.numerator = word == "year" ? 12 : 1;
    return out;
  }
  std::string_view code = text;
  if (word == "week") code = "wk";
  if (word == "day") code = "d";
  if (word == "hour") code = "h";
  if (word == "minute") code = "min";
  if (word == "second") code = "s";
  if (word == "millisecond") code = "ms";
  const auto unit = ParseUnit(code);
  if (!unit) return std::nullopt;
  out.unit = *unit;
  return out;
}

std::optional<Measure> MeasureOf(const QuantityValue& quantity) { return MeasureOf(quantity.unit, quantity.calendar); }

bool SameDimension(const Measure& a, const Measure& b) {
  return a.months == b.months && a.unit.dimension == b.unit.dimension;
}

// (value + offset) * numerator, still to be divided by the denominator.
std::optional<Decimal> Scaled(const Decimal& value, const Unit& unit) {
  const auto shifted = Decimal::Add(value, unit.offset);
  return shifted ? Decimal::Multiply(shifted->Normalized(), unit.numerator) : std::nullopt;
}

Order OrderOf(std::strong_ordering order) {
  return order < 0 ? Order::kLess : order > 0 ? Order::kGreater : Order::kEqual;
}

std::optional<Decimal> Convert(const Decimal& value, const Unit& from, const Unit& to) {
  // value * from.n * to.d / (from.d * to.n) - to.offset
  const auto scaled = Scaled(value, from);
  const auto numerator = scaled ? Decimal::Multiply(*scaled, to.denominator) : std::nullopt;
  const auto denominator = Decimal::Multiply(from.denominator, to.numerator);
  if (!numerator || !denominator) return std::nullopt;
  auto quotient = Decimal::Divide(*numerator, *denominator, kConvertedPlaces);
  if (!quotient) return std::nullopt;
  // More places while the quotient is not exact and they fit, so that 1 'mg' in kilograms is not rounded away.
  for (const int places : {12, 18, 24}) {
    const auto check = Decimal::Multiply(*quotient, *denominator);
    if (check && *check == *numerator) break;
    const auto finer = Decimal::Divide(*numerator, *denominator, places);
    if (!finer) break;
    quotient = finer;
  }
  return Decimal::Subtract(quotient->Normalized(), to.offset);
}

bool IsCompound(std::string_view unit) { return unit.find_first_of("./") != std::string_view::npos; }

// Places behind the point without trailing zeros.
int PlacesOf(const Decimal& value) { return value.Normalized().scale(); }

}  // namespace

Order CompareQuantities(const QuantityValue& a, const QuantityValue& b) {
  if (a.unit == b.unit && a.calendar == b.calendar) return OrderOf(a.value <=> b.value);
  const auto x = MeasureOf(a);
  const auto y = MeasureOf(b);
  if (!x || !y || !SameDimension(*x, *y)) return Order::kUnknown;
  const auto left = Scaled(a.value, x->unit);
  const auto right = Scaled(b.value, y->unit);
  const auto p = left ? Decimal::Multiply(*left, y->unit.denominator) : std::nullopt;
  const auto q = right ? Decimal::Multiply(*right, x->unit.denominator) : std::nullopt;
  if (!p || !q) return Order::kUnknown;
  return OrderOf(*p <=> *q);
}

bool AreComparable(const QuantityValue& a, const QuantityValue& b) {
  if (a.unit == b.unit && a.calendar == b.calendar) return true;
  const auto x = MeasureOf(a);
  const auto y = MeasureOf(b);
  return x && y && SameDimension(*x, *y);
}

bool EquivalentQuantities(const QuantityValue& a, const QuantityValue& b) {
  // Here a calendar year is UCUM's average year (FHIRPath N1 §6.1.2).
  const auto plain = [](const QuantityValue& q) {
    QuantityValue out = q;
    if (q.calendar && (q.unit == "year" || q.unit == "month")) {
      out.unit = q.unit == "year" ? "a" : "mo";
      out.calendar = false;
    }
    return out;
  };
  const QuantityValue x = plain(a);
  const QuantityValue y = plain(b);
  const auto ux = MeasureOf(x);
  const auto uy = MeasureOf(y);
  if (!ux || !uy) return x.unit == y.unit && x.value == y.value;
  if (!SameDimension(*ux, *uy)) return false;
  const auto wx = Decimal::Multiply(ux->unit.numerator, uy->unit.denominator);
  const auto wy = Decimal::Multiply(uy->unit.numerator, ux->unit.denominator);
  const bool x_larger = !wx || !wy || *wx >= *wy;
  const auto left = x_larger ? std::optional(x.value) : Convert(x.value, ux->unit, uy->unit);
  const auto right = x_larger ? Convert(y.value, uy->unit, ux->unit) : std::optional(y.value);
  if (!left || !right) return false;
  const int places = std::min(PlacesOf(*left), PlacesOf(*right));
  return left->Rounded(places) == right->Rounded(places);
}

std::optional<Decimal> AddQuantities(const QuantityValue& a, const QuantityValue& b, bool subtract) {
  const auto right = ConvertQuantity(b, a.unit, a.calendar);
  if (!right) return std::nullopt;
  return subtract ? Decimal::Subtract(a.value, *right) : Decimal::Add(a.value, *right);
}

std::optional<Decimal> MultiplyQuantities(const QuantityValue& a, const QuantityValue& b, std::string& unit) {
  const auto product = Decimal::Multiply(a.value, b.value);
  if (a.unit == "1" || b.unit == "1") {
    unit = std::string(a.unit == "1" ? b.unit : a.unit);
    return product;
  }
  if (!ParseUnit(a.unit) || !ParseUnit(b.unit)) return std::nullopt;
  unit = std::string(a.unit) + "." + (IsCompound(b.unit) ? "(" + std::string(b.unit) + ")" : std::string(b.unit));
  return product;
}

std::optional<Decimal> DivideQuantities(const QuantityValue& a, const QuantityValue& b, std::string& unit) {
  if (b.value.zero()) return std::nullopt;
  const auto quotient = Decimal::Divide(a.value, b.value, kConvertedPlaces);
  if (b.unit == "1") {
    unit = std::string(a.unit);
    return quotient ? std::optional(quotient->Normalized()) : std::nullopt;
  }
  const auto x = ParseUnit(a.unit);
  const auto y = ParseUnit(b.unit);
  if (!x || !y) return std::nullopt;
  if (x->dimension == y->dimension) {  // a plain number
    unit = "1";
    const auto converted = ConvertQuantity(b, a.unit, false);
    const auto ratio = converted ? Decimal::Divide(a.value, *converted, kConvertedPlaces) : std::nullopt;
    return ratio ? std::optional(ratio->Normalized()) : std::nullopt;
  }
  unit = (a.unit == "1" ? std::string() : std::string(a.unit)) + "/" +
         (IsCompound(b.unit) ? "(" + std::string(b.unit) + ")" : std::string(b.unit));
  return quotient ? std::optional(quotient->Normalized()) : std::nullopt;
}

std::optional<Decimal> ConvertQuantity(const QuantityValue& from, std::string_view unit, bool calendar) {
  if (from.unit == unit && from.calendar == calendar) return from.value;
  const auto x = MeasureOf(from);
  const auto y = MeasureOf(unit, calendar);
  if (!x || !y || !SameDimension(*x, *y)) return std::nullopt;
  return Convert(from.value, x->unit, y->unit);
}

}  // namespace facet::fhirpath

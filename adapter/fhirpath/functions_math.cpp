// Math (FHIRPath N1 §5.7) and boundaries, precision, comparable (FHIRPath 2.1 §5.9, as SQL on FHIR asks for them).
#include "adapter/fhirpath/machine.hpp"
#include "adapter/fhirpath/scalar.hpp"
#include "adapter/fhirpath/units.hpp"

#include <cmath>
#include <cstdio>

namespace facet::fhirpath {
namespace {

constexpr int kDefaultPlaces = 8;
constexpr int kRoundPlacesMax = Decimal::kScaleMax;

// Transcendental functions go through double: 15 digits are kept, the rest is noise.
std::optional<Decimal> FromDouble(double value) {
  if (!std::isfinite(value)) return std::nullopt;
  if (std::fabs(value) < 1e-15) return Decimal(0);
  char text[64];
  std::snprintf(text, sizeof text, "%.15g", value);
  if (auto exact = Decimal::Parse(text)) return exact->Normalized();
  std::snprintf(text, sizeof text, "%.16f", value);
  const auto rounded = Decimal::Parse(text);
  return rounded ? std::optional(rounded->Normalized()) : std::nullopt;
}

std::optional<Decimal> PowerOf(const Decimal& base, const Decimal& exponent) {
  const auto whole = exponent.ToInt64();
  if (whole && *whole >= 0 && *whole <= 1000) {
    std::optional<Decimal> out = Decimal(1);
    for (std::int64_t i = 0; i < *whole && out; ++i) out = Decimal::Multiply(*out, base);
    if (out) return out;
  }
  return FromDouble(std::pow(base.ToDouble(), exponent.ToDouble()));
}

// Towards plus infinity (`up`) or minus infinity, to `places`.
Decimal RoundTowards(const Decimal& value, int places, bool up) {
  if (value.scale() <= places) return value;
  Int128 unit = 1;
  for (int i = places; i < value.scale(); ++i) unit *= 10;
  const Int128 quotient = value.coefficient() / unit;
  const Int128 rest = value.coefficient() % unit;
  const Int128 step = rest == 0 ? 0 : up ? (rest > 0 ? 1 : 0) : (rest < 0 ? -1 : 0);
  return Decimal::FromParts(quotient + step, places);
}

std::optional<Decimal> Padded(const Decimal& value, int places) {
  return Decimal::Add(value, Decimal::FromParts(0, places));
}

// 1.587 is any number of [1.5865, 1.5875]: the bound, written with `places`.
std::optional<Decimal> DecimalBoundary(const Decimal& value, int places, bool high) {
  if (places < 0 || places > Decimal::kScaleMax || value.scale() >= Decimal::kScaleMax) return std::nullopt;
  // All of its digits lie behind the last one that is asked for: at that precision the number is 0.
  if (value.scale() > places && RoundTowards(value.negative() ? -value : value, places, false).zero() &&
      value.Rounded(places).zero()) {
    return Decimal::FromParts(0, places);
  }
  const Decimal half = Decimal::FromParts(high ? 5 : -5, value.scale() + 1);
  const auto bound = Decimal::Add(value, half);
  return bound ? Padded(RoundTowards(*bound, places, high), places) : std::nullopt;
}

struct MathResult {
  std::optional<Decimal> value;
  bool integer = false;  // an Integer where it fits
};

// `argument` of log, power and round; the caller has checked that it is there.
MathResult Compute(Function function, const Decimal& value, bool integer, const Decimal& argument) {
  switch (function) {
  case Function::kAbs:
    return {value.negative() ? -value : value, integer};
  case Function::kCeiling:
  case Function::kFloor:
    return {RoundTowards(value, 0, function == Function::kCeiling), true};
  case Function::kTruncate:
    return {value.Truncated(), true};
  case Function::kRound: {
    const auto places = std::min<std::int64_t>(argument.Truncated().ToInt64().value_or(0), kRoundPlacesMax);
    return {value.Rounded(static_cast<int>(places)), integer};
  }
  case Function::kExp:
    return {FromDouble(std::exp(value.ToDouble())), false};
  case Function::kLn:
    return {FromDouble(std::log(value.ToDouble())), false};
  case Function::kLog:
    return {FromDouble(std::log(value.ToDouble()) / std::log(argument.ToDouble())), false};
  case Function::kSqrt:
    return {FromDouble(std::sqrt(value.ToDouble())), false};
  default:  // power
    return {PowerOf(value, argument), integer && argument.integral() && !argument.negative()};
  }
}

}  // namespace

bool Machine::CallMath(const Node& node, const Frame& frame, Range input) {
  Item item;
  if (!Singleton(input, node, item)) return false;
  Decimal argument = 0;
  if (node.child_count > 0) {
    Range range;
    Item given;
    if (!EvalChild(node, 0, frame, range) || !Singleton(range, node, given)) return false;
    if (range.empty()) {
      Drop(input.begin);
      return true;
    }
    const auto number = given.AsDecimal();
    if (!number) return FailType(node, "a number is expected here, not " + given.TypeName());
    argument = *number;
  }
  if (input.empty()) return true;
  if (node.function == Function::kRound && argument.negative()) {
    return FailType(node, "round() takes a number of places that is not negative");
  }
  const Scalar scalar = ScalarOf(item);
  const bool quantity = scalar.kind == ItemKind::kQuantity;
  if (!quantity && scalar.kind != ItemKind::kInteger && scalar.kind != ItemKind::kDecimal) {
    return FailType(node, "a number is expected here, not " + item.TypeName());
  }
  const MathResult out = Compute(node.function, quantity ? scalar.quantity.value : scalar.decimal,
                                 scalar.kind == ItemKind::kInteger, argument);
  Drop(input.begin);
  if (!out.value) return true;
  if (quantity) {
    Push(MakeQuantity(*out.value, scalar.quantity.unit, scalar.quantity.calendar));
    return true;
  }
  const auto whole = out.integer ? out.value->ToInt64() : std::nullopt;
  Push(whole ? Item::Integer(*whole) : MakeDecimal(*out.value));
  return true;
}

bool Machine::CallBoundary(const Node& node, const Frame& frame, Range input) {
  Item item;
  if (!Singleton(input, node, item)) return false;
  Range range;
  if (node.child_count > 0 && !EvalChild(node, 0, frame, range)) return false;
  if (input.empty()) {
    Drop(input.begin);
    return true;
  }
  const Scalar scalar = ScalarOf(item);
  if (node.function == Function::kComparable) {
    Item other;
    if (!Singleton(range, node, other)) return false;
    const Scalar with = ScalarOf(other);
    if (scalar.kind != ItemKind::kQuantity || (!range.empty() && with.kind != ItemKind::kQuantity)) {
      return FailType(node, "comparable() takes two quantities");
    }
    const Tri result = range.empty() ? Tri::kEmpty : TriOf(AreComparable(scalar.quantity, with.quantity));
    ReplaceTri(input.begin, result);
    return true;
  }
  const bool number = scalar.kind == ItemKind::kInteger || scalar.kind == ItemKind::kDecimal;
  const bool quantity = scalar.kind == ItemKind::kQuantity;
  const bool temporal =
      scalar.kind == ItemKind::kDate || scalar.kind == ItemKind::kDateTime || scalar.kind == ItemKind::kTime;
  if (!number && !quantity && !temporal) {
    if (item.is_node() && item.node().missing()) {
      Drop(input.begin);
      return true;
    }
    return FailType(node, "a number, quantity, date or time is expected here, not " + item.TypeName());
  }
  if (node.function == Function::kPrecision) {
    const int digits = temporal   ? PrecisionDigits(scalar.kind, scalar.temporal)
                       : quantity ? scalar.quantity.value.scale()
                                  : scalar.decimal.scale();
    Replace(input.begin, Item::Integer(digits));
    return true;
  }
  const bool high = node.function == Function::kHighBoundary;
  std::optional<std::int64_t> wanted;
  if (!SingleInteger(range, node, wanted)) return false;
  const std::int64_t fallback = !temporal                        ? kDefaultPlaces
                                : scalar.kind == ItemKind::kDate ? 8
                                : scalar.kind == ItemKind::kTime ? 9
                                                                 : 17;
  const int digits = static_cast<int>(std::clamp<std::int64_t>(wanted.value_or(fallback), -1, 100));
  Drop(input.begin);
  if (temporal) {
    const auto bound = BoundaryOf(scalar.kind, scalar.temporal, digits, high);
    if (bound) Push(MakeTemporal(scalar.kind, *bound));
    return true;
  }
  const auto bound = DecimalBoundary(quantity ? scalar.quantity.value : scalar.decimal, digits, high);
  if (!bound) return true;
  Push(quantity ? MakeQuantity(*bound, scalar.quantity.unit, scalar.quantity.calendar) : MakeDecimal(*bound));
  return true;
}

}  // namespace facet::fhirpath

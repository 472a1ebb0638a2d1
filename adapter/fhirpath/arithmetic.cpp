// + - * / div mod & on numbers, strings, quantities and dates (FHIRPath N1 §6.6). A result that does not fit is {}.
#include "adapter/fhirpath/machine.hpp"
#include "adapter/fhirpath/scalar.hpp"
#include "adapter/fhirpath/units.hpp"

#include <algorithm>

namespace facet::fhirpath {
namespace {

constexpr int kDivisionPlaces = 8;  // FHIRPath N1 §2.1.4

bool IsNumber(const Scalar& s) { return s.kind == ItemKind::kInteger || s.kind == ItemKind::kDecimal; }
bool IsTemporal(const Scalar& s) {
  return s.kind == ItemKind::kDate || s.kind == ItemKind::kDateTime || s.kind == ItemKind::kTime;
}

// Quotient and remainder of whole numbers at a common scale.
struct WholeDivision {
  Int128 quotient;
  Int128 remainder;
  int scale;
};
std::optional<WholeDivision> DivideWhole(const Decimal& a, const Decimal& b) {
  const int scale = std::max(a.scale(), b.scale());
  Int128 x = a.coefficient();
  Int128 y = b.coefficient();
  for (int i = a.scale(); i < scale; ++i) {
    if (__builtin_mul_overflow(x, Int128{10}, &x)) return std::nullopt;
  }
  for (int i = b.scale(); i < scale; ++i) {
    if (__builtin_mul_overflow(y, Int128{10}, &y)) return std::nullopt;
  }
  if (y == 0) return std::nullopt;
  return WholeDivision{x / y, x % y, scale};
}

Item Joined(Arena& arena, std::string_view a, std::string_view b) {
  char* bytes = arena.AllocateText(a.size() + b.size());
  std::copy(a.begin(), a.end(), bytes);
  std::copy(b.begin(), b.end(), bytes + a.size());
  return Item::String({bytes, a.size() + b.size()});
}

struct Arithmetic {
  Machine& machine;
  Op op;
  Scalar& a;
  Scalar& b;
  bool a_empty;
  bool b_empty;
  bool known = true;  // false: there is no such operator for these kinds

  Item Run() {
    if (op == Op::kConcatenate) return Join();
    if (a.untyped && b.kind == ItemKind::kQuantity) ReadAsTemporal();
    if (a.kind == ItemKind::kString && b.kind == ItemKind::kString && op == Op::kAdd) return Join();
    if (IsTemporal(a) && b.kind == ItemKind::kQuantity && (op == Op::kAdd || op == Op::kSubtract)) return Move();
    if (IsNumber(a) && IsNumber(b)) {
      return a.kind == ItemKind::kInteger && b.kind == ItemKind::kInteger ? Integers() : Decimals();
    }
    if ((a.kind == ItemKind::kQuantity || IsNumber(a)) && (b.kind == ItemKind::kQuantity || IsNumber(b))) {
      return Quantities();
    }
    known = false;
    return {};
  }

  Item Join() {
    known = (a_empty || a.kind == ItemKind::kString) && (b_empty || b.kind == ItemKind::kString);
    return known ? Joined(machine.arena, a.text, b.text) : Item{};
  }

  void ReadAsTemporal() {
    const auto temporal = ParseDateTime(a.text);
    if (!temporal) return;
    a.kind = ItemKind::kDateTime;
    a.temporal = *temporal;
  }

  Item Move() {
    QuantityValue amount = b.quantity;
    if (op == Op::kSubtract) amount.value = -amount.value;
    const auto duration = DurationOf(amount);
    if (!duration) {
      known = false;
      return {};
    }
    const auto moved = AddDuration(a.kind, a.temporal, *duration);
    return moved ? machine.MakeTemporal(a.kind, *moved) : Item{};
  }

  Item Integers() {
    std::int64_t out = 0;
    bool overflow = false;
    switch (op) {
    case Op::kAdd:
      overflow = __builtin_add_overflow(a.integer, b.integer, &out);
      break;
    case Op::kSubtract:
      overflow = __builtin_sub_overflow(a.integer, b.integer, &out);
      break;
    case Op::kMultiply:
      overflow = __builtin_mul_overflow(a.integer, b.integer, &out);
      break;
    case Op::kIntegerDivide:
    case Op::kModulo:
      if (b.integer == 0 || (a.integer == INT64_MIN && b.integer == -1)) return {};
      out = op == Op::kModulo ? a.integer % b.integer : a.integer / b.integer;
      break;
    default:
      return Decimals();
    }
    return overflow ? Item{} : Item::Integer(out);
  }

  Item Decimals() {
    std::optional<Decimal> out;
    switch (op) {
    case Op::kAdd:
      out = Decimal::Add(a.decimal, b.decimal);
      break;
    case Op::kSubtract:
      out = Decimal::Subtract(a.decimal, b.decimal);
      break;
    case Op::kMultiply:
      out = Decimal::Multiply(a.decimal, b.decimal);
      break;
    case Op::kDivide:
      out = Decimal::Divide(a.decimal, b.decimal, kDivisionPlaces);
      if (out) out = out->Normalized();
      break;
    default: {
      const auto whole = DivideWhole(a.decimal, b.decimal);
      if (!whole) return {};
      if (op == Op::kModulo)
        return machine.MakeDecimal(Decimal::FromParts(whole->remainder, whole->scale).Normalized());
      const auto integer = Decimal::FromParts(whole->quotient, 0).ToInt64();
      return integer ? Item::Integer(*integer) : Item{};
    }
    }
    return out ? machine.MakeDecimal(*out) : Item{};
  }

  Item Quantities() {
    const QuantityValue x = IsNumber(a) ? QuantityValue{a.decimal, "1", false} : a.quantity;
    const QuantityValue y = IsNumber(b) ? QuantityValue{b.decimal, "1", false} : b.quantity;
    std::string unit(x.unit);
    bool calendar = x.calendar;
    std::optional<Decimal> out;
    if (op == Op::kAdd || op == Op::kSubtract) {
      out = AddQuantities(x, y, op == Op::kSubtract);
    } else if (op == Op::kMultiply) {
      out = MultiplyQuantities(x, y, unit);
      calendar = x.calendar ? y.unit == "1" : x.unit == "1" && y.calendar;
    } else if (op == Op::kDivide) {
      out = DivideQuantities(x, y, unit);
      calendar = x.calendar && y.unit == "1";
    } else {
      known = false;
    }
    return out ? machine.MakeQuantity(*out, machine.arena.Copy(unit), calendar) : Item{};
  }
};

std::string_view SignOf(Op op) {
  switch (op) {
  case Op::kAdd:
    return "+";
  case Op::kSubtract:
    return "-";
  case Op::kMultiply:
    return "*";
  case Op::kDivide:
    return "/";
  case Op::kIntegerDivide:
    return "div";
  case Op::kModulo:
    return "mod";
  default:
    return "&";
  }
}

}  // namespace

bool Machine::EvalArithmetic(const Node& node, Range left, Range right) {
  Item a;
  Item b;
  if (!Singleton(left, node, a) || !Singleton(right, node, b)) return false;
  // & takes {} for ''; the others yield {}.
  if (node.op != Op::kConcatenate && (left.empty() || right.empty())) {
    Drop(left.begin);
    return true;
  }
  if (node.op == Op::kConcatenate || node.op == Op::kAdd) {  // the common case
    const auto x = a.AsString();
    const auto y = b.AsString();
    if (x && y) {
      Replace(left.begin, Joined(arena, *x, *y));
      return true;
    }
  }
  Scalar x = ScalarOf(a);
  Scalar y = ScalarOf(b);
  Arithmetic arithmetic{*this, node.op, x, y, left.empty(), right.empty()};
  const Item result = arithmetic.Run();
  if (!arithmetic.known) {
    return FailType(node, "'" + std::string(SignOf(node.op)) + "' does not work on " + a.TypeName() + " and " +
                              b.TypeName() + (b.kind() == ItemKind::kQuantity ? " of this unit" : ""));
  }
  Drop(left.begin);
  if (result.kind() != ItemKind::kNone) Push(result);
  return true;
}

}  // namespace facet::fhirpath

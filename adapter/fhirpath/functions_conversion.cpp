// toX() and convertsToX() (FHIRPath N1 §5.5).
#include "adapter/fhirpath/machine.hpp"
#include "adapter/fhirpath/scalar.hpp"
#include "adapter/fhirpath/text.hpp"
#include "adapter/fhirpath/units.hpp"

#include <algorithm>

namespace facet::fhirpath {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// [+-]?\d+, and with `fraction` (\.\d+)?. Returns how many bytes match from the front.
std::size_t MatchNumber(std::string_view text, bool fraction) {
  std::size_t i = 0;
  if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
  const std::size_t digits = i;
  while (i < text.size() && IsDigit(text[i])) ++i;
  if (i == digits) return 0;
  if (fraction && i + 1 < text.size() && text[i] == '.' && IsDigit(text[i + 1])) {
    ++i;
    while (i < text.size() && IsDigit(text[i])) ++i;
  }
  return i;
}

std::optional<Decimal> ReadNumber(std::string_view text, bool fraction) {
  if (text.empty() || MatchNumber(text, fraction) != text.size()) return std::nullopt;
  return Decimal::Parse(text);
}

bool OneOf(std::string_view text, std::initializer_list<std::string_view> words) {
  const std::string lower = Lower(text);
  return std::find(words.begin(), words.end(), lower) != words.end();
}

std::optional<bool> ToBoolean(const Scalar& s) {
  if (s.kind == ItemKind::kBoolean) return s.boolean;
  if (s.kind == ItemKind::kInteger || s.kind == ItemKind::kDecimal) {
    if (s.decimal == Decimal(1)) return true;
    if (s.decimal == Decimal(0)) return false;
  }
  if (s.kind == ItemKind::kString) {
    if (OneOf(s.text, {"true", "t", "yes", "y", "1", "1.0"})) return true;
    if (OneOf(s.text, {"false", "f", "no", "n", "0", "0.0"})) return false;
  }
  return std::nullopt;
}

std::optional<std::int64_t> ToInteger(const Scalar& s) {
  if (s.kind == ItemKind::kInteger) return s.integer;
  if (s.kind == ItemKind::kBoolean) return s.boolean ? 1 : 0;
  if (s.kind != ItemKind::kString) return std::nullopt;
  const auto number = ReadNumber(s.text, false);
  const auto integer = number ? number->ToInt64() : std::nullopt;
  if (!integer || *integer < INT32_MIN || *integer > INT32_MAX) return std::nullopt;  // FHIRPath N1 §2.1.3
  return integer;
}

std::optional<Decimal> ToDecimal(const Scalar& s) {
  if (s.kind == ItemKind::kInteger || s.kind == ItemKind::kDecimal) return s.decimal;
  if (s.kind == ItemKind::kBoolean) return s.boolean ? Decimal::FromParts(10, 1) : Decimal::FromParts(0, 1);
  if (s.kind != ItemKind::kString) return std::nullopt;
  return ReadNumber(s.text, true);
}

// "4 days", "10 'mg'", "1.5"
std::optional<QuantityValue> ReadQuantity(std::string_view text) {
  const std::size_t length = MatchNumber(text, true);
  const auto value = length == 0 ? std::nullopt : Decimal::Parse(text.substr(0, length));
  if (!value) return std::nullopt;
  const std::string_view rest = Trim(text.substr(length));
  if (rest.empty()) return QuantityValue{*value, "1", false};
  if (rest.size() > 2 && rest.front() == '\'' && rest.back() == '\'') {
    return QuantityValue{*value, rest.substr(1, rest.size() - 2), false};
  }
  const std::string_view calendar = CalendarUnitOf(rest);
  if (calendar.empty()) return std::nullopt;
  return QuantityValue{*value, calendar, true};
}

std::optional<QuantityValue> ToQuantity(const Scalar& s) {
  if (s.kind == ItemKind::kQuantity) return s.quantity;
  if (s.kind == ItemKind::kString) return ReadQuantity(s.text);
  const auto number = ToDecimal(s);
  return number ? std::optional(QuantityValue{*number, "1", false}) : std::nullopt;
}

std::optional<TemporalValue> ToTemporal(ItemKind kind, const Scalar& s) {
  if (s.kind == ItemKind::kString) return ParseTemporal(kind, s.text);
  if (s.kind == kind) return s.temporal;
  if (kind == ItemKind::kDate && s.kind == ItemKind::kDateTime) return DateOf(s.temporal);
  if (kind == ItemKind::kDateTime && s.kind == ItemKind::kDate) return s.temporal;
  return std::nullopt;
}

// What a conversion function converts to, and whether it only asks.
struct Target {
  ItemKind kind;
  bool asks;
};
Target TargetOf(Function function) {
  switch (function) {
  case Function::kToBoolean:
    return {ItemKind::kBoolean, false};
  case Function::kConvertsToBoolean:
    return {ItemKind::kBoolean, true};
  case Function::kToInteger:
    return {ItemKind::kInteger, false};
  case Function::kConvertsToInteger:
    return {ItemKind::kInteger, true};
  case Function::kToDecimal:
    return {ItemKind::kDecimal, false};
  case Function::kConvertsToDecimal:
    return {ItemKind::kDecimal, true};
  case Function::kToDate:
    return {ItemKind::kDate, false};
  case Function::kConvertsToDate:
    return {ItemKind::kDate, true};
  case Function::kToDateTime:
    return {ItemKind::kDateTime, false};
  case Function::kConvertsToDateTime:
    return {ItemKind::kDateTime, true};
  case Function::kToTime:
    return {ItemKind::kTime, false};
  case Function::kConvertsToTime:
    return {ItemKind::kTime, true};
  case Function::kToQuantity:
    return {ItemKind::kQuantity, false};
  case Function::kConvertsToQuantity:
    return {ItemKind::kQuantity, true};
  case Function::kToString:
    return {ItemKind::kString, false};
  default:
    return {ItemKind::kString, true};
  }
}

Item Convert(Machine& machine, ItemKind kind, const Item& item, const Scalar& scalar) {
  switch (kind) {
  case ItemKind::kBoolean: {
    const auto value = ToBoolean(scalar);
    return value ? Item::Boolean(*value) : Item{};
  }
  case ItemKind::kInteger: {
    const auto value = ToInteger(scalar);
    return value ? Item::Integer(*value) : Item{};
  }
  case ItemKind::kDecimal: {
    const auto value = ToDecimal(scalar);
    return value ? machine.MakeDecimal(*value) : Item{};
  }
  case ItemKind::kQuantity: {
    const auto value = ToQuantity(scalar);
    return value ? machine.MakeQuantity(value->value, value->unit, value->calendar) : Item{};
  }
  case ItemKind::kString: {
    if (scalar.kind == ItemKind::kString) return Item::String(scalar.text);
    const auto text = machine.ToSystem(item).ToText();
    return text ? machine.MakeString(*text) : Item{};
  }
  default: {
    const auto value = ToTemporal(kind, scalar);
    return value ? machine.MakeTemporal(kind, *value) : Item{};
  }
  }
}

}  // namespace

bool Machine::CallConversion(const Node& node, const Frame& frame, Range input) {
  const Target target = TargetOf(node.function);
  Item item;
  if (!Singleton(input, node, item)) return false;
  if (input.empty()) return true;
  const Scalar scalar = ScalarOf(item);
  // A primitive that is there with its literal text keeps it: "2015-02-04T14:34:28.1234567Z".
  Item result;
  if (target.kind == ItemKind::kString && item.is_node() && item.node().is_string()) {
    result = Item::String(item.node().string());
  } else {
    result = Convert(*this, target.kind, item, scalar);
  }
  if (node.child_count > 0 && result.kind() == ItemKind::kQuantity) {  // toQuantity('mg')
    Range range;
    std::optional<std::string_view> unit;
    if (!EvalChild(node, 0, frame, range) || !SingleString(range, node, unit)) return false;
    if (unit) {
      const std::string_view calendar = CalendarUnitOf(*unit);
      const std::string_view wanted = calendar.empty() ? *unit : calendar;
      const auto value = ConvertQuantity(result.quantity(), wanted, !calendar.empty());
      result = value ? MakeQuantity(*value, wanted, !calendar.empty()) : Item{};
    }
  }
  if (target.asks) {
    Replace(input.begin, Item::Boolean(result.kind() != ItemKind::kNone));
    return true;
  }
  Drop(input.begin);
  if (result.kind() != ItemKind::kNone) Push(result);
  return true;
}

}  // namespace facet::fhirpath

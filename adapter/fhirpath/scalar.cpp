#include "adapter/fhirpath/scalar.hpp"

#include "adapter/fhirpath/text.hpp"
#include "adapter/fhirpath/units.hpp"

#include <algorithm>

namespace facet::fhirpath {
namespace {

constexpr std::string_view kUcum = "http://unitsofmeasure.org";

// FHIR R4 §"Using FHIR types in expressions": the code is the unit if it is of UCUM; 'a' and 'mo' mean the calendar's.
// A quantity with a comparator has no one value.
Scalar QuantityOf(json::Value node) {
  Scalar out;
  const auto value = node["value"].decimal();
  if (!value || node["comparator"]) return out;
  out.kind = ItemKind::kQuantity;
  out.quantity.value = *value;
  const std::string_view system = node["system"].string();
  std::string_view unit = node["code"].string();
  if (unit.empty()) unit = node["unit"].string();
  out.quantity.unit = unit.empty() ? "1" : unit;
  if (system == kUcum && (unit == "a" || unit == "mo")) {
    out.quantity.unit = unit == "a" ? "year" : "month";
    out.quantity.calendar = true;
  }
  return out;
}

ItemKind KindOfJson(json::Value value) {
  if (value.is_string()) return ItemKind::kString;
  if (value.is_bool()) return ItemKind::kBoolean;
  if (value.is_number()) return value.number_is_integer() ? ItemKind::kInteger : ItemKind::kDecimal;
  return ItemKind::kNone;
}

Scalar ScalarOfNode(const Item& item) {
  Scalar out;
  const json::Value value = item.node();
  const ItemKind declared = SystemKindOf(item.fhir_type());
  if (declared == ItemKind::kQuantity) return QuantityOf(value);
  const ItemKind written = KindOfJson(value);
  if (written == ItemKind::kNone) return out;
  const bool typed = item.fhir_type() != fhir::TypeId::kUnknown;
  out.untyped = !typed && written == ItemKind::kString;
  out.kind = typed ? declared : written;
  switch (out.kind) {
  case ItemKind::kBoolean:
    out.boolean = value.boolean();
    if (written != ItemKind::kBoolean) out.kind = ItemKind::kNone;
    break;
  case ItemKind::kInteger:
  case ItemKind::kDecimal: {
    const auto number = value.decimal();
    if (!number) {
      out.kind = ItemKind::kNone;
      break;
    }
    out.decimal = *number;
    const auto integer = number->ToInt64();
    if (out.kind == ItemKind::kInteger && !integer) out.kind = ItemKind::kDecimal;
    out.integer = integer.value_or(0);
    break;
  }
  case ItemKind::kDate:
  case ItemKind::kDateTime:
  case ItemKind::kTime: {
    const auto temporal = ParseTemporal(out.kind, value.string());
    if (!temporal) out.kind = ItemKind::kNone;
    out.temporal = temporal.value_or(TemporalValue{});
    break;
  }
  default:
    out.text = value.string();
    if (written != ItemKind::kString) out.kind = ItemKind::kNone;
    break;
  }
  return out;
}

bool IsNumber(ItemKind kind) { return kind == ItemKind::kInteger || kind == ItemKind::kDecimal; }
bool IsDay(ItemKind kind) { return kind == ItemKind::kDate || kind == ItemKind::kDateTime; }

// Makes an untyped string a date or time where the other side is one; a number a quantity without unit.
void Adapt(Scalar& a, const Scalar& b) {
  if (a.untyped && (IsDay(b.kind) || b.kind == ItemKind::kTime)) {
    const ItemKind kind = b.kind == ItemKind::kTime ? ItemKind::kTime : ItemKind::kDateTime;
    if (const auto temporal = ParseTemporal(kind, a.text)) {
      a.kind = kind;
      a.temporal = *temporal;
    }
  } else if (IsNumber(a.kind) && b.kind == ItemKind::kQuantity) {
    a.kind = ItemKind::kQuantity;
    a.quantity = {a.decimal, "1", false};
  }
}

Tri TriOfOrder(Order order) { return order == Order::kUnknown ? Tri::kEmpty : TriOf(order == Order::kEqual); }

// Both sides of one comparable family; nullopt otherwise.
std::optional<Order> OrderScalars(const Scalar& a, const Scalar& b) {
  if (IsNumber(a.kind) && IsNumber(b.kind)) {
    const auto order = a.decimal <=> b.decimal;
    return order < 0 ? Order::kLess : order > 0 ? Order::kGreater : Order::kEqual;
  }
  if (a.kind == ItemKind::kString && b.kind == ItemKind::kString) {
    const int order = a.text.compare(b.text);  // UTF-8 sorts by code point
    return order < 0 ? Order::kLess : order > 0 ? Order::kGreater : Order::kEqual;
  }
  if ((IsDay(a.kind) && IsDay(b.kind)) || (a.kind == ItemKind::kTime && b.kind == ItemKind::kTime)) {
    return CompareTemporal(a.temporal, b.temporal);
  }
  if (a.kind == ItemKind::kQuantity && b.kind == ItemKind::kQuantity) return CompareQuantities(a.quantity, b.quantity);
  return std::nullopt;
}

bool EqualNumbers(json::Value a, json::Value b) {
  const auto x = a.decimal();
  const auto y = b.decimal();
  return x && y ? *x == *y : a.number_text() == b.number_text();
}

bool EquivalentJson(json::Value a, json::Value b) {
  if (a.kind() != b.kind() || a.size() != b.size()) return false;
  switch (a.kind()) {
  case json::Kind::kString:
    return EquivalentText(a.string(), b.string());
  case json::Kind::kNumber:
    return EqualNumbers(a, b);
  case json::Kind::kArray:
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (!EquivalentJson(a.at(i), b.at(i))) return false;
    }
    return true;
  case json::Kind::kObject:
    for (const json::Member member : a.members()) {
      if (!EquivalentJson(member.value, b[member.key])) return false;
    }
    return true;
  default:
    return DeepEqual(a, b);
  }
}

// One side at least is complex, or a primitive without a value.
bool SameStructure(const Item& a, const Item& b, bool (*same)(json::Value, json::Value)) {
  if (a.kind() == ItemKind::kTypeInfo && b.kind() == ItemKind::kTypeInfo) {
    return a.type_info().name == b.type_info().name && a.type_info().name_space == b.type_info().name_space;
  }
  if (!a.is_node() || !b.is_node()) return false;
  return same(a.node(), b.node()) && (!a.node().missing() || same(a.extra(), b.extra()));
}

}  // namespace

Scalar ScalarOf(const Item& item) {
  if (item.is_node()) return ScalarOfNode(item);
  Scalar out;
  out.kind = item.kind();
  switch (item.kind()) {
  case ItemKind::kBoolean:
    out.boolean = item.boolean_value();
    break;
  case ItemKind::kString:
    out.text = item.string_value();
    break;
  case ItemKind::kInteger:
    out.integer = item.integer_value();
    out.decimal = out.integer;
    break;
  case ItemKind::kDecimal:
    out.decimal = item.decimal_value();
    break;
  case ItemKind::kDate:
  case ItemKind::kDateTime:
  case ItemKind::kTime:
    out.temporal = item.temporal();
    break;
  case ItemKind::kQuantity:
    out.quantity = item.quantity();
    break;
  default:
    out.kind = ItemKind::kNone;
    break;
  }
  return out;
}

bool DeepEqual(json::Value a, json::Value b) {
  if (a == b) return true;
  if (a.kind() != b.kind() || a.size() != b.size()) return false;
  switch (a.kind()) {
  case json::Kind::kString:
    return a.string() == b.string();
  case json::Kind::kNumber:
    return EqualNumbers(a, b);
  case json::Kind::kBool:
    return a.boolean() == b.boolean();
  case json::Kind::kArray: {
    auto other = b.elements().begin();
    for (const json::Value element : a.elements()) {
      if (!DeepEqual(element, *other)) return false;
      ++other;
    }
    return true;
  }
  case json::Kind::kObject:
    for (const json::Member member : a.members()) {
      if (!DeepEqual(member.value, b[member.key])) return false;
    }
    return true;
  default:
    return true;
  }
}

Tri EqualItems(const Item& a, const Item& b) {
  if (const auto x = a.AsString()) {  // the common case: codes, systems
    if (const auto y = b.AsString()) return TriOf(*x == *y);
  }
  Scalar x = ScalarOf(a);
  Scalar y = ScalarOf(b);
  if (x.kind == ItemKind::kNone && y.kind == ItemKind::kNone) return TriOf(SameStructure(a, b, DeepEqual));
  if (x.kind == ItemKind::kNone || y.kind == ItemKind::kNone) return Tri::kFalse;
  Adapt(x, y);
  Adapt(y, x);
  if (x.kind == ItemKind::kBoolean && y.kind == ItemKind::kBoolean) return TriOf(x.boolean == y.boolean);
  const auto order = OrderScalars(x, y);
  if (!order) return Tri::kFalse;
  return TriOfOrder(*order);
}

bool EquivalentItems(const Item& a, const Item& b) {
  Scalar x = ScalarOf(a);
  Scalar y = ScalarOf(b);
  if (x.kind == ItemKind::kNone && y.kind == ItemKind::kNone) return SameStructure(a, b, EquivalentJson);
  if (x.kind == ItemKind::kNone || y.kind == ItemKind::kNone) return false;
  Adapt(x, y);
  Adapt(y, x);
  if (x.kind == ItemKind::kBoolean && y.kind == ItemKind::kBoolean) return x.boolean == y.boolean;
  if (x.kind == ItemKind::kString && y.kind == ItemKind::kString) return EquivalentText(x.text, y.text);
  if (IsNumber(x.kind) && IsNumber(y.kind)) {
    const int places = std::min(x.decimal.Normalized().scale(), y.decimal.Normalized().scale());
    return x.decimal.Rounded(places) == y.decimal.Rounded(places);
  }
  if (x.kind == ItemKind::kQuantity && y.kind == ItemKind::kQuantity)
    return EquivalentQuantities(x.quantity, y.quantity);
  return OrderScalars(x, y) == Order::kEqual;
}

std::optional<Order> OrderItems(const Item& a, const Item& b) {
  Scalar x = ScalarOf(a);
  Scalar y = ScalarOf(b);
  // A quantity with a comparator, or a primitive with extensions only, has no value to compare.
  const auto unknown = [](const Item& item, const Scalar& scalar) {
    return scalar.kind == ItemKind::kNone && item.is_node() && SystemKindOf(item.fhir_type()) != ItemKind::kNone;
  };
  if (unknown(a, x) || unknown(b, y)) return Order::kUnknown;
  Adapt(x, y);
  Adapt(y, x);
  return OrderScalars(x, y);
}

Tri EqualCollections(std::span<const Item> a, std::span<const Item> b) {
  if (a.empty() || b.empty()) return Tri::kEmpty;
  if (a.size() != b.size()) return Tri::kFalse;
  Tri result = Tri::kTrue;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const Tri one = EqualItems(a[i], b[i]);
    if (one == Tri::kFalse) return Tri::kFalse;
    if (one == Tri::kEmpty) result = Tri::kEmpty;
  }
  return result;
}

bool EquivalentCollections(std::span<const Item> a, std::span<const Item> b) {
  if (a.size() != b.size()) return false;
  std::vector<bool> taken(b.size(), false);
  for (const Item& item : a) {
    std::size_t i = 0;
    while (i < b.size() && (taken[i] || !EquivalentItems(item, b[i]))) ++i;
    if (i == b.size()) return false;
    taken[i] = true;
  }
  return true;
}

}  // namespace facet::fhirpath

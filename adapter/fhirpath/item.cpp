#include "adapter/fhirpath/item.hpp"

#include "adapter/fhirpath/program.hpp"
#include "adapter/fhirpath/temporal.hpp"

namespace facet::fhirpath {
namespace {

std::string QuantityText(const QuantityValue& quantity) {
  std::string text = quantity.value.ToString() + " ";
  if (!quantity.calendar) return text + "'" + std::string(quantity.unit) + "'";
  text += quantity.unit;
  if (quantity.value != Decimal(1)) text += 's';
  return text;
}

}  // namespace

Item Item::Node(json::Value value, fhir::TypeId type, json::Value extra) {
  Item item;
  item.kind_ = ItemKind::kNode;
  if (value.is_object() && (type == fhir::TypeId::kUnknown || fhir::IsResource(type))) {
    // What a resource is, is written in it; Resource and DomainResource only say that it is one.
    if (const auto named = fhir::FindType(value["resourceType"].string()); named != fhir::TypeId::kUnknown)
      type = named;
  }
  item.type_ = type;
  item.payload_.tape = value.missing() ? extra.tape() : value.tape();
  item.size_or_index_ = value.missing() || value.is_null() ? kAbsent : value.index();
  item.extra_ = extra.is_object() ? extra.index() : kAbsent;
  return item;
}

Item Item::MemberNode(const json::Tape* tape, std::uint32_t cell, fhir::TypeId type, std::uint32_t parent) {
  Item item = Node(json::Value(tape, cell), type);
  item.extra_ = parent;
  item.extra_in_parent_ = true;
  return item;
}

Item Item::Boolean(bool value) noexcept {
  Item item;
  item.kind_ = ItemKind::kBoolean;
  item.payload_.integer = value ? 1 : 0;
  return item;
}

Item Item::Integer(std::int64_t value) noexcept {
  Item item;
  item.kind_ = ItemKind::kInteger;
  item.payload_.integer = value;
  return item;
}

Item Item::String(std::string_view value) noexcept {
  Item item;
  item.kind_ = ItemKind::kString;
  item.payload_.text = value.data();
  item.size_or_index_ = static_cast<std::uint32_t>(value.size());
  return item;
}

Item Item::OfDecimal(const Decimal* value) noexcept {
  Item item;
  item.kind_ = ItemKind::kDecimal;
  item.payload_.decimal = value;
  return item;
}

Item Item::OfQuantity(const QuantityValue* value) noexcept {
  Item item;
  item.kind_ = ItemKind::kQuantity;
  item.payload_.quantity = value;
  return item;
}

Item Item::Temporal(ItemKind kind, const TemporalValue* value) noexcept {
  Item item;
  item.kind_ = kind;
  item.payload_.temporal = value;
  return item;
}

Item Item::TypeInfo(const TypeInfoValue* value) noexcept {
  Item item;
  item.kind_ = ItemKind::kTypeInfo;
  item.payload_.type_info = value;
  return item;
}

std::string Item::TypeName() const {
  if (kind_ != ItemKind::kNode) return "System." + std::string(SystemNameOf(kind_));
  const std::string_view name = fhir::DeclaredNameOf(type_);
  return "FHIR." + std::string(name.empty() ? "Element" : name);
}

json::Value Item::node() const noexcept {
  return is_node() && size_or_index_ != kAbsent ? json::Value(payload_.tape, size_or_index_) : json::Value{};
}

json::Value Item::extra() const noexcept {
  if (!is_node() || extra_ == kAbsent) return {};
  const json::Value cell(payload_.tape, extra_);
  if (!extra_in_parent_) return cell;
  // A member's key is the cell before its value.
  const json::Cell& key = payload_.tape->cells[size_or_index_ - 1];
  const std::string_view name(payload_.tape->text.data() + key.text, key.size);
  for (const json::Member member : cell.members()) {
    if (member.key.size() == name.size() + 1 && member.key[0] == '_' && member.key.substr(1) == name) {
      return member.value.is_object() ? member.value : json::Value{};
    }
  }
  return {};
}

std::optional<std::string_view> Item::AsString() const noexcept {
  if (kind_ == ItemKind::kString) return string_value();
  if (kind_ != ItemKind::kNode) return std::nullopt;
  const json::Value value = node();
  if (!value.is_string()) return std::nullopt;
  const bool text = type_ == fhir::TypeId::kCode || type_ == fhir::TypeId::kUri || type_ == fhir::TypeId::kString ||
                    type_ == fhir::TypeId::kUnknown || SystemKindOf(type_) == ItemKind::kString;
  if (!text) return std::nullopt;
  return value.string();
}

std::optional<bool> Item::AsBoolean() const noexcept {
  if (kind_ == ItemKind::kBoolean) return boolean_value();
  if (!node().is_bool()) return std::nullopt;
  return node().boolean();
}

std::optional<std::int64_t> Item::AsInteger() const noexcept {
  if (kind_ == ItemKind::kInteger) return integer_value();
  if (kind_ != ItemKind::kNode || type_ == fhir::TypeId::kDecimal) return std::nullopt;
  const json::Value value = node();
  if (!value.number_is_integer()) return std::nullopt;
  const auto number = value.decimal();
  return number ? number->ToInt64() : std::nullopt;
}

std::optional<Decimal> Item::AsDecimal() const noexcept {
  if (kind_ == ItemKind::kDecimal) return decimal_value();
  if (kind_ == ItemKind::kInteger) return Decimal(integer_value());
  return node().decimal();
}

std::optional<std::string> Item::ToText() const {
  switch (kind_) {
  case ItemKind::kNode: {
    const json::Value value = node();
    if (value.is_string()) return std::string(value.string());
    if (value.is_number()) return std::string(value.number_text());
    if (value.is_bool()) return std::string(value.boolean() ? "true" : "false");
    return std::nullopt;
  }
  case ItemKind::kBoolean:
    return std::string(boolean_value() ? "true" : "false");
  case ItemKind::kString:
    return std::string(string_value());
  case ItemKind::kInteger:
    return std::to_string(integer_value());
  case ItemKind::kDecimal:
    return decimal_value().ToString();
  case ItemKind::kDate:
  case ItemKind::kDateTime:
  case ItemKind::kTime:
    return FormatTemporal(kind_, temporal());
  case ItemKind::kQuantity:
    return QuantityText(quantity());
  case ItemKind::kNone:
  case ItemKind::kTypeInfo:
    break;
  }
  return std::nullopt;
}

void WriteItem(json::Writer& writer, const Item& item) {
  writer.BeginObject();
  writer.Member("type", item.TypeName());
  writer.Key("value");
  switch (item.kind()) {
  case ItemKind::kNode:
    if (item.node().missing()) {
      writer.Null();
    } else {
      writer.Copy(item.node());
    }
    break;
  case ItemKind::kBoolean:
    writer.Bool(item.boolean_value());
    break;
  case ItemKind::kInteger:
    writer.Int(item.integer_value());
    break;
  case ItemKind::kDecimal:
    writer.Number(item.decimal_value());
    break;
  case ItemKind::kQuantity:
    writer.BeginObject();
    writer.Member("value", item.quantity().value);
    writer.Member("unit", item.quantity().unit);
    writer.EndObject();
    break;
  case ItemKind::kTypeInfo:
    writer.BeginObject();
    writer.Member("namespace", item.type_info().name_space);
    writer.Member("name", item.type_info().name);
    writer.EndObject();
    break;
  default:
    writer.String(item.ToText().value_or(""));
    break;
  }
  writer.EndObject();
}

}  // namespace facet::fhirpath

#pragma once
// What a FHIRPath collection holds: a FHIR node (a cursor on JSON with its R4 type), or a computed System value.
//
// Thread: values, trivially copyable.
// Owns: nothing. A node borrows from its json::Document; a computed value borrows from the Evaluator or Collection that
//       made it, a literal from its Expression, others from the caller who gave them.
#include "adapter/base/decimal.hpp"
#include "adapter/fhir/r4_types.hpp"
#include "adapter/json/document.hpp"
#include "adapter/json/writer.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace facet::fhirpath {

enum class ItemKind : std::uint8_t {
  kNone,  // no item; never inside a collection
  kNode,
  kBoolean,
  kString,
  kInteger,
  kDecimal,
  kDate,
  kDateTime,
  kTime,
  kQuantity,
  kTypeInfo,  // the answer of type()
};

enum class TemporalPrecision : std::uint8_t { kYear, kMonth, kDay, kHour, kMinute, kSecond, kFraction };

// A Date, DateTime or Time. `us` counts microseconds of local wall time since 1970-01-01 (a Time: since midnight);
// parts finer than the precision are those of its first moment.
struct TemporalValue {
  std::int64_t us = 0;
  std::int32_t offset_min = 0;  // minutes east of UTC, where has_offset
  bool has_offset = false;
  TemporalPrecision precision = TemporalPrecision::kDay;
  std::uint8_t fraction_digits = 0;
};

struct QuantityValue {
  Decimal value;
  std::string_view unit = {};  // UCUM code, or a calendar unit in the singular ("year")
  bool calendar = false;
};

struct TypeInfoValue {
  std::string_view name_space;  // "System" or "FHIR"
  std::string_view name;
};

class Item {
 public:
  Item() = default;

  // A FHIR node. `extra` is the "_name" sibling with id and extensions of a primitive. Without a type that of
  // `resourceType` is taken, else it is unknown.
  static Item Node(json::Value value, fhir::TypeId type = fhir::TypeId::kUnknown, json::Value extra = {});
  // A member of an object: its "_name" sibling is looked for in `parent` when somebody asks for it.
  static Item MemberNode(const json::Tape* tape, std::uint32_t cell, fhir::TypeId type, std::uint32_t parent);
  static Item Boolean(bool value) noexcept;
  static Item Integer(std::int64_t value) noexcept;
  static Item String(std::string_view value) noexcept;                       // borrowed
  static Item OfDecimal(const Decimal* value) noexcept;                      // borrowed
  static Item OfQuantity(const QuantityValue* v) noexcept;                   // borrowed
  static Item Temporal(ItemKind kind, const TemporalValue* value) noexcept;  // borrowed
  static Item TypeInfo(const TypeInfoValue* value) noexcept;                 // borrowed

  ItemKind kind() const noexcept { return kind_; }
  bool is_node() const noexcept { return kind_ == ItemKind::kNode; }
  fhir::TypeId fhir_type() const noexcept { return type_; }  // of a node
  std::string TypeName() const;                              // "FHIR.code", "System.Date"; "FHIR.Element" if unknown

  // A node's JSON; missing for a primitive that has extensions only.
  json::Value node() const noexcept;
  json::Value extra() const noexcept;

  // The value where it is of that kind: a System value, or a node whose primitive type maps to it (FHIR R4
  // §"Using FHIR types in expressions"). Nodes of unknown type go by their JSON kind.
  std::optional<std::string_view> AsString() const noexcept;
  std::optional<bool> AsBoolean() const noexcept;
  std::optional<std::int64_t> AsInteger() const noexcept;
  std::optional<Decimal> AsDecimal() const noexcept;  // integers too
  // toString(): literal text of any primitive, node or System; nullopt for complex nodes and type infos.
  std::optional<std::string> ToText() const;

  // Of the kind that the caller has checked.
  const TemporalValue& temporal() const noexcept { return *payload_.temporal; }
  const QuantityValue& quantity() const noexcept { return *payload_.quantity; }
  const Decimal& decimal_value() const noexcept { return *payload_.decimal; }
  const TypeInfoValue& type_info() const noexcept { return *payload_.type_info; }
  std::int64_t integer_value() const noexcept { return payload_.integer; }
  bool boolean_value() const noexcept { return payload_.integer != 0; }
  std::string_view string_value() const noexcept { return {payload_.text, size_or_index_}; }

 private:
  static constexpr std::uint32_t kAbsent = 0xFFFF'FFFF;
  ItemKind kind_ = ItemKind::kNone;
  bool extra_in_parent_ = false;
  fhir::TypeId type_ = fhir::TypeId::kUnknown;
  std::uint32_t size_or_index_ = 0;  // bytes of a string; cell of a node
  union {
    const json::Tape* tape;
    const char* text;
    std::int64_t integer;
    const Decimal* decimal;
    const TemporalValue* temporal;
    const QuantityValue* quantity;
    const TypeInfoValue* type_info;
  } payload_ = {nullptr};
  std::uint32_t extra_ = kAbsent;  // cell of the "_name" sibling, or of the object that may have it
};

// {"type":"System.Date","value":"2026-03-05"}: primitives by value, complex nodes by their JSON. A Quantity is
// {"value":1.5,"unit":"mg"}, a type info {"namespace":"FHIR","name":"code"}. A primitive without a value says null.
void WriteItem(json::Writer& writer, const Item& item);

}  // namespace facet::fhirpath

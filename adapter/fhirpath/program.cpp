#include "adapter/fhirpath/program.hpp"

#include "adapter/fhirpath/expression.hpp"
#include "adapter/fhirpath/lexer.hpp"

namespace facet::fhirpath {
namespace {

constexpr FunctionInfo kFunctions[] = {
#define FUNCTION(enumerator, name, fewest, most, kinds, yields, handler) {name, fewest, most, kinds, yields},
#include "adapter/fhirpath/functions.def"
#undef FUNCTION
};

struct SystemType {
  ItemKind kind;
  std::string_view name;
};
constexpr SystemType kSystemTypes[] = {
    {ItemKind::kBoolean, "Boolean"}, {ItemKind::kString, "String"},     {ItemKind::kInteger, "Integer"},
    {ItemKind::kDecimal, "Decimal"}, {ItemKind::kDate, "Date"},         {ItemKind::kDateTime, "DateTime"},
    {ItemKind::kTime, "Time"},       {ItemKind::kQuantity, "Quantity"}, {ItemKind::kTypeInfo, "TypeInfo"},
};

}  // namespace

const FunctionInfo& InfoOf(Function function) noexcept { return kFunctions[static_cast<std::size_t>(function)]; }

std::span<const FunctionInfo> AllFunctions() noexcept { return kFunctions; }

std::string Program::WhereOf(std::uint32_t offset) const { return PlaceOf(text, offset); }

ItemKind SystemKindOf(fhir::TypeId type) noexcept {
  using fhir::TypeId;
  switch (type) {
  case TypeId::kBoolean:
    return ItemKind::kBoolean;
  case TypeId::kInteger:
  case TypeId::kUnsignedInt:
  case TypeId::kPositiveInt:
    return ItemKind::kInteger;
  case TypeId::kDecimal:
    return ItemKind::kDecimal;
  case TypeId::kDate:
    return ItemKind::kDate;
  case TypeId::kDateTime:
  case TypeId::kInstant:
    return ItemKind::kDateTime;
  case TypeId::kTime:
    return ItemKind::kTime;
  case TypeId::kQuantity:
  case TypeId::kAge:
  case TypeId::kCount:
  case TypeId::kDistance:
  case TypeId::kDuration:
    return ItemKind::kQuantity;
  default:
    return fhir::IsPrimitive(type) ? ItemKind::kString : ItemKind::kNone;
  }
}

std::string_view SystemNameOf(ItemKind kind) noexcept {
  for (const SystemType& type : kSystemTypes) {
    if (type.kind == kind) return type.name;
  }
  return "Any";
}

ItemKind FindSystemType(std::string_view name) noexcept {
  for (const SystemType& type : kSystemTypes) {
    if (type.name == name) return type.kind;
  }
  return ItemKind::kNone;
}

Expression::Expression(std::shared_ptr<const Program> program) : program_(std::move(program)) {}

const std::string& Expression::text() const noexcept {
  static const std::string kNothing = "{}";
  return program_ ? program_->text : kNothing;
}

std::string_view Expression::result_type() const noexcept {
  return program_ ? std::string_view(program_->result_type) : std::string_view{};
}

}  // namespace facet::fhirpath

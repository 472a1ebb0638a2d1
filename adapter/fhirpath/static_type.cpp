#include "adapter/fhirpath/static_type.hpp"

#include <algorithm>

namespace facet::fhirpath {
namespace {

using fhir::TypeId;

constexpr std::size_t kTypesMax = 64;

// Kinds between which values can be equal.
enum class Family : std::uint8_t { kText, kNumber, kDay, kTime, kBoolean, kOther };

Family FamilyOf(ItemKind kind) {
  switch (kind) {
  case ItemKind::kString:
    return Family::kText;
  case ItemKind::kInteger:
  case ItemKind::kDecimal:
  case ItemKind::kQuantity:
    return Family::kNumber;
  case ItemKind::kDate:
  case ItemKind::kDateTime:
    return Family::kDay;
  case ItemKind::kTime:
    return Family::kTime;
  case ItemKind::kBoolean:
    return Family::kBoolean;
  default:
    return Family::kOther;
  }
}

bool Overlap(TypeId a, TypeId b) { return fhir::IsA(a, b) || fhir::IsA(b, a); }

// Visits every pair until one fits.
bool AnyPair(const StaticType& a, const StaticType& b, bool ordered) {
  if (a.unknown || b.unknown || a.nothing() || b.nothing()) return true;
  const auto fits = [ordered](ItemKind x, ItemKind y) {
    const Family family = FamilyOf(x);
    return family == FamilyOf(y) && family != Family::kOther && !(ordered && family == Family::kBoolean);
  };
  for (const TypeId x : a.fhir) {
    for (const TypeId y : b.fhir) {
      if (fits(SystemKindOf(x), SystemKindOf(y)) || (!ordered && Overlap(x, y))) return true;
    }
    for (const ItemKind y : b.system) {
      if (fits(SystemKindOf(x), y)) return true;
    }
  }
  for (const ItemKind x : a.system) {
    for (const TypeId y : b.fhir) {
      if (fits(x, SystemKindOf(y))) return true;
    }
    for (const ItemKind y : b.system) {
      if (fits(x, y) || (!ordered && x == y)) return true;
    }
  }
  return false;
}

bool IsOpen(TypeId type) {
  return type == TypeId::kResource || type == TypeId::kDomainResource || type == TypeId::kElement;
}

}  // namespace

void StaticType::Add(TypeId type) {
  if (std::find(fhir.begin(), fhir.end(), type) == fhir.end()) fhir.push_back(type);
  if (fhir.size() > kTypesMax) *this = Unknown();
}

void StaticType::Add(const StaticType& other) {
  unknown = unknown || other.unknown;
  for (const TypeId type : other.fhir) Add(type);
  for (const ItemKind kind : other.system) {
    if (std::find(system.begin(), system.end(), kind) == system.end()) system.push_back(kind);
  }
}

std::string StaticType::Text() const {
  constexpr std::size_t kNamesMax = 4;
  std::vector<std::string> names;
  for (const TypeId type : fhir) names.emplace_back(fhir::NameOf(type));
  for (const ItemKind kind : system) names.emplace_back(SystemNameOf(kind));
  if (unknown || names.empty()) return "anything";
  std::string text = names[0];
  for (std::size_t i = 1; i < names.size() && i < kNamesMax; ++i) text += " or " + names[i];
  return names.size() > kNamesMax ? text + " or others" : text;
}

StaticType MemberOf(const StaticType& input, std::string_view name, fhir::NameId id, bool& found) {
  StaticType out;
  out.unknown = input.unknown;
  found = input.unknown;
  for (const TypeId type : input.fhir) {
    const auto* element = id == fhir::NameId::kUnknown ? nullptr : fhir::FindElement(type, id);
    if (element != nullptr) {
      found = true;
      for (const std::uint16_t each : fhir::TypesOf(*element)) out.Add(static_cast<TypeId>(each));
    } else if (IsOpen(type)) {  // a contained resource may be of any type
      found = out.unknown = true;
    }
  }
  for (const ItemKind kind : input.system) {
    const bool quantity = kind == ItemKind::kQuantity && (name == "value" || name == "unit" || name == "code");
    const bool info = kind == ItemKind::kTypeInfo && (name == "name" || name == "namespace");
    if (!quantity && !info) continue;
    found = true;
    out.Add(StaticType::Of(quantity && name == "value" ? ItemKind::kDecimal : ItemKind::kString));
  }
  if (std::any_of(out.fhir.begin(), out.fhir.end(), IsOpen)) out = StaticType::Unknown();
  return out;
}

bool MayEqual(const StaticType& a, const StaticType& b) { return AnyPair(a, b, false); }
bool MayCompare(const StaticType& a, const StaticType& b) { return AnyPair(a, b, true); }

bool MayBe(const StaticType& input, const TypeSpec& type) {
  if (input.unknown || input.nothing()) return true;
  for (const ItemKind kind : input.system) {
    if (kind == type.system) return true;
  }
  return type.fhir != TypeId::kUnknown &&
         std::any_of(input.fhir.begin(), input.fhir.end(), [&](TypeId each) { return Overlap(each, type.fhir); });
}

bool MayBeText(const StaticType& input) {
  if (input.unknown || input.nothing()) return true;
  // Dates and the like are strings in JSON and are read as such.
  const auto text = [](TypeId type) {
    const Family family = FamilyOf(SystemKindOf(type));
    return family == Family::kText || family == Family::kDay || family == Family::kTime;
  };
  return std::any_of(input.fhir.begin(), input.fhir.end(), text) ||
         std::find(input.system.begin(), input.system.end(), ItemKind::kString) != input.system.end();
}

StaticType ResultOf(Function function, const StaticType& input) {
  switch (InfoOf(function).yields) {
  case '=':
    return input;
  case 'X':
    return StaticType::Of(TypeId::kExtension);
  case '?':
    return StaticType::Unknown();
  default:
    break;
  }
  constexpr std::string_view kLetters = "BINSDdTQY";
  constexpr ItemKind kKinds[] = {ItemKind::kBoolean, ItemKind::kInteger,  ItemKind::kDecimal,
                                 ItemKind::kString,  ItemKind::kDateTime, ItemKind::kDate,
                                 ItemKind::kTime,    ItemKind::kQuantity, ItemKind::kTypeInfo};
  return StaticType::Of(kKinds[kLetters.find(InfoOf(function).yields)]);
}

}  // namespace facet::fhirpath

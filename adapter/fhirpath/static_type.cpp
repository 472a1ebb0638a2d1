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
  switch (function) {
  case Function::kEmpty:
  case Function::kExists:
  case Function::kAll:
  case Function::kAllTrue:
  case Function::kAnyTrue:
  case Function::kAllFalse:
  case Function::kAnyFalse:
  case Function::kSubsetOf:
  case Function::kSupersetOf:
  case Function::kIsDistinct:
  case Function::kNot:
  case Function::kHasValue:
  case Function::kToBoolean:
  case Function::kConvertsToBoolean:
  case Function::kConvertsToInteger:
  case Function::kConvertsToDate:
  case Function::kConvertsToDateTime:
  case Function::kConvertsToDecimal:
  case Function::kConvertsToQuantity:
  case Function::kConvertsToString:
  case Function::kConvertsToTime:
  case Function::kStartsWith:
  case Function::kEndsWith:
  case Function::kContains:
  case Function::kMatches:
  case Function::kMatchesFull:
  case Function::kComparable:
  case Function::kIs:
  case Function::kConformsTo:
  case Function::kMemberOf:
  case Function::kHtmlChecks:
    return StaticType::Of(ItemKind::kBoolean);
  case Function::kCount:
  case Function::kToInteger:
  case Function::kIndexOf:
  case Function::kLastIndexOf:
  case Function::kLength:
  case Function::kPrecision:
    return StaticType::Of(ItemKind::kInteger);
  case Function::kToDecimal:
    return StaticType::Of(ItemKind::kDecimal);
  case Function::kToDate:
  case Function::kToday:
    return StaticType::Of(ItemKind::kDate);
  case Function::kToDateTime:
  case Function::kNow:
    return StaticType::Of(ItemKind::kDateTime);
  case Function::kToTime:
  case Function::kTimeOfDay:
    return StaticType::Of(ItemKind::kTime);
  case Function::kToQuantity:
    return StaticType::Of(ItemKind::kQuantity);
  case Function::kToString:
  case Function::kSubstring:
  case Function::kUpper:
  case Function::kLower:
  case Function::kReplace:
  case Function::kReplaceMatches:
  case Function::kToChars:
  case Function::kEncode:
  case Function::kDecode:
  case Function::kEscape:
  case Function::kUnescape:
  case Function::kTrim:
  case Function::kSplit:
  case Function::kJoin:
  case Function::kGetResourceKey:
  case Function::kGetReferenceKey:
    return StaticType::Of(ItemKind::kString);
  case Function::kType:
    return StaticType::Of(ItemKind::kTypeInfo);
  case Function::kExtension:
    return StaticType::Of(TypeId::kExtension);
  case Function::kWhere:
  case Function::kSingle:
  case Function::kFirst:
  case Function::kLast:
  case Function::kTail:
  case Function::kSkip:
  case Function::kTake:
  case Function::kDistinct:
  case Function::kIntersect:
  case Function::kExclude:
  case Function::kSort:
  case Function::kTrace:
  case Function::kDefineVariable:
  case Function::kCheckModifiers:
    return input;
  default:
    return StaticType::Unknown();
  }
}

}  // namespace facet::fhirpath

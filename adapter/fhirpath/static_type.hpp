#pragma once
// What is known about the items of a sub-expression before it is evaluated: a set of types, or nothing.
//
// Thread: values. Errors: none.
#include "adapter/fhirpath/program.hpp"

#include <string>
#include <vector>

namespace facet::fhirpath {

struct StaticType {
  bool unknown = false;
  std::vector<fhir::TypeId> fhir;  // unordered, each once
  std::vector<ItemKind> system;

  static StaticType Unknown() { return {.unknown = true, .fhir = {}, .system = {}}; }
  static StaticType Of(ItemKind kind) { return {.unknown = false, .fhir = {}, .system = {kind}}; }
  static StaticType Of(fhir::TypeId type) { return {.unknown = false, .fhir = {type}, .system = {}}; }

  bool nothing() const { return !unknown && fhir.empty() && system.empty(); }
  void Add(fhir::TypeId type);
  void Add(const StaticType& other);
  std::string Text() const;  // "HumanName", "String or Quantity", for messages
};

// The types of an element where the input has these; `found` says whether any has it.
StaticType MemberOf(const StaticType& input, std::string_view name, fhir::NameId id, bool& found);
// Could an item of `a` equal one of `b`? Could they be ordered?
bool MayEqual(const StaticType& a, const StaticType& b);
bool MayCompare(const StaticType& a, const StaticType& b);
// Could an item be of that type?
bool MayBe(const StaticType& input, const TypeSpec& type);
bool MayBeText(const StaticType& input);

// What a function yields of its input and arguments where that needs no evaluation of lambdas.
StaticType ResultOf(Function function, const StaticType& input);

}  // namespace facet::fhirpath

#pragma once
// Code systems, value sets and concept maps as one hash table: system|code -> what it means to the adapter.
//
// A value set says what each of its codes means with the extension `means` (a concept of a target, and the resource
// types in which it holds); a concept map says it element by element. A concept map to any other code system is a
// translation: the target coding counts beside the source coding (local codes to public ones).
//
// In the flow: artefacts -> Terminology::Load -> the extractors of the mapper, search codes, lint.
// Thread: immutable after Load; Find may be called from any thread. Owns: everything it answers.
// Errors: Load reports all problems with their places (mapping.invalid, .missing, .conflict). Find never fails.
#include "adapter/base/result.hpp"
#include "adapter/mapping/artefacts.hpp"
#include "adapter/mapping/terminology/concepts.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace facet::mapping {

// Resource types are bits, so that a meaning can be limited to some of them. 0 = all.
using TypeMask = std::uint64_t;

// One answer to "what does this code mean?".
struct Meaning {
  Target target = Target::kFact;
  const Concept* answer = nullptr;  // never null
  TypeMask types = 0;
  bool remaining = false;  // percent relief counted as what remains: 100 - x
};

struct Found {
  const Meaning* meaning = nullptr;
  std::string_view label;  // our own words for the code
};

// A coding as a view gives it: any spelling of the system.
struct RawCoding {
  std::string_view system;
  std::string_view code;
};

class Terminology {
 public:
  static std::unique_ptr<const Terminology> Load(const std::vector<FhirArtefact>& artefacts,
                                                 std::vector<Error>& errors);
  ~Terminology();

  // The bit of a resource type; 0 for one that no artefact names (nothing limited is meant for it).
  TypeMask TypeBit(std::string_view resource_type) const noexcept;

  // Appends what the codings mean, for resources of these types: in order of the codings, a code's own meanings before
  // those of its translations, each concept of a target once.
  void Find(std::span<const RawCoding> codings, TypeMask type, std::vector<Found>& out) const;

  // The concepts of a target with a pattern that occurs in the text, in their order.
  void FindInText(Target target, std::string_view text, std::vector<const Concept*>& out) const;

  const Concept* ConceptOf(Target target, std::string_view code) const noexcept;
  const std::vector<Concept>& ConceptsOf(Target target) const noexcept;

  // "system|code" of every exact code with a meaning of `target` for this type, translations included; sorted. The
  // spelling of the system is that of the artefact.
  void AppendSearchCodes(Target target, std::string_view resource_type, std::vector<std::string>& out) const;

  // Every code or prefix that means something or is translated, as it is compared, and what it means. Unordered.
  struct CodeForm {
    enum class Match : std::uint8_t { kExact, kUndotted, kPrefix, kIcd10Prefix };
    std::string_view key;
    Match match = Match::kExact;
    std::span<const Meaning* const> meanings;
    bool translated = false;
  };
  void ForEachCode(const std::function<void(const CodeForm&)>& body) const;

  // Whether the code is in a value set (system "": in any system); nullopt for a value set that is not loaded.
  std::optional<bool> IsMember(std::string_view value_set, std::string_view system, std::string_view code) const;

 private:
  friend class TerminologyLoader;
  Terminology();
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace facet::mapping

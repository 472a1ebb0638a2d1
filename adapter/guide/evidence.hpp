#pragma once
// The evidence of one failed episode: named values, each present, absent or not available, with the resources they rest
// on. The guide's conditions see each as a variable (%radiculopathy); `explain` prints all of them as Parameters.
//
// In the flow: facts, judgements, policy -> GatherEvidence -> Evidence -> rule conditions.
// Thread: values. Errors: none; what could not be looked up has no value and says which kind is missing, so that
// FHIRPath's three-valued logic carries "not known" to the rule, which then fails closed.
#include "adapter/base/decimal.hpp"
#include "adapter/guide/proposal.hpp"
#include "adapter/json/writer.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace facet::guide {

using References = std::vector<std::string>;  // "Condition/c1/_history/1"

enum class Presence : std::uint8_t { kPresent, kAbsent, kNotAvailable };
std::string_view NameOf(Presence presence) noexcept;  // "not-available"

struct EvidenceItem {
  enum class Type : std::uint8_t { kBoolean, kInteger, kDecimal, kCode, kString };
  std::string name;
  Type type = Type::kBoolean;
  Presence presence = Presence::kAbsent;
  bool flag = false;
  std::int64_t integer = 0;
  Decimal decimal;
  std::string text;
  bool has_value = false;
  References references;
  std::string missing;  // what could not be looked up: "conditions"

  // The value as a reader sees it: "12.5", "lumbar"; "" without one.
  std::string Text() const;
  // Speaks for itself: it has a value, and a flag is set.
  bool holds() const noexcept { return has_value && (type != Type::kBoolean || flag); }
};

class Evidence {
 public:
  void AddFlag(std::string_view name, bool value, References references = {});
  // A flag that is not set rests on everything having been read: `missing` ("" where it was) makes it unknown.
  void AddFlag(std::string_view name, bool value, References references, std::string_view missing);
  void AddUnknown(std::string_view name, std::string_view missing);
  void AddInteger(std::string_view name, std::int64_t value, References references = {});
  void AddDecimal(std::string_view name, const std::optional<Decimal>& value, References references = {});
  void AddCode(std::string_view name, std::string_view value, References references = {});
  void AddString(std::string_view name, std::string_view value);

  const EvidenceItem* Find(std::string_view name) const noexcept;
  const std::vector<EvidenceItem>& items() const noexcept { return items_; }

 private:
  EvidenceItem& Add(std::string_view name, EvidenceItem::Type type);
  std::vector<EvidenceItem> items_;
};

// "Observation/o1/_history/1"; without a version "Observation/o1".
std::string VersionedReference(const clinical::Source& source);
// Appends what is not there yet.
void Merge(References& into, const References& from);

Evidence GatherEvidence(const Request& request, const clinical::Policy& policy, const Settings& settings);
// The names GatherEvidence gives, whatever the patient: conditions may use these and no others.
std::vector<std::string> EvidenceNames();
// The Parameters resource (profile StructureDefinition/evidence).
void WriteEvidence(json::Writer& writer, const Evidence& evidence, const Request& request);

}  // namespace facet::guide

// Procedures: lines of facet sessions, interventions, and the procedures that are neither (clinical specification,
// sections 1 and 2; approach: catalogue 1.1, steps 1 and 2; intent: steps 1 to 3).
#include "adapter/mapping/extract/pass.hpp"

#include <algorithm>

namespace facet::mapping {
namespace {

// Of words or codes that name two different things: no hit. `Enum` has names in the concept's code.
template <class Enum>
class OnlyOne {
 public:
  void Add(std::string_view code) {
    const auto value = clinical::FromName<Enum>(code);
    if (!value) return;
    several_ = several_ || (value_ && *value_ != *value);
    value_ = value;
  }
  void AddAll(const std::vector<Found>& found, Target target) {
    for (const Found& one : found) {
      if (one.meaning->target == target) Add(one.meaning->answer->code);
    }
  }
  void AddAll(const std::vector<const Concept*>& words) {
    for (const Concept* word : words) Add(word->code);
  }
  std::optional<Enum> value() const { return several_ ? std::nullopt : value_; }

 private:
  std::optional<Enum> value_;
  bool several_ = false;
};

}  // namespace

void Pass::ReadProcedure(const Row& row) {
  const std::vector<Found> codes = Find(row, Role::kCode);
  const bool facet = Has(codes, Target::kFact, "facet-procedure");
  const auto kinds = EnumsIn<clinical::InterventionKind>(codes, Target::kInterventionKind);
  const bool mapped = facet || !kinds.empty();
  const FactStatus status = StatusOf(row);
  if (!mapped) {
    const auto words = InText(Target::kFact, row, {Field::kCodeText, Field::kBodySiteText, Field::kNoteText});
    const auto says_facet = [](const Concept* word) { return word->code == "facet-procedure"; };
    if (std::any_of(words.begin(), words.end(), says_facet)) return Reject(clinical::RejectReason::kUnmappedCode);
    const TimeReading start = Start(row);
    const std::string encounter = ReferenceTo("Encounter", row, Field::kEncounter);
    if (status != FactStatus::kFinal || !start.time || encounter.empty() || !FindPatient(row)) return;
    out_.facts.other_procedures.push_back({out_.source, *start.time, encounter});
    return;
  }
  if (status == FactStatus::kEnteredInError) return Reject(clinical::RejectReason::kEnteredInError);
  if (status != FactStatus::kFinal) return Reject(clinical::RejectReason::kStatus);
  const TimeReading start = Start(row);
  if (!Admit(row, start)) return;
  const RegionReading region = ReadReasonedRegion(row);
  if (facet) AddFacet(row, codes, region, *start.time);
  out_.region_contradiction = region.contradiction;
  AddInterventions(kinds, row, region, start.time, false);
  AddCautions(codes, out_.source, true, out_.facts);
}

void Pass::AddFacet(const Row& row, const std::vector<Found>& codes, const RegionReading& region,
                    const clinical::ClinicalTime& start) {
  clinical::FacetProcedure fact;
  fact.source = out_.source;
  fact.start = start;
  fact.end = End(row, start);
  fact.region = region.region;
  fact.not_cervical = region.not_cervical;
  fact.side = ReadSide(*this, row);
  fact.add_on = Has(codes, Target::kLine, "add-on");
  fact.approach = ReadApproach(row, codes);
  ReadIntent(row, codes, fact);
  const std::vector<Found> used = Find(row, Role::kUsed);
  fact.steroid_used = Has(used, Target::kDrugClass, "corticosteroid");
  fact.anaesthetic_used = Has(used, Target::kDrugClass, "local-anaesthetic");
  fact.encounter = ReferenceTo("Encounter", row, Field::kEncounter);
  out_.facts.procedures.push_back(std::move(fact));
  out_.facet_procedure = true;
}

// A second coding, then words.
clinical::Approach Pass::ReadApproach(const Row& row, const std::vector<Found>& codes) const {
  OnlyOne<clinical::Approach> by_code;
  by_code.AddAll(codes, Target::kApproach);
  if (const auto approach = by_code.value()) return *approach;
  OnlyOne<clinical::Approach> by_words;
  by_words.AddAll(InText(Target::kApproach, row, {Field::kCodeText, Field::kNoteText, Field::kReasonText}));
  return by_words.value().value_or(clinical::Approach::kUnknown);
}

// A modifier, then category or a further coding, then words. Drugs and the default belong to the session.
void Pass::ReadIntent(const Row& row, const std::vector<Found>& codes, clinical::FacetProcedure& into) const {
  const auto settle = [&into](std::optional<clinical::Intent> intent, clinical::IntentReason reason) {
    if (!intent) return false;
    into.intent = intent;
    into.intent_reason = reason;
    return true;
  };
  OnlyOne<clinical::Intent> by_modifier;
  by_modifier.AddAll(Find(row, Role::kModifier), Target::kIntent);
  if (settle(by_modifier.value(), clinical::IntentReason::kKx)) return;
  OnlyOne<clinical::Intent> by_category;
  by_category.AddAll(Find(row, Role::kCategory), Target::kIntent);
  by_category.AddAll(codes, Target::kIntent);
  if (settle(by_category.value(), clinical::IntentReason::kCategory)) return;
  OnlyOne<clinical::Intent> by_words;
  by_words.AddAll(InText(Target::kIntent, row, {Field::kCodeText, Field::kNoteText, Field::kReasonText}));
  settle(by_words.value(), clinical::IntentReason::kText);
}

}  // namespace facet::mapping

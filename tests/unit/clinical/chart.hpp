#pragma once
// A chart: facts of one synthetic patient, built line by line, and their judgement in one word.
// The usual story: a lumbar facet injection on 2026-03-05 at 10:00 UTC, 8 of 10 before it.
#include "adapter/clinical/judgement.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace facet::clinical {

inline Decimal Dec(std::string_view text) { return Decimal::Parse(text).value(); }

class Chart {
 public:
  explicit Chart(TimeZone site = {}) : zone(std::move(site)) { facts.patient.present = true; }

  ClinicalTime Time(const std::string& text) const {
    const FhirDateTime written = FhirDateTime::Parse(text).value();
    return {written, written.Earliest(zone), written.Latest(zone), false};
  }
  static std::string Day(int day, const std::string& clock = "T10:00:00Z") {
    return CivilDate::FromDays(CivilDate{2026, 3, 5}.ToDays() + day).ToString() + clock;
  }

  FacetProcedure& Procedure(const std::string& id, const std::string& start = "2026-03-05T10:00:00Z",
                            Region region = Region::kLumbar) {
    FacetProcedure line;
    line.source = {"Procedure/" + id, ""};
    line.start = Time(start);
    line.region = region;
    return facts.procedures.emplace_back(line);
  }
  FacetProcedure& Block(const std::string& id = "p", const std::string& start = "2026-03-05T10:00:00Z") {
    FacetProcedure& line = Procedure(id, start);
    line.approach = Approach::kMedialBranch;
    return line;
  }
  PainScore& Score(const std::string& id, std::string_view value, const std::string& time,
                   Instrument instrument = Instrument::kNrs) {
    PainScore score;
    score.source = {"Observation/" + id, ""};
    score.instrument = instrument;
    score.value = Dec(value);
    score.time = Time(time);
    return facts.scores.emplace_back(score);
  }
  PainScore& Baseline(std::string_view value = "8", Instrument instrument = Instrument::kNrs) {
    return Score("b" + std::string(NameOf(instrument)), value, "2026-03-05T09:00:00Z", instrument);
  }
  PainScore& On(int day, std::string_view value, Instrument instrument = Instrument::kNrs) {
    return Score("d" + std::to_string(day) + std::string(NameOf(instrument)), value, Day(day), instrument);
  }
  PercentRelief& Relief(const std::string& id, std::string_view percent, const std::string& time) {
    PercentRelief relief;
    relief.source = {"Observation/" + id, ""};
    relief.percent = Dec(percent);
    relief.time = Time(time);
    return facts.reliefs.emplace_back(relief);
  }
  FunctionScore& Function(const std::string& id, Instrument instrument, std::string_view value, const std::string& unit,
                          const std::string& time) {
    FunctionScore score;
    score.source = {"Observation/" + id, ""};
    score.instrument = instrument;
    score.value = Dec(value);
    score.unit = unit;
    score.time = Time(time);
    return facts.functions.emplace_back(score);
  }
  Intervention& Intervene(InterventionKind kind, const std::string& time, Region region = Region::kLumbar) {
    Intervention intervention;
    intervention.source = {"Procedure/i" + std::to_string(facts.interventions.size()), ""};
    intervention.kind = kind;
    intervention.region = region;
    intervention.time = Time(time);
    return facts.interventions.emplace_back(intervention);
  }
  void Visit(const std::string& id, Setting setting) {
    facts.encounters.push_back({{"Encounter/" + id, ""}, "", setting});
  }

  UtcInstant Instant(const std::string& text) const { return FhirDateTime::Parse(text).value().Earliest(zone); }
  std::vector<Judgement> All(const std::string& now = "2026-12-01T00:00:00Z") const {
    return JudgePatient(facts, policy, zone, Instant(now));
  }
  // The judgement of the n-th session.
  Judgement One(const std::string& now = "2026-12-01T00:00:00Z", std::size_t n = 0) const {
    const std::vector<Judgement> all = All(now);
    EXPECT_LT(n, all.size());
    return n < all.size() ? all[n] : Judgement{};
  }
  // "no-response", "indeterminate: no-baseline".
  std::string Says(const std::string& now = "2026-12-01T00:00:00Z", std::size_t n = 0) const {
    return Word(One(now, n));
  }
  // As the last instant of a day after the usual session.
  std::string AtEndOf(int day) const { return Says(Day(day + 1, "T00:00:00Z")); }
  std::string BeforeEndOf(int day) const { return Says(Day(day, "T23:59:00Z")); }

  static std::string Word(const Judgement& judgement) {
    std::string word(NameOf(judgement.verdict));
    if (judgement.reason) word += ": " + std::string(NameOf(*judgement.reason));
    return word;
  }
  static std::string Doubts(const Judgement& judgement) {
    std::string list;
    for (const Doubt doubt : judgement.doubts) list += (list.empty() ? "" : " ") + std::string(NameOf(doubt));
    return list;
  }
  static std::string Text(const std::optional<Decimal>& value) { return value ? value->ToString() : "none"; }
  static std::string Id(const std::optional<Reading>& reading) { return reading ? reading->source.resource : "none"; }
  static std::string Text(const std::optional<UtcInstant>& at) { return at ? at->ToString() : "none"; }

  PatientFacts facts;
  Policy policy;
  TimeZone zone;
};

// The usual story as a treatment by written evidence, with its baseline.
class Therapeutic : public testing::Test, public Chart {
 protected:
  Therapeutic() {
    FacetProcedure& line = Chart::Procedure("p");
    line.intent = Intent::kTherapeutic;
    line.intent_reason = IntentReason::kCategory;
    Baseline("8");
  }
};

}  // namespace facet::clinical

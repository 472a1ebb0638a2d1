#include "adapter/engine/facts_codec.hpp"
#include "adapter/engine/feed.hpp"
#include "adapter/engine/patient_state.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace facet::engine {
namespace {

clinical::ClinicalTime At(const char* text) {
  clinical::ClinicalTime time;
  time.written = *FhirDateTime::Parse(text);
  time.earliest = time.written.Earliest(TimeZone{});
  time.latest = time.written.Latest(TimeZone{});
  time.issued = true;
  return time;
}

PatientState FullState() {
  PatientState state;
  state.patient = PatientRef("Patient/p1");
  state.followed_at = {1};
  state.since = {2};
  state.mapping_hash = "m";
  state.queries["procedures"] = {ReadStatus::kAsked, 1, 2, 3, {4, 2, {3}, {9}}, {5}, 6, {"Procedure/p1"}, true};
  state.reads["Encounter/e1"] = {ReadStatus::kUnavailable, 0, 0, 0, {1, 1, {8}, {9}}, {9}, 1, {}};
  state.changed_at = UtcInstant{7};
  state.judge_due = true;
  state.availability.imaging = false;
  state.carried["e1"] = 2;
  EpisodeState episode;
  episode.id = "e1";
  episode.first_procedure = "Procedure/p1";
  episode.procedures = {"Procedure/p1"};
  episode.proposal.phase = ProposalPhase::kWritten;
  episode.proposal.revision = 3;
  episode.proposal.written_at = UtcInstant{8};
  episode.proposal.evidence = {"Observation/o1|2"};
  state.episodes.push_back(episode);
  auto& facts = state.facts;
  facts.patient = {{"Patient/p1", "1"}, true, true, false, true, true, FhirDateTime::Parse("1960-02"),
                   {"Patient/p2"},      {}};
  clinical::FacetProcedure procedure;
  procedure.source = {"Procedure/p1", "1"};
  procedure.start = At("2026-03-01");
  procedure.end = At("2026-03-01T10:30:00+01:00");
  procedure.region = clinical::Region::kLumbar;
  procedure.not_cervical = true;
  procedure.side = clinical::Side::kLeft;
  procedure.add_on = true;
  procedure.approach = clinical::Approach::kMedialBranch;
  procedure.intent = clinical::Intent::kDiagnostic;
  procedure.intent_reason = clinical::IntentReason::kKx;
  procedure.encounter = "Encounter/e1";
  facts.procedures = {procedure};
  clinical::PainScore score;
  score.source = {"Observation/o1", "2"};
  score.value = *Decimal::Parse("7.50");
  score.time = At("2026-03-01T09:00:00Z");
  score.linked = {"Procedure/p1"};
  score.limb_site = true;
  score.not_cervical = true;
  facts.scores = {score};
  facts.findings = {{{"Condition/c1", ""},
                     clinical::FindingKind::kRedFlag,
                     clinical::Region::kLumbar,
                     false,
                     At("2025"),
                     std::nullopt,
                     true}};
  facts.cautions = {{{"Device/d1", "1"}, clinical::CautionKind::kCardiacImplant, false, "pacemaker"}};
  facts.encounters = {{{"Encounter/e1", "1"}, "EMER", clinical::Setting::kUnrelated}};
  return state;
}

TEST(PatientDocument, EverythingSurvives) {
  PatientState state = FullState();
  const std::string document = SavePatientState(state);
  auto loaded = LoadPatientState(document);
  ASSERT_TRUE(loaded.ok());
  // What is saved again is the same: nothing was lost on the way.
  EXPECT_EQ(SavePatientState(*loaded), document);
  EXPECT_EQ(loaded->facts.scores.front().value.ToString(), "7.50");
  EXPECT_FALSE(loaded->facts.patient.active);
  EXPECT_FALSE(loaded->facts.findings.front().active);
  EXPECT_EQ(loaded->facts.procedures.front().end->earliest, At("2026-03-01T10:30:00+01:00").earliest);
  EXPECT_EQ(loaded->facts.procedures.front().intent, clinical::Intent::kDiagnostic);
  EXPECT_FALSE(loaded->availability.imaging);
  EXPECT_TRUE(loaded->availability.orders);
  EXPECT_EQ(loaded->episodes.front().proposal.revision, 3);
}

TEST(PatientDocument, AnEmptyStateIsTheDefault) {
  PatientState state;
  state.patient = PatientRef("Patient/p1");
  auto loaded = LoadPatientState(SavePatientState(state));
  ASSERT_TRUE(loaded.ok());
  EXPECT_TRUE(loaded->facts.patient.active);
  EXPECT_FALSE(loaded->changed_at);
  EXPECT_FALSE(LoadPatientState("{}").ok());
  EXPECT_FALSE(LoadPatientState("").ok());
}

// How many members an aggregate has: the longest list of values that it can be made from.
struct Anything {
  template <class T>
  operator T() const {  // never called
    std::abort();
  }
};
template <class T, std::size_t... I>
constexpr bool TakesValues(std::index_sequence<I...>) {
  return requires { T{(static_cast<void>(I), Anything{})...}; };
}
template <class T, std::size_t N = 24>
constexpr std::size_t CountMembers() {
  if constexpr (N == 0 || TakesValues<T>(std::make_index_sequence<N>{})) {
    return N;
  } else {
    return CountMembers<T, N - 1>();
  }
}

// Gives every member that is described a value of its own, never the default.
class Filler {
 public:
  [[maybe_unused]] static constexpr bool kLoads = true;
  template <class T>
  void operator()(std::string_view, T& member) {
    ++described;
    Set(member);
  }
  template <class T>
  void Set(T& member) {
    ++count_;
    if constexpr (std::is_same_v<T, bool>) {
      member = true;
    } else if constexpr (std::is_enum_v<T>) {
      member = static_cast<T>(1 + count_ % 2);
    } else if constexpr (std::is_integral_v<T>) {
      member = static_cast<T>(1 + count_ % 7);
    } else if constexpr (std::is_same_v<T, std::string>) {
      member = "text \"" + std::to_string(count_) + "\" \u00e4";
    } else if constexpr (std::is_same_v<T, Decimal>) {
      member = *Decimal::Parse(std::to_string(count_) + ".50");
    } else if constexpr (std::is_same_v<T, UtcInstant>) {
      member = {1'700'000'000'000 + count_};
    } else if constexpr (std::is_same_v<T, FhirDateTime>) {
      member = *FhirDateTime::Parse(count_ % 2 == 0 ? "2026-03" : "2026-03-01T10:30:00.250+01:00");
    } else {
      const std::size_t before = described;
      Describe(*this, member);
      EXPECT_EQ(described - before, CountMembers<T>()) << "a member is missing in facts_codec.hpp";
      described = before;
    }
  }
  template <class T>
  void Set(std::optional<T>& member) {
    Set(member.emplace());
  }
  template <class T>
  void Set(std::vector<T>& members) {
    members.resize(2);
    for (T& member : members) Set(member);
  }

  std::size_t described = 0;

 private:
  std::int64_t count_ = 0;
};

static_assert(CountMembers<clinical::Source>() == 2);
static_assert(CountMembers<clinical::ClinicalTime>() == 4);
static_assert(CountMembers<clinical::FacetProcedure>() == 13);

// A field that is added to a fact has to be added to facts_codec.hpp, or it is lost at the patient's next step.
TEST(FactsDocument, EveryFieldOfEveryFactSurvives) {
  clinical::PatientFacts facts;
  Filler filler;
  filler.Set(facts);
  clinical::PatientFacts loaded;
  const std::string document = SaveDocument(facts);
  const auto parsed = json::Parse(document);
  ASSERT_TRUE(parsed.ok());
  Loader::Get(parsed->root(), loaded);
  EXPECT_EQ(loaded.patient, facts.patient);
  EXPECT_EQ(loaded.procedures, facts.procedures);
  EXPECT_EQ(loaded.interventions, facts.interventions);
  EXPECT_EQ(loaded.scores, facts.scores);
  EXPECT_EQ(loaded.reliefs, facts.reliefs);
  EXPECT_EQ(loaded.functions, facts.functions);
  EXPECT_EQ(loaded.findings, facts.findings);
  EXPECT_EQ(loaded.cautions, facts.cautions);
  EXPECT_EQ(loaded.screens, facts.screens);
  EXPECT_EQ(loaded.encounters, facts.encounters);
  EXPECT_EQ(loaded.other_procedures, facts.other_procedures);
  EXPECT_EQ(loaded.nerve_blocks, facts.nerve_blocks);
  EXPECT_EQ(loaded.drugs, facts.drugs);
  EXPECT_EQ(loaded.drug_references, facts.drug_references);
  EXPECT_EQ(loaded.medications, facts.medications);
  EXPECT_EQ(loaded.scores.size(), 2U);
  EXPECT_EQ(SaveDocument(loaded), document);
}

TEST(FactsDocument, DefaultsSurvive) {
  clinical::PatientFacts facts;
  facts.findings.resize(1);
  facts.cautions.resize(1);
  facts.procedures.resize(1);
  clinical::PatientFacts loaded;
  const auto parsed = json::Parse(SaveDocument(facts));
  ASSERT_TRUE(parsed.ok());
  Loader::Get(parsed->root(), loaded);
  EXPECT_EQ(loaded.patient, facts.patient);
  EXPECT_EQ(loaded.findings, facts.findings);
  EXPECT_EQ(loaded.cautions, facts.cautions);
  EXPECT_EQ(loaded.procedures, facts.procedures);
}

TEST(Sources, AreOrderedAndEachOnce) {
  PatientState state = FullState();
  state.facts.findings.push_back(state.facts.findings.front());
  const auto sources = SourcesOf(state.facts);
  ASSERT_EQ(sources.size(), 6U);
  EXPECT_TRUE(std::is_sorted(sources.begin(), sources.end()));
}

TEST(FeedDocument, EverythingSurvives) {
  Settings settings;
  settings.system_id = "s";
  settings.public_url = "http://a";
  const FeedPlan plan = PlanFeed(settings, {"a|1"}, {"b|2"});
  FeedState state = StartFeed({}, plan, "m1", {1'000'000'000});
  state.capability.known = true;
  state.capability.types["CarePlan"] = {true, false};
  state.day = 3;
  const auto loaded = LoadFeedState(SaveFeedState(state));
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(*loaded, state);
  EXPECT_FALSE(LoadFeedState("{}").ok());
}

TEST(Feed, OtherMappingsOrAnEarlierStartSweepProceduresAgain) {
  Settings settings;
  settings.not_before = UtcInstant{5'000'000'000};
  FeedPlan plan = PlanFeed(settings, {"a|1"}, {"b|2"});
  FeedState state = StartFeed({}, plan, "m1", {9'000'000'000});
  const UtcInstant first = state.sweeps[0].watermark;
  EXPECT_EQ(first, UtcInstant{5'000'000'000 - UtcInstant::kMsPerDay});
  state.sweeps[0].watermark = {8'000'000'000};
  EXPECT_EQ(StartFeed(state, plan, "m1", {9'000'000'000}).sweeps[0].watermark, UtcInstant{8'000'000'000});
  EXPECT_EQ(StartFeed(state, plan, "m2", {9'000'000'000}).sweeps[0].watermark, first);
  plan.not_before = UtcInstant{4'000'000'000};
  EXPECT_EQ(StartFeed(state, plan, "m1", {9'000'000'000}).sweeps[0].watermark,
            UtcInstant{4'000'000'000 - UtcInstant::kMsPerDay});
  EXPECT_EQ(StartFeed(state, plan, "m1", {9'000'000'000}).run, 2U);
}

}  // namespace
}  // namespace facet::engine

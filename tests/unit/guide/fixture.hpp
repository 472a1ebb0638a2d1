#pragma once
// What the guide's tests share: the shipped rules, facts and judgements by hand, and questions to a proposal.
#include "adapter/guide/proposal.hpp"
#include "adapter/json/document.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace facet::guide {

using clinical::Approach;
using clinical::FindingKind;
using clinical::Intent;
using clinical::InterventionKind;
using clinical::Region;
using clinical::Side;
using clinical::Verdict;

inline std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

inline std::vector<json::Document> ShippedDocuments() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(FACET_SOURCE_DIR "/fhir-mappings/guide")) {
    if (entry.path().extension() == ".json") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<json::Document> documents;
  for (const auto& path : paths) {
    auto parsed = json::Parse(ReadFile(path), json::Limits::ForFiles());
    EXPECT_TRUE(parsed.ok()) << path;
    if (parsed.ok()) documents.push_back(std::move(*parsed));
  }
  return documents;
}

inline const Guide& ShippedGuide() {
  static const std::shared_ptr<const Guide> guide = [] {
    const auto documents = ShippedDocuments();
    std::vector<json::Value> roots;
    for (const json::Document& document : documents) roots.push_back(document.root());
    std::vector<Error> errors;
    auto loaded = Guide::Load(roots, errors);
    for (const Error& error : errors) ADD_FAILURE() << error.ToString();
    ADAPTER_CHECK(loaded.ok());
    return *loaded;
  }();
  return *guide;
}

inline UtcInstant At(const std::string& text) {
  const auto parsed = FhirDateTime::Parse(text);
  ADAPTER_CHECK(parsed.has_value());
  return parsed->Earliest(TimeZone());
}

inline clinical::ClinicalTime Time(const std::string& text) {
  const auto parsed = FhirDateTime::Parse(text);
  ADAPTER_CHECK(parsed.has_value());
  return {*parsed, parsed->Earliest(TimeZone()), parsed->Latest(TimeZone()), false};
}

// One patient with one failed session: lumbar, 2026-03-05, approach unknown, pain 8 -> 7 on day 21 (12.5 %).
struct Case {
  clinical::PatientFacts facts;
  std::vector<clinical::Judgement> judgements;
  clinical::Policy policy;
  Settings settings;
  Request request;
  TimeZone zone;

  Case() {
    facts.patient.present = true;
    facts.patient.source = {"Patient/p1", "1"};
    facts.patient.birth_date = FhirDateTime::Parse("1961-04-02");
    judgements.push_back(NoResponse("Procedure/pr1", "2026-03-05T10:00:00Z"));
    settings.system_id = "test";
    settings.adapter_version = "0.1.0";
    settings.organization = "Organization/1";
    request.patient = "Patient/p1";
    request.episode_id = EpisodeIdFor("test", "Procedure/pr1");
    request.now = At("2026-12-01T00:00:00Z");
  }

  static clinical::Reading Pain(const std::string& id, const std::string& value, const std::string& time, int day) {
    clinical::Reading reading;
    reading.source = {"Observation/" + id, "1"};
    reading.value = *Decimal::Parse(value);
    reading.time = Time(time);
    reading.day = day;
    return reading;
  }
  static clinical::Reading Pain(const std::string& id, const std::string& value, const std::string& time, int day,
                                const std::string& relief) {
    clinical::Reading reading = Pain(id, value, time, day);
    reading.relief_percent = Decimal::Parse(relief);
    return reading;
  }

  static clinical::Judgement NoResponse(const std::string& procedure, const std::string& start) {
    clinical::Judgement judgement;
    judgement.session.procedures = {{procedure, "1"}};
    judgement.session.start = Time(start);
    judgement.session.region = Region::kLumbar;
    judgement.verdict = Verdict::kNoResponse;
    judgement.baseline = Pain("b", "8", "2026-03-05T09:00:00Z", 0);
    judgement.best = Pain("f1", "7", "2026-03-26T10:00:00Z", 21, "12.5");
    judgement.latest = judgement.best;
    judgement.relief_percent = Decimal::Parse("12.5");
    judgement.doubts = {clinical::Doubt::kIntentUnknown, clinical::Doubt::kSingleReading};
    return judgement;
  }

  clinical::Judgement& failed() { return judgements[request.session]; }

  // A decided diagnostic block before or after; keeps the judgements in order of their start.
  void Block(const std::string& procedure, const std::string& start, bool positive, Approach approach,
             const std::string& relief) {
    clinical::Judgement judgement = NoResponse(procedure, start);
    judgement.session.intent = Intent::kDiagnostic;
    judgement.session.approach = approach;
    judgement.verdict = positive ? Verdict::kPositiveBlock : Verdict::kNegativeBlock;
    judgement.best = Pain("block-" + relief, "1", start, 0, relief);
    judgement.best->value = *Decimal::Parse("8");
    judgement.baseline.reset();
    judgement.latest = judgement.best;
    Insert(std::move(judgement));
  }

  void Insert(clinical::Judgement judgement) {
    const clinical::Source first = failed().session.procedures.front();
    judgements.push_back(std::move(judgement));
    std::stable_sort(judgements.begin(), judgements.end(),
                     [](const auto& a, const auto& b) { return a.session.start.earliest < b.session.start.earliest; });
    for (std::size_t i = 0; i < judgements.size(); ++i) {
      if (judgements[i].session.procedures.front() == first) request.session = i;
    }
  }

  void Finding(FindingKind kind, Region region = Region::kLumbar, bool active = true) {
    clinical::Finding finding;
    finding.source = {"Condition/c" + std::to_string(facts.findings.size() + 1), "1"};
    finding.kind = kind;
    finding.region = region;
    finding.active = active;
    facts.findings.push_back(finding);
  }

  clinical::Intervention& Done(InterventionKind kind, const std::string& time, Region region = Region::kUnknown) {
    clinical::Intervention intervention;
    intervention.source = {"Procedure/i" + std::to_string(facts.interventions.size() + 1), "1"};
    intervention.kind = kind;
    intervention.region = region;
    intervention.time = Time(time);
    facts.interventions.push_back(intervention);
    return facts.interventions.back();
  }

  void Ordered(InterventionKind kind, const std::string& time, Region region = Region::kUnknown) {
    clinical::Intervention& order = Done(kind, time, region);
    order.source.resource = "ServiceRequest/s" + std::to_string(facts.interventions.size());
    order.order = true;
  }

  void Score(const std::string& id, const std::string& value, const std::string& time) {
    clinical::PainScore score;
    score.source = {"Observation/" + id, "1"};
    score.value = *Decimal::Parse(value);
    score.time = Time(time);
    facts.scores.push_back(score);
  }

  void Caution(clinical::CautionKind kind, const std::string& resource, bool active = true) {
    clinical::Caution caution;
    caution.source = {resource, "2"};
    caution.kind = kind;
    caution.active = active;
    facts.cautions.push_back(caution);
  }

  const Request& Ask() {
    request.facts = &facts;
    request.judgements = &judgements;
    request.zone = &zone;
    return request;
  }
  Proposal Propose() { return ShippedGuide().Propose(Ask(), policy, settings); }
};

inline const Suggestion& Of(const Proposal& proposal, const std::string& rule) {
  for (const Suggestion& suggestion : proposal.suggestions) {
    if (suggestion.rule == rule) return suggestion;
  }
  ADAPTER_CHECK(false);
  return proposal.suggestions.front();
}

// "suggested", "withheld by G18": as the worked examples group them.
inline std::string StateOf(const Proposal& proposal, const std::string& rule) {
  const Suggestion& suggestion = Of(proposal, rule);
  std::string state(NameOf(suggestion.state));
  if (suggestion.guard) state += " by " + *suggestion.guard;
  return state;
}

inline std::map<std::string, std::vector<std::string>> Grouped(const Proposal& proposal) {
  std::map<std::string, std::vector<std::string>> groups;
  for (const Suggestion& suggestion : proposal.suggestions) {
    groups[StateOf(proposal, suggestion.rule)].push_back(suggestion.rule);
  }
  return groups;
}

// State of one rule in a case.
inline std::string State1(Case& c, const std::string& rule) { return StateOf(c.Propose(), rule); }

}  // namespace facet::guide

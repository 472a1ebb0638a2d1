// What must hold when the faults have stopped and the world is quiet. The expected proposals are computed here from
// what the server holds at the end: what a run without any fault, or without any restart, would have come to.
#include "tests/simulation/simulation.hpp"

#include "adapter/base/digest.hpp"

#include <algorithm>

namespace facet::testing {
namespace {

bool IsLive(json::Value careplan) { return careplan["status"].string() == "draft"; }

}  // namespace

void Simulation::CheckAll() {
  if (engine_ == nullptr) return Fail("the process is not up at the end");
  CheckRows();
  for (const std::string& patient : patients_) CheckPatient(patient);
  CheckHumans();
  if (!swarm_.write && server_->writes() != 0) Fail("shadow wrote something");
  figures_.careplans = static_cast<std::int64_t>(server_->References("CarePlan").size());
}

// Invariants 1 and 3: every acknowledged notification reached its end, nothing is under way, and what was written has a
// recorded judgement.
void Simulation::CheckRows() {
  const auto counts = store_->Count();
  if (!counts.ok()) return Fail("the store cannot be read");
  if (counts->inbox_new != 0) Fail("acknowledged notifications are unprocessed: " + std::to_string(counts->inbox_new));
  if (counts->inbox_dead != 0) Fail("a notification is dead");
  const auto rows = store_->ListOutbox();
  for (const delivery::OutboxRow& row : rows.value()) {
    const bool held = row.state == delivery::OutboxState::kHeld && row.kind == delivery::OutboxKind::kProvenance;
    if (row.state != delivery::OutboxState::kDone && !held) {
      Fail("an outbox row is " + std::string(NameOf(row.state)) + ": " + row.id);
    }
    const auto history = store_->ListJudgements(row.episode);
    bool judged = false;
    bool proposed = false;
    for (const engine::JudgementRow& entry : history.value()) {
      judged = judged || entry.kind == engine::JudgementKind::kJudgement;
      proposed = proposed || entry.kind == engine::JudgementKind::kProposal;
    }
    if (!judged || !proposed) Fail("a written proposal has no recorded judgement: " + row.id);
  }
}

void Simulation::CheckPatient(const std::string& patient) {
  clinical::PatientFacts facts;
  for (const auto& [reference, versions] : server_->resources()) {
    if (versions.back().deleted) continue;
    const mapping::Extraction extraction = rules_.Extract(versions.back().document.root());
    if (extraction.patient == patient) rules_.Apply(facts, extraction);
  }
  const auto judgements = rules_.Judge(facts, now_);
  std::vector<clinical::Session> sessions;
  for (const auto& judgement : judgements) sessions.push_back(judgement.session);
  std::vector<std::string> expected;
  const UtcInstant not_before = *MakeSettings().not_before;
  for (std::size_t i = 0; i < judgements.size(); ++i) {
    if (!judgements[i].failed() || sessions[i].start.earliest < not_before) continue;
    const auto course = rules_.Course(sessions, i);
    if (std::any_of(course.begin(), course.end(), [&](auto k) { return k > i && judgements[k].failed(); })) continue;
    guide::Request request;
    request.facts = &facts;
    request.judgements = &judgements;
    request.session = i;
    request.patient = patient;
    request.episode_id = rules_.EpisodeIdFor(sessions[i].procedures.front().resource);
    expected.push_back(rules_.Propose(request).payload_hash);
  }
  if (!swarm_.write) expected.clear();
  std::vector<std::string> actual;
  bool human = false;
  for (const auto& [reference, versions] : server_->resources()) {
    if (!reference.starts_with("CarePlan/")) continue;
    const json::Value root = versions.back().document.root();
    if (root["subject"]["reference"].string() != patient) continue;
    human = human || human_version_.count(reference) != 0;
    if (versions.back().deleted || !IsLive(root)) continue;
    actual.emplace_back(root["description"].string());
    std::int64_t provenances = 0;
    for (const std::string& one : server_->References("Provenance")) {
      if (server_->Current(one)->document.root()["target"].at(0)["reference"].string() == reference) ++provenances;
    }
    if (provenances != 1) Fail(reference + " has " + std::to_string(provenances) + " Provenances");
  }
  figures_.live_careplans += static_cast<std::int64_t>(actual.size());
  std::sort(expected.begin(), expected.end());
  std::sort(actual.begin(), actual.end());
  // Where people took part, theirs stand (CheckHumans) and ours may be fewer.
  const bool right =
      human ? std::includes(expected.begin(), expected.end(), actual.begin(), actual.end()) : expected == actual;
  if (!right) {
    Fail(patient + ": " + std::to_string(actual.size()) + " live CarePlans, expected " +
         std::to_string(expected.size()) + (expected.size() == actual.size() ? " (content differs)" : ""));
  }
}

// Invariant 2 and the rights of people: a proposal is created once, never written over an edit, never recreated.
void Simulation::CheckHumans() {
  std::map<std::string, int> identifiers;
  for (const auto& [reference, versions] : server_->resources()) {
    if (!reference.starts_with("CarePlan/")) continue;
    const std::string identifier(versions.front().document.root()["identifier"].at(0)["value"].string());
    if (++identifiers[identifier] > 1) Fail("a CarePlan twice: " + identifier);
    const auto touched = human_version_.find(reference);
    if (touched != human_version_.end() && versions.back().version != touched->second) {
      Fail("written over what people did: " + reference);
    }
    for (std::size_t i = 1; i < versions.size(); ++i) {
      if (versions[i - 1].deleted && !versions[i].deleted) Fail("a deleted CarePlan came back: " + reference);
    }
  }
}

std::string Simulation::StateHash() const {
  std::string all;
  for (const auto& [reference, versions] : server_->resources()) {
    all += reference + " " + std::to_string(versions.size()) + " " + versions.back().body + "\n";
  }
  return Sha256Hex(all + std::to_string(figures_.turns) + " " + std::to_string(figures_.requests));
}

}  // namespace facet::testing

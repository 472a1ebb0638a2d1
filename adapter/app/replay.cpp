#include "adapter/app/replay.hpp"

#include "adapter/app/rulebook.hpp"
#include "adapter/app/version.hpp"
#include "adapter/guide/lines.hpp"
#include "adapter/json/document.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace facet::app {
namespace {

// Episode ids of files are derived from a fixed name: there is no server whose system id could be used.
constexpr const char* kOfflineSystem = "replay";

std::optional<UtcInstant> ParseAsOf(const std::string& text, const TimeZone& zone) {
  const auto parsed = FhirDateTime::Parse(text);
  if (!parsed || parsed->precision < Precision::kDay) return std::nullopt;
  if (parsed->has_time()) return parsed->Earliest(zone);
  return parsed->Latest(zone).PlusMs(-1);  // a date means the end of that site-local day
}

// Offline a Patient that is not in the input passes the gates, with a doubt (clinical specification, section 4).
void DoubtMissingPatient(const clinical::PatientFacts& facts, std::vector<clinical::Judgement>& judgements) {
  if (facts.patient.present) return;
  for (auto& judgement : judgements) {
    auto& doubts = judgement.doubts;
    const bool known = std::find(doubts.begin(), doubts.end(), clinical::Doubt::kNotChecked) != doubts.end();
    if (judgement.failed() && !known) doubts.push_back(clinical::Doubt::kNotChecked);
  }
}

class PatientRun {
 public:
  PatientRun(const Rulebook& rules, const std::string& patient, const clinical::PatientFacts& facts, UtcInstant now)
      : rules_(rules), patient_(patient), facts_(facts), now_(now) {
    judgements_ = clinical::JudgePatient(facts, rules.policy, rules.zone, now);
    DoubtMissingPatient(facts, judgements_);
    for (const auto& judgement : judgements_) sessions_.push_back(judgement.session);
  }

  void Print(std::string& out) const {
    for (std::size_t i = 0; i < judgements_.size(); ++i) {
      out += guide::JudgementLine(patient_, judgements_[i]) + "\n";
      if (!judgements_[i].failed()) continue;
      out += guide::ProposalLine(patient_, judgements_[i], ProposalOf(i)) + "\n";
    }
  }

 private:
  guide::Proposal ProposalOf(std::size_t session) const {
    guide::Request request;
    request.facts = &facts_;
    request.judgements = &judgements_;
    request.session = session;
    request.patient = patient_;
    request.episode_id = EpisodeOf(session);
    request.now = now_;
    request.zone = &rules_.zone;
    const auto earlier = Neighbour(session, false);
    if (earlier) request.replaces = "CarePlan/" + guide::CarePlanIdFor(EpisodeOf(*earlier), 1);
    guide::Settings settings;
    settings.system_id = kOfflineSystem;
    settings.offline = true;
    settings.adapter_version = kVersion;
    auto proposal = rules_.guide->Propose(request, rules_.policy, settings);
    if (Neighbour(session, true)) {
      proposal.careplan_json = guide::RevokedCarePlan(
          proposal.careplan_json, false, "replaced by the proposal of a later failed episode of the course", now_);
    }
    return proposal;
  }

  std::string EpisodeOf(std::size_t session) const {
    return guide::EpisodeIdFor(kOfflineSystem, sessions_[session].procedures.front().resource);
  }

  // The nearest failed session of the same course before or after this one.
  std::optional<std::size_t> Neighbour(std::size_t session, bool later) const {
    std::optional<std::size_t> found;
    for (const std::size_t other : clinical::CourseOf(sessions_, session, rules_.policy, rules_.zone)) {
      if (!judgements_[other].failed()) continue;
      if (later && other > session && !found) found = other;
      if (!later && other < session) found = other;
    }
    return found;
  }

  const Rulebook& rules_;
  const std::string& patient_;
  const clinical::PatientFacts& facts_;
  UtcInstant now_;
  std::vector<clinical::Judgement> judgements_;
  std::vector<clinical::Session> sessions_;
};

}  // namespace

Result<std::string> Replay(const ReplayOptions& options, const std::vector<ReplayInput>& inputs,
                           std::vector<Error>& errors) {
  ADAPTER_TRY(rules, LoadRulebook(options.rules, errors));
  return Replay(rules, options, inputs, errors);
}

Result<std::string> Replay(const Rulebook& rules, const ReplayOptions& options, const std::vector<ReplayInput>& inputs,
                           std::vector<Error>& errors) {
  const auto now = ParseAsOf(options.as_of, rules.zone);
  if (!now) {
    return MakeError(ErrorCode::kUsage, "--as-of",
                     "not a date or an instant; expected 2026-12-01 or 2026-12-01T00:00:00Z");
  }
  ADAPTER_TRY(facts, ReadFacts(inputs, rules, options.reading, errors));
  std::string out;
  for (const auto& [patient, known] : facts.patients) PatientRun(rules, patient, known, *now).Print(out);
  for (const auto& rejection : facts.rejected) out += guide::RejectedLine(rejection) + "\n";
  return out;
}

}  // namespace facet::app

#include "adapter/base/digest.hpp"
#include "adapter/engine/facts_codec.hpp"
#include "adapter/engine/patient_stepper.hpp"
#include "adapter/guide/lines.hpp"
#include "adapter/json/writer.hpp"

#include <algorithm>

namespace facet::engine::impl {
namespace {

// What was gathered longer ago than this is gathered again before a proposal rests on it.
constexpr std::int64_t kGatherAgeMs = UtcInstant::kMsPerHour;
constexpr std::size_t kNoEpisode = static_cast<std::size_t>(-1);

bool Holds(const clinical::Session& session, const std::string& procedure) {
  const auto same = [&](const clinical::Source& source) { return source.resource == procedure; };
  return std::any_of(session.procedures.begin(), session.procedures.end(), same);
}

bool HoldsAny(const clinical::Session& session, const std::vector<std::string>& procedures) {
  return std::any_of(procedures.begin(), procedures.end(), [&](const auto& one) { return Holds(session, one); });
}

}  // namespace

bool PatientStepper::Quiet() const {
  const std::int64_t quiet_ms = context_.rules.policy().stable_age_secs * UtcInstant::kMsPerSecond;
  return !step_.state.changed_at || step_.state.changed_at->PlusMs(quiet_ms) <= now_;
}

bool PatientStepper::GatherFresh() const {
  const PatientState& state = step_.state;
  if (!state.gather_done_at || !state.gather_started_at) return false;
  if (state.changed_at && *state.changed_at > *state.gather_started_at) return false;
  return now_.ms - state.gather_done_at->ms <= kGatherAgeMs;
}

// Evidence that the server offers and did not give (a passing 403, a failing search) is asked for again as often as
// people's feedback, while a proposal says that it could not be checked.
std::optional<UtcInstant> PatientStepper::GatherAgainAt() const {
  const PatientState& state = step_.state;
  const auto live = [this](const EpisodeState& episode) { return IsLive(episode.proposal); };
  if (state.gathering || !state.gather_done_at || !state.merged_into.empty()) return std::nullopt;
  if (std::none_of(state.episodes.begin(), state.episodes.end(), live)) return std::nullopt;
  const std::optional<UtcInstant> again =
      state.gather_done_at->PlusMs(context_.settings.feedback_secs * UtcInstant::kMsPerSecond);
  for (const auto& [resource, read] : state.reads) {
    if (resource.starts_with("Medication/") && read.status == ReadStatus::kUnavailable) return again;
  }
  for (const QuerySpec& spec : QueryTable()) {
    const auto query = state.queries.find(spec.name);
    const bool failed = query != state.queries.end() && query->second.status == ReadStatus::kUnavailable;
    const bool offered = !context_.capability.known || context_.capability.Lists(spec.type);
    if (spec.phase != QueryPhase::kGather || !failed || !offered || spec.kind == nullptr) continue;
    return again;
  }
  return std::nullopt;
}

void PatientStepper::StartGather() {
  state().gathering = true;
  state().gather_started_at = now_;
  StartQueries(QueryPhase::kGather);
  ForgetMedicationReads();  // they are asked for again, too
  WantMedications();
}

void PatientStepper::Judge() {
  state().judge_due = false;
  state().look_at.reset();
  state().judged_with = context_.JudgedWith();
  state().write = context_.settings.write;
  const std::vector<clinical::Judgement> judgements = context_.rules.Judge(state().facts, now_);
  for (const clinical::Judgement& judgement : judgements) {
    if (!judgement.next_look_at || *judgement.next_look_at <= now_) continue;
    state().look_at = std::min(state().look_at.value_or(*judgement.next_look_at), *judgement.next_look_at);
  }
  MatchEpisodes(judgements);
  for (std::size_t i = 0; i < judgements.size(); ++i) Record(state().episodes[session_episode_[i]], judgements[i]);
  Propose(judgements);
}

// An episode keeps its id while its first procedure, else any of its procedures, is in a session: regrouping moves
// procedures between sessions and never mints twice.
void PatientStepper::MatchEpisodes(const std::vector<clinical::Judgement>& judgements) {
  std::vector<EpisodeState>& episodes = state().episodes;
  session_episode_.assign(judgements.size(), kNoEpisode);
  for (EpisodeState& episode : episodes) episode.gone = true;
  const auto match = [&](const auto& belongs) {
    for (std::size_t e = 0; e < episodes.size(); ++e) {
      for (std::size_t i = 0; i < judgements.size() && episodes[e].gone; ++i) {
        if (session_episode_[i] != kNoEpisode || !belongs(judgements[i].session, episodes[e])) continue;
        session_episode_[i] = e;
        episodes[e].gone = false;
      }
    }
  };
  match([](const auto& session, const EpisodeState& episode) { return Holds(session, episode.first_procedure); });
  match([](const auto& session, const EpisodeState& episode) { return HoldsAny(session, episode.procedures); });
  for (std::size_t i = 0; i < judgements.size(); ++i) {
    const clinical::Session& session = judgements[i].session;
    if (session_episode_[i] == kNoEpisode) {
      EpisodeState episode;
      episode.first_procedure = session.procedures.front().resource;
      episode.id = context_.rules.EpisodeIdFor(episode.first_procedure);
      session_episode_[i] = episodes.size();
      episodes.push_back(std::move(episode));
    }
    EpisodeState& episode = episodes[session_episode_[i]];
    episode.procedures.clear();
    for (const clinical::Source& source : session.procedures) episode.procedures.push_back(source.resource);
  }
  for (EpisodeState& episode : episodes) {
    if (episode.gone) episode.verdict.clear();
  }
}

// The judgement as it was made: with the hashes of what it rests on and its inputs by version, so that `explain` can
// show it and `replay` can repeat it.
void PatientStepper::Record(EpisodeState& episode, const clinical::Judgement& judgement) {
  const clinical::Policy& policy = context_.rules.policy();
  const std::string line = guide::JudgementLine(state().patient.get(), judgement);
  const std::string hash = Sha256Hex(line + context_.rules.mapping_hash() + policy.hash);
  if (hash == episode.judgement_hash) return;
  const std::string verdict(clinical::NameOf(judgement.verdict));
  const std::string reason(judgement.reason ? clinical::NameOf(*judgement.reason) : std::string_view{});
  if (verdict != episode.verdict || reason != episode.reason) {
    step_.events.push_back(
        events::episode_judged(EpisodeId(episode.id), KeyOf(state().patient, context_.settings),
                               Token::OfName(clinical::NameOf(judgement.verdict)),
                               judgement.reason ? Token::OfName(clinical::NameOf(*judgement.reason)) : Token("none")));
  }
  episode.verdict = verdict;
  episode.reason = reason;
  episode.judgement_hash = hash;
  json::Writer w;
  w.Object([&] {
    w.Key("line").Raw(line);
    w.Member("mapping_hash", context_.rules.mapping_hash());
    w.Member("policy", policy.name).Member("policy_version", policy.version).Member("policy_hash", policy.hash);
    w.Member("now", now_.ToString());
    w.Key("inputs").Array([&] {
      for (const clinical::Source& source : SourcesOf(state().facts)) {
        w.String(source.version.empty() ? source.resource : source.resource + "/_history/" + source.version);
      }
    });
  });
  step_.history.push_back(
      {EpisodeId(episode.id), state().patient, now_, JudgementKind::kJudgement, verdict, std::move(w).Take()});
}

}  // namespace facet::engine::impl

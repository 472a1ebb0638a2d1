#include "adapter/engine/step_patient.hpp"

#include "adapter/base/digest.hpp"
#include "adapter/engine/patient_stepper.hpp"

#include <algorithm>

namespace facet::engine {
namespace {

// A patient is not dropped on the day on which it was first followed: sweeps overlap and would follow it again.
constexpr std::int64_t kFollowMinMs = UtcInstant::kMsPerDay;

bool IsComplete(const guide::Availability& a) {
  return a.conditions && a.medications && a.allergies && a.devices && a.imaging && a.orders && a.patient;
}

}  // namespace

namespace impl {

void PatientStepper::Take(const PatientInput& input) {
  switch (input.kind) {
  case PatientInputKind::kWake:
    break;
  case PatientInputKind::kFollow:
    Follow(input);
    break;
  case PatientInputKind::kFact:
    TakeFact(*input.extraction, true);
    break;
  case PatientInputKind::kGone:
    TakeGone(input.resource);
    break;
  case PatientInputKind::kAnswer:
    TakeAnswer(input.topic, *input.answer);
    break;
  case PatientInputKind::kReceipt:
    TakeReceipt(*input.receipt);
    break;
  case PatientInputKind::kTaken:
    TakeTaken(input);
    break;
  }
}

// What waits for a time would wait for as long as the clock was set back.
void PatientStepper::CheckClock() {
  const bool set_back = now_.PlusMs(kClockStepMs) < state().stepped_at;
  state().stepped_at = now_;
  if (!set_back) return;
  const auto no_later_than = [](std::optional<UtcInstant>& at, UtcInstant most) {
    if (at) at = std::min(*at, most);
  };
  for (auto* list : {&state().queries, &state().reads}) {
    for (auto& [name, read] : *list) {
      if (WaitsForTime(read)) read.next_at = std::min(read.next_at, now_);
    }
  }
  no_later_than(state().changed_at, now_);
  no_later_than(state().gather_started_at, now_);
  no_later_than(state().gather_done_at, now_);
  no_later_than(state().recheck_at, now_.PlusMs(context_.settings.recheck_secs * UtcInstant::kMsPerSecond));
  for (EpisodeState& episode : state().episodes) {
    no_later_than(episode.proposal.check_at, now_.PlusMs(context_.settings.feedback_secs * UtcInstant::kMsPerSecond));
  }
  if (state().look_at) state().judge_due = true;  // which says anew when to look again
}

void PatientStepper::Advance() {
  CheckClock();
  CheckRules();
  Recheck();
  AskDue();
  if (!state().recheck_at && Settled(QueryPhase::kHydrate, false)) EndHydration();
  if (state().hydrated) {
    WantEncounters();
    WantMedications();
    WantReasons();
    AskDue();
    if (state().look_at && *state().look_at <= now_) state().judge_due = true;
    if (const auto again = GatherAgainAt(); again && *again <= now_) {
      StartGather();
      AskDue();
    }
    // Twice: a gathering that needs no request is over at once.
    for (int i = 0; i < 2; ++i) {
      if (state().gathering && Settled(QueryPhase::kGather, false)) {
        state().gathering = false;
        state().gather_done_at = now_;
        state().judge_due = true;
      }
      const bool ready = state().recheck_at && ReadsSettled() && !state().gathering && state().merged_into.empty();
      if (!state().judge_due || !ready || !Quiet()) break;
      Judge();
      AskDue();
    }
    LookAfterProposals();
    Unfollow();
  }
  Schedule();
}

void PatientStepper::CheckRules() {
  if (state().mapping_hash != context_.rules.mapping_hash()) {
    // Other mappings may read the same resources otherwise: everything is read again.
    state().mapping_hash = context_.rules.mapping_hash();
    StartQueries(QueryPhase::kHydrate);
  }
  if (!state().hydrated) return;
  if (state().judged_with != context_.JudgedWith() || state().write != context_.settings.write) {
    state().judge_due = true;
  }
}

void PatientStepper::Recheck() {
  if (!state().recheck_at || *state().recheck_at > now_) return;
  std::erase_if(state().reads, [](const auto& entry) { return !IsPending(entry.second); });
  StartQueries(QueryPhase::kHydrate);
  const bool live = std::any_of(state().episodes.begin(), state().episodes.end(),
                                [this](const EpisodeState& episode) { return IsLive(episode.proposal); });
  if (live && !IsComplete(state().availability) && !state().gathering) StartGather();
}

void PatientStepper::Unfollow() {
  if (state().judge_due || state().gathering || state().look_at || !state().recheck_at) return;
  if (state().followed_at.PlusMs(kFollowMinMs) > now_) return;
  for (const EpisodeState& episode : state().episodes) {
    const ProposalPhase phase = episode.proposal.phase;
    if (IsLive(episode.proposal) || phase == ProposalPhase::kRetracting) return;
  }
  // A course ends when no session has followed for its gap.
  const std::int64_t gap_ms = (context_.rules.policy().course_gap_days + 1) * UtcInstant::kMsPerDay;
  for (const auto& procedure : state().facts.procedures) {
    if (procedure.start.latest.PlusMs(gap_ms) > now_ && state().merged_into.empty()) return;
  }
  const Token reason = !state().merged_into.empty()       ? Token("merged")
                       : state().facts.procedures.empty() ? Token("no-session")
                                                          : Token("course-ended");
  step_.events.push_back(events::patient_unfollowed(KeyOf(state().patient, context_.settings), reason));
  step_.unfollow = true;
}

void PatientStepper::Schedule() {
  std::optional<UtcInstant>& next = step_.next_wake_at;
  const auto consider = [&](const std::optional<UtcInstant>& at) {
    if (at) next = std::min(next.value_or(*at), *at);
  };
  bool waits = state().gathering || !state().recheck_at;
  for (const auto& [name, query] : state().queries) {
    if (query.status == ReadStatus::kDue) consider(query.next_at);
  }
  for (const auto& [resource, read] : state().reads) {
    if (WaitsForTime(read)) consider(read.next_at);
    waits = waits || IsPending(read);
  }
  consider(state().recheck_at);
  consider(state().look_at);
  consider(GatherAgainAt());
  if (state().judge_due && !waits && state().changed_at && state().merged_into.empty()) {
    consider(state().changed_at->PlusMs(context_.rules.policy().stable_age_secs * UtcInstant::kMsPerSecond));
  }
  const std::int64_t expires_ms = context_.rules.policy().expires_days * UtcInstant::kMsPerDay;
  for (const EpisodeState& episode : state().episodes) {
    const ProposalState& proposal = episode.proposal;
    if (!IsLive(proposal) || proposal.phase == ProposalPhase::kOwed) continue;
    consider(proposal.check_at);
    if (proposal.written_at) consider(proposal.written_at->PlusMs(expires_ms));
  }
  // Whatever is due now has been done in this step: never the same instant again.
  if (next && *next <= now_) next = now_.PlusMs(1);
}

}  // namespace impl

PatientState NewPatient(const PatientRef& patient, UtcInstant now) {
  PatientState state;
  state.patient = patient;
  state.followed_at = now;
  return state;
}

PatientKey KeyOf(const PatientRef& patient, const Settings& settings) {
  return PatientKey(HmacSha256Hex(settings.pseudonym_key, patient.get()).substr(0, 16));
}

bool IsBusy(const PatientState& state) {
  const auto pending = [](const auto& entry) { return IsPending(entry.second); };
  return std::any_of(state.queries.begin(), state.queries.end(), pending) ||
         std::any_of(state.reads.begin(), state.reads.end(), pending);
}

PatientStep StepPatient(PatientState state, const PatientInput& input, UtcInstant now, const StepContext& context) {
  impl::PatientStepper stepper(std::move(state), now, context);
  stepper.Take(input);
  stepper.Advance();
  return std::move(stepper).Done();
}

}  // namespace facet::engine

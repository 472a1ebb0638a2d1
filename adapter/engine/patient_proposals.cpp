#include "adapter/engine/facts_codec.hpp"
#include "adapter/engine/patient_stepper.hpp"
#include "adapter/guide/lines.hpp"

#include <algorithm>
#include <array>

namespace facet::engine::impl {
namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

Token HeldToken(const std::vector<std::string>& held) {
  static constexpr std::array<std::string_view, 6> kGates = {"deceased", "inactive",   "test-patient",
                                                             "under-18", "restricted", "opt-out"};
  if (held.empty()) return "other";
  for (const std::string_view gate : kGates) {
    if (held.front() == gate) return Token::OfName(gate);
  }
  for (int i = 0; i <= static_cast<int>(clinical::Doubt::kNotChecked); ++i) {
    const std::string_view name = clinical::NameOf(static_cast<clinical::Doubt>(i));
    if (held.front() == name) return Token::OfName(name);
  }
  return "other";
}

Token EndToken(std::string_view reason) {
  for (const std::string_view known : {"recovered", "corrected", "replaced", "expired", "merged", "gated"}) {
    if (reason == known) return Token::OfName(known);
  }
  return "other";
}

std::string Versioned(const clinical::Source& source) { return source.resource + "|" + source.version; }

std::vector<std::string> EvidenceOf(const clinical::Judgement& judgement) {
  std::vector<std::string> evidence;
  for (const clinical::Source& source : judgement.session.procedures) evidence.push_back(Versioned(source));
  for (const auto& reading : {judgement.baseline, judgement.best, judgement.latest}) {
    if (reading) evidence.push_back(Versioned(reading->source));
  }
  return evidence;
}

bool IsBlock(clinical::Verdict verdict) {
  return verdict == clinical::Verdict::kPositiveBlock || verdict == clinical::Verdict::kNegativeBlock;
}

std::string ReferenceOf(const ProposalState& proposal) {
  return "CarePlan/" + (proposal.server_id.empty() ? proposal.careplan_id : proposal.server_id);
}

}  // namespace

bool PatientStepper::IsLive(const ProposalState& proposal) const {
  return proposal.phase == ProposalPhase::kShadow || proposal.phase == ProposalPhase::kHeld ||
         proposal.phase == ProposalPhase::kOwed || proposal.phase == ProposalPhase::kWritten;
}

// The failed sessions that get a proposal: not before follow.not_before, and of one course only the latest failed one.
std::vector<std::size_t> PatientStepper::WantedSessions(const std::vector<clinical::Judgement>& judgements) const {
  std::vector<clinical::Session> sessions;
  for (const clinical::Judgement& judgement : judgements) sessions.push_back(judgement.session);
  std::vector<std::size_t> wanted;
  for (std::size_t i = 0; i < judgements.size(); ++i) {
    if (!judgements[i].failed() || sessions[i].start.earliest < context_.not_before) continue;
    const std::vector<std::size_t> course = context_.rules.Course(sessions, i);
    const bool later = std::any_of(course.begin(), course.end(),
                                   [&](std::size_t other) { return other > i && judgements[other].failed(); });
    if (!later) wanted.push_back(i);
  }
  return wanted;
}

PatientStepper::Candidate PatientStepper::Prepare(const std::vector<clinical::Judgement>& judgements,
                                                  std::size_t index) const {
  const EpisodeState& episode = step_.state.episodes[session_episode_[index]];
  const ProposalState& known = episode.proposal;
  Candidate candidate;
  candidate.judgement = index;
  candidate.episode = session_episode_[index];
  candidate.revision = known.revision;
  candidate.replaces = known.replaces;
  std::vector<clinical::Session> sessions;
  for (const clinical::Judgement& judgement : judgements) sessions.push_back(judgement.session);
  std::size_t earlier = kNone;
  for (const std::size_t other : context_.rules.Course(sessions, index)) {
    if (other > index && IsBlock(judgements[other].verdict)) ++candidate.blocks;
    if (other < index && judgements[other].failed()) earlier = other;
  }
  if (known.phase == ProposalPhase::kRevoked || known.phase == ProposalPhase::kHuman) {
    ++candidate.revision;
    candidate.replaces = ReferenceOf(known);
  } else if (known.careplan_id.empty() && earlier != kNone) {
    const ProposalState& replaced = step_.state.episodes[session_episode_[earlier]].proposal;
    const bool there = replaced.phase == ProposalPhase::kOwed || replaced.phase == ProposalPhase::kWritten;
    if (there) candidate.replaces = ReferenceOf(replaced);
  }
  const auto carried = step_.state.carried.find(episode.id);
  if (known.careplan_id.empty() && carried != step_.state.carried.end()) {
    candidate.revision = carried->second + 1;
    candidate.replaces = "CarePlan/" + context_.rules.CarePlanIdFor(episode.id, carried->second);
  }
  guide::Request request;
  request.facts = &step_.state.facts;
  request.judgements = &judgements;
  request.session = index;
  request.patient = step_.state.patient.get();
  request.episode_id = episode.id;
  request.revision = candidate.revision;
  request.replaces = candidate.replaces;
  request.availability = step_.state.availability;
  request.now = now_;
  candidate.proposal = context_.rules.Propose(std::move(request));
  return candidate;
}

// Whether there is something to say that has not been said yet, and may be said.
bool PatientStepper::Differs(const Candidate& candidate) const {
  const ProposalState& known = step_.state.episodes[candidate.episode].proposal;
  const bool other = candidate.proposal.payload_hash != known.payload_hash;
  const bool held = candidate.proposal.held.has_value();
  const bool new_block = candidate.blocks > known.blocks;
  switch (known.phase) {
  case ProposalPhase::kNone:
    return true;
  case ProposalPhase::kShadow:
    return other || held || context_.settings.write;
  case ProposalPhase::kHeld:
    return other || !held;
  case ProposalPhase::kOwed:
  case ProposalPhase::kWritten:
    return other && !held;
  case ProposalPhase::kRetracting:
  case ProposalPhase::kRemoved:
    return false;
  // A draft that nobody touched for its time is not repeated, but for news.
  case ProposalPhase::kRevoked:
    return known.end_reason != "expired" || new_block;
  // What people took up is left alone. A block decided since then is news; to a rejection nothing is.
  case ProposalPhase::kHuman:
    return new_block && known.server_status != "revoked" && known.server_status != "entered-in-error";
  }
  return false;
}

// A gate takes back what is written already; a doubt, or a patient that could not be read, only holds what is new
// (clinical specification, section 4).
bool PatientStepper::IsGated(const Candidate& candidate) const {
  if (!candidate.proposal.held) return false;
  const std::vector<std::string>& gates = context_.rules.policy().gates;
  return std::any_of(candidate.proposal.held->begin(), candidate.proposal.held->end(), [&](const std::string& name) {
    return std::find(gates.begin(), gates.end(), name) != gates.end();
  });
}

void PatientStepper::Propose(const std::vector<clinical::Judgement>& judgements) {
  const std::vector<std::size_t> wanted = WantedSessions(judgements);
  std::vector<Candidate> changed;
  for (const std::size_t index : wanted) {
    Candidate candidate = Prepare(judgements, index);
    EpisodeState& episode = state().episodes[candidate.episode];
    const bool sent =
        episode.proposal.phase == ProposalPhase::kOwed || episode.proposal.phase == ProposalPhase::kWritten;
    if (sent && IsGated(candidate)) {
      Retract(episode, "gated", false);
      continue;
    }
    if (Differs(candidate)) changed.push_back(std::move(candidate));
  }
  if (!changed.empty() && !GatherFresh()) {
    // What the proposal rests on has to be current; the judgement is made again when it is.
    StartGather();
  } else {
    for (Candidate& candidate : changed) Put(judgements, std::move(candidate));
  }
  session_superseded_.clear();
  for (std::size_t i = 0; i < judgements.size(); ++i) {
    if (judgements[i].failed()) session_superseded_.push_back(session_episode_[i]);
  }
  RetractUnwanted(wanted);
}

void PatientStepper::Put(const std::vector<clinical::Judgement>& judgements, Candidate candidate) {
  EpisodeState& episode = state().episodes[candidate.episode];
  ProposalState& known = episode.proposal;
  const guide::Proposal& proposal = candidate.proposal;
  const clinical::Judgement& judgement = judgements[candidate.judgement];
  const bool another = known.careplan_id != proposal.careplan_id;
  const bool said = !another && known.payload_hash == proposal.payload_hash && known.phase != ProposalPhase::kNone;
  if (another) {
    known.server_id.clear();
    known.server_status.clear();
  }
  // Its time runs from when it was first made for people to see; refreshing does not prolong it.
  if (another || known.phase != ProposalPhase::kWritten || !known.written_at) known.written_at = now_;
  known.revision = candidate.revision;
  known.replaces = candidate.replaces;
  known.careplan_id = proposal.careplan_id;
  known.provenance_id = proposal.provenance_id;
  known.payload_hash = proposal.payload_hash;
  known.end_reason.clear();
  known.blocks = candidate.blocks;
  known.evidence = EvidenceOf(judgement);
  known.check_at.reset();
  known.phase = proposal.held             ? ProposalPhase::kHeld
                : context_.settings.write ? ProposalPhase::kOwed
                                          : ProposalPhase::kShadow;
  if (known.phase == ProposalPhase::kHeld) {
    step_.events.push_back(events::proposal_held(EpisodeId(episode.id), HeldToken(*proposal.held)));
  } else {
    const auto suggested = std::count_if(proposal.suggestions.begin(), proposal.suggestions.end(),
                                         [](const auto& one) { return one.state == guide::State::kSuggested; });
    step_.events.push_back(events::proposal_made(
        EpisodeId(episode.id), ProposalId(proposal.careplan_id), Token::OfName(clinical::NameOf(judgement.verdict)),
        context_.settings.write ? Token("write") : Token("shadow"), suggested));
  }
  if (known.phase == ProposalPhase::kOwed) PutRows(episode, proposal);
  if (said) return;
  step_.history.push_back({EpisodeId(episode.id), state().patient, now_, JudgementKind::kProposal, episode.verdict,
                           guide::ProposalLine(state().patient.get(), judgement, proposal)});
}

void PatientStepper::PutRows(const EpisodeState& episode, const guide::Proposal& proposal) {
  OutboxCommand command;
  command.row.id = proposal.careplan_id;
  command.row.resource_type = "CarePlan";
  command.row.kind = delivery::OutboxKind::kCarePlan;
  command.row.patient = state().patient;
  command.row.episode = EpisodeId(episode.id);
  command.row.payload = proposal.careplan_json;
  command.row.payload_hash = proposal.payload_hash;
  step_.outbox.push_back(command);
  if (proposal.provenance_json.empty()) return;
  command.row.id = proposal.provenance_id;
  command.row.resource_type = "Provenance";
  command.row.kind = delivery::OutboxKind::kProvenance;
  command.row.after = proposal.careplan_id;
  command.row.payload = proposal.provenance_json;
  step_.outbox.push_back(std::move(command));
}

void PatientStepper::RetractUnwanted(const std::vector<std::size_t>& wanted) {
  // The newer episode whose proposal stands in place of earlier ones of its course.
  bool newer_stands = false;
  for (const std::size_t index : wanted) {
    const ProposalPhase phase = state().episodes[session_episode_[index]].proposal.phase;
    newer_stands |= phase != ProposalPhase::kNone && phase != ProposalPhase::kHeld;
  }
  for (std::size_t e = 0; e < state().episodes.size(); ++e) {
    EpisodeState& episode = state().episodes[e];
    if (!IsLive(episode.proposal)) continue;
    const bool is_wanted =
        std::any_of(wanted.begin(), wanted.end(), [&](std::size_t index) { return session_episode_[index] == e; });
    if (is_wanted) continue;
    const bool failed =
        std::find(session_superseded_.begin(), session_superseded_.end(), e) != session_superseded_.end();
    if (!failed) {
      const bool wrong = EvidenceWasWrong(episode);
      Retract(episode, wrong ? "corrected" : "recovered", wrong);
    } else if (newer_stands) {
      Retract(episode, "replaced", false);
    }
  }
}

bool PatientStepper::EvidenceWasWrong(const EpisodeState& episode) const {
  const std::vector<clinical::Source> sources = SourcesOf(step_.state.facts);
  return std::any_of(episode.proposal.evidence.begin(), episode.proposal.evidence.end(), [&](const auto& used) {
    return std::none_of(sources.begin(), sources.end(), [&](const auto& source) { return Versioned(source) == used; });
  });
}

void PatientStepper::Retract(EpisodeState& episode, const std::string& reason, bool evidence_was_wrong) {
  ProposalState& proposal = episode.proposal;
  const bool sent = proposal.phase == ProposalPhase::kOwed || proposal.phase == ProposalPhase::kWritten;
  if (proposal.phase != ProposalPhase::kHeld) {
    step_.events.push_back(
        events::proposal_retracted(EpisodeId(episode.id), ProposalId(proposal.careplan_id), EndToken(reason)));
  }
  proposal.end_reason = reason;
  proposal.check_at.reset();
  if (!sent) {
    // Nothing was ever written: it may be made anew, unless its time is over.
    proposal.phase = reason == "expired" ? ProposalPhase::kRevoked : ProposalPhase::kNone;
    return;
  }
  proposal.phase = ProposalPhase::kRetracting;
  OutboxCommand command;
  command.kind = OutboxCommandKind::kRetract;
  command.evidence_was_wrong = evidence_was_wrong;
  command.reason = reason;
  for (const std::string& id : {proposal.careplan_id, proposal.provenance_id}) {
    if (id.empty()) continue;
    command.row.id = id;
    step_.outbox.push_back(command);
  }
}

void PatientStepper::TakeReceipt(const delivery::Receipt& receipt) {
  const auto found = std::find_if(state().episodes.begin(), state().episodes.end(), [&](const EpisodeState& episode) {
    return episode.proposal.careplan_id == receipt.row;
  });
  if (found == state().episodes.end()) return;  // a Provenance, or of an earlier revision
  ProposalState& proposal = found->proposal;
  if (!receipt.server_id.empty()) proposal.server_id = receipt.server_id;
  switch (receipt.outcome) {
  case delivery::Outcome::kNone:
    return;
  case delivery::Outcome::kWritten:
    if (receipt.kind == delivery::OutboxKind::kRevoke) {
      proposal.phase = ProposalPhase::kRevoked;
      state().judge_due = true;  // it may have failed again in the meantime
      return;
    }
    proposal.phase = ProposalPhase::kWritten;
    proposal.check_at = now_.PlusMs(context_.settings.feedback_secs * UtcInstant::kMsPerSecond);
    if (!proposal.provenance_id.empty()) {
      OutboxCommand command;
      command.kind = OutboxCommandKind::kRelease;
      command.row.id = proposal.provenance_id;
      step_.outbox.push_back(std::move(command));
    }
    return;
  case delivery::Outcome::kDiscarded:
    proposal.phase = ProposalPhase::kNone;
    state().judge_due = true;
    return;
  case delivery::Outcome::kChanged:
    proposal.phase = ProposalPhase::kHuman;
    break;
  case delivery::Outcome::kRemoved:
    proposal.phase = ProposalPhase::kRemoved;
    break;
  }
  proposal.server_status = receipt.server_status;
  proposal.check_at.reset();
  state().judge_due = true;
  step_.events.push_back(events::proposal_feedback_recorded(EpisodeId(found->id), ProposalId(receipt.row),
                                                            delivery::FeedbackToken(receipt)));
}

// A resource that stands for another patient, or that was taken back before this patient was followed again, is not
// written over: what is said now is its next revision. What expired is not said again, but for news.
void PatientStepper::TakeTaken(const PatientInput& input) {
  for (EpisodeState& episode : state().episodes) {
    ProposalState& proposal = episode.proposal;
    if (proposal.careplan_id != input.resource || proposal.phase != ProposalPhase::kOwed) continue;
    proposal.phase = ProposalPhase::kRevoked;
    proposal.end_reason = input.expired ? "expired" : "";
    state().judge_due = true;
  }
}

void PatientStepper::LookAfterProposals() {
  const std::int64_t expires_ms = context_.rules.policy().expires_days * UtcInstant::kMsPerDay;
  for (EpisodeState& episode : state().episodes) {
    ProposalState& proposal = episode.proposal;
    if (!IsLive(proposal)) continue;
    if (!state().merged_into.empty()) {
      Retract(episode, "merged", false);
    } else if (proposal.phase != ProposalPhase::kOwed && proposal.written_at &&
               proposal.written_at->PlusMs(expires_ms) <= now_) {
      Retract(episode, "expired", false);
    } else if (proposal.phase == ProposalPhase::kWritten && proposal.check_at && *proposal.check_at <= now_) {
      proposal.check_at = now_.PlusMs(context_.settings.feedback_secs * UtcInstant::kMsPerSecond);
      OutboxCommand command;
      command.kind = OutboxCommandKind::kCheck;
      command.row.id = proposal.careplan_id;
      step_.outbox.push_back(std::move(command));
    }
  }
}

}  // namespace facet::engine::impl

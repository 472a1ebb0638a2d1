#pragma once
// The inside of StepPatient: one object a step. Internal to engine; in three files: step_patient.cpp (order of things),
// patient_reads.cpp (what is read), patient_judge.cpp (episodes), patient_proposals.cpp (their proposals).
// Thread: one step. Owns: the state while it is changed.
#include "adapter/engine/query_table.hpp"
#include "adapter/engine/step_patient.hpp"

#include <string>
#include <utility>
#include <vector>

namespace facet::engine::impl {

// What the server will not answer otherwise if it is asked again; with it, what has failed too often
// (patient_reads.cpp).
bool IsFinal(intake::AnswerClass kind, int status) noexcept;
bool IsGivenUp(const intake::Failing& failing, intake::AnswerClass kind, int status, UtcInstant now) noexcept;

class PatientStepper {
 public:
  PatientStepper(PatientState state, UtcInstant now, const StepContext& context) : now_(now), context_(context) {
    step_.state = std::move(state);
  }
  void Take(const PatientInput& input);
  // Everything that is due: reads, judgement, gathering, proposals, timers.
  void Advance();
  PatientStep Done() && { return std::move(step_); }

 private:
  PatientState& state() { return step_.state; }

  // patient_reads.cpp
  void Follow(const PatientInput& input);
  void TakeFact(const mapping::Extraction& extraction, bool counts);
  void TakeGone(const std::string& resource);
  void TakeAnswer(const std::string& topic, const intake::Answer& answer);
  void TakeQuery(const QuerySpec& spec, const intake::Answer& answer);
  bool TakePage(const QuerySpec& spec, ReadState& query, const intake::Answer& answer);
  void FailQuery(const QuerySpec& spec, ReadState& query, const intake::Answer& answer);
  void GiveUpQuery(const QuerySpec& spec, ReadState& query, const intake::Answer& answer);
  void FinishRound(const QuerySpec& spec, ReadState& query);
  void StartQueries(QueryPhase phase);
  void AskDue();
  void AskQuery(const QuerySpec& spec, ReadState& query, const std::string& path);
  std::string PathOf(const QuerySpec& spec, const ReadState& query) const;
  void FollowMerge();
  bool Settled(QueryPhase phase, bool required_only) const;
  bool ReadsSettled() const;
  void EndHydration();

  // patient_named.cpp
  void WantRead(const std::string& resource);
  void WantEncounters();
  void WantMedications();
  void WantReasons();
  bool IsNamedReason(const std::string& condition) const;
  void ForgetMedicationReads();
  bool HoldsFact(const std::string& resource) const;
  void TakeRead(const std::string& resource, const intake::Answer& answer);
  void MissRead(std::string_view type, ReadState& read, const intake::Answer& answer);
  void TakeMedication(const std::string& resource, const intake::Answer& answer, bool readable);

  // patient_judge.cpp
  void Judge();
  void MatchEpisodes(const std::vector<clinical::Judgement>& judgements);
  void Record(EpisodeState& episode, const clinical::Judgement& judgement);
  bool Quiet() const;
  bool GatherFresh() const;
  void StartGather();
  std::optional<UtcInstant> GatherAgainAt() const;

  // patient_proposals.cpp
  struct Candidate {
    std::size_t judgement = 0;
    std::size_t episode = 0;
    std::string replaces;
    int revision = 1;
    int blocks = 0;
    guide::Proposal proposal;
  };
  void Propose(const std::vector<clinical::Judgement>& judgements);
  std::vector<std::size_t> WantedSessions(const std::vector<clinical::Judgement>& judgements) const;
  Candidate Prepare(const std::vector<clinical::Judgement>& judgements, std::size_t index) const;
  bool Differs(const Candidate& candidate) const;
  void Put(const std::vector<clinical::Judgement>& judgements, Candidate candidate);
  void PutRows(const EpisodeState& episode, const guide::Proposal& proposal);
  void RetractUnwanted(const std::vector<std::size_t>& wanted);
  void Retract(EpisodeState& episode, const std::string& reason, bool evidence_was_wrong);
  bool EvidenceWasWrong(const EpisodeState& episode) const;
  void TakeReceipt(const delivery::Receipt& receipt);
  void TakeTaken(const PatientInput& input);
  bool IsGated(const Candidate& candidate) const;
  void LookAfterProposals();
  bool IsLive(const ProposalState& proposal) const;

  // step_patient.cpp
  void CheckClock();
  void CheckRules();
  void Recheck();
  void Unfollow();
  void Schedule();

  PatientStep step_;
  std::vector<std::size_t> session_episode_;  // per judgement: index into episodes
  std::vector<std::size_t> session_superseded_;
  UtcInstant now_;
  const StepContext& context_;
};

}  // namespace facet::engine::impl

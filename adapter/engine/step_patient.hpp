#pragma once
// StepPatient: one followed patient, one input, one step. What was read becomes facts; quiet facts are judged; a failed
// episode is gathered for and proposed; proposals are refreshed, retracted, expired, and left alone once a human has
// taken them up.
//
// In the flow: Engine::Turn -> StepPatient -> PatientStep: state, asks, outbox commands, history rows, events.
// Thread: values; pure but for the Prng of retries. Errors: failures of the server stay in the state.
#include "adapter/base/events.hpp"
#include "adapter/base/random.hpp"
#include "adapter/base/time.hpp"
#include "adapter/delivery/delivery.hpp"
#include "adapter/engine/patient_state.hpp"
#include "adapter/engine/rules.hpp"
#include "adapter/engine/settings.hpp"
#include "adapter/engine/types.hpp"
#include "adapter/intake/capability.hpp"
#include "adapter/intake/exchange.hpp"
#include "adapter/mapping/mapper.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace facet::engine {

struct StepContext {
  const ClinicalRules& rules;
  const Settings& settings;
  const intake::Capability& capability;
  const std::vector<std::string>& observation_codes;  // joined lists for searches
  UtcInstant not_before;                              // sessions before it get no proposal
  std::uint64_t run = 0;
  UtcInstant server_answered;  // when it last answered anything well
  Prng& prng;
  // What a judgement and its proposal rest on beside the facts.
  std::string JudgedWith() const { return rules.policy().hash + "/" + settings.site_hash; }
};

enum class PatientInputKind : std::uint8_t {
  kWake,
  kFollow,   // a facet procedure was seen, or a merged patient's episodes are taken over
  kFact,     // a current resource of this patient
  kGone,     // a resource that no longer exists, or is another patient's
  kAnswer,   // to an ask of ours
  kReceipt,  // of a delivery
  kTaken,    // the id of a proposal is in use: for another patient, or for what was taken back before
};
struct PatientInput {
  PatientInputKind kind = PatientInputKind::kWake;
  UtcInstant since;                                 // kFollow: start of the session
  std::map<std::string, int> carried;               // kFollow: episodes taken over
  const mapping::Extraction* extraction = nullptr;  // kFact
  std::string resource;                             // kGone: "Observation/o1"; kTaken: the CarePlan's id
  bool expired = false;                             // kTaken: its time was over
  std::string topic;                                // kAnswer
  const intake::Answer* answer = nullptr;           // kAnswer
  const delivery::Receipt* receipt = nullptr;       // kReceipt
};

enum class OutboxCommandKind : std::uint8_t {
  kPut,      // the server shall have this payload
  kRelease,  // a held row may go
  kRetract,  // take back what is there, or forget what was never sent
  kCheck,    // look for feedback
};
struct OutboxCommand {
  OutboxCommandKind kind = OutboxCommandKind::kPut;
  delivery::OutboxRow row;  // kPut: id, type, kind, episode, after, payload, hash; else its id
  bool evidence_was_wrong = false;
  std::string reason;
};

// Another patient that has to be followed: the survivor of a merge.
struct FollowRequest {
  PatientRef patient;
  UtcInstant since;
  std::map<std::string, int> carried;
};

struct PatientStep {
  PatientState state;
  std::vector<intake::Ask> asks;
  std::vector<OutboxCommand> outbox;
  std::vector<JudgementRow> history;
  std::vector<Event> events;
  std::vector<FollowRequest> follow;
  std::optional<UtcInstant> next_wake_at;
  bool unfollow = false;
};
PatientStep StepPatient(PatientState state, const PatientInput& input, UtcInstant now, const StepContext& context);

// A patient that is followed from now on.
PatientState NewPatient(const PatientRef& patient, UtcInstant now);
// The log's key for a patient: a keyed digest.
PatientKey KeyOf(const PatientRef& patient, const Settings& settings);
// Whether it waits for answers (PatientRow::busy).
bool IsBusy(const PatientState& state);

}  // namespace facet::engine

#pragma once
// Everything that is kept of one followed patient: facts, how far reading has come, episodes and their proposals.
// One JSON document in the store (phi_ table). Requests in flight are marked with the run of the process that waits for
// them, so that after a restart they are simply due again.
//
// In the flow: Store -> LoadPatientState -> StepPatient -> SavePatientState -> Store.
// Thread: values. Errors: LoadPatientState: store.read for a document that is not ours.
#include "adapter/base/result.hpp"
#include "adapter/base/strong.hpp"
#include "adapter/base/time.hpp"
#include "adapter/clinical/facts.hpp"
#include "adapter/engine/types.hpp"
#include "adapter/guide/proposal.hpp"
#include "adapter/intake/exchange.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace facet::engine {

enum class ReadStatus : std::uint8_t {
  kIdle,  // never asked for
  kDue,   // to be asked at next_at
  kAsked,
  kDone,
  kUnavailable,  // the server refuses, fails for good, or does not have it
};

// One search (all its pages and code lists) or read.
struct ReadState {
  ReadStatus status = ReadStatus::kIdle;
  std::size_t chunk = 0;
  int round = 0;  // answers to an earlier round are not taken
  int pages = 0;
  intake::Failing failing;
  UtcInstant next_at;
  std::uint64_t asked_run = 0;
  std::vector<std::string> seen;  // resources that the current round has shown
  bool missing = false;           // a resource that is known was 404 once
};

inline bool IsPending(const ReadState& read) noexcept {
  return read.status == ReadStatus::kDue || read.status == ReadStatus::kAsked;
}

// To be asked when its time has come; what is not available and has a time, too.
inline bool WaitsForTime(const ReadState& read) noexcept {
  return read.status == ReadStatus::kDue || (read.status == ReadStatus::kUnavailable && read.next_at.ms != 0);
}

enum class ProposalPhase : std::uint8_t {
  kNone,
  kShadow,      // made, and not written because of the mode
  kHeld,        // a gate or doubt holds it back
  kOwed,        // in the outbox
  kWritten,     // on the server, ours
  kRetracting,  // its retraction is in the outbox
  kRevoked,     // taken back by us
  kHuman,       // changed or taken up by a human
  kRemoved,     // deleted by a human
};

struct ProposalState {
  ProposalPhase phase = ProposalPhase::kNone;
  int revision = 1;
  std::string careplan_id;
  std::string provenance_id;
  std::string payload_hash;
  std::string replaces;       // "CarePlan/..." that it replaces; kept so that refreshing says the same
  std::string server_id;      // of the CarePlan
  std::string server_status;  // as a human left it
  std::string end_reason;     // of a retraction: "recovered", "corrected", "replaced", "expired", "merged", "gated"
  std::optional<UtcInstant> written_at;
  std::optional<UtcInstant> check_at;  // when to look for feedback
  int blocks = 0;                      // decided blocks after the session when it was made
  std::vector<std::string> evidence;   // "Observation/o1|2": what the verdict rests on
};

struct EpisodeState {
  std::string id;
  std::string first_procedure;          // the id was minted from it
  std::vector<std::string> procedures;  // of its session when it was last seen
  std::string verdict;
  std::string reason;
  std::string judgement_hash;
  bool gone = false;  // its session is no more
  ProposalState proposal;
};

struct PatientState {
  PatientRef patient;
  UtcInstant followed_at;
  UtcInstant stepped_at;  // a step before it: the clock was set back
  UtcInstant since;       // facts are read from here on
  std::string mapping_hash;
  std::string judged_with;  // policy and site settings of the last judgement
  bool write = false;       // mode of the last judgement
  bool hydrated = false;
  std::map<std::string, ReadState> queries;  // by name of the query table
  std::map<std::string, ReadState> reads;    // single resources, by reference
  std::optional<UtcInstant> changed_at;      // last change of a fact that a verdict can rest on
  bool judge_due = false;
  std::optional<UtcInstant> look_at;  // a verdict may change by time alone
  std::optional<UtcInstant> recheck_at;
  bool gathering = false;
  std::optional<UtcInstant> gather_started_at;
  std::optional<UtcInstant> gather_done_at;
  guide::Availability availability;
  std::string merged_into;             // "Patient/..." or ""
  std::map<std::string, int> carried;  // episodes taken over from a merged patient: last revision used
  std::vector<EpisodeState> episodes;  // in the order in which they were minted
  clinical::PatientFacts facts;
};

std::string SavePatientState(PatientState& state);
Result<PatientState> LoadPatientState(const std::string& document);

}  // namespace facet::engine

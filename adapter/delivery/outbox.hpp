#pragma once
// The outbox: what is owed to the server. One row a resource that the adapter authors (a CarePlan or its Provenance),
// holding the state that we want it to have there. Refreshing or retracting replaces the wanted payload; the row is due
// until the server has it. So an order of writes never has to be replayed.
//
// In the flow: engine -> OutboxRow -> StepDelivery (delivery.hpp) -> Request -> Answer -> OutboxRow and Receipt.
// Thread: values. Owns: nothing. Units: times are UTC milliseconds.
#include "adapter/base/result.hpp"
#include "adapter/base/strong.hpp"
#include "adapter/base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace facet::delivery {

enum class OutboxKind : std::uint8_t {
  kCarePlan,
  kProvenance,
  kRevoke,  // the CarePlan, as it is retracted
};
enum class OutboxState : std::uint8_t {
  kDue,       // to be sent at next_attempt_at
  kInFlight,  // a request is on its way
  kUnknown,   // a write may have been applied; resolved by a read, never by a blind repeat
  kDone,      // the server has it, or a human took it over (see `outcome`)
  kHeld,      // not to be sent yet: a Provenance waits for its CarePlan, an operator holds it
  kDead,      // the server refuses it; an operator may retry or discard
};
// How a finished row ended.
enum class Outcome : std::uint8_t {
  kNone,
  kWritten,    // the server has our payload
  kChanged,    // a human changed it: left alone
  kRemoved,    // a human deleted it: left alone
  kDiscarded,  // no longer wanted before it was ever sent, or an operator's decision
};
std::string_view NameOf(OutboxKind value) noexcept;   // "careplan", "provenance", "revoke"
std::string_view NameOf(OutboxState value) noexcept;  // "due", "in-flight", "unknown", "done", "held", "dead"
std::string_view NameOf(Outcome value) noexcept;      // "none", "written", "changed", "removed", "discarded"
std::optional<OutboxKind> OutboxKindFromName(std::string_view name) noexcept;
std::optional<OutboxState> OutboxStateFromName(std::string_view name) noexcept;
std::optional<Outcome> OutcomeFromName(std::string_view name) noexcept;

struct OutboxRow {
  std::string id;             // the FHIR id that we give the resource; key of the row
  std::string resource_type;  // "CarePlan" or "Provenance"
  OutboxKind kind = OutboxKind::kCarePlan;
  PatientRef patient;
  EpisodeId episode;
  std::string after;         // id of the row that must be written first ("" for none)
  std::string payload;       // FHIR JSON that we want the server to have (PHI)
  std::string payload_hash;  // of what it says
  OutboxState state = OutboxState::kDue;
  Outcome outcome = Outcome::kNone;
  int attempts = 0;       // since the payload last changed or a write last succeeded
  int server_errors = 0;  // writes of this payload that were answered 500, one after the other
  UtcInstant next_attempt_at;
  std::optional<ErrorCode> last_error;
  int last_status = 0;
  UtcInstant created_at;
  UtcInstant updated_at;  // last change of this row
  // A write that was sent and not yet known to be applied or not.
  std::string sent_hash;                 // "" where there is none
  std::optional<UtcInstant> sent_at;     // by the server's clock, as the read before it said; none: it said none
  std::optional<UtcInstant> settles_at;  // the server may still apply it until then
  // What the server is known to hold of ours.
  std::string written_hash;    // payload_hash of the last applied write; "" where never
  std::string server_id;       // its id there; differs from `id` only without updateCreate
  std::string server_version;  // versionId of our last write
};

}  // namespace facet::delivery

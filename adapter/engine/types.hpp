#pragma once
// The rows that the engine keeps in a Store. All state of the adapter is here: whatever is in flight can be derived
// again from these rows after a crash.
//
// In the flow: Engine::Turn -> Batch -> Store; Store -> rows -> Engine::Start and the operator's commands.
// Thread: values. Units: times are UTC milliseconds. PHI: patient, resource and document fields (tables phi_*).
#include "adapter/base/strong.hpp"
#include "adapter/base/time.hpp"
#include "adapter/delivery/outbox.hpp"
#include "adapter/intake/notification.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace facet::engine {

enum class InboxState : std::uint8_t { kNew, kDone, kDead };
std::string_view NameOf(InboxState value) noexcept;  // "new", "done", "dead"
std::optional<InboxState> InboxStateFromName(std::string_view name) noexcept;

// One accepted notification.
struct InboxRow {
  NotificationId id;  // given by the store, growing
  intake::Hint hint;
  UtcInstant received_at;
  InboxState state = InboxState::kNew;
  std::string reason;  // closed code of how it ended: "applied", "not-followed", ...; "" while new
};

struct InboxUpdate {
  NotificationId id;
  InboxState state = InboxState::kDone;
  std::string reason;
  UtcInstant finished_at;
};

// One followed patient: its state is one JSON document.
struct PatientRow {
  PatientRef patient;
  std::string document;
  std::optional<UtcInstant> next_wake_at;  // when it must be stepped again
  bool busy = false;                       // waits for answers of the server: stepped at once after a restart
};

// A write of a PatientRow. The index of facts' sources and of episodes is given as a difference.
struct PatientUpdate {
  PatientRow row;
  std::vector<ResourceRef> sources_added;  // resources that facts of this patient come from: "Observation/o1"
  std::vector<ResourceRef> sources_removed;
  std::vector<EpisodeId> episodes_added;
};

enum class JudgementKind : std::uint8_t { kJudgement, kProposal };
std::string_view NameOf(JudgementKind value) noexcept;  // "judgement", "proposal"
std::optional<JudgementKind> JudgementKindFromName(std::string_view name) noexcept;

// One entry of the history that `explain` and `worklist` show: a judgement with the hashes of mappings and policy and
// its inputs by version, or a proposal with all rules. Appended, never changed.
struct JudgementRow {
  EpisodeId episode;
  PatientRef patient;
  UtcInstant at;
  JudgementKind kind = JudgementKind::kJudgement;
  std::string verdict;   // stable text
  std::string document;  // JSON (PHI)
};

// Figures for metrics and readiness.
struct StoreCounts {
  std::int64_t inbox_new = 0;
  std::int64_t inbox_dead = 0;
  std::int64_t patients = 0;
  std::int64_t outbox_open = 0;  // due, in flight, unknown
  std::int64_t outbox_held = 0;
  std::int64_t outbox_dead = 0;
  std::int64_t outbox_done = 0;
};

}  // namespace facet::engine

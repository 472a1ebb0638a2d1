#pragma once
// The inside of Engine: engine.cpp (turns, commits, requests), engine_inbox.cpp (notifications, resources, whom to
// follow), engine_delivery.cpp (outbox). Everything here but the store is derived and may be thrown away.
// Thread: engine thread. Errors: a Status that is not ok ends the turn; what it changed is dropped.
#include "adapter/engine/engine.hpp"
#include "adapter/engine/feed.hpp"
#include "adapter/engine/ledger.hpp"
#include "adapter/engine/step_patient.hpp"

#include <deque>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace facet::engine {

// After a failed write, how long until the next try.
inline constexpr std::int64_t kStoreRetryMs = 1000;
// Whether `at`, set by that pause, has come; a clock that was set back must not keep anything waiting.
inline bool IsStoreRetryDue(UtcInstant at, UtcInstant now) noexcept {
  return at <= now || at.ms - now.ms > kStoreRetryMs;
}

struct Engine::Impl {
  Impl(Store& store_in, World& world_in, const ClinicalRules& rules_in, Settings settings_in, std::uint64_t seed);

  // engine.cpp
  Status Start(UtcInstant now);
  TurnReport Turn(UtcInstant now, const Budget& budget, std::optional<std::int64_t> steady_ms);
  void CommitAccepts(UtcInstant now, TurnReport& report);
  // engine_clock.cpp
  Status CheckClock(UtcInstant now, std::optional<std::int64_t> steady_ms);
  Status TakeClockStep(UtcInstant now, std::int64_t step_ms);
  std::int64_t ClockStepMs(UtcInstant now, std::optional<std::int64_t> steady_ms) const;
  void LogFirstStart(UtcInstant known) const;

  // engine.cpp
  Status RunSteps(UtcInstant now, const Budget& budget, TurnReport& report);
  Result<bool> StepOnce(UtcInstant now);
  Result<bool> StepLane(std::size_t which, UtcInstant now);  // false: nothing to do there
  Status TakeAnswer(const intake::Answer& answer, UtcInstant now);
  Status StepFeedWith(const FeedInput& input, UtcInstant now);
  Status StepPatientWith(const PatientRef& patient, const PatientInput& input, UtcInstant now);
  Status TakeEffects(const PatientRef& patient, PatientStep& step, UtcInstant now);
  Status Commit(UtcInstant now);
  void Recover(UtcInstant now, const Error& error);
  Status Schedule(UtcInstant now, TurnReport& report);
  void Pump();
  bool MayWrite() const { return settings.write && feed.capability.known; }
  StepContext Context();

  enum class Owner : std::uint8_t { kFeed, kPatient, kRead, kDelivery, kFeedback };
  struct Pending {
    Owner owner = Owner::kFeed;
    std::string topic;   // of the step that asked
    std::string key;     // outbox row, or resource
    PatientRef patient;  // kPatient, kDelivery
  };
  void Ask(intake::Ask ask, Pending pending);

  // engine_store.cpp
  void SetStoreWritable(bool writable, UtcInstant now);
  void ProbeStore(UtcInstant now);
  bool PruneStore(UtcInstant now);  // true: there is more

  // engine_inbox.cpp
  struct ResourceRead {
    std::vector<InboxRow> rows;     // answered by the read under way
    std::vector<InboxRow> waiting;  // came after it was sent: it may have been answered before their change
    bool in_flight = false;
    bool missing = false;  // it was 404 once
    intake::Failing failing;
    UtcInstant next_at;
  };
  void ResumeReads(UtcInstant now);  // those whose pause is over
  Status LoadInbox();
  Status TakeInbox(const InboxRow& row, UtcInstant now);
  Result<std::string> ReasonToIgnore(const intake::Hint& hint);
  void Finish(const InboxRow& row, InboxState state, Token reason, UtcInstant now);
  void WantRead(const InboxRow& row, UtcInstant now);
  void SendRead(const std::string& resource, UtcInstant now);
  Status TakeRead(const std::string& resource, const intake::Answer& answer, UtcInstant now);
  Result<bool> MustLookAgain(const std::string& resource, intake::AnswerClass kind);
  void LookAgain(ResourceRead& read, UtcInstant now);
  Result<bool> MayGiveUp(const std::string& resource);
  Status RetryRead(const std::string& resource, const intake::Answer& answer, UtcInstant now);
  void GiveUpRead(const std::string& resource, const intake::Answer& answer, UtcInstant now);
  // What the server says a resource is now: to the patient it belongs to, away from those that had it.
  Result<Token> Route(json::Value resource, UtcInstant now);
  Result<bool> MayMatter(json::Value resource);
  Status RouteGone(const std::string& resource, const PatientRef& but, UtcInstant now);
  Status Follow(const FollowRequest& request, UtcInstant now);

  // engine_delivery.cpp
  Status TakeCommand(const PatientRef& patient, const OutboxCommand& command, UtcInstant now);
  Result<bool> IsTaken(const PatientRef& patient, const OutboxCommand& command, UtcInstant now);
  Status PutRow(const PatientRef& patient, const OutboxCommand& command, UtcInstant now);
  Status RetractRow(delivery::OutboxRow row, const OutboxCommand& command, UtcInstant now);
  Result<bool> StartDelivery(UtcInstant now);
  bool DayIsFull(delivery::OutboxRow& row, UtcInstant now);
  Status TakeDelivery(const Pending& pending, const intake::Answer& answer, UtcInstant now);
  Status TakeBackWrites(UtcInstant now);
  Status TakeFeedback(const Pending& pending, const intake::Answer& answer, UtcInstant now);
  Result<std::string> AfterServerId(const delivery::OutboxRow& row);
  delivery::DeliverySettings DeliverySettingsOf() const;
  UtcInstant SettlesBy(UtcInstant now) const;  // what is sent now
  intake::RetryPace Pace() const {
    return {settings.retry_base_ms, settings.retry_max_secs * UtcInstant::kMsPerSecond};
  }

  Store& store;
  World& world;
  const ClinicalRules& rules;
  Settings settings;
  Prng prng;
  FeedPlan plan;
  std::vector<std::string> observation_codes;
  std::vector<std::string> hook_keys;

  // Arrivals, in order.
  struct Arrival {
    intake::Hint hint;
    UtcInstant at;
    Ack ack;
  };
  std::vector<Arrival> accepts;
  std::deque<intake::Answer> answers;

  // Derived from the store by Start.
  bool started = false;
  std::optional<UtcInstant> start_again_at;
  bool store_writable = true;  // a refusal stands until something was really written
  UtcInstant probe_at;         // while it is not: when to try
  UtcInstant server_answered;  // when the server last answered anything well
  FeedState feed;
  FeedState feed_stored;  // as the store has it
  NotificationId inbox_after;
  bool inbox_more = true;
  std::deque<InboxRow> inbox;
  std::map<std::string, ResourceRead> reads;
  std::set<PatientRef> delivering;  // at most one write in flight a patient

  // Requests.
  std::uint64_t next_request = 1;
  std::map<std::uint64_t, Pending> pending;
  std::deque<intake::Request> urgent;  // in the order of asking; hydration and gathering wait behind all others
  std::deque<intake::Request> bulk;
  std::set<std::uint64_t> in_flight;
  bool draining = false;

  UtcInstant turned_at;                     // the turn before; 0: none
  std::optional<std::int64_t> clock_ahead;  // by how many milliseconds of the steady clock
  std::size_t lane = 0;                     // whose turn it is

  // One turn.
  Ledger ledger;
  std::vector<intake::Request> turn_requests;
  std::vector<Event> turn_events;
  std::deque<PatientRef> due_patients;
  std::deque<delivery::OutboxRow> due_rows;
};

}  // namespace facet::engine

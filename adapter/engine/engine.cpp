#include "adapter/engine/engine.hpp"

#include "adapter/engine/engine_impl.hpp"

#include <algorithm>
#include <limits>

namespace facet::engine {
namespace {

constexpr std::size_t kDueMax = 64;
constexpr std::size_t kLanes = 4;  // inbox, deliveries, patients, feed

bool IsBulk(const intake::Request& request) {
  return request.purpose == intake::Purpose::kHydrate || request.purpose == intake::Purpose::kGather;
}

}  // namespace

Engine::Impl::Impl(Store& store_in, World& world_in, const ClinicalRules& rules_in, Settings settings_in,
                   std::uint64_t seed)
    : store(store_in), world(world_in), rules(rules_in), settings(std::move(settings_in)), prng(seed),
      plan(PlanFeed(settings, rules.SearchCodes("Procedure"), rules.SearchCodes("Observation"))),
      observation_codes(intake::JoinCodes(rules.SearchCodes("Observation"), settings.search_chars_max, false)),
      ledger(store) {
  for (const auto& wanted : plan.subscriptions) hook_keys.push_back(wanted.key);
}

StepContext Engine::Impl::Context() {
  return {rules, settings, feed.capability, observation_codes, feed.not_before, feed.run, server_answered, prng};
}

Status Engine::Impl::Start(UtcInstant now) {
  ADAPTER_TRY(stored, store.LoadFeed());
  FeedState loaded;
  if (stored) {
    ADAPTER_TRY(known, LoadFeedState(*stored));
    loaded = std::move(known);
  }
  Batch batch;
  const UtcInstant first_start = loaded.first_start;
  batch.recover_at = now;
  // The requests of a process that ended are broken; those of one that goes on may still run into their time-out.
  const bool goes_on = start_again_at.has_value();
  batch.settle_again_at = goes_on ? SettlesBy(now) : now.PlusMs(DeliverySettingsOf().settle_ms);
  feed = StartFeed(std::move(loaded), plan, rules.mapping_hash(), now);
  const std::string rules_hash =
      rules.mapping_hash() + "/" + Context().JudgedWith() + (settings.write ? "/write" : "/shadow");
  if (feed.rules_hash != rules_hash) batch.wake_all_at = now;
  feed.rules_hash = rules_hash;
  turned_at = std::max(turned_at, feed.seen_at);
  batch.feed = SaveFeedState(feed);
  ADAPTER_TRY_STATUS(store.Commit(batch));
  feed_stored = feed;
  LogFirstStart(first_start);
  inbox_after = NotificationId{};
  inbox_more = true;
  inbox.clear();
  reads.clear();
  delivering.clear();
  pending.clear();
  urgent.clear();
  bulk.clear();
  in_flight.clear();
  answers.clear();
  started = true;
  start_again_at.reset();
  return {};
}

void Engine::Impl::Recover(UtcInstant now, const Error& error) {
  // Whatever this turn and the requests in flight would have changed is derived again from the store, as by a new
  // process: there is one way to recover, and it is used all the time.
  SetStoreWritable(false, now);
  world.Log(events::engine_state_reloaded(error.code));
  started = false;
  start_again_at = now.PlusMs(kStoreRetryMs);
}

void Engine::Impl::CommitAccepts(UtcInstant now, TurnReport& report) {
  if (accepts.empty()) return;
  std::vector<Arrival> batch = std::move(accepts);
  accepts.clear();
  std::vector<InboxRow> rows;
  for (const Arrival& arrival : batch) {
    InboxRow row;
    row.hint = arrival.hint;
    row.received_at = arrival.at;
    rows.push_back(std::move(row));
  }
  const auto ids = store.AppendInbox(rows);
  if (!ids.ok()) {
    world.Log(events::inbox_store_refused(ids.error().code));
    SetStoreWritable(false, now);
    report.store_failed = true;
    report.wake_at = now.PlusMs(kStoreRetryMs);
    for (const Arrival& arrival : batch) arrival.ack(ids.error());
    return;
  }
  SetStoreWritable(true, now);
  inbox_more = true;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const intake::Hint& hint = batch[i].hint;
    world.Log(events::inbox_notification_accepted(
        ids.value()[i], hint.kind == intake::HintKind::kWake ? Token("none") : intake::TypeToken(hint.type),
        hint.bytes));
    batch[i].ack(Status{});
  }
}

TurnReport Engine::Impl::Turn(UtcInstant now, const Budget& budget, std::optional<std::int64_t> steady_ms) {
  TurnReport report;
  CommitAccepts(now, report);
  if (!started) {
    if (!start_again_at || IsStoreRetryDue(*start_again_at, now)) {
      if (auto status = Start(now); !status.ok()) Recover(now, status.error());
    }
    if (!started) {
      report.store_failed = true;
      report.wake_at = start_again_at;
      return report;
    }
  }
  Status status = CheckClock(now, steady_ms);
  if (status.ok()) status = RunSteps(now, budget, report);
  if (status.ok()) status = Commit(now);
  if (status.ok()) {
    ProbeStore(now);
    report.more = PruneStore(now) || report.more;
    Pump();
    status = Schedule(now, report);
  }
  if (!status.ok()) {
    Recover(now, status.error());
    report.store_failed = true;
    report.more = false;
    report.wake_at = start_again_at;
  }
  return report;
}

Status Engine::Impl::RunSteps(UtcInstant now, const Budget& budget, TurnReport& report) {
  ledger.Clear();
  turn_requests.clear();
  turn_events.clear();
  if (draining) ADAPTER_TRY_STATUS(TakeBackWrites(now));
  ADAPTER_TRY(patients, store.LoadDuePatients(now, kDueMax));
  due_patients.assign(patients.begin(), patients.end());
  due_rows.clear();
  if (MayWrite() && !draining) {
    ADAPTER_TRY(rows, store.LoadDueOutbox(now, kDueMax));
    due_rows.assign(rows.begin(), rows.end());
  }
  ResumeReads(now);
  while (report.steps < budget.steps_max && !(budget.spent && budget.spent())) {
    ADAPTER_TRY(did, StepOnce(now));
    if (!did) return {};
    ++report.steps;
  }
  report.more = true;
  return {};
}

Result<bool> Engine::Impl::StepOnce(UtcInstant now) {
  if (!answers.empty()) {
    const intake::Answer answer = std::move(answers.front());
    answers.pop_front();
    ADAPTER_TRY_STATUS(TakeAnswer(answer, now));
    return true;
  }
  // Each kind of work in its turn: a flood of notifications must not stop deliveries, patients or sweeps.
  for (std::size_t i = 0; i < kLanes; ++i) {
    const std::size_t one = lane;
    lane = (lane + 1) % kLanes;
    ADAPTER_TRY(did, StepLane(one, now));
    if (did) return true;
  }
  return false;
}

Result<bool> Engine::Impl::StepLane(std::size_t which, UtcInstant now) {
  switch (which) {
  case 0: {
    ADAPTER_TRY_STATUS(LoadInbox());
    if (inbox.empty()) return false;
    const InboxRow row = std::move(inbox.front());
    inbox.pop_front();
    ADAPTER_TRY_STATUS(TakeInbox(row, now));
    return true;
  }
  case 1:
    return StartDelivery(now);
  case 2: {
    if (due_patients.empty()) return false;
    const PatientRef patient = due_patients.front();
    due_patients.pop_front();
    ADAPTER_TRY_STATUS(StepPatientWith(patient, PatientInput{}, now));
    return true;
  }
  default: {
    const auto wake = NextFeedWake(feed);
    if (!wake || *wake > now) return false;
    FeedInput input;
    ADAPTER_TRY_STATUS(StepFeedWith(input, now));
    return true;
  }
  }
}

Status Engine::Impl::TakeAnswer(const intake::Answer& answer, UtcInstant now) {
  const auto known = pending.find(answer.request);
  if (known == pending.end()) return {};  // of before a recovery
  const Pending ask = std::move(known->second);
  pending.erase(known);
  in_flight.erase(answer.request);
  if (intake::Classify(answer) == intake::AnswerClass::kOk) server_answered = now;
  switch (ask.owner) {
  case Owner::kFeed: {
    FeedInput input{FeedInputKind::kAnswer, ask.topic, &answer};
    return StepFeedWith(input, now);
  }
  case Owner::kPatient: {
    PatientInput input;
    input.kind = PatientInputKind::kAnswer;
    input.topic = ask.topic;
    input.answer = &answer;
    return StepPatientWith(ask.patient, input, now);
  }
  case Owner::kRead:
    return TakeRead(ask.key, answer, now);
  case Owner::kDelivery:
    return TakeDelivery(ask, answer, now);
  case Owner::kFeedback:
    return TakeFeedback(ask, answer, now);
  }
  return {};
}

Status Engine::Impl::StepFeedWith(const FeedInput& input, UtcInstant now) {
  FeedStep step = StepFeed(std::move(feed), input, now, plan, prng);
  feed = std::move(step.state);
  for (intake::Ask& ask : step.asks) {
    Pending wait;
    wait.owner = Owner::kFeed;
    wait.topic = ask.topic;
    Ask(std::move(ask), std::move(wait));
  }
  std::move(step.events.begin(), step.events.end(), std::back_inserter(turn_events));
  for (const json::Value resource : step.resources) {
    ADAPTER_TRY(matters, MayMatter(resource));
    if (!matters) continue;
    const auto routed = Route(resource, now);
    if (!routed.ok()) return routed.error();
  }
  return {};
}

Status Engine::Impl::StepPatientWith(const PatientRef& patient, const PatientInput& input, UtcInstant now) {
  ADAPTER_TRY(known, ledger.FindPatient(patient));
  if (known == nullptr) return {};
  PatientStep step = StepPatient(std::move(known->state), input, now, Context());
  known->state = std::move(step.state);
  known->next_wake_at = step.next_wake_at;
  known->busy = IsBusy(known->state);
  known->changed = true;
  known->removed = step.unfollow;
  return TakeEffects(patient, step, now);
}

Status Engine::Impl::TakeEffects(const PatientRef& patient, PatientStep& step, UtcInstant now) {
  for (intake::Ask& ask : step.asks) {
    Pending wait;
    wait.owner = Owner::kPatient;
    wait.topic = ask.topic;
    wait.patient = patient;
    Ask(std::move(ask), std::move(wait));
  }
  std::move(step.events.begin(), step.events.end(), std::back_inserter(turn_events));
  std::move(step.history.begin(), step.history.end(), std::back_inserter(ledger.batch().judgements));
  for (const OutboxCommand& command : step.outbox) ADAPTER_TRY_STATUS(TakeCommand(patient, command, now));
  for (const FollowRequest& request : step.follow) ADAPTER_TRY_STATUS(Follow(request, now));
  return {};
}

void Engine::Impl::Ask(intake::Ask ask, Pending wait) {
  ask.request.id = next_request++;
  pending.emplace(ask.request.id, std::move(wait));
  turn_requests.push_back(std::move(ask.request));
}

Status Engine::Impl::Commit(UtcInstant now) {
  Batch& batch = ledger.Finish();
  const bool feed_changed = feed != feed_stored;
  if (feed_changed) {
    feed.seen_at = now;
    batch.feed = SaveFeedState(feed);
  }
  if (!batch.empty()) {
    for (InboxUpdate& update : batch.inbox) update.finished_at = now;
    ADAPTER_TRY_STATUS(store.Commit(batch));
    SetStoreWritable(true, now);
  }
  if (feed_changed) feed_stored = feed;
  for (intake::Request& request : turn_requests) {
    (IsBulk(request) ? bulk : urgent).push_back(std::move(request));
  }
  for (Event& event : turn_events) world.Log(std::move(event));
  turn_requests.clear();
  turn_events.clear();
  return {};
}

void Engine::Impl::Pump() {
  while (!draining && in_flight.size() < settings.requests_max && !(urgent.empty() && bulk.empty())) {
    std::deque<intake::Request>& queue = urgent.empty() ? bulk : urgent;
    intake::Request request = std::move(queue.front());
    queue.pop_front();
    in_flight.insert(request.id);
    world.Send(std::move(request));
  }
}

Status Engine::Impl::Schedule(UtcInstant now, TurnReport& report) {
  const auto consider = [&](const std::optional<UtcInstant>& at) {
    if (at) report.wake_at = std::min(report.wake_at.value_or(*at), *at);
  };
  consider(NextFeedWake(feed));
  if (!store_writable) consider(probe_at);
  ADAPTER_TRY(wake, store.FindNextWake());
  consider(wake);
  for (const auto& [resource, read] : reads) {
    if (!read.in_flight) consider(read.next_at);
  }
  report.more = report.more || !answers.empty() || !inbox.empty() || (report.wake_at && *report.wake_at <= now);
  if (!MayWrite() || draining) return {};
  ADAPTER_TRY(rows, store.LoadDueOutbox(now, kDueMax));
  // Rows of a patient with a delivery under way become possible by its answer, not by time.
  report.more = report.more || std::any_of(rows.begin(), rows.end(), [this](const delivery::OutboxRow& row) {
                  return delivering.count(row.patient) == 0 && delivering.size() < 2 * settings.requests_max;
                });
  ADAPTER_TRY(attempt, store.FindNextAttempt());
  if (attempt && *attempt > now) consider(attempt);
  return {};
}

Engine::Engine(Store& store, World& world, const ClinicalRules& rules, Settings settings, std::uint64_t seed)
    : impl_(std::make_unique<Impl>(store, world, rules, std::move(settings), seed)) {}
Engine::~Engine() = default;

Status Engine::Start(UtcInstant now) { return impl_->Start(now); }

void Engine::Accept(intake::Hint hint, UtcInstant now, Ack ack) {
  impl_->accepts.push_back({std::move(hint), now, std::move(ack)});
}

void Engine::Deliver(intake::Answer answer) { impl_->answers.push_back(std::move(answer)); }

TurnReport Engine::Turn(UtcInstant now, const Budget& budget, std::optional<std::int64_t> steady_ms) {
  return impl_->Turn(now, budget, steady_ms);
}

void Engine::Drain() { impl_->draining = true; }

EngineState Engine::state() const {
  EngineState state;
  state.capability_known = impl_->feed.capability.known;
  state.in_flight = impl_->in_flight.size();
  state.unsent = impl_->urgent.size() + impl_->bulk.size();
  state.subscriptions_wanted = impl_->plan.subscriptions.size();
  for (const auto& one : impl_->feed.subscriptions) {
    if (one.server_status == "active" || one.server_status == "altered-active") ++state.subscriptions_active;
  }
  return state;
}

const std::vector<std::string>& Engine::hook_keys() const { return impl_->hook_keys; }

}  // namespace facet::engine

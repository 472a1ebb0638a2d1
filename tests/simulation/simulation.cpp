#include "tests/simulation/simulation.hpp"

#include <algorithm>
#include <cstdio>

namespace facet::testing {
namespace {

constexpr std::int64_t kHour = UtcInstant::kMsPerHour;
constexpr std::int64_t kDay = UtcInstant::kMsPerDay;
constexpr const char* kSecret = "Authorization: Bearer simulation-secret";
// HAPI tries 21 times within 58 s, then the event is lost.
constexpr int kNotifyAttempts = 21;

}  // namespace

Simulation::Simulation(std::uint64_t seed, bool trace, Bug bug)
    : prng_(seed), clock_(seed ^ 0xC10C), trace_(trace), bug_(bug) {
  swarm_ = DrawSwarm(prng_);
  // Draws of its own, and none with other deliberate bugs: which seeds catch those is left as it is.
  if (bug_ == Bug::kNone && clock_.Chance(300)) swarm_.ahead_ms = clock_.Between(10'000, 20 * kHour);
  const bool steps = bug_ == Bug::kForgetClockStep || (bug_ == Bug::kNone && clock_.Chance(400));
  if (bug_ == Bug::kForgetClockStep) {  // it shows where nothing else saves us from writing twice
    swarm_.update_create = false;
    swarm_.applied_late = 200;
  }
  if (steps) swarm_.clock_steps = static_cast<int>(clock_.Between(1, 40));
  start_ = FhirDateTime::Parse("2026-03-01T00:00:00Z")->Earliest(TimeZone{});
  now_ = start_;
  HospitalPlan plan{start_, swarm_.live, swarm_.live ? 75 * kDay : 2 * kHour, static_cast<int>(prng_.Between(2, 5)),
                    swarm_.rechecks};
  faults_end_ = start_.PlusMs(plan.span_ms + kHour);
  end_ = faults_end_.PlusMs(swarm_.live ? 11 * kDay : 36 * kHour);
  ModelServer::Options options;
  options.update_create = swarm_.update_create;
  // Else the server saves us from writing twice.
  options.conditional_create = swarm_.clock_steps == 0;
  options.late_commit_ms = swarm_.late_commit_ms;
  server_ = std::make_unique<ModelServer>(options);
  auto store = store::SqliteStore::OpenInMemory();
  ADAPTER_CHECK(store.ok());
  store_ = *std::move(store);
  used_store_ = std::make_unique<BuggyStore>(*store_, bug_);
  store_->SetFaultForTest([this](std::uint64_t) {
    if (Faulty(swarm_.dies)) return prng_.Chance(500) ? store::CommitFault::kDieBefore : store::CommitFault::kDieAfter;
    if (!Faulty(swarm_.commit_fails)) return store::CommitFault::kNone;
    ++figures_.commit_failures;
    return store::CommitFault::kFail;
  });
  for (const Action& action : DrawHospital(plan, prng_)) {
    patients_.insert(action.patient);
    At(action.at, [this, action] { Act(action); });
  }
  for (int i = 0; i < swarm_.server_restarts; ++i) {
    At(start_.PlusMs(prng_.Between(0, plan.span_ms)), [this] {
      server_up_ = false;
      server_->ForgetPages();
      After(prng_.Between(1000, 90'000), [this] { server_up_ = true; });
    });
  }
  ahead_ms_ = swarm_.ahead_ms;
  if (ahead_ms_ != 0) At(start_.PlusMs(clock_.Between(0, plan.span_ms)), [this] { SetClock(); });
  for (int i = 0; i < swarm_.clock_steps; ++i) {
    At(start_.PlusMs(clock_.Between(0, plan.span_ms)), [this] { StepClock(clock_.Between(-kHour, kHour)); });
  }
  At(faults_end_, [this] { StepClock(0); });
  for (int i = 0; i < swarm_.subscription_deletions; ++i) {
    At(start_.PlusMs(prng_.Between(0, plan.span_ms)), [this] {
      for (const std::string& one : server_->References("Subscription")) {
        if (prng_.Chance(500)) server_->Delete("Subscription", one.substr(one.find('/') + 1), now_);
      }
    });
  }
}

engine::Settings Simulation::MakeSettings() const {
  engine::Settings settings;
  settings.base_url = "http://server.test/fhir";
  settings.system_id = "simulation";
  settings.public_url = "http://adapter.test";
  settings.hook_header = kSecret;
  settings.write = swarm_.write;
  settings.not_before = start_.PlusMs(-150 * kDay);
  settings.sweep_interval_secs = swarm_.live ? 36 * 3600 : 7200;
  // Where writes become visible late, sweeps have to come often enough to meet one.
  if (!swarm_.live && swarm_.late_commit_ms > 1200) settings.sweep_interval_secs = 600;
  settings.subscription_check_secs = swarm_.live ? 36 * 3600 : 7200;
  settings.page_size = 7;
  settings.recheck_secs = !swarm_.rechecks ? 365 * 86'400 : swarm_.live ? 10 * 86'400 : 64'800;
  settings.feedback_secs = swarm_.live ? 5 * 86'400 : 43'200;
  settings.requests_max = 4;
  if (bug_ == Bug::kNoOverlap) settings.sweep_overlap_secs = settings.commit_window_secs = 0;
  if (bug_ == Bug::kSettleAtOnce) settings.settle_secs = 0;
  settings.pseudonym_key = "key";
  return settings;
}

void Simulation::At(UtcInstant at, std::function<void()> what) {
  queue_.emplace(std::pair(std::max(at, now_).ms, sequence_++), std::move(what));
}

void Simulation::Log(Event event) {
  if (event.kind == EventKind::delivery_outcome_unknown) {
    ++figures_.unknown_outcomes;
    // The worst moment to set a clock forward: what was sent a minute ago seems to be of an hour ago.
    if (now_.PlusMs(1000) < faults_end_ && swarm_.clock_steps > 0 && clock_.Chance(500)) {
      After(clock_.Between(1, 1000), [this] { StepClock(ahead_ms_ + clock_.Between(60'000, kHour)); });
    }
  }
  std::string line(InfoOf(event.kind).name);
  for (const auto& [field, value] : event.fields) {
    const std::string text =
        std::holds_alternative<std::string>(value) ? std::get<std::string>(value) : std::to_string(std::get<0>(value));
    if (text.find("canary") != std::string::npos) Fail("an event shows a patient: " + line);
    line += " " + text;
  }
  if (trace_) std::printf("%s   %s\n", now_.ToString().c_str(), line.c_str());
}

void Simulation::StartProcess() {
  store_->Revive();
  ++process_;
  if (now_ < faults_end_ && clock_.Chance(static_cast<std::uint32_t>(25 * swarm_.clock_steps))) {
    ahead_ms_ = clock_.Between(-kHour, kHour);
  }
  used_store_->NewProcess(Clock());
  engine_ = std::make_unique<engine::Engine>(*used_store_, *this, rules_, MakeSettings(), prng_.Next());
  if (trace_) std::printf("%s == process %llu\n", now_.ToString().c_str(), static_cast<unsigned long long>(process_));
  const auto status = engine_->Start(Clock());
  CheckDeath();
  if (engine_ == nullptr) return;
  if (!status.ok()) {  // the store cannot be written: systemd starts it again
    engine_.reset();
    After(1000, [this] { StartProcess(); });
    return;
  }
  WakeAt(now_);
}

// The process is stopped, the clock is set right, the process is started again.
void Simulation::SetClock() {
  ahead_ms_ = 0;
  if (engine_ == nullptr) return;  // it is down, and comes back
  engine_.reset();
  After(1000, [this] { StartProcess(); });
}

// The clock is set while the process runs; it looks at the clock every second.
void Simulation::StepClock(std::int64_t ahead_ms) {
  if (ahead_ms == ahead_ms_) return;
  ahead_ms_ = ahead_ms;
  if (trace_) std::printf("%s == clock %s\n", now_.ToString().c_str(), Clock().ToString().c_str());
  turn_token_ = 0;  // what was waited for was a time of the clock before
  WakeAt(now_.PlusMs(clock_.Between(1, 1000)));
}

void Simulation::CheckDeath() {
  if (!store_->dead()) return;
  ++figures_.deaths;
  if (trace_) std::printf("%s == dead\n", now_.ToString().c_str());
  engine_.reset();
  After(prng_.Chance(800) ? prng_.Between(100, 5000) : prng_.Between(5000, 200'000), [this] { StartProcess(); });
}

void Simulation::WakeAt(UtcInstant at) {
  if (turn_token_ != 0 && turn_at_ <= at && turn_at_ >= now_) return;
  turn_at_ = at;
  const std::uint64_t token = ++sequence_;
  turn_token_ = token;
  At(at, [this, token] {
    if (token == turn_token_) Turn();
  });
}

void Simulation::Turn() {
  turn_token_ = 0;
  if (engine_ == nullptr) return;
  ++figures_.turns;
  engine::Budget budget;
  budget.steps_max = 1 + prng_.Below(40);
  const engine::TurnReport report = engine_->Turn(Clock(), budget, now_.ms);
  CheckDeath();
  if (engine_ == nullptr) return;
  if (report.more) return WakeAt(now_.PlusMs(1));
  if (report.wake_at) WakeAt(std::max(report.wake_at->PlusMs(-ahead_ms_), now_.PlusMs(1)));
}

void Simulation::Send(intake::Request request) {
  ++figures_.requests;
  const std::uint64_t process = process_;
  if (trace_) {
    std::printf("%s > %s %s\n", now_.ToString().c_str(), std::string(NameOf(request.method)).c_str(),
                request.path.c_str());
  }
  if (bug_ == Bug::kIgnoreVersions) {
    std::erase_if(request.headers, [](const auto& header) { return header.first == "If-Match"; });
  }
  After(prng_.Between(1, 50), [this, request = std::move(request), process] { Serve(request, process); });
}

intake::Answer Simulation::FaultyAnswer(const intake::Request& request) {
  if (request.method != intake::Method::kGet) written_at_[request.path] = now_;
  intake::Answer answer;
  const auto broken = [&](ErrorCode code) {
    answer.error = code;
    return answer;
  };
  if (!server_up_) return broken(ErrorCode::kNetConnect);
  if (Faulty(swarm_.request_lost)) return broken(ErrorCode::kNetTimeout);
  if (request.purpose == intake::Purpose::kDeliveryWrite && Faulty(swarm_.applied_late)) {
    ApplyLate(request);
    return broken(prng_.Chance(500) ? ErrorCode::kNetTimeout : ErrorCode::kNetBroken);
  }
  if (Faulty(swarm_.throttled)) {
    answer.status = 429;
    answer.retry_after = std::to_string(prng_.Between(1, 30));
    return answer;
  }
  if (Faulty(swarm_.unauthorized)) {
    answer.status = prng_.Chance(500) ? 401 : 403;
    return answer;
  }
  if (Faulty(swarm_.server_error)) {
    answer.status = prng_.Chance(400) ? 500 : prng_.Chance(500) ? 503 : 200;
    answer.garbage = answer.status == 200;
    if (answer.garbage && prng_.Chance(500)) answer.status = prng_.Chance(800) ? 404 : 410;  // of a proxy
    return answer;
  }
  RaceWithPeople(request);
  answer = server_->Handle(request, now_);
  if (Faulty(swarm_.answer_lost)) {
    answer = {};
    return broken(prng_.Chance(500) ? ErrorCode::kNetTimeout : ErrorCode::kNetBroken);
  }
  return answer;
}

void Simulation::ApplyLate(const intake::Request& request) {
  After(prng_.Between(1, prng_.Chance(500) ? 10'000 : 115'000), [this, request] {
    if (!server_up_) return;
    RaceWithPeople(request);
    server_->Handle(request, now_);
    SendNotifications();
  });
}

void Simulation::Serve(const intake::Request& request, std::uint64_t process) {
  server_->ActivateSubscriptions(now_);
  intake::Answer answer = FaultyAnswer(request);
  const bool is_write = request.purpose == intake::Purpose::kDeliveryWrite;
  if (bug_ == Bug::kRepeatBlindly && is_write && answer.error) answer = FaultyAnswer(request);
  answer.request = request.id;
  SendNotifications();
  const std::int64_t delay =
      answer.error == ErrorCode::kNetTimeout ? request.timeout_ms : prng_.Between(1, prng_.Chance(50) ? 20'000 : 100);
  After(delay, [this, answer = std::move(answer), process] { Answered(answer, process); });
}

void Simulation::Answered(intake::Answer answer, std::uint64_t process) {
  if (process != process_ || engine_ == nullptr) return;
  if (trace_) {
    std::printf("%s < %d %s\n", now_.ToString().c_str(), answer.status,
                answer.error ? std::string(NameOf(*answer.error)).c_str() : "");
  }
  engine_->Deliver(std::move(answer));
  WakeAt(now_);
}

void Simulation::SendNotifications() {
  for (const Outgoing& outgoing : server_->TakeOutgoing()) {
    if (Faulty(swarm_.notification_lost)) continue;
    const int copies = Faulty(swarm_.notification_doubled) ? 2 : 1;
    for (int i = 0; i < copies; ++i) {
      const std::int64_t delay =
          Faulty(swarm_.notification_late) ? prng_.Between(1000, 600'000) : prng_.Between(50, 400);
      After(delay, [this, outgoing] { Notify(outgoing, 1); });
    }
  }
}

void Simulation::RetryNotification(const Outgoing& outgoing, int attempt) {
  if (attempt < kNotifyAttempts) After(2700, [this, outgoing, attempt] { Notify(outgoing, attempt + 1); });
}

void Simulation::Notify(const Outgoing& outgoing, int attempt) {
  if (engine_ == nullptr) return RetryNotification(outgoing, attempt);
  const std::string prefix = "http://adapter.test/hooks/";
  const std::string key = outgoing.endpoint.substr(prefix.size());
  const auto& keys = engine_->hook_keys();
  if (std::find(keys.begin(), keys.end(), key) == keys.end()) return Fail("a notification for an unknown hook");
  const auto is_facet = [this](json::Value resource) { return rules_.Extract(resource).facet_procedure; };
  auto hint =
      intake::ParseNotification(outgoing.method, outgoing.tail, outgoing.body, "http://server.test/fhir", is_facet);
  if (!hint.ok()) return Fail("a notification of the server is refused: " + hint.error().ToString());
  const intake::Hint hint_of = *hint;
  engine_->Accept(*std::move(hint), Clock(), [this, outgoing, attempt, hint_of](const Status& status) {
    // What a dead process says is not heard.
    if (!store_->dead() && status.ok()) {
      ++figures_.acknowledged;
      if (!IsStored(hint_of)) Fail("acknowledged before it was stored");
    } else {
      RetryNotification(outgoing, attempt);
    }
  });
  WakeAt(now_);
}

void Simulation::Act(const Action& action) {
  server_->ActivateSubscriptions(now_);
  switch (action.kind) {
  case Action::Kind::kWrite:
    server_->Write(action.type, action.id, action.body, now_);
    break;
  case Action::Kind::kDelete:
    server_->Delete(action.type, action.id, now_);
    break;
  case Action::Kind::kEditCarePlan:
  case Action::Kind::kDeleteCarePlan:
    ActOnCarePlan(action);
    break;
  }
  if (trace_) std::printf("%s @ %s/%s\n", now_.ToString().c_str(), action.type.c_str(), action.id.c_str());
  SendNotifications();
}

void Simulation::ActOnCarePlan(const Action& action) {
  const bool removes = action.kind == Action::Kind::kDeleteCarePlan;
  for (const std::string& reference : server_->References("CarePlan")) {
    const StoredVersion& current = *server_->Current(reference);
    const json::Value root = current.document.root();
    if (root["subject"]["reference"].string() != action.patient || root["status"].string() != "draft") continue;
    // Where the server gives the ids, one that is deleted before the answer to its create arrived cannot be told from
    // one that was never made.
    const bool fresh = now_.ms - current.updated.ms < 600'000 || now_.ms - written_at_[reference].ms < 600'000 ||
                       !KnowsOfCreate(reference);
    if (removes && fresh && !swarm_.update_create) continue;
    TouchCarePlan(reference, removes);
  }
}

// However long it took: the reads that would have told may all have failed.
bool Simulation::KnowsOfCreate(const std::string& reference) const {
  const auto rows = store_->ListOutbox();
  return rows.ok() && std::any_of(rows->begin(), rows->end(), [&](const delivery::OutboxRow& row) {
           return "CarePlan/" + row.server_id == reference;
         });
}

void Simulation::TouchCarePlan(const std::string& reference, bool removes) {
  const std::string id = reference.substr(reference.find('/') + 1);
  if (removes) {
    server_->Delete("CarePlan", id, now_);
  } else {
    std::string content = server_->Current(reference)->content;
    const std::string draft = R"("status":"draft")";
    content.replace(content.find(draft), draft.size(), R"("status":"active")");
    server_->Write("CarePlan", id, content, now_);
  }
  human_version_[reference] = server_->Current(reference)->version;
}

// People act between our read and our write.
void Simulation::RaceWithPeople(const intake::Request& request) {
  if (request.method != intake::Method::kPut || !request.path.starts_with("CarePlan/")) return;
  const StoredVersion* current = server_->Current(request.path);
  if (current == nullptr || current->deleted || current->document.root()["status"].string() != "draft") return;
  if (now_ < faults_end_ && prng_.Chance(100)) TouchCarePlan(request.path, prng_.Chance(300));
}

bool Simulation::IsStored(const intake::Hint& hint) {
  const auto rows = store_->LoadNewInbox(NotificationId{}, 100'000);
  return rows.ok() && std::any_of(rows->begin(), rows->end(), [&](const engine::InboxRow& row) {
           return row.hint.type == hint.type && row.hint.id == hint.id;
         });
}

std::vector<std::string> Simulation::Run() {
  StartProcess();
  while (!queue_.empty() && problems_.empty()) {
    const auto next = queue_.begin();
    if (next->first.first > end_.ms) break;
    now_ = UtcInstant{next->first.first};
    const std::function<void()> what = std::move(next->second);
    queue_.erase(next);
    what();
  }
  now_ = end_;
  if (problems_.empty()) CheckAll();
  return problems_;
}

}  // namespace facet::testing

#pragma once
// One simulated hospital: virtual clock, model server, the real engine on the real store in memory, and faults drawn
// from a seed: notifications lost, doubled, delayed and reordered, answers lost after they were applied, errors,
// time-outs, the process killed before or after any commit, the server restarted, Subscriptions deleted, the adapter's
// clock set. Then the faults stop, and everything that was acknowledged must have its effect, once.
//
// Thread: one. Owns: everything. Deterministic: the same seed gives the same run.
#include "tests/simulation/bugs.hpp"
#include "tests/simulation/fake_rules.hpp"
#include "tests/simulation/hospital.hpp"
#include "tests/simulation/model_server.hpp"

#include "adapter/base/random.hpp"
#include "adapter/engine/engine.hpp"
#include "adapter/store/sqlite/sqlite_store.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace facet::testing {

// Chances per thousand.
struct Swarm {
  bool write = true;
  bool live = false;
  bool update_create = true;
  std::uint32_t notification_lost = 0;
  std::uint32_t notification_doubled = 0;
  std::uint32_t notification_late = 0;
  std::uint32_t request_lost = 0;  // never reaches the server
  std::uint32_t answer_lost = 0;   // applied, and nobody hears of it
  std::uint32_t applied_late = 0;  // of writes: nobody hears of them, and they are applied up to two minutes later
  std::uint32_t server_error = 0;  // 500, 503 or HTML (200, 404, 410), not applied
  std::uint32_t throttled = 0;
  std::uint32_t unauthorized = 0;
  std::uint32_t commit_fails = 0;
  std::uint32_t dies = 0;  // at a commit
  int server_restarts = 0;
  int subscription_deletions = 0;
  int clock_steps = 0;  // of the adapter's clock, by up to an hour each way; and as many chances in 40 at a restart
  std::int64_t late_commit_ms = 0;
  std::int64_t ahead_ms = 0;  // the adapter's clock, until one of its restarts
  bool rechecks = true;       // else only timers and sweeps wake a quiet patient
  std::string ToString() const;
};
Swarm DrawSwarm(Prng& prng);

struct Figures {
  std::int64_t turns = 0;
  std::int64_t requests = 0;
  std::int64_t acknowledged = 0;
  std::int64_t deaths = 0;
  std::int64_t commit_failures = 0;
  std::int64_t careplans = 0;
  std::int64_t live_careplans = 0;
  std::int64_t unknown_outcomes = 0;
};

class Simulation final : public engine::World {
 public:
  Simulation(std::uint64_t seed, bool trace, Bug bug = Bug::kNone);
  // Empty: everything held.
  std::vector<std::string> Run();
  const Swarm& swarm() const { return swarm_; }
  const Figures& figures() const { return figures_; }
  // Of everything the adapter wrote: the same seed must give the same.
  std::string StateHash() const;

  void Send(intake::Request request) override;
  void Log(Event event) override;
  void StoreWritable(bool) override {}

 private:
  void At(UtcInstant at, std::function<void()> what);
  UtcInstant Clock() const { return now_.PlusMs(ahead_ms_); }  // of the adapter
  void After(std::int64_t ms, std::function<void()> what) { At(now_.PlusMs(ms), std::move(what)); }
  engine::Settings MakeSettings() const;
  void StartProcess();
  void SetClock();
  void StepClock(std::int64_t ahead_ms);
  void CheckDeath();
  void Turn();
  void WakeAt(UtcInstant at);
  void Serve(const intake::Request& request, std::uint64_t process);
  intake::Answer FaultyAnswer(const intake::Request& request);
  void ApplyLate(const intake::Request& request);
  void Answered(intake::Answer answer, std::uint64_t process);
  void SendNotifications();
  void Notify(const Outgoing& outgoing, int attempt);
  void RetryNotification(const Outgoing& outgoing, int attempt);
  void Act(const Action& action);
  void ActOnCarePlan(const Action& action);
  bool KnowsOfCreate(const std::string& reference) const;
  void TouchCarePlan(const std::string& reference, bool removes);
  void RaceWithPeople(const intake::Request& request);
  bool IsStored(const intake::Hint& hint);
  bool Faulty(std::uint32_t chance) { return now_ < faults_end_ && prng_.Chance(chance); }
  // checks.cpp
  void CheckAll();
  void CheckPatient(const std::string& patient);
  void CheckRows();
  void CheckHumans();
  void Fail(const std::string& what) { problems_.push_back(what); }

  Prng prng_;
  Prng clock_;  // its own draws: with and without steps, the rest of a seed is the same
  bool trace_ = false;
  Bug bug_ = Bug::kNone;
  Swarm swarm_;
  UtcInstant start_;
  UtcInstant now_;
  std::int64_t ahead_ms_ = 0;
  UtcInstant faults_end_;
  UtcInstant end_;
  FakeRules rules_;
  std::unique_ptr<ModelServer> server_;
  bool server_up_ = true;
  std::unique_ptr<store::SqliteStore> store_;
  std::unique_ptr<BuggyStore> used_store_;  // store_, as the engine uses it
  std::unique_ptr<engine::Engine> engine_;
  std::uint64_t process_ = 0;
  std::uint64_t turn_token_ = 0;
  UtcInstant turn_at_;
  std::map<std::pair<std::int64_t, std::uint64_t>, std::function<void()>> queue_;
  std::uint64_t sequence_ = 0;
  std::set<std::string> patients_;
  std::map<std::string, UtcInstant> written_at_;  // last write that the adapter sent to a resource
  std::map<std::string, int> human_version_;      // CarePlans that people touched
  Figures figures_;
  std::vector<std::string> problems_;
};

}  // namespace facet::testing

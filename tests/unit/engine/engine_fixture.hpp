#pragma once
// The engine on a real store in memory and a model server that answers at once, step by step.
#include "tests/simulation/fake_rules.hpp"
#include "tests/simulation/model_server.hpp"

#include "adapter/engine/engine.hpp"
#include "adapter/store/sqlite/sqlite_store.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace facet::engine {

class EngineTest : public ::testing::Test, public World {
 protected:
  EngineTest() : server_(testing::ModelServer::Options{}), store_(*store::SqliteStore::OpenInMemory()) {
    settings_.base_url = "http://server.test/fhir";
    settings_.system_id = "test";
    settings_.public_url = "http://adapter.test";
    settings_.hook_header = "Authorization: Bearer s3cret";
    settings_.not_before = Instant("2026-01-01T00:00:00Z");
    settings_.write = true;
    rules_.policy().stable_age_secs = 0;
  }

  static UtcInstant Instant(const std::string& text) { return FhirDateTime::Parse(text)->Earliest(TimeZone{}); }

  void Send(intake::Request request) override { sent_.push_back(std::move(request)); }
  void Log(Event event) override { events_.push_back(std::move(event)); }
  void StoreWritable(bool writable) override {
    writable_ = writable;
    acks_when_told_ = acks_.size();
  }

  // For tests of days: sweeps and checks twice a day.
  void SlowDown() {
    settings_.sweep_interval_secs = 43'200;
    settings_.subscription_check_secs = 43'200;
  }
  void Start() {
    engine_ = std::make_unique<Engine>(*store_, *this, rules_, settings_, 1);
    sent_.clear();
    ASSERT_TRUE(engine_->Start(now_).ok());
  }
  // The clock is set; no time goes by.
  void SetClock(std::int64_t by_ms) {
    now_ = now_.PlusMs(by_ms);
    set_ms_ += by_ms;
  }
  TurnReport TurnOnce() { return engine_->Turn(now_, Budget{}, now_.ms - set_ms_); }
  TurnReport Turn() {
    TurnReport report;
    do {
      report = TurnOnce();
    } while (report.more);
    return report;
  }
  // Turns and answers until nothing happens any more at this time.
  void Settle() {
    Turn();
    while (!sent_.empty()) {
      std::deque<intake::Request> requests = std::move(sent_);
      sent_.clear();
      for (const intake::Request& request : requests) {
        paths_.push_back(std::string(NameOf(request.method)) + " " + request.path);
        intake::Answer answer = answer_ ? answer_(request) : server_.Handle(request, now_);
        answer.request = request.id;
        engine_->Deliver(std::move(answer));
      }
      Turn();
    }
  }
  // Time goes by, as far as `until`, from one deadline to the next.
  void RunUntil(UtcInstant until) {
    for (;;) {
      Settle();
      const TurnReport report = TurnOnce();
      if (report.more) continue;
      if (!report.wake_at || *report.wake_at > until) break;
      now_ = std::max(*report.wake_at, now_.PlusMs(1));
      server_.ActivateSubscriptions(now_);
    }
    now_ = until;
    server_.ActivateSubscriptions(now_);
  }
  void RunFor(std::int64_t ms) { RunUntil(now_.PlusMs(ms)); }

  // A page without resources, and the name of the next one.
  static intake::Answer PageBefore(const std::string& next) {
    intake::Answer answer;
    answer.status = 200;
    answer.body = *json::Parse(R"({"resourceType":"Bundle","link":[{"relation":"next","url":")"
                               R"(http://server.test/fhir?_getpages=)" +
                               next + R"("}]})");
    return answer;
  }

  // Accepts a notification; the answer it gets is kept in acks_.
  void Notify(const std::string& type, const std::string& id, const std::string& patient, bool facet = false) {
    intake::Hint hint{intake::HintKind::kChanged, type, id, PatientRef(patient), facet, 0};
    engine_->Accept(hint, now_, [this](const Status& status) { acks_.push_back(status.ok()); });
  }

  static std::string Coded(const std::string& type, const std::string& token) {
    const std::size_t bar = token.find('|');
    return R"({"resourceType":")" + type + R"(","code":{"coding":[{"system":")" + token.substr(0, bar) +
           R"(","code":")" + token.substr(bar + 1) + R"("}]},)";
  }
  void WriteProcedure(const std::string& id, const std::string& at, const std::string& patient = "p1",
                      const std::string& status = "completed") {
    server_.Write("Procedure", id,
                  Coded("Procedure", testing::kFacetCode) + R"("status":")" + status +
                      R"(","subject":{"reference":"Patient/)" + patient + R"("},"performedDateTime":")" + at + "\"}",
                  now_);
  }
  void WriteScore(const std::string& id, int value, const std::string& at, const std::string& status = "final",
                  const std::string& patient = "p1") {
    server_.Write("Observation", id,
                  Coded("Observation", testing::kPainCode) + R"("status":")" + status +
                      R"(","subject":{"reference":"Patient/)" + patient + R"("},"effectiveDateTime":")" + at +
                      R"(","valueInteger":)" + std::to_string(value) + "}",
                  now_);
  }
  // A lumbar injection of 1 February without any relief: no response.
  void WriteFailure(const std::string& patient = "p1") {
    server_.Write("Patient", patient, R"({"resourceType":"Patient"})", now_);
    WriteProcedure(patient + "-inj", "2026-02-01T10:00:00Z", patient);
    WriteScore(patient + "-base", 7, "2026-01-30T10:00:00Z", "final", patient);
    WriteScore(patient + "-f1", 7, "2026-02-20T10:00:00Z", "final", patient);
    WriteScore(patient + "-f2", 8, "2026-03-05T10:00:00Z", "final", patient);
  }

  std::vector<std::string> Find(const std::string& type, const std::string& status) {
    std::vector<std::string> found;
    for (const std::string& reference : server_.References(type)) {
      const auto root = server_.Current(reference)->document.root();
      if (status.empty() || root["status"].string() == status) found.push_back(reference);
    }
    return found;
  }
  bool Asked(const std::string& request) const {
    return std::find(paths_.begin(), paths_.end(), request) != paths_.end();
  }
  std::int64_t Seen(EventKind kind) const {
    return std::count_if(events_.begin(), events_.end(), [&](const Event& event) { return event.kind == kind; });
  }
  bool HasInFlight() {
    const auto rows = Rows();
    return std::any_of(rows.begin(), rows.end(),
                       [](const auto& row) { return row.state == delivery::OutboxState::kInFlight; });
  }
  std::vector<delivery::OutboxRow> Rows() { return store_->ListOutbox().value(); }

  testing::ModelServer server_;
  testing::FakeRules rules_;
  Settings settings_;
  UtcInstant now_ = Instant("2026-04-20T08:00:00Z");
  std::int64_t set_ms_ = 0;  // by how much the clock was set
  std::deque<intake::Request> sent_;
  std::vector<Event> events_;
  std::vector<std::string> paths_;
  std::vector<bool> acks_;
  bool writable_ = true;
  std::size_t acks_when_told_ = 0;  // how many acks there were when the World heard of the store
  std::function<intake::Answer(const intake::Request&)> answer_;
  std::unique_ptr<store::SqliteStore> store_;
  std::unique_ptr<Engine> engine_;
};

}  // namespace facet::engine

// The program as operators meet it: configuration, exit status, signals, commands beside the running daemon.
#include "tests/integration/live_test.hpp"
#include "tests/unit/net/sockets.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <fstream>

namespace facet::live {
namespace {

using ::testing::HasSubstr;

class ProcessTest : public LiveTest {
 protected:
  std::string File(const std::string& name, const std::string& text) {
    std::ofstream(dir_ / name) << text;
    return dir_ / name;
  }
};

TEST_F(ProcessTest, SecondProcessOnTheSameStoreRefusesToStart) {
  AdapterProcess& first = StartedAdapter();
  AdapterProcess& second = NewAdapter();
  second.Set("store.path", first.store_path());
  second.Launch();
  const auto failed = second.Expect("process.start_failed");
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->Text("code"), "store.locked");
  EXPECT_EQ(second.child().WaitExit(kPatience).value_or(-1), 1);
  // The first one does not mind.
  EXPECT_TRUE(first.running());
  AwaitMarker();
  // After a crash the lock is free.
  first.Kill();
  EXPECT_TRUE(second.Start());
}

TEST_F(ProcessTest, PortInUseIsSaid) {
  AdapterProcess& first = StartedAdapter();
  AdapterProcess& second = NewAdapter();
  second.Set("intake.listen", "127.0.0.1:" + std::to_string(first.port()));
  second.Launch();
  const auto failed = second.Expect("process.start_failed");
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->Text("code"), "net.listen");
  EXPECT_TRUE(failed->Text("where").starts_with("intake.listen 127.0.0.1:")) << failed->text;
  EXPECT_EQ(second.child().WaitExit(kPatience).value_or(-1), 1);
}

TEST_F(ProcessTest, ADamagedStoreIsSaidWithAWayOn) {
  AdapterProcess& adapter = NewAdapter();
  std::ofstream(adapter.store_path()) << std::string(4096, 'x');
  adapter.Launch();
  const auto failed = adapter.Expect("process.start_failed");
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->Text("code"), "store.open");
  EXPECT_EQ(failed->Text("where"), adapter.store_path());
  EXPECT_NE(failed->Text("detail").find("restore a copy"), std::string::npos) << failed->text;
  EXPECT_EQ(adapter.child().WaitExit(kPatience).value_or(-1), 1);
  const support::Finished check = RunProgram({"check", "--config", adapter.config_path()});
  EXPECT_EQ(check.status, 1);
  EXPECT_NE(check.out.find("problem  store"), std::string::npos) << check.out;
}

TEST_F(ProcessTest, TerminationDrains) {
  AdapterProcess& adapter = StartedAdapter();
  const std::string endpoint = hapi_.Subscriptions(adapter.public_url()).at(0).endpoint;
  // In the middle of work: a write that takes two seconds, and an idle peer.
  hapi_.Fault("slow", "^(PUT|POST) /fhir/CarePlan", "delay:2000");
  const SyntheticPatient patient = NewPatient(FailedCourse());
  const net::testing::Peer idle(adapter.port());
  Post(patient);
  EXPECT_TRUE(adapter.Expect("proposal.made"));
  EXPECT_EQ(adapter.Stop(), 0);
  EXPECT_TRUE(adapter.Expect("process.draining"));
  EXPECT_TRUE(adapter.Expect("process.stopped"));
  ASSERT_TRUE(adapter.Start());
  AwaitCarePlan(patient);
  ExpectExactlyOne(patient);
  // An interrupt from a terminal is the same.
  adapter.child().Signal(SIGINT);
  EXPECT_EQ(adapter.child().WaitExit(seconds(60)).value_or(-1), 0);
}

TEST_F(ProcessTest, ReadyIsFast) {
  AdapterProcess& adapter = StartedAdapter();
  ASSERT_EQ(adapter.Stop(), 0);
  const auto begun = std::chrono::steady_clock::now();
  ASSERT_TRUE(adapter.Start());
  const auto took = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begun).count();
  RecordProperty("start_to_ready_ms", static_cast<int>(took));
  EXPECT_LT(took, 5000) << "a debug build on a busy machine; tests/bench has the figure";
}

TEST_F(ProcessTest, TyposAreAllFoundAtOnceWithTheirPlaces) {
  const std::string file = File("bad.yaml", "fhir:\n"
                                            "  base_url: http://127.0.0.1:1/fhir\n"
                                            "  system_idd: demo\n"
                                            "intake:\n"
                                            "  listen: 127.0.0.1:8090\n"
                                            "  public_url: http://127.0.0.1:8090\n"
                                            "  secret: ${FACET_ADAPTER_HOOK_SECRET}\n"
                                            "  sweep_interval_secs: soon\n"
                                            "store: { pth: /tmp/x.db }\n"
                                            "polcy: { preset: guide }\n");
  for (const char* command : {"check", "run"}) {
    SCOPED_TRACE(command);
    const support::Finished done = RunProgram({command, "--config", file});
    EXPECT_EQ(done.status, 2);
    EXPECT_EQ(done.out, "");
    EXPECT_THAT(done.err, HasSubstr("bad.yaml:3:3"));
    EXPECT_THAT(done.err, HasSubstr("system_id"));
    EXPECT_THAT(done.err, HasSubstr("bad.yaml:8:"));
    EXPECT_THAT(done.err, HasSubstr("sweep_interval_secs"));
    EXPECT_THAT(done.err, HasSubstr("bad.yaml:9:"));
    EXPECT_THAT(done.err, HasSubstr("store.path"));
    EXPECT_THAT(done.err, HasSubstr("bad.yaml:10:"));
    EXPECT_THAT(done.err, HasSubstr("policy"));
    also_clean_.push_back(done.err);
  }
}

TEST_F(ProcessTest, WhatIsNoConfigurationIsRefused) {
  AdapterProcess& adapter = NewAdapter();
  adapter.WriteConfig();
  // The secret is not in the environment.
  const support::Finished unset = support::RunToEnd({Program(), "check", "--config", adapter.config_path()});
  EXPECT_EQ(unset.status, 2);
  EXPECT_THAT(unset.err, HasSubstr("FACET_ADAPTER_HOOK_SECRET"));
  EXPECT_EQ(RunProgram({"check", "--config", dir_ / "missing.yaml"}).status, 2);
  EXPECT_EQ(RunProgram({"check", "--config", File("broken.yaml", "fhir: [\n")}).status, 2);
  EXPECT_EQ(RunProgram({"check", "--config", File("empty.yaml", "")}).status, 2);
  EXPECT_EQ(RunProgram({"check", "--config", File("twice.yaml", "fhir: {}\nfhir: {}\n")}).status, 2);
  EXPECT_EQ(RunProgram({"nonsense"}).status, 2);
  EXPECT_EQ(RunProgram({"run"}).status, 2);
}

TEST_F(ProcessTest, CheckTellsWhatItFound) {
  AdapterProcess& adapter = NewAdapter();
  adapter.WriteConfig();
  const support::Finished offline = RunProgram({"check", "--config", adapter.config_path()});
  EXPECT_EQ(offline.status, 0) << offline.err << offline.out;
  const support::Finished online = RunProgram({"check", "--config", adapter.config_path(), "--online"});
  EXPECT_EQ(online.status, 0) << online.err << online.out;
  EXPECT_THAT(online.out, HasSubstr("conditional")) << "the class of write that this server allows";
  adapter.Set("fhir.base_url", "http://127.0.0.1:" + std::to_string(FreePort()) + "/fhir");
  adapter.WriteConfig();
  EXPECT_EQ(RunProgram({"check", "--config", adapter.config_path(), "--online"}).status, 1);
}

TEST_F(ProcessTest, CommandsWorkBesideTheDaemon) {
  AdapterProcess& adapter = StartedAdapter();
  const SyntheticPatient patient = NewPatient(Course::kNoResponse);
  Post(patient);
  const std::string id = AwaitCarePlan(patient);
  ExpectExactlyOne(patient);
  ASSERT_TRUE(adapter.Expect("delivery.write_applied", Has("resource_type", "Provenance")));
  const auto judged = adapter.Expect("episode.judged", Has("verdict", "no-response"));
  ASSERT_TRUE(judged);
  const std::string episode = judged->Text("episode_id");

  const support::Finished listed =
      RunProgram({"outbox", "--config", adapter.config_path(), "list", "--format", "json"});
  EXPECT_EQ(listed.status, 0) << listed.err;
  EXPECT_THAT(listed.out, HasSubstr(ProposalOf(adapter, id)));
  EXPECT_THAT(listed.out, HasSubstr("done"));
  for (const std::string& subject : {episode, "CarePlan/" + id, patient.reference()}) {
    SCOPED_TRACE(subject);
    const support::Finished text =
        RunProgram({"explain", "--config", adapter.config_path(), subject, "--format", "text"});
    EXPECT_EQ(text.status, 0) << text.err;
    EXPECT_THAT(text.out, HasSubstr("no-response"));
    EXPECT_THAT(text.out, HasSubstr("G18")) << "what was withheld, and why";
    const support::Finished lines =
        RunProgram({"explain", "--config", adapter.config_path(), subject, "--format", "json"});
    EXPECT_EQ(lines.status, 0) << lines.err;
    EXPECT_THAT(lines.out, HasSubstr("\"kind\":\"proposal\""));
  }
  EXPECT_EQ(RunProgram({"explain", "--config", adapter.config_path(), "CarePlan/nobody-knows"}).status, 1);
  EXPECT_TRUE(adapter.running());
}

TEST_F(ProcessTest, AdminAddressTellsHealthAndMetrics) {
  AdapterProcess& adapter = StartedAdapter();
  AwaitMarker();
  EXPECT_EQ(Admin(adapter, "/livez").status, 200U);
  EXPECT_EQ(Admin(adapter, "/readyz").status, 200U);
  const net::HttpAnswer metrics = Admin(adapter, "/metrics");
  EXPECT_EQ(metrics.status, 200U);
  EXPECT_THAT(metrics.body, HasSubstr("facet_adapter_inbox_notifications_total"));
  EXPECT_THAT(metrics.body, HasSubstr("facet_adapter_outbox_depth"));
  EXPECT_EQ(Admin(adapter, "/nothing").status, 404U);
}

}  // namespace
}  // namespace facet::live

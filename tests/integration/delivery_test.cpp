// Writes that go wrong on a live server: answers that are lost, refusals, throttling. One CarePlan each, always.
#include "tests/integration/flaky_proxy.hpp"
#include "tests/integration/live_test.hpp"

#include <algorithm>

namespace facet::live {
namespace {

struct Fault {
  const char* match;
  const char* act;
  int times;
  const char* event;  // that must be seen
  const char* code;   // its code
};

constexpr const char* kWrite = "^(PUT|POST) /fhir/CarePlan";

// What the log calls each: unknown where the write may have been applied, failed where it certainly was not.
constexpr Fault kFaults[] = {
    {kWrite, "drop", 1, "delivery.outcome_unknown", "net.broken"},
    {kWrite, "drop", 3, "delivery.outcome_unknown", "net.broken"},
    {kWrite, "cut", 2, "delivery.outcome_unknown", "net.broken"},
    {kWrite, "503", 2, "delivery.outcome_unknown", "server.failed"},
    {kWrite, "500", 2, "delivery.outcome_unknown", "server.failed"},
    {kWrite, "429", 1, "delivery.write_failed", "server.throttled"},
    {kWrite, "409", 1, "delivery.write_failed", "server.conflict"},
    {kWrite, "401", 2, "delivery.write_failed", "server.unauthorized"},
    {kWrite, "403", 2, "delivery.write_failed", "server.forbidden"},
    {"^(PUT|POST) /fhir/Provenance", "drop", 1, "delivery.outcome_unknown", "net.broken"},
    {"^(PUT|POST) /fhir/Provenance", "503", 1, "delivery.outcome_unknown", "server.failed"},
};

class DeliveryTest : public LiveTest {
 protected:
  void ExpectOneDespite(AdapterProcess& adapter, const Fault& fault) {
    SCOPED_TRACE(std::string(fault.act) + " x" + std::to_string(fault.times) + " on " + fault.match);
    const std::size_t mark = adapter.log().size();
    hapi_.Fault("fault", fault.match, fault.act, fault.times);
    const SyntheticPatient patient = NewPatient(FailedCourse());
    Post(patient);
    EXPECT_TRUE(adapter.Expect(fault.event, Has("code", fault.code), mark));
    AwaitCarePlan(patient);
    ExpectExactlyOne(patient);
    // A write that is lost but applied is found by the read that follows it: the rule may be left over.
    if (std::string(fault.act) != "drop") {
      EXPECT_TRUE(Eventually(kPatience, [&] { return !hapi_.FaultLeft("fault"); })) << "did not fire";
    }
    hapi_.ClearFaults();
  }
};

TEST_F(DeliveryTest, EveryFaultEndsInExactlyOne) {
  AdapterProcess& adapter = StartedAdapter();
  for (const Fault& fault : kFaults) ExpectOneDespite(adapter, fault);
}

TEST_F(DeliveryTest, EveryFaultEndsInExactlyOneWithIdsOfOurOwn) {
  FlakyProxy proxy(hapi_.port());
  proxy.ClaimUpdateCreate();
  AdapterProcess& adapter = NewAdapter(proxy.base());
  ASSERT_TRUE(adapter.Start());
  ASSERT_NO_FATAL_FAILURE(AwaitSubscriptions(adapter));
  EXPECT_TRUE(adapter.Expect("server.capability_read", Has("reason", "exact")));
  for (const Fault& fault : kFaults) ExpectOneDespite(adapter, fault);
  const std::vector<std::string> lines = proxy.Lines();
  EXPECT_TRUE(std::any_of(lines.begin(), lines.end(),
                          [](const std::string& line) { return line.starts_with("PUT /fhir/CarePlan/fja-"); }));
  EXPECT_FALSE(std::any_of(lines.begin(), lines.end(),
                           [](const std::string& line) { return line.starts_with("POST /fhir/CarePlan"); }));
  EXPECT_EQ(adapter.Stop(), 0);  // before the proxy goes
}

TEST_F(DeliveryTest, ReadThatResolvesAnUnknownOutcomeFailsToo) {
  AdapterProcess& adapter = StartedAdapter();
  const std::size_t mark = adapter.log().size();
  hapi_.Fault("write", kWrite, "drop");
  hapi_.Fault("read", "^GET /fhir/CarePlan([?]identifier|/fja-)", "503", 3);
  const SyntheticPatient patient = NewPatient(FailedCourse());
  Post(patient);
  EXPECT_TRUE(adapter.Expect("delivery.outcome_unknown", {}, mark));
  EXPECT_TRUE(Eventually(kPatience, [&] { return !hapi_.FaultLeft("read"); }));
  AwaitCarePlan(patient);
  ExpectExactlyOne(patient);
}

TEST_F(DeliveryTest, LostAnswerAndAKillEndInExactlyOne) {
  AdapterProcess& adapter = StartedAdapter();
  for (int round = 0; round < 3; ++round) {
    const std::size_t mark = adapter.log().size();
    hapi_.Fault("lost", kWrite, "drop");
    const SyntheticPatient patient = NewPatient(FailedCourse());
    Post(patient);
    EXPECT_TRUE(adapter.Expect("delivery.outcome_unknown", {}, mark));
    adapter.Kill();
    ASSERT_TRUE(adapter.Start());
    AwaitCarePlan(patient);
    ExpectExactlyOne(patient);
  }
}

TEST_F(DeliveryTest, SlowServerIsWaitedFor) {
  AdapterProcess& adapter = StartedAdapter();
  hapi_.Fault("slow", kWrite, "delay:3000");
  const SyntheticPatient patient = NewPatient(FailedCourse());
  Post(patient);
  AwaitCarePlan(patient);
  ExpectExactlyOne(patient);
  EXPECT_EQ(adapter.CountAll("delivery.outcome_unknown"), 0U);
}

TEST_F(DeliveryTest, ReadsThatFailAreRepeated) {
  AdapterProcess& adapter = StartedAdapter();
  const std::size_t mark = adapter.log().size();
  // Hydration and gathering meet errors of every kind; nothing may be judged on half of the facts.
  hapi_.Fault("a", "^GET /fhir/Observation.*(patient|subject)=", "503", 2);
  hapi_.Fault("b", "^GET /fhir/Procedure.*(patient|subject)=", "cut", 2);
  const SyntheticPatient patient = NewPatient(FailedCourse());
  Post(patient);
  EXPECT_TRUE(adapter.Expect("server.request_failed", {}, mark));
  AwaitCarePlan(patient);
  ExpectExactlyOne(patient);
}

TEST_F(DeliveryTest, RefusedForGoodIsAnOperatorsMatter) {
  AdapterProcess& adapter = StartedAdapter();
  hapi_.Fault("refuse", kWrite, "422", 1);
  const SyntheticPatient patient = NewPatient(FailedCourse());
  Post(patient);
  const auto refused = adapter.Expect("delivery.write_refused", Has("code", "server.rejected"));
  ASSERT_TRUE(refused);
  const std::string id = refused->Text("proposal_id");
  const support::Finished listed =
      RunProgram({"outbox", "--config", adapter.config_path(), "list", "--format", "json"});
  EXPECT_EQ(listed.status, 0) << listed.err;
  EXPECT_NE(listed.out.find(id), std::string::npos) << listed.out;
  EXPECT_NE(listed.out.find("dead"), std::string::npos) << listed.out;
  // Nobody repeats it behind the operator's back, a restart included.
  EXPECT_EQ(adapter.Stop(), 0);
  ASSERT_TRUE(adapter.Start());
  AwaitMarker();
  EXPECT_EQ(CarePlans(patient).size(), 0U);
}

}  // namespace
}  // namespace facet::live

// Writes that go wrong on a live server: answers that are lost, refusals, throttling. One CarePlan each, always.
#include "tests/integration/live_test.hpp"

namespace facet::live {
namespace {

class DeliveryTest : public LiveTest {};

struct Fault {
  const char* match;
  const char* act;
  int times;
  const char* event;  // that must be seen
  const char* code;   // its code; "" for any
};

// What the log calls each: unknown where the write may have been applied, failed where it certainly was not.
constexpr Fault kFaults[] = {
    {"^PUT /fhir/CarePlan/", "drop", 1, "delivery.outcome_unknown", "net.broken"},
    {"^PUT /fhir/CarePlan/", "drop", 3, "delivery.outcome_unknown", "net.broken"},
    {"^PUT /fhir/CarePlan/", "cut", 2, "delivery.outcome_unknown", "net.broken"},
    {"^PUT /fhir/CarePlan/", "503", 2, "delivery.outcome_unknown", "server.failed"},
    {"^PUT /fhir/CarePlan/", "500", 2, "delivery.outcome_unknown", "server.failed"},
    {"^PUT /fhir/CarePlan/", "429", 1, "delivery.write_failed", "server.throttled"},
    {"^PUT /fhir/CarePlan/", "401", 2, "delivery.write_failed", "server.unauthorized"},
    {"^PUT /fhir/CarePlan/", "403", 2, "delivery.write_failed", "server.forbidden"},
    {"^PUT /fhir/Provenance/", "drop", 1, "delivery.outcome_unknown", "net.broken"},
    {"^GET /fhir/CarePlan/", "500", 2, "delivery.write_failed", "server.failed"},
};

TEST_F(DeliveryTest, EveryFaultEndsInExactlyOne) {
  AdapterProcess& adapter = StartedAdapter();
  int number = 0;
  for (const Fault& fault : kFaults) {
    SCOPED_TRACE(std::string(fault.act) + " x" + std::to_string(fault.times) + " on " + fault.match);
    const std::string name = "f" + std::to_string(++number);
    const std::size_t mark = adapter.log().size();
    hapi_.Fault(name, fault.match, fault.act, fault.times);
    const SyntheticPatient patient = NewPatient(FailedCourse());
    Post(patient);
    EXPECT_TRUE(adapter.Expect(fault.event, Has("code", fault.code), mark));
    AwaitCarePlan(patient);
    EXPECT_TRUE(Eventually(kPatience, [&] { return !hapi_.FaultLeft(name); })) << "the fault never fired";
    ExpectExactlyOne(patient);
    hapi_.ClearFaults();
  }
}

TEST_F(DeliveryTest, LostAnswerAndAKillEndInExactlyOne) {
  AdapterProcess& adapter = StartedAdapter();
  for (int round = 0; round < 3; ++round) {
    const std::size_t mark = adapter.log().size();
    hapi_.Fault("lost", "^PUT /fhir/CarePlan/", "drop");
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
  hapi_.Fault("slow", "^PUT /fhir/CarePlan/", "delay:3000");
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
  hapi_.Fault("refuse", "^PUT /fhir/CarePlan/", "422", 1);
  const SyntheticPatient patient = NewPatient(FailedCourse());
  Post(patient);
  const auto refused = adapter.Expect("delivery.write_refused", Has("code", "server.rejected"));
  ASSERT_TRUE(refused);
  const std::string id = refused->Text("proposal_id");
  const support::Finished listed =
      RunProgram({"outbox", "--config", adapter.config_path(), "list", "--format", "json"});
  EXPECT_EQ(listed.status, 0) << listed.err;
  EXPECT_NE(listed.out.find(id), std::string::npos) << listed.out;
  EXPECT_EQ(CarePlans(patient).size(), 0U);
  const support::Finished retried = RunProgram({"outbox", "--config", adapter.config_path(), "retry", id});
  EXPECT_EQ(retried.status, 0) << retried.err;
  AwaitCarePlan(patient);
  ExpectExactlyOne(patient);
}

}  // namespace
}  // namespace facet::live

// What is not there for a while: the FHIR server, our Subscriptions, the adapter.
#include "tests/integration/live_test.hpp"

#include <csignal>

namespace facet::live {
namespace {

class OutagesTest : public LiveTest {
 protected:
  void DeleteSubscriptions(AdapterProcess& adapter) {
    for (const Hapi::Subscription& one : hapi_.Subscriptions(adapter.public_url())) {
      hapi_.Delete("Subscription/" + one.id);
    }
  }
};

TEST_F(OutagesTest, ServerRestartsInTheMiddle) {
  AdapterProcess& adapter = NewAdapter();
  adapter.Set("intake.sweep_interval_secs", "5");
  ASSERT_TRUE(adapter.Start());
  ASSERT_NO_FATAL_FAILURE(AwaitSubscriptions(adapter));
  const SyntheticPatient before = NewPatient(FailedCourse());
  const SyntheticPatient killed = NewPatient(FailedCourse());
  Post(before);
  Post(killed);
  ASSERT_NO_FATAL_FAILURE(hapi_.Stop());
  // The sweep or a read meets the closed port, and the adapter lives on.
  EXPECT_TRUE(Eventually(kPatience, [&] {
    return adapter.log().Count("sweep.failed") + adapter.log().Count("server.request_failed") > 0;
  })) << adapter.log().Tail(20);
  EXPECT_TRUE(adapter.running());
  EXPECT_EQ(Admin(adapter, "/readyz").status, 200U);
  // In one of the two stories the adapter goes down as well.
  adapter.Kill();
  ASSERT_TRUE(adapter.Start());
  ASSERT_NO_FATAL_FAILURE(hapi_.Start());
  for (const SyntheticPatient& patient : {before, killed}) {
    AwaitCarePlan(patient);
    ExpectExactlyOne(patient);
  }
  // The server kept our Subscriptions, and they still work.
  ASSERT_NO_FATAL_FAILURE(AwaitSubscriptions(adapter));
  for (int i = 0; i < 3; ++i) {
    const SyntheticPatient after = NewPatient(FailedCourse());
    const std::size_t mark = adapter.log().size();
    Post(after);
    if (i == 1) {
      adapter.log().WaitFor("episode.judged", {}, mark, seconds(5));
      adapter.Kill();
      ASSERT_TRUE(adapter.Start());
    }
    AwaitCarePlan(after);
    ExpectExactlyOne(after);
  }
}

TEST_F(OutagesTest, SubscriptionsAreRecreatedAndWhatWasMissedIsSwept) {
  AdapterProcess& adapter = NewAdapter();
  adapter.Set("intake.subscription_check_secs", "1");
  adapter.Set("intake.sweep_interval_secs", "300");
  ASSERT_TRUE(adapter.Start());
  ASSERT_NO_FATAL_FAILURE(AwaitQuiet(adapter));
  std::size_t mark = adapter.log().size();
  DeleteSubscriptions(adapter);
  const SyntheticPatient missed = NewPatient(FailedCourse());
  Post(missed);
  for (const char* type : {"Procedure", "Observation"}) {
    EXPECT_TRUE(adapter.Expect(
        "subscription.state_changed",
        [&](const auto& line) { return line.Text("resource_type") == type && line.Text("reason") == "gone"; }, mark));
  }
  ASSERT_NO_FATAL_FAILURE(AwaitSubscriptions(adapter));
  AwaitCarePlan(missed);
  ExpectExactlyOne(missed);
  for (const char* type : {"Procedure", "Observation"}) {
    ASSERT_TRUE(adapter.Expect(
        "subscription.state_changed",
        [&](const auto& line) { return line.Text("resource_type") == type && line.Text("reason") == "active"; }, mark));
  }
  EXPECT_EQ(hapi_.Subscriptions(adapter.public_url()).size(), 2U);
  const SyntheticPatient after = NewPatient(FailedCourse());
  mark = adapter.log().size();
  Post(after);
  EXPECT_TRUE(adapter.Expect("inbox.notification_accepted", {}, mark)) << "the new Subscriptions deliver";
  AwaitCarePlan(after);
  ExpectExactlyOne(after);
}

TEST_F(OutagesTest, SubscriptionThatWasSwitchedOffOrAlteredIsAskedForAgain) {
  AdapterProcess& adapter = NewAdapter();
  adapter.Set("intake.subscription_check_secs", "1");
  adapter.Set("intake.sweep_interval_secs", "300");
  ASSERT_TRUE(adapter.Start());
  ASSERT_NO_FATAL_FAILURE(AwaitQuiet(adapter));
  const std::vector<Hapi::Subscription> ours = hapi_.Subscriptions(adapter.public_url());
  ASSERT_EQ(ours.size(), 2U);
  std::string off = ours[0].json;
  const std::size_t at = off.find("\"active\"");
  ASSERT_NE(at, std::string::npos);
  off.replace(at, 8, "\"off\"");
  const std::size_t mark = adapter.log().size();
  hapi_.Put({"Subscription", ours[0].id, off});
  EXPECT_TRUE(adapter.Expect("subscription.state_changed", Has("reason", "off"), mark));
  ASSERT_NO_FATAL_FAILURE(AwaitSubscriptions(adapter));
  EXPECT_EQ(hapi_.Subscriptions(adapter.public_url()).size(), 2U) << "asked for again, not doubled";
}

TEST_F(OutagesTest, DataThatArriveWhileTheAdapterIsDownAreSwept) {
  AdapterProcess& adapter = StartedAdapter();
  for (const int signal : {SIGTERM, SIGKILL}) {
    if (signal == SIGTERM) {
      EXPECT_EQ(adapter.Stop(), 0);
    } else {
      adapter.Kill();
    }
    // Without Subscriptions nobody will tell it: the sweep has to find them.
    if (signal == SIGKILL) DeleteSubscriptions(adapter);
    const SyntheticPatient first = NewPatient(FailedCourse());
    const SyntheticPatient second = NewPatient(FailedCourse());
    Post(first);
    Post(second);
    ASSERT_TRUE(adapter.Start());
    for (const SyntheticPatient& patient : {first, second}) {
      AwaitCarePlan(patient);
      ExpectExactlyOne(patient);
    }
  }
}

TEST_F(OutagesTest, StartsWhileTheServerIsUnreachable) {
  AdapterProcess& adapter = NewAdapter("http://127.0.0.1:" + std::to_string(FreePort()) + "/fhir");
  ASSERT_TRUE(adapter.Start());
  EXPECT_TRUE(adapter.Expect("subscription.request_failed", Has("code", "net.connect")));
  EXPECT_EQ(Admin(adapter, "/livez").status, 200U);
  EXPECT_EQ(Admin(adapter, "/readyz").status, 200U) << "the FHIR server being down is not our being unready";
  EXPECT_EQ(adapter.Stop(), 0);
}

}  // namespace
}  // namespace facet::live

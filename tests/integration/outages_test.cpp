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
  std::vector<SyntheticPatient> PostMany(int count) {
    std::vector<SyntheticPatient> patients;
    for (int i = 0; i < count; ++i) {
      patients.push_back(NewPatient(FailedCourse()));
      Post(patients.back());
    }
    return patients;
  }
  void ExpectExactlyOneEach(const std::vector<SyntheticPatient>& patients) {
    for (const SyntheticPatient& patient : patients) {
      AwaitCarePlan(patient);
      ExpectExactlyOne(patient);
    }
  }
  static constexpr int kPatients = 10;  // twice in each story
};

TEST_F(OutagesTest, ServerRestartsInTheMiddle) {
  AdapterProcess& adapter = NewAdapter();
  adapter.Set("intake.sweep_interval_secs", "5");
  ASSERT_TRUE(adapter.Start());
  ASSERT_NO_FATAL_FAILURE(AwaitSubscriptions(adapter));
  const std::vector<SyntheticPatient> before = PostMany(kPatients);
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
  ExpectExactlyOneEach(before);
  // The server kept our Subscriptions, and they still work.
  ASSERT_NO_FATAL_FAILURE(AwaitSubscriptions(adapter));
  const std::size_t mark = adapter.log().size();
  std::vector<SyntheticPatient> after = PostMany(kPatients / 2);
  adapter.log().WaitFor("episode.judged", {}, mark, seconds(5));
  adapter.Kill();
  ASSERT_TRUE(adapter.Start());
  for (const SyntheticPatient& patient : PostMany(kPatients / 2)) after.push_back(patient);
  ExpectExactlyOneEach(after);
}

TEST_F(OutagesTest, SubscriptionsAreRecreatedAndWhatWasMissedIsSwept) {
  AdapterProcess& adapter = NewAdapter();
  adapter.Set("intake.subscription_check_secs", "1");
  adapter.Set("intake.sweep_interval_secs", "300");
  ASSERT_TRUE(adapter.Start());
  ASSERT_NO_FATAL_FAILURE(AwaitQuiet(adapter));
  std::size_t mark = adapter.log().size();
  DeleteSubscriptions(adapter);
  const std::vector<SyntheticPatient> missed = PostMany(kPatients);
  for (const char* type : {"Procedure", "Observation"}) {
    EXPECT_TRUE(adapter.Expect(
        "subscription.state_changed",
        [&](const auto& line) { return line.Text("resource_type") == type && line.Text("reason") == "gone"; }, mark));
  }
  ASSERT_NO_FATAL_FAILURE(AwaitSubscriptions(adapter));
  ExpectExactlyOneEach(missed);
  for (const char* type : {"Procedure", "Observation"}) {
    ASSERT_TRUE(adapter.Expect(
        "subscription.state_changed",
        [&](const auto& line) { return line.Text("resource_type") == type && line.Text("reason") == "active"; }, mark));
  }
  EXPECT_EQ(hapi_.Subscriptions(adapter.public_url()).size(), 2U);
  mark = adapter.log().size();
  const std::vector<SyntheticPatient> after = PostMany(kPatients);
  EXPECT_TRUE(adapter.Expect("inbox.notification_accepted", {}, mark)) << "the new Subscriptions deliver";
  ExpectExactlyOneEach(after);
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
    const std::vector<SyntheticPatient> missed = PostMany(kPatients);
    ASSERT_TRUE(adapter.Start());
    ExpectExactlyOneEach(missed);
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

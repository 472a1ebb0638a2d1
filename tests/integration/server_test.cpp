// A FHIR server that answers HTML, garbage, nothing, 401, 500: a proxy before the real one does what HAPI cannot be
// made to do. The adapter stays up and ready, says with a code what it met, and goes on by itself.
#include "tests/integration/flaky_proxy.hpp"
#include "tests/integration/live_test.hpp"

#include <algorithm>

namespace facet::live {
namespace {

struct Case {
  const char* name;
  Behaviour behaviour;
  const char* code;  // of the event
};

constexpr Case kCases[] = {
    {"HTML", Behaviour::kHtml, "server.garbage"},
    {"garbage", Behaviour::kGarbage, "net.broken"},
    {"no JSON", Behaviour::kNotJson, "server.garbage"},
    {"truncated", Behaviour::kTruncated, "net.broken"},
    {"another resource", Behaviour::kOtherType, "server.garbage"},
    {"nothing", Behaviour::kNothing, "net.broken"},
    {"401", Behaviour::kUnauthorized, "server.unauthorized"},
    {"403", Behaviour::kForbidden, "server.forbidden"},
    {"500", Behaviour::kFailing, "server.failed"},
    {"endless", Behaviour::kHuge, "net.too_large"},
};

class ServerTest : public LiveTest {
 protected:
  ServerTest() : proxy_(hapi_.port()) {}
  // The proxy goes after the adapter: an adapter that still asks would keep its threads.
  void TearDown() override {
    proxy_.Behave(Behaviour::kPass);
    LiveTest::TearDown();
  }
  static support::LineTest Code(const char* code) { return Has("code", code); }
  FlakyProxy proxy_;
};

TEST_F(ServerTest, EveryKindOfBrokenAnswerIsSurvived) {
  AdapterProcess& adapter = NewAdapter(proxy_.base());
  ASSERT_TRUE(adapter.Start());
  ASSERT_NO_FATAL_FAILURE(AwaitQuiet(adapter));
  for (const Case& one : kCases) {
    SCOPED_TRACE(one.name);
    const std::size_t mark = adapter.log().size();
    const int refused = proxy_.refused();
    proxy_.Behave(one.behaviour);
    const SyntheticPatient patient = NewPatient(FailedCourse());
    Post(patient);
    EXPECT_TRUE(adapter.Expect("server.request_failed", Code(one.code), mark));
    // It asks again, and again.
    EXPECT_TRUE(Eventually(kPatience, [&] { return proxy_.refused() >= refused + 3; }));
    EXPECT_TRUE(adapter.running());
    EXPECT_EQ(Admin(adapter, "/readyz").status, 200U);
    EXPECT_EQ(CarePlans(patient).size(), 0U);
    proxy_.Behave(Behaviour::kPass);
    AwaitCarePlan(patient);
    ExpectExactlyOne(patient);
  }
}

TEST_F(ServerTest, WritesThatAreAnsweredBadly) {
  AdapterProcess& adapter = NewAdapter(proxy_.base());
  ASSERT_TRUE(adapter.Start());
  ASSERT_NO_FATAL_FAILURE(AwaitQuiet(adapter));
  for (const Case& one : kCases) {
    SCOPED_TRACE(one.name);
    const std::size_t mark = adapter.log().size();
    proxy_.Behave(one.behaviour, "POST /fhir/CarePlan");
    const SyntheticPatient patient = NewPatient(FailedCourse());
    Post(patient);
    const auto failed = [&] {
      return adapter.log().Count("delivery.outcome_unknown", {}, mark) +
                 adapter.log().Count("delivery.write_failed", {}, mark) >
             0;
    };
    EXPECT_TRUE(Eventually(kPatience, failed)) << adapter.log().Tail(20);
    proxy_.Behave(Behaviour::kPass);
    AwaitCarePlan(patient);
    ExpectExactlyOne(patient);
  }
}

TEST_F(ServerTest, StartsBeforeABrokenServerAndFindsItsWay) {
  for (const Case& one : kCases) {
    SCOPED_TRACE(one.name);
    proxy_.Behave(one.behaviour);
    AdapterProcess& adapter = NewAdapter(proxy_.base());
    adapter.Set("intake.subscription_check_secs", "1");
    ASSERT_TRUE(adapter.Start());
    EXPECT_TRUE(adapter.Expect("subscription.request_failed", Code(one.code)));
    EXPECT_EQ(Admin(adapter, "/readyz").status, 200U);
    proxy_.Behave(Behaviour::kPass);
    ASSERT_NO_FATAL_FAILURE(AwaitSubscriptions(adapter));
    EXPECT_EQ(hapi_.Subscriptions(adapter.public_url()).size(), 2U);
    EXPECT_EQ(adapter.Stop(), 0);
  }
}

}  // namespace
}  // namespace facet::live

// What the adapter must not do: write in shadow mode, dig out old history, judge a knee, alarm about a success.
#include "tests/integration/flaky_proxy.hpp"
#include "tests/integration/live_test.hpp"

#include <algorithm>

namespace facet::live {
namespace {

class ShadowTest : public LiveTest {
 protected:
  static std::string DaysAgo(int days) {
    const std::int64_t today = support::WallClock().ms / UtcInstant::kMsPerDay;
    return CivilDate::FromDays(today - days).ToString();
  }
};

TEST_F(ShadowTest, WritesNothingButItsSubscriptions) {
  FlakyProxy proxy(hapi_.port());
  AdapterProcess& adapter = NewAdapter(proxy.base());
  adapter.Unset("write_back.mode");  // shadow is the default
  ASSERT_TRUE(adapter.Start());
  ASSERT_NO_FATAL_FAILURE(AwaitSubscriptions(adapter));
  std::vector<SyntheticPatient> patients;
  for (const Course course : {Course::kNoResponse, Course::kShortLived, Course::kNegativeBlock}) {
    patients.push_back(NewPatient(course));
    Post(patients.back());
  }
  EXPECT_TRUE(Eventually(kPatience, [&] {
    return adapter.log().Count("proposal.made", Has("mode", "shadow")) >= patients.size();
  })) << adapter.log().Tail(20);
  // A restart in between must not forget the mode.
  EXPECT_EQ(adapter.Stop(), 0);
  ASSERT_TRUE(adapter.Start());
  for (const char* type : {"Procedure", "Observation"}) {
    ASSERT_TRUE(adapter.Expect("sweep.finished", Has("resource_type", type)));
  }
  EXPECT_EQ(adapter.Stop(), 0);
  std::vector<std::string> writes;
  for (const std::string& line : proxy.Lines()) {
    if (!line.starts_with("GET ")) writes.push_back(line);
  }
  EXPECT_EQ(writes, (std::vector<std::string>{"POST /fhir/Subscription", "POST /fhir/Subscription"}));
  for (const SyntheticPatient& patient : patients) ExpectNone(patient);
}

TEST_F(ShadowTest, OldHistoryStaysOut) {
  // Therapeutic courses of the tests begin 33 to 50 days ago, blocks 3 to 20 days ago.
  const SyntheticPatient old = NewPatient(Course::kNoResponse);
  const SyntheticPatient recent = NewPatient(Course::kNegativeBlock);
  hapi_.PutAll(old.All());
  hapi_.PutAll(recent.All());
  AdapterProcess& adapter = NewAdapter();
  adapter.Set("follow.not_before", DaysAgo(27));
  ASSERT_TRUE(adapter.Start());
  ASSERT_NO_FATAL_FAILURE(AwaitQuiet(adapter));
  AwaitCarePlan(recent);
  ExpectExactlyOne(recent);
  // Told about it again, it still is old.
  hapi_.Put(old.Score(30, 9));
  const SyntheticPatient marker = NewPatient(Course::kNegativeBlock);
  Post(marker);
  AwaitCarePlan(marker);
  ExpectNone(old);
}

TEST_F(ShadowTest, HistoryOnTheServerIsFoundAtTheFirstStart) {
  std::vector<SyntheticPatient> patients;
  for (int i = 0; i < 6; ++i) {
    patients.push_back(NewPatient(static_cast<Course>(i)));
    hapi_.PutAll(patients.back().All());
  }
  StartedAdapter();
  for (const SyntheticPatient& patient : patients) {
    if (!patient.failed()) continue;
    AwaitCarePlan(patient);
    ExpectExactlyOne(patient);
  }
  AwaitMarker();
  for (const SyntheticPatient& patient : patients) {
    if (!patient.failed()) ExpectNone(patient);
  }
}

TEST_F(ShadowTest, KneePositiveBlockAndReliefGiveNothing) {
  AdapterProcess& adapter = StartedAdapter();
  const SyntheticPatient knee = NewPatient(Course::kKnee);
  const SyntheticPatient positive = NewPatient(Course::kPositiveBlock);
  const SyntheticPatient helping = NewPatient(Course::kHelping);
  for (const SyntheticPatient& patient : {knee, positive, helping}) Post(patient);
  EXPECT_TRUE(adapter.Expect("episode.judged", Has("verdict", "positive-block")));
  EXPECT_TRUE(adapter.Expect("episode.judged", Has("verdict", "pending")));
  AwaitMarker();
  for (const SyntheticPatient& patient : {knee, positive, helping}) ExpectNone(patient);
  // Two facet patients and the marker are followed; the knee is not.
  EXPECT_EQ(adapter.log().Count("patient.followed"), 3U);
}

}  // namespace
}  // namespace facet::live

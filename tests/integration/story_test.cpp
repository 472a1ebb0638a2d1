// The main story, live: data arrive, the server notifies, one CarePlan and one Provenance come back; also when the
// adapter is killed in the middle.
#include "tests/integration/live_test.hpp"

#include <algorithm>
#include <array>
#include <iostream>
#include <thread>

namespace facet::live {
namespace {

using Clock = std::chrono::steady_clock;

class StoryTest : public LiveTest {
 protected:
  // Kills it when this event comes, or after a random time where none is named, and starts it again.
  void KillOn(AdapterProcess& adapter, std::string_view event, std::size_t mark) {
    if (event.empty()) {
      std::this_thread::sleep_for(milliseconds(prng_.Between(0, 1200)));  // the moment is the point
    } else {
      // It may never come in this run (suppressed, or already passed): then the time-out is the moment.
      adapter.log().WaitFor(event, {}, mark, seconds(2));
    }
    adapter.Kill();
    ASSERT_TRUE(adapter.Start());
  }

  static void Print(std::vector<std::int64_t> latencies) {
    if (latencies.empty()) return;
    std::sort(latencies.begin(), latencies.end());
    const auto at = [&](std::size_t percent) { return latencies[(latencies.size() - 1) * percent / 100]; };
    std::cout << "deciding score stored -> CarePlan on the server, " << latencies.size() << " rounds: median " << at(50)
              << " ms, p90 " << at(90) << " ms, max " << latencies.back() << " ms\n";
    RecordProperty("latency_median_ms", static_cast<int>(at(50)));
    RecordProperty("latency_max_ms", static_cast<int>(latencies.back()));
  }
};

constexpr std::array<std::string_view, 9> kMoments = {"",
                                                      "",
                                                      "inbox.notification_accepted",
                                                      "inbox.notification_processed",
                                                      "patient.hydrated",
                                                      "episode.judged",
                                                      "proposal.made",
                                                      "delivery.write_applied",
                                                      ""};

TEST_F(StoryTest, TwentyRandomPatientsHalfOfThemThroughAKill) {
  AdapterProcess& adapter = NewAdapter();
  adapter.Set("intake.sweep_interval_secs", "300");
  ASSERT_TRUE(adapter.Start());
  ASSERT_NO_FATAL_FAILURE(AwaitQuiet(adapter));
  std::vector<std::int64_t> latencies;
  std::vector<SyntheticPatient> patients;
  for (int round = 0; round < 20; ++round) {
    const bool kill = round % 2 == 1;
    const SyntheticPatient patient = NewPatient(FailedCourse());
    patients.push_back(patient);
    const std::string_view moment = kMoments[prng_.Below(kMoments.size())];
    SCOPED_TRACE("round " + std::to_string(round) + ": " + patient.Describe() +
                 (kill ? ", killed on '" + std::string(moment) + "'" : ", not killed"));
    const bool early = kill && prng_.Chance(300);  // before the deciding score is there
    const std::size_t mark = adapter.log().size();
    hapi_.PutAll(patient.AllButLast());
    if (early) {
      ASSERT_NO_FATAL_FAILURE(KillOn(adapter, moment, mark));
    }
    const std::size_t decided = adapter.log().size();
    const Clock::time_point begun = Clock::now();
    hapi_.Put(patient.deciding());
    if (kill && !early) {
      ASSERT_NO_FATAL_FAILURE(KillOn(adapter, moment, decided));
    }
    ASSERT_NE(AwaitCarePlan(patient), "");
    if (!kill) latencies.push_back(std::chrono::duration_cast<milliseconds>(Clock::now() - begun).count());
    ExpectExactlyOne(patient);
  }
  // Whatever was still on its way, and a whole new look at everything, must add nothing.
  ASSERT_EQ(adapter.Stop(), 0);
  ASSERT_TRUE(adapter.Start());
  for (const char* type : {"Procedure", "Observation"}) {
    ASSERT_TRUE(adapter.Expect("sweep.finished", Has("resource_type", type)));
  }
  AwaitMarker();
  for (const SyntheticPatient& patient : patients) {
    SCOPED_TRACE(patient.Describe());
    ExpectExactlyOne(patient);
  }
  Print(std::move(latencies));
}

TEST_F(StoryTest, NotificationLogLinesTellTheStory) {
  AdapterProcess& adapter = NewAdapter();
  adapter.Set("intake.sweep_interval_secs", "300");
  ASSERT_TRUE(adapter.Start());
  ASSERT_NO_FATAL_FAILURE(AwaitQuiet(adapter));
  const SyntheticPatient patient = NewPatient(Course::kNoResponse);
  const std::size_t mark = adapter.log().size();
  Post(patient);
  const auto followed = adapter.Expect("patient.followed", {}, mark);
  ASSERT_TRUE(followed);
  const std::string key = followed->Text("patient_key");
  EXPECT_FALSE(key.empty());
  EXPECT_TRUE(adapter.Expect("inbox.notification_accepted", Has("resource_type", "Procedure"), mark));
  EXPECT_TRUE(adapter.Expect("patient.hydrated", Has("patient_key", key), mark));
  const auto judged = adapter.Expect(
      "episode.judged",
      [&](const auto& line) { return line.Text("patient_key") == key && line.Text("verdict") == "no-response"; }, mark);
  ASSERT_TRUE(judged);
  const auto made = adapter.Expect("proposal.made", Has("episode_id", judged->Text("episode_id")), mark);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->Text("mode"), "write");
  EXPECT_GT(made->Number("suggested"), 0);
  EXPECT_TRUE(adapter.Expect("delivery.write_applied", Has("resource_type", "CarePlan"), mark));
  EXPECT_TRUE(adapter.Expect("delivery.write_applied", Has("resource_type", "Provenance"), mark));
  const std::string id = AwaitCarePlan(patient);
  EXPECT_EQ(made->Text("proposal_id"), ProposalOf(adapter, id));
  ExpectExactlyOne(patient);
}

}  // namespace
}  // namespace facet::live

// A disk that is full when a notification is accepted: 503, an event, nothing lost, and on it goes when there is room.
#include "tests/integration/live_test.hpp"

#include <gmock/gmock.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sys/mount.h>

namespace facet::live {
namespace {

class DiskTest : public LiveTest {
 protected:
  support::Resource Score(int number) const {
    const std::string id = "d" + std::to_string(number);
    return {
        "Observation", id,
        R"({"resourceType":"Observation","id":")" + id +
            R"(","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"72514-3"}]},)"
            R"("subject":{"reference":"Patient/nobody"},"effectiveDateTime":"2026-01-01T10:00:00Z","valueInteger":7})"};
  }
  std::string Endpoint(AdapterProcess& adapter) { return hapi_.Subscriptions(adapter.public_url()).at(0).endpoint; }
  // Sends until one is refused; its status, and how many were accepted before.
  net::HttpAnswer SendUntilRefused(const std::string& endpoint, int& accepted) {
    net::HttpAnswer answer;
    for (accepted = 0; accepted < 20'000; ++accepted) {
      answer = Notify(endpoint, Score(accepted));
      if (answer.failure || answer.status != 200) break;
    }
    return answer;
  }
  void ExpectStoreRefusal(const AdapterProcess& adapter, const net::HttpAnswer& answer) {
    EXPECT_FALSE(answer.failure) << "an answer, not a broken connection";
    EXPECT_EQ(answer.status, 503U);
    EXPECT_NE(answer.retry_after(), "");
    const auto event = adapter.Expect("inbox.store_refused");
    ASSERT_TRUE(event);
    EXPECT_EQ(event->Text("code"), "store.write");
  }
};

TEST_F(DiskTest, FileThatCannotGrow) {
  AdapterProcess& adapter = StartedAdapter();
  const std::string endpoint = Endpoint(adapter);
  ASSERT_EQ(adapter.Stop(), 0);
  // Room for its files as they are and a little more; the write-ahead log is what meets the limit.
  const std::uint64_t room = std::filesystem::file_size(adapter.store_path()) + 256 * 1024;
  ASSERT_TRUE(adapter.Start(room));
  int accepted = 0;
  const net::HttpAnswer refused = SendUntilRefused(endpoint, accepted);
  EXPECT_GT(accepted, 0);
  ExpectStoreRefusal(adapter, refused);
  // A smaller commit may still find room, and makes it ready again until the next one does not.
  EXPECT_TRUE(Eventually(kPatience, [&] {
    return Notify(endpoint, Score(accepted)).status == 503 && Admin(adapter, "/readyz").status == 503;
  }));
  EXPECT_EQ(Admin(adapter, "/livez").status, 200U);
  adapter.Kill();
  // With room again: what was acknowledged is there, and work goes on.
  ASSERT_TRUE(adapter.Start());
  EXPECT_EQ(Notify(endpoint, Score(0)).status, 200U);
  EXPECT_EQ(Admin(adapter, "/readyz").status, 200U);
  AwaitMarker();
}

TEST_F(DiskTest, FullDiskRecoversByItself) {
  const std::string mounted = dir_ / "small";
  std::filesystem::create_directory(mounted);
  if (::mount("tmpfs", mounted.c_str(), "tmpfs", 0, "size=4m") != 0) {
    GTEST_SKIP() << "NOT TESTED: a full disk that gets room again: a small tmpfs cannot be mounted here ("
                 << std::strerror(errno) << "); run as root";
  }
  AdapterProcess& adapter = NewAdapter();
  adapter.Set("store.path", mounted + "/state.db");
  ASSERT_TRUE(adapter.Start());
  AwaitSubscriptions(adapter);
  const std::string endpoint = Endpoint(adapter);
  const SyntheticPatient patient = NewPatient(FailedCourse());
  hapi_.PutAll(patient.AllButLast());
  EXPECT_TRUE(adapter.Expect("patient.hydrated"));
  {
    std::ofstream filler(mounted + "/filler", std::ios::binary);
    const std::string block(4096, 'x');
    while (filler.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
    }
  }
  int accepted = 0;
  ExpectStoreRefusal(adapter, SendUntilRefused(endpoint, accepted));
  // The deciding score comes while there is no room: the server is told 503 and keeps it.
  hapi_.Put(patient.deciding());
  EXPECT_TRUE(Eventually(kPatience, [&] {
    return Notify(endpoint, Score(accepted)).status == 503 && Admin(adapter, "/readyz").status == 503;
  }));
  EXPECT_TRUE(adapter.running());
  std::filesystem::remove(mounted + "/filler");
  EXPECT_TRUE(Eventually(kPatience, [&] { return Notify(endpoint, Score(1)).status == 200; }));
  EXPECT_TRUE(Eventually(kPatience, [&] { return Admin(adapter, "/readyz").status == 200; }));
  AwaitCarePlan(patient);
  ExpectExactlyOne(patient);
  EXPECT_EQ(adapter.Stop(), 0);
  EXPECT_EQ(::umount(mounted.c_str()), 0);
}

}  // namespace
}  // namespace facet::live

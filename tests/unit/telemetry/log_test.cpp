// The log: the line's shape, thresholds, thinning of equal events, hostile text, many threads.
#include "adapter/json/document.hpp"
#include "adapter/telemetry/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <thread>
#include <unistd.h>

namespace facet::telemetry {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class LogTest : public ::testing::Test {
 protected:
  LogTest() : file_(std::tmpfile()) {}
  ~LogTest() override { std::fclose(file_); }

  LogOptions Options(Level threshold = Level::kInfo) {
    LogOptions options;
    options.descriptor = ::fileno(file_);
    options.threshold = threshold;
    options.version = "0.1.0";
    options.now = [this] { return now_; };
    options.equal_max = 2;
    return options;
  }
  std::vector<std::string> Lines() {
    std::rewind(file_);
    std::vector<std::string> lines;
    std::string line;
    for (int c = std::fgetc(file_); c != EOF; c = std::fgetc(file_)) {
      if (c == '\n') {
        lines.push_back(std::exchange(line, {}));
      } else {
        line += static_cast<char>(c);
      }
    }
    EXPECT_EQ(line, "");
    return lines;
  }

  std::FILE* file_;
  UtcInstant now_{1'772'704'800'007};
  Metrics metrics_;
};

TEST_F(LogTest, ALineHasTheFixedFieldsFirstThenItsOwn) {
  {
    Log log(Options(), metrics_);
    log.Write(events::inbox_notification_accepted(NotificationId(7), Token("Observation"), 812));
  }
  EXPECT_THAT(Lines(), ElementsAre(R"({"ts":"2026-03-05T10:00:00.007Z","level":"info",)"
                                   R"("event":"inbox.notification_accepted","module":"inbox","v":"0.1.0",)"
                                   R"("notification_id":7,"resource_type":"Observation","bytes":812})"));
}

TEST_F(LogTest, TimestampsAlwaysHaveMilliseconds) {
  now_ = {0};
  EXPECT_THAT(FormatLine(events::process_stopped(1), now_, "v", 0), HasSubstr(R"("1970-01-01T00:00:00.000Z")"));
  EXPECT_THAT(FormatLine(events::process_stopped(1), {-1}, "v", 0), HasSubstr(R"("1969-12-31T23:59:59.999Z")"));
}

TEST_F(LogTest, BelowTheThresholdIsCountedAndNotWritten) {
  Log log(Options(Level::kError), metrics_);
  log.Write(events::net_request_refused(ErrorCode::kHookInvalid, 400));
  log.Write(events::inbox_store_refused(ErrorCode::kStoreWrite));
  EXPECT_THAT(Lines(), SizeIs(1));
  log.SetThreshold(Level::kWarn);
  log.Write(events::net_request_refused(ErrorCode::kHookInvalid, 400));
  EXPECT_THAT(Lines(), SizeIs(2));
  const std::string text = metrics_.Expose();
  EXPECT_THAT(text, HasSubstr("facet_adapter_events_total{event=\"net.request_refused\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("facet_adapter_errors_total{code=\"hook.invalid\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("facet_adapter_errors_total{code=\"store.write\"} 1\n"));
}

TEST_F(LogTest, EqualEventsAreThinnedOutAndTheNextOneSaysHowMany) {
  Log log(Options(), metrics_);
  for (int i = 0; i < 5; ++i) log.Write(events::net_overload_shed(i));  // the depth is a measure: still equal
  log.Write(events::net_request_refused(ErrorCode::kHookInvalid, 400));
  EXPECT_THAT(Lines(), SizeIs(3));
  now_ = now_.PlusMs(10'000);
  log.Write(events::net_overload_shed(9));
  EXPECT_THAT(Lines().back(), HasSubstr(R"("queue_depth":9,"suppressed":3})"));
  log.Write(events::net_overload_shed(9));
  EXPECT_THAT(Lines().back(), Not(HasSubstr("suppressed")));
  EXPECT_THAT(metrics_.Expose(), HasSubstr("facet_adapter_log_suppressed_total{event=\"net.overload_shed\"} 3\n"));
}

TEST_F(LogTest, EventsThatDifferAreAllWritten) {
  Log log(Options(), metrics_);
  for (std::uint64_t i = 0; i < 50; ++i) {
    log.Write(events::inbox_notification_accepted(NotificationId(i), Token("Observation"), 1));
  }
  EXPECT_THAT(Lines(), SizeIs(50));
}

TEST_F(LogTest, WhatWasSuppressedIsReportedAtTheEnd) {
  {
    Log log(Options(), metrics_);
    for (int i = 0; i < 5; ++i) log.Write(events::net_overload_shed(i));
  }
  EXPECT_THAT(Lines().back(), HasSubstr(R"("event":"telemetry.events_suppressed")"));
  EXPECT_THAT(Lines().back(), HasSubstr(R"("reason":"net.overload_shed","suppressed":3})"));
}

TEST_F(LogTest, MemoryForEqualEventsIsBounded) {
  Log log(Options(), metrics_);
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    log.Write(events::inbox_notification_accepted(NotificationId(i), Token("Observation"), 1));
  }
  EXPECT_THAT(Lines(), SizeIs(20'000));
}

TEST_F(LogTest, TextThatIsNoUtf8OrHoldsControlsStaysOneValidLine) {
  for (const std::string text : {"a\xff\xfe"
                                 "b",
                                 "\xed\xa0\x80", "line\nbreak\"quote\\", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80",
                                 "\xf4\x90\x80\x80", "\xe2\x82"}) {
    const std::string line = FormatLine(
        events::process_start_failed(ErrorCode::kConfigInvalid, SafeText("f:1:1"), SafeText(text)), now_, "v", 0);
    EXPECT_EQ(line.find('\n'), std::string::npos);
    EXPECT_TRUE(json::Parse(line).ok()) << line;
  }
}

TEST_F(LogTest, ADescriptorThatDoesNotTakeLinesIsCounted) {
  LogOptions options = Options();
  options.descriptor = -1;
  Log log(options, metrics_);
  log.Write(events::process_stopped(0));
  EXPECT_THAT(metrics_.Expose(), HasSubstr("facet_adapter_log_lost_total 1\n"));
}

TEST_F(LogTest, LinesOfManyThreadsDoNotMix) {
  {
    Log log(Options(), metrics_);
    std::vector<std::thread> threads;
    for (std::uint64_t t = 0; t < 4; ++t) {
      threads.emplace_back([&log, t] {
        for (std::uint64_t i = 0; i < 200; ++i) {
          log.Write(events::inbox_notification_accepted(NotificationId(t * 1000 + i), Token("Procedure"), 1));
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  const std::vector<std::string> lines = Lines();
  EXPECT_THAT(lines, SizeIs(800));
  for (const std::string& line : lines) EXPECT_TRUE(json::Parse(line).ok()) << line;
}

TEST(LogLevels, HaveNames) {
  EXPECT_EQ(LevelFromName("debug"), Level::kDebug);
  EXPECT_EQ(LevelFromName("error"), Level::kError);
  EXPECT_EQ(LevelFromName("loud"), std::nullopt);
}

}  // namespace
}  // namespace facet::telemetry

// The closed lists that operators build on: events, their fields, metrics, error codes. A change of a name, a field or
// a level is a breaking change, so the lists are kept as goldens (FACET_UPDATE_GOLDEN=1 writes them anew).
#include "adapter/base/events.hpp"
#include "adapter/telemetry/health.hpp"
#include "adapter/telemetry/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

namespace facet::telemetry {
namespace {

using ::testing::HasSubstr;

void ExpectGolden(const std::string& name, const std::string& actual) {
  const std::string path = std::string(FACET_SOURCE_DIR) + "/tests/unit/telemetry/golden/" + name;
  if (std::getenv("FACET_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << actual;
  std::ifstream file(path);
  std::stringstream expected;
  expected << file.rdbuf();
  EXPECT_EQ(actual, expected.str()) << "FACET_UPDATE_GOLDEN=1 accepts the change";
}

std::string_view TypeName(MetricType type) {
  return type == MetricType::kCounter ? "counter" : type == MetricType::kGauge ? "gauge" : "histogram";
}

TEST(EventCatalogue, IsWellFormed) {
  const std::regex name("[a-z]+\\.[a-z]+(_[a-z]+)*");
  std::set<std::string_view> names;
  for (const EventInfo& info : EventCatalogue()) {
    EXPECT_TRUE(std::regex_match(std::string(info.name), name)) << info.name;
    EXPECT_TRUE(info.name.starts_with(std::string(info.area) + ".")) << info.name;
    EXPECT_TRUE(names.insert(info.name).second) << info.name << " is there twice";
    EXPECT_TRUE(info.doc.ends_with('.')) << info.name;
    const std::set<EventField> fields(info.fields.begin(), info.fields.end());
    EXPECT_EQ(fields.size(), info.fields.size()) << info.name << " has a field twice";
    EXPECT_FALSE(fields.contains(EventField::suppressed)) << info.name << ": the log adds it";
  }
}

TEST(EventCatalogue, FieldsHaveTypesThatCannotHoldDataOfPatients) {
  const std::set<std::string_view> allowed = {"NotificationId", "PatientKey", "EpisodeId",    "ProposalId", "Token",
                                              "ErrorCode",      "int",        "std::int64_t", "UtcInstant", "SafeText"};
  for (const EventFieldInfo& field : EventFieldCatalogue()) {
    EXPECT_TRUE(allowed.contains(field.type)) << field.name << ": " << field.type;
    EXPECT_FALSE(field.meaning.empty()) << field.name;
  }
}

TEST(EventCatalogue, Golden) {
  std::string text;
  for (const EventInfo& info : EventCatalogue()) {
    text.append(NameOf(info.level)).append(" ").append(info.name).append("(");
    for (const EventField field : info.fields) {
      if (text.back() != '(') text += ", ";
      text.append(EventFieldCatalogue()[static_cast<std::size_t>(field)].name);
    }
    text += ")\n";
  }
  ExpectGolden("events.txt", text);
}

TEST(MetricCatalogue, IsWellFormed) {
  const std::regex name("facet_adapter_[a-z_]+");
  std::set<std::string_view> names;
  for (const MetricInfo& info : MetricCatalogue()) {
    EXPECT_TRUE(std::regex_match(std::string(info.name), name)) << info.name;
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    EXPECT_EQ(info.type == MetricType::kCounter, info.name.ends_with("_total")) << info.name;
    EXPECT_TRUE(info.type != MetricType::kHistogram || info.name.ends_with("_seconds")) << info.name;
    EXPECT_TRUE(info.help.ends_with('.')) << info.name;
  }
}

TEST(MetricCatalogue, Golden) {
  std::string text;
  for (const MetricInfo& info : MetricCatalogue()) {
    text.append(TypeName(info.type)).append(" ").append(info.name).append("{").append(info.label).append("}\n");
  }
  ExpectGolden("metrics.txt", text);
}

TEST(Metrics, AreExposedAsPrometheusText) {
  Metrics metrics;
  metrics.SetVersion(SafeText("0.1.0\"\n"));
  metrics.Add(Metric::kNotifications, Token("accepted"));
  metrics.Add(Metric::kNotifications, Token("accepted"), 2);
  metrics.Set(Metric::kInboxDepth, 4);
  metrics.Observe(Metric::kTurnSeconds, 0);
  metrics.Observe(Metric::kTurnSeconds, 5);
  metrics.Observe(Metric::kTurnSeconds, 6);
  metrics.Observe(Metric::kTurnSeconds, 70'000);
  const std::string text = metrics.Expose();
  EXPECT_THAT(text, HasSubstr("facet_adapter_build_info{version=\"0.1.0\\\" \"} 1\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE facet_adapter_inbox_notifications_total counter\n"
                              "facet_adapter_inbox_notifications_total{result=\"accepted\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("facet_adapter_inbox_depth 4\n"));
  EXPECT_THAT(text, HasSubstr("facet_adapter_outbox_dead 0\n"));
  EXPECT_THAT(text, HasSubstr("facet_adapter_engine_turn_seconds_bucket{le=\"0.001\"} 1\n"
                              "facet_adapter_engine_turn_seconds_bucket{le=\"0.005\"} 2\n"
                              "facet_adapter_engine_turn_seconds_bucket{le=\"0.01\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("facet_adapter_engine_turn_seconds_bucket{le=\"60\"} 3\n"
                              "facet_adapter_engine_turn_seconds_bucket{le=\"+Inf\"} 4\n"
                              "facet_adapter_engine_turn_seconds_sum 70.011\n"
                              "facet_adapter_engine_turn_seconds_count 4\n"));
}

TEST(Health, ReadyMeansStartedWritableAndNotDraining) {
  Health health(1000);
  EXPECT_FALSE(health.Ready());
  health.SetStarted(true);
  EXPECT_TRUE(health.Ready());
  health.SetStoreWritable(false);
  EXPECT_FALSE(health.Ready());
  EXPECT_EQ(health.ToJson(), R"({"ready":false,"started":true,"store_writable":false,"draining":false})");
  health.SetStoreWritable(true);
  health.SetDraining();
  EXPECT_FALSE(health.Ready());
}

TEST(Health, LiveMeansTheEngineTurnedLately) {
  Health health(1000);
  health.EngineTurned(5000);
  EXPECT_TRUE(health.Live(6000));
  EXPECT_FALSE(health.Live(6001));
}

}  // namespace
}  // namespace facet::telemetry

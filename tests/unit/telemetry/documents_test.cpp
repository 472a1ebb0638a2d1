// The operator's documents list what the program has: events, fields, error codes and metrics.
#include "tests/support/generated_section.hpp"

#include "adapter/base/events.hpp"
#include "adapter/telemetry/metrics.hpp"

#include <gtest/gtest.h>

namespace facet::telemetry {
namespace {

using test::Cell;
using test::ExpectGeneratedSection;

constexpr const char* kEvents = "deploy/docs/events.md";

std::string FieldsOf(const EventInfo& info) {
  std::string text;
  for (const EventField field : info.fields) {
    if (!text.empty()) text += ", ";
    text.append("`").append(EventFieldCatalogue()[static_cast<std::size_t>(field)].name).append("`");
  }
  return text;
}

TEST(Documents, ListEveryEvent) {
  std::string text = "| event | level | what it means | what to do | fields |\n|---|---|---|---|---|\n";
  for (const EventInfo& info : EventCatalogue()) {
    text.append("| `").append(info.name).append("` | ").append(NameOf(info.level)).append(" | ");
    text.append(Cell(info.doc)).append(" | ").append(Cell(info.action)).append(" | ");
    text.append(FieldsOf(info)).append(" |\n");
  }
  ExpectGeneratedSection(kEvents, "events", text, "unit_telemetry");
}

TEST(Documents, ListEveryField) {
  std::string text = "| field | what it holds |\n|---|---|\n";
  for (const EventFieldInfo& field : EventFieldCatalogue()) {
    text.append("| `").append(field.name).append("` | ").append(Cell(field.meaning)).append(" |\n");
  }
  ExpectGeneratedSection(kEvents, "fields", text, "unit_telemetry");
}

TEST(Documents, ListEveryErrorCode) {
  constexpr ErrorCode kCodes[] = {
#define ERROR_CODE(enumerator, name, meaning) ErrorCode::enumerator,
#include "adapter/base/error_codes.def"
#undef ERROR_CODE
  };
  std::string text = "| code | what it means |\n|---|---|\n";
  for (const ErrorCode code : kCodes) {
    text.append("| `").append(NameOf(code)).append("` | ").append(Cell(MeaningOf(code))).append(" |\n");
  }
  ExpectGeneratedSection(kEvents, "error codes", text, "unit_telemetry");
}

TEST(Documents, ListEveryMetric) {
  std::string text = "| metric | type | label | what it tells |\n|---|---|---|---|\n";
  for (const MetricInfo& info : MetricCatalogue()) {
    const std::string_view type = info.type == MetricType::kCounter ? "counter"
                                  : info.type == MetricType::kGauge ? "gauge"
                                                                    : "histogram";
    text.append("| `").append(info.name).append("` | ").append(type).append(" | ");
    text.append(info.label.empty() ? "" : "`" + std::string(info.label) + "`");
    text.append(" | ").append(Cell(info.help)).append(" |\n");
  }
  ExpectGeneratedSection("deploy/docs/metrics.md", "metrics", text, "unit_telemetry");
}

TEST(EventCatalogue, SaysWhatToDoWhereSomethingIsWrong) {
  for (const EventInfo& info : EventCatalogue()) {
    EXPECT_EQ(info.level >= Level::kWarn, !info.action.empty() && info.level >= Level::kWarn) << info.name;
    EXPECT_TRUE(info.action.empty() || info.action.ends_with('.')) << info.name;
  }
}

}  // namespace
}  // namespace facet::telemetry

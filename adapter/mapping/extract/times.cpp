// Which time a fact has (clinical specification, section 1, "Time").
#include "adapter/mapping/extract/pass.hpp"

namespace facet::mapping {
namespace {

clinical::ClinicalTime MakeTime(const FhirDateTime& written, const TimeZone& zone) {
  return {.written = written, .earliest = written.Earliest(zone), .latest = written.Latest(zone), .issued = false};
}

}  // namespace

std::optional<clinical::ClinicalTime> Pass::OneTime(std::string_view text) const {
  const auto written = FhirDateTime::Parse(text);
  if (!written) return std::nullopt;
  return MakeTime(*written, *options_.zone);
}

// The effective time; of a period its end, else its start; else the time of issue, marked.
TimeReading Pass::PointInTime(const Row& row) const {
  for (const Field field : {Field::kTime, Field::kTimeEnd, Field::kTimeStart, Field::kTimeIssued}) {
    const std::string_view text = row.Text(field);
    if (text.empty()) continue;
    TimeReading reading{.time = OneTime(text), .invalid = false};
    reading.invalid = !reading.time.has_value();
    if (reading.time) reading.time->issued = field == Field::kTimeIssued;
    return reading;
  }
  return {};
}

// The start; where only an end is known, the date of the end, as the site's calendar has it.
TimeReading Pass::Start(const Row& row) const {
  for (const Field field : {Field::kTime, Field::kTimeStart, Field::kTimeEnd}) {
    const std::string_view text = row.Text(field);
    if (text.empty()) continue;
    auto written = FhirDateTime::Parse(text);
    if (!written) return {.time = std::nullopt, .invalid = true};
    if (field == Field::kTimeEnd && written->has_time()) {
      written = FhirDateTime::Parse(options_.zone->LocalDate(written->Earliest(*options_.zone)).ToString());
    }
    return {.time = MakeTime(*written, *options_.zone), .invalid = false};
  }
  return {};
}

// An end that is surely before the start, or surely more than a day after it, is none.
std::optional<clinical::ClinicalTime> Pass::End(const Row& row, const clinical::ClinicalTime& start) const {
  if (row.Text(Field::kTime).empty() && row.Text(Field::kTimeStart).empty()) return std::nullopt;  // it gave the start
  auto end = OneTime(row.Text(Field::kTimeEnd));
  if (!end) return std::nullopt;
  const bool both_exact = end->has_time() && start.has_time();
  const bool before = both_exact ? end->earliest < start.earliest : end->latest <= start.earliest;
  const UtcInstant last = (both_exact ? start.earliest : start.latest).PlusMs(UtcInstant::kMsPerDay);
  if (before || end->earliest > last) return std::nullopt;
  return end;
}

}  // namespace facet::mapping

#include "tests/support/patients.hpp"

#include "adapter/json/writer.hpp"

#include <array>
#include <chrono>
#include <string_view>

namespace facet::support {
namespace {

constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kDayMinutes = 1440;

struct Instrument {
  const char* code;
  const char* unit;  // "" = none, as valueInteger
  int factor;        // points of ten -> value
};
constexpr std::array<Instrument, 3> kInstruments = {{
    {"72514-3", "{score}", 1},
    {"38208-5", "{score}", 1},
    {"38214-3", "mm", 10},
}};

void WriteCoding(json::Writer& w, std::string_view system, std::string_view code) {
  w.Key("coding").Array([&] { w.Object([&] { w.Member("system", system).Member("code", code); }); });
}

}  // namespace

std::string_view NameOf(Course course) noexcept {
  switch (course) {
  case Course::kNoResponse:
    return "no-response";
  case Course::kShortLived:
    return "short-lived";
  case Course::kNegativeBlock:
    return "negative-block";
  case Course::kPositiveBlock:
    return "positive-block";
  case Course::kHelping:
    return "pending";
  case Course::kKnee:
    return "";
  }
  return "";
}

UtcInstant WallClock() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
}

SyntheticPatient::SyntheticPatient(Prng& prng, const std::string& tag, Course course, UtcInstant now)
    : course_(course) {
  const std::string mark = std::to_string(prng.Between(100'000'000, 999'999'999));
  id_ = tag + "-p" + mark;
  canaries_ = {"Zcanaryfamily" + mark, "Zcanarygiven" + mark, "ZCANARYMRN" + mark,
               CivilDate{static_cast<int>(prng.Between(1931, 1979)), static_cast<int>(prng.Between(1, 12)),
                         static_cast<int>(prng.Between(1, 28))}
                   .ToString(),
               "Zcanarynote" + mark};
  const bool block = course == Course::kNegativeBlock || course == Course::kPositiveBlock;
  days_ago_ = static_cast<int>(block ? prng.Between(3, 20) : prng.Between(33, 50));
  // Between 08:00 and 11:59: a reading some hours later is still of the same day.
  const std::int64_t today = now.ms / UtcInstant::kMsPerDay;
  start_ = {(today - days_ago_) * UtcInstant::kMsPerDay + prng.Between(8 * 60, 12 * 60 - 1) * kMinute};
  instrument_ = static_cast<int>(prng.Below(kInstruments.size()));
  integer_ = instrument_ < 2 && prng.Chance(400);
  period_ = prng.Chance(400);
  cervical_ = prng.Chance(300);
  baseline_ = static_cast<int>(prng.Between(6, 9));
  patient_ = {"Patient", id_, PatientJson()};
  procedures_.push_back({"Procedure", ProcedureId(0), ProcedureJson(0, "completed")});
  if (course != Course::kKnee && prng.Chance(400)) {
    procedures_.push_back({"Procedure", ProcedureId(1), ProcedureJson(1, "completed")});
  }
  Plan(prng);
}

void SyntheticPatient::Plan(Prng& prng) {
  AddScore(-prng.Between(20, 3 * 60), baseline_);
  const auto same = [&] { return static_cast<int>(prng.Between(baseline_ - 1, 9)); };
  const int relieved = baseline_ / 2 - 1;  // at least 50 percent and 2 points below any baseline of 6 to 9
  const auto day = [&](std::int64_t first, std::int64_t last) {
    return prng.Between(first, last) * kDayMinutes + prng.Between(0, 120);
  };
  const std::int64_t early = day(14, 17);
  switch (course_) {
  case Course::kNoResponse:
  case Course::kKnee:
    AddScore(early, same());
    AddScore(early + day(8, 12), same());
    break;
  case Course::kShortLived:
    AddScore(day(2, 6), relieved);
    AddScore(early, same());
    AddScore(early + day(8, 12), same());
    break;
  case Course::kNegativeBlock:
    AddScore(prng.Between(60, 5 * 60), same());
    break;
  case Course::kPositiveBlock:
    AddScore(prng.Between(60, 4 * 60), 0);
    AddScore(prng.Between(6 * 60, 10 * 60), baseline_);
    break;
  case Course::kHelping:
    AddScore(early, relieved);
    break;
  }
}

std::string SyntheticPatient::verdict() const { return std::string(NameOf(course_)); }

std::string SyntheticPatient::Describe() const {
  return id_ + " " + (course_ == Course::kKnee ? "knee" : verdict()) + ", " + std::to_string(days_ago_) +
         " days ago, " + std::to_string(procedures_.size()) + " procedure(s), instrument " +
         kInstruments[static_cast<std::size_t>(instrument_)].code;
}

std::vector<Resource> SyntheticPatient::AllButLast() const {
  std::vector<Resource> out{patient_};
  out.insert(out.end(), procedures_.begin(), procedures_.end());
  out.insert(out.end(), scores_.begin(), scores_.end() - 1);
  return out;
}

std::vector<Resource> SyntheticPatient::All() const {
  std::vector<Resource> out = AllButLast();
  out.push_back(scores_.back());
  return out;
}

std::string SyntheticPatient::PatientJson() const {
  json::Writer w;
  w.Object([&] {
    w.Member("resourceType", "Patient").Member("id", id_).Member("active", true);
    w.Key("identifier").Array([&] {
      w.Object([&] { w.Member("system", "urn:oid:2.999.1").Member("value", canaries_.identifier); });
    });
    w.Key("name").Array([&] {
      w.Object([&] {
        w.Member("family", canaries_.family);
        w.Key("given").Array([&] { w.String(canaries_.given); });
      });
    });
    w.Member("gender", "other").Member("birthDate", canaries_.birth_date);
  });
  return std::move(w).Take();
}

std::string SyntheticPatient::ProcedureJson(std::size_t line, const std::string& status) const {
  // The second line is the add-on code of the first one's family.
  const std::array<const char*, 2> codes = course_ == Course::kKnee ? std::array<const char*, 2>{"20610", "20610"}
                                           : cervical_              ? std::array<const char*, 2>{"64490", "64491"}
                                                                    : std::array<const char*, 2>{"64493", "64494"};
  const bool block = course_ == Course::kNegativeBlock || course_ == Course::kPositiveBlock;
  json::Writer w;
  w.Object([&] {
    w.Member("resourceType", "Procedure").Member("id", ProcedureId(line)).Member("status", status);
    w.Key("category").Object([&] { WriteCoding(w, "http://snomed.info/sct", block ? "103693007" : "277132007"); });
    w.Key("code").Object([&] { WriteCoding(w, "http://www.ama-assn.org/go/cpt", codes[line]); });
    w.Key("subject").Object([&] { w.Member("reference", reference()); });
    if (period_) {
      w.Key("performedPeriod").Object([&] {
        w.Member("start", start_.ToString()).Member("end", start_.PlusMs(20 * kMinute).ToString());
      });
    } else {
      w.Member("performedDateTime", start_.ToString());
    }
    w.Key("note").Array([&] { w.Object([&] { w.Member("text", canaries_.note); }); });
  });
  return std::move(w).Take();
}

Resource SyntheticPatient::ScoreJson(const Reading& reading) const {
  const Instrument& instrument = kInstruments[static_cast<std::size_t>(instrument_)];
  json::Writer w;
  w.Object([&] {
    w.Member("resourceType", "Observation").Member("id", reading.id).Member("status", reading.status);
    w.Key("code").Object([&] { WriteCoding(w, "http://loinc.org", instrument.code); });
    w.Key("subject").Object([&] { w.Member("reference", reference()); });
    w.Member("effectiveDateTime", reading.at.ToString());
    if (integer_) {
      w.Member("valueInteger", reading.points);
    } else {
      w.Key("valueQuantity").Object([&] {
        w.Member("value", reading.points * instrument.factor).Member("unit", instrument.unit);
        w.Member("system", "http://unitsofmeasure.org").Member("code", instrument.unit);
      });
    }
    w.Key("note").Array([&] { w.Object([&] { w.Member("text", canaries_.note); }); });
  });
  return {"Observation", reading.id, std::move(w).Take()};
}

void SyntheticPatient::AddScore(std::int64_t minutes, int points) {
  const std::string id = id_ + "-o" + std::to_string(readings_.size());
  readings_.push_back({id, start_.PlusMs(minutes * kMinute), points, "final"});
  scores_.push_back(ScoreJson(readings_.back()));
}

Resource SyntheticPatient::Score(int day, int points, const std::string& status) const {
  return ScoreJson({id_ + "-d" + std::to_string(day), start_.PlusMs(day * kDayMinutes * kMinute), points, status});
}

Resource SyntheticPatient::Corrected(std::size_t index, int points, const std::string& status) const {
  Reading reading = readings_.at(index);
  reading.points = points;
  reading.status = status;
  return ScoreJson(reading);
}

std::vector<Resource> SyntheticPatient::ProceduresWithStatus(const std::string& status) const {
  std::vector<Resource> out;
  for (std::size_t line = 0; line < procedures_.size(); ++line) {
    out.push_back({"Procedure", ProcedureId(line), ProcedureJson(line, status)});
  }
  return out;
}

}  // namespace facet::support

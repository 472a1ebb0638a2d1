// Civil dates, zones across changes of the clocks, and FHIR date-times as intervals.
#include "adapter/base/time.hpp"

#include <gtest/gtest.h>

#include <string>

namespace facet {
namespace {

UtcInstant Utc(std::string_view text) {
  const auto time = FhirDateTime::Parse(text);
  EXPECT_TRUE(time.has_value()) << text;
  return time ? time->Earliest(TimeZone()) : UtcInstant{};
}

// Chicago in 2026: clocks go forward on 8 March at 02:00, back on 1 November at 02:00.
TimeZone Chicago() {
  return {"America/Chicago",
          -6 * 3600,
          {{Utc("2026-03-08T08:00:00Z").ms / 1000, -5 * 3600}, {Utc("2026-11-01T07:00:00Z").ms / 1000, -6 * 3600}}};
}

TEST(CivilDate, CountsEveryDayOfEightCenturies) {
  std::int64_t days = CivilDate{1600, 1, 1}.ToDays();
  for (int year = 1600; year < 2400; ++year) {
    for (int month = 1; month <= 12; ++month) {
      for (int day = 1; day <= DaysInMonth(year, month); ++day, ++days) {
        const CivilDate date{year, month, day};
        ASSERT_EQ(date.ToDays(), days);
        ASSERT_EQ(CivilDate::FromDays(days), date);
      }
    }
  }
  EXPECT_EQ((CivilDate{1970, 1, 1}).ToDays(), 0);
  EXPECT_EQ((CivilDate{2026, 3, 5}).ToDays(), 20'517);
}

TEST(CivilDate, KnowsWhichDaysExist) {
  EXPECT_TRUE((CivilDate{2024, 2, 29}).valid());
  EXPECT_FALSE((CivilDate{2026, 2, 29}).valid());
  EXPECT_TRUE((CivilDate{2000, 2, 29}).valid());
  EXPECT_FALSE((CivilDate{1900, 2, 29}).valid());
  EXPECT_FALSE((CivilDate{2026, 13, 1}).valid());
  EXPECT_FALSE((CivilDate{2026, 0, 1}).valid());
  EXPECT_FALSE((CivilDate{2026, 4, 31}).valid());
  EXPECT_FALSE((CivilDate{2026, 4, 0}).valid());
  EXPECT_EQ((CivilDate{476, 9, 4}).ToString(), "0476-09-04");
}

TEST(UtcInstant, PrintsMillisecondsOnlyWhenThereAreSome) {
  EXPECT_EQ(UtcInstant{}.ToString(), "1970-01-01T00:00:00Z");
  EXPECT_EQ(UtcInstant{-1}.ToString(), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(Utc("2026-03-05T10:00:00+01:00").ToString(), "2026-03-05T09:00:00Z");
  EXPECT_EQ(Utc("2026-03-05T10:00:00.05Z").ToString(), "2026-03-05T10:00:00.050Z");
}

TEST(TimeZone, FollowsTheClocks) {
  const TimeZone zone = Chicago();
  EXPECT_EQ(zone.OffsetAt(Utc("2026-03-08T07:59:59Z")), -6 * 3600);
  EXPECT_EQ(zone.OffsetAt(Utc("2026-03-08T08:00:00Z")), -5 * 3600);
  EXPECT_EQ(zone.LocalDate(Utc("2026-03-08T05:59:59Z")), (CivilDate{2026, 3, 7}));
  EXPECT_EQ(zone.LocalDate(Utc("2026-03-08T06:00:00Z")), (CivilDate{2026, 3, 8}));
  EXPECT_EQ(zone.LocalDate(Utc("2026-03-09T04:59:59Z")), (CivilDate{2026, 3, 8}));
  EXPECT_EQ(zone.LocalDate(Utc("2026-03-09T05:00:00Z")), (CivilDate{2026, 3, 9}));
}

TEST(TimeZone, DaysOfAClockChangeAreShorterAndLonger) {
  const TimeZone zone = Chicago();
  const auto hours = [&](CivilDate date) {
    return (zone.EndOfDay(date).ms - zone.StartOfDay(date).ms) / UtcInstant::kMsPerHour;
  };
  EXPECT_EQ(hours({2026, 3, 7}), 24);
  EXPECT_EQ(hours({2026, 3, 8}), 23);
  EXPECT_EQ(hours({2026, 11, 1}), 25);
  EXPECT_EQ(hours({2026, 11, 2}), 24);
  EXPECT_EQ(zone.StartOfDay({2026, 3, 8}).ToString(), "2026-03-08T06:00:00Z");
  EXPECT_EQ(zone.EndOfDay({2026, 3, 8}).ToString(), "2026-03-09T05:00:00Z");
}

TEST(TimeZone, SettlesGapAndOverlap) {
  const TimeZone zone = Chicago();
  const std::int64_t half_past_two = 150 * 60'000;
  const std::int64_t half_past_one = 90 * 60'000;
  EXPECT_EQ(zone.FromLocal({2026, 3, 8}, half_past_two).ToString(), "2026-03-08T08:30:00Z");   // as if still -6
  EXPECT_EQ(zone.FromLocal({2026, 11, 1}, half_past_one).ToString(), "2026-11-01T06:30:00Z");  // the first of two
  EXPECT_EQ(zone.FromLocal({2026, 3, 8}, half_past_one).ToString(), "2026-03-08T07:30:00Z");
}

TEST(TimeZone, LocalTimesRoundTrip) {
  for (const TimeZone& zone : {TimeZone(), Chicago(), TimeZone::Fixed(14 * 3600), TimeZone::Fixed(-45 * 60)}) {
    for (std::int64_t day = CivilDate{2026, 1, 1}.ToDays(); day < CivilDate{2027, 1, 1}.ToDays(); ++day) {
      const CivilDate date = CivilDate::FromDays(day);
      ASSERT_EQ(zone.LocalDate(zone.StartOfDay(date)), date);
      ASSERT_EQ(zone.LocalDate(zone.EndOfDay(date).PlusMs(-1)), date);
      ASSERT_EQ(zone.LocalDate(zone.FromLocal(date, 12 * UtcInstant::kMsPerHour)), date);
    }
  }
  EXPECT_EQ(TimeZone().name(), "UTC");
}

struct ParseCase {
  std::string_view text;
  Precision precision;
  std::string_view earliest;  // in Chicago
  std::string_view latest;    // the first instant behind it
};

TEST(FhirDateTime, IsAnInterval) {
  using enum Precision;
  const TimeZone zone = Chicago();
  for (const ParseCase& c : {
           ParseCase{"2026", kYear, "2026-01-01T06:00:00Z", "2027-01-01T06:00:00Z"},
           ParseCase{"2026-12", kMonth, "2026-12-01T06:00:00Z", "2027-01-01T06:00:00Z"},
           ParseCase{"2026-03", kMonth, "2026-03-01T06:00:00Z", "2026-04-01T05:00:00Z"},
           ParseCase{"2026-03-05", kDay, "2026-03-05T06:00:00Z", "2026-03-06T06:00:00Z"},
           ParseCase{"2026-03-08", kDay, "2026-03-08T06:00:00Z", "2026-03-09T05:00:00Z"},
           ParseCase{"2026-03-05T10:00", kMinute, "2026-03-05T16:00:00Z", "2026-03-05T16:01:00Z"},
           ParseCase{"2026-03-05T10:00:00", kSecond, "2026-03-05T16:00:00Z", "2026-03-05T16:00:01Z"},
           ParseCase{"2026-07-05T10:00:00", kSecond, "2026-07-05T15:00:00Z", "2026-07-05T15:00:01Z"},
           ParseCase{"2026-03-05T10:00:00Z", kSecond, "2026-03-05T10:00:00Z", "2026-03-05T10:00:01Z"},
           ParseCase{"2026-03-05T10:00Z", kMinute, "2026-03-05T10:00:00Z", "2026-03-05T10:01:00Z"},
           ParseCase{"2026-03-05T10:00:00.5Z", kMillisecond, "2026-03-05T10:00:00.500Z", "2026-03-05T10:00:00.501Z"},
           ParseCase{"2026-03-05T10:00:00.123456Z", kMillisecond, "2026-03-05T10:00:00.123Z",
                     "2026-03-05T10:00:00.124Z"},
           ParseCase{"2026-03-05T00:30:00+14:00", kSecond, "2026-03-04T10:30:00Z", "2026-03-04T10:30:01Z"},
           ParseCase{"2026-03-05T23:59:60-05:00", kSecond, "2026-03-06T04:59:59Z", "2026-03-06T05:00:00Z"},
           ParseCase{"2024-02-29", kDay, "2024-02-29T06:00:00Z", "2024-03-01T06:00:00Z"},
       }) {
    const auto time = FhirDateTime::Parse(c.text);
    ASSERT_TRUE(time.has_value()) << c.text;
    EXPECT_EQ(time->precision, c.precision) << c.text;
    EXPECT_EQ(time->text, c.text);
    EXPECT_EQ(time->has_time(), c.text.size() > 10) << c.text;
    EXPECT_EQ(time->Earliest(zone).ToString(), c.earliest) << c.text;
    EXPECT_EQ(time->Latest(zone).ToString(), c.latest) << c.text;
  }
}

TEST(FhirDateTime, RefusesEverythingElse) {
  for (const std::string_view text : {"",
                                      "26",
                                      "0000",
                                      "-2026",
                                      "2026-",
                                      "2026-3",
                                      "2026-00",
                                      "2026-13",
                                      "2026-03-",
                                      "2026-03-5",
                                      "2026-03-00",
                                      "2026-02-29",
                                      "2026-03-32",
                                      "2026-03-05T",
                                      "2026-03-05 10:00",
                                      "2026-03-05T10",
                                      "2026-03-05T1:00",
                                      "2026-03-05T24:00:00Z",
                                      "2026-03-05T24:00",
                                      "2026-03-05T10:60",
                                      "2026-03-05T10:00:61",
                                      "2026-03-05T10:00:00.",
                                      "2026-03-05T10:00:00.Z",
                                      "2026-03-05T10:00:00z",
                                      "2026-03-05t10:00:00Z",
                                      "2026-03-05T10:00:00+1:00",
                                      "2026-03-05T10:00:00+15:00",
                                      "2026-03-05T10:00:00+01:60",
                                      "2026-03-05T10:00:00+0100",
                                      "2026-03-05T10:00:00ZZ",
                                      "2026-03-05Z",
                                      "2026-03Z",
                                      "20260305",
                                      "2026/03/05",
                                      " 2026",
                                      "2026 ",
                                      "today",
                                      "2026-03-05T10:00:00 Z"}) {
    EXPECT_EQ(FhirDateTime::Parse(text), std::nullopt) << text;
  }
}

TEST(FhirDateTime, NeverAcceptsATruncatedTimeAsALongerOne) {
  const std::string text = "2026-03-05T10:20:30.456+01:00";
  for (std::size_t size = 0; size < text.size(); ++size) {
    const auto time = FhirDateTime::Parse(text.substr(0, size));
    const bool whole = size == 4 || size == 7 || size == 10 || size == 16 || size == 19 || (size >= 21 && size <= 23);
    EXPECT_EQ(time.has_value(), whole) << text.substr(0, size);
  }
}

}  // namespace
}  // namespace facet

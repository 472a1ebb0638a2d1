#include "tests/unit/intake/answers.hpp"

#include "adapter/intake/http_fields.hpp"

#include <gtest/gtest.h>

namespace facet::intake {
namespace {

TEST(HttpFields, Dates) {
  EXPECT_EQ(ParseHttpDate("Sun, 06 Nov 1994 08:49:37 GMT"), Instant("1994-11-06T08:49:37Z"));
  for (const char* bad : {"", "Sun, 06 Nov 1994 08:49:37", "Sun, 31 Feb 1994 08:49:37 GMT",
                          "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT"}) {
    EXPECT_FALSE(ParseHttpDate(bad)) << bad;
  }
}

TEST(HttpFields, RetryAfterInSecondsOrAsADate) {
  EXPECT_EQ(ParseRetryAfterMs("120", ""), 120'000);
  EXPECT_EQ(ParseRetryAfterMs("Sun, 06 Nov 1994 08:50:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT"), 60'000);
  // A date without the answer's own means nothing: the local clock is never asked.
  EXPECT_FALSE(ParseRetryAfterMs("Sun, 06 Nov 1994 08:50:37 GMT", ""));
  EXPECT_FALSE(ParseRetryAfterMs("soon", ""));
  EXPECT_FALSE(ParseRetryAfterMs("-1", ""));
}

TEST(HttpFields, Locations) {
  const auto full = ParseLocation("https://h.example/fhir/CarePlan/fja-1/_history/2");
  ASSERT_TRUE(full);
  EXPECT_EQ(full->type, "CarePlan");
  EXPECT_EQ(full->id, "fja-1");
  EXPECT_EQ(full->version, "2");
  EXPECT_EQ(ParseLocation("CarePlan/7")->id, "7");
  EXPECT_FALSE(ParseLocation("7"));
}

TEST(HttpFields, QueryValuesAreEncoded) {
  EXPECT_EQ(EncodeQuery("http://loinc.org|1-2,3"), "http://loinc.org%7C1-2,3");
  EXPECT_EQ(EncodeQuery("2026-03-05T10:00:00+01:00"), "2026-03-05T10:00:00%2B01:00");
}

TEST(HttpFields, PagingLinksStayBelowOurBase) {
  const char* base = "https://fhir.h.example/r4";
  EXPECT_EQ(PathOfLink("https://fhir.h.example/r4?_getpages=1", base), "?_getpages=1");
  EXPECT_EQ(PathOfLink("https://fhir.h.example/r4/Procedure?page=2", base), "Procedure?page=2");
  // A server behind a proxy writes its inner name: only path and query count, the token goes to our host.
  EXPECT_EQ(PathOfLink("http://inner:8080/r4/Procedure?page=2", base), "Procedure?page=2");
  EXPECT_EQ(PathOfLink("/r4/Procedure?page=2", base), "Procedure?page=2");
  EXPECT_EQ(PathOfLink("Procedure?page=2", base), "Procedure?page=2");
  EXPECT_FALSE(PathOfLink("https://fhir.h.example/admin?x", base));
  EXPECT_FALSE(PathOfLink("https://fhir.h.example/r4x/Procedure", base));
  EXPECT_FALSE(PathOfLink("https://fhir.h.example/r4/../admin", base));
  EXPECT_FALSE(PathOfLink("//evil.example/r4/Procedure", base));
  EXPECT_TRUE(PathOfLink("?_getpages=" + std::string(65'525, 'x'), base));
  EXPECT_FALSE(PathOfLink("?_getpages=" + std::string(65'526, 'x'), base));
  EXPECT_FALSE(PathOfLink("?_getpages=1\nHost: evil", base));
}

}  // namespace
}  // namespace facet::intake

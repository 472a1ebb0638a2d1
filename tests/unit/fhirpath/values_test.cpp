// Dates, quantities, boundaries, strings, regular expressions, rendering.
#include "tests/unit/fhirpath/support.hpp"

#include "adapter/fhirpath/regex.hpp"
#include "adapter/fhirpath/units.hpp"

#include <gtest/gtest.h>

namespace facet::fhirpath {
namespace {

TEST(Dates, PartialValuesCompareAsFarAsTheyAreKnown) {
  EXPECT_EQ(Eval("@2020-02 < @2020-03-01"), "true");
  EXPECT_EQ(Eval("@2020-03 < @2020-03-01"), "{}");
  EXPECT_EQ(Eval("@2020 = @2020"), "true");
  EXPECT_EQ(Eval("@2020-01-01T10 < @2020-01-01T11:00"), "true");
  EXPECT_EQ(Eval("@2020-01-01T10:00:00 = @2020-01-01T10:00:00.000"), "true");
  EXPECT_EQ(Eval("@2020-01-01T10:00:00.100 > @2020-01-01T10:00:00"), "true");
}

TEST(Dates, OffsetsAreRespected) {
  EXPECT_EQ(Eval("@2020-01-01T10:00:00+01:00 = @2020-01-01T09:00:00Z"), "true");
  EXPECT_EQ(Eval("@2020-01-01T10:00:00+01:00 < @2020-01-01T09:00:01Z"), "true");
  // One side without an offset: decided only where every offset gives the same answer.
  EXPECT_EQ(Eval("@2020-01-01T10:00:00 < @2020-01-01T12:00:00Z"), "{}");
  EXPECT_EQ(Eval("@2020-01-01T10:00:00 < @2020-01-03T12:00:00Z"), "true");
  // A date and a dateTime: by the wall clock, as far as days go.
  EXPECT_EQ(Eval("@2020-01-01 < @2020-01-02T00:30:00+01:00"), "true");
  EXPECT_EQ(Eval("@2020-01-02 < @2020-01-02T00:30:00+01:00"), "{}");
}

TEST(Dates, Arithmetic) {
  EXPECT_EQ(Eval("@2024-01-31 + 1 month"), "2024-02-29");
  EXPECT_EQ(Eval("@2024-02-29 + 1 year"), "2025-02-28");
  EXPECT_EQ(Eval("@2024 + 18 months"), "2025");
  EXPECT_EQ(Eval("@2024-03 - 1 year"), "2023-03");
  EXPECT_EQ(Eval("@2024-03-01 - 1 day"), "2024-02-29");
  EXPECT_EQ(Eval("@2024-03-01 + 25 hours"), "2024-03-02");
  EXPECT_EQ(Eval("@2024-03-01T10:00:00 + 0.5 seconds"), "2024-03-01T10:00:00.500");
  EXPECT_EQ(Eval("@T23:30 + 45 minutes"), "00:15");
  EXPECT_EQ(Eval("@2024-03-01 + 1 'a'"), "fhirpath.evaluation @ 1:13");
  EXPECT_EQ(Eval("@9999-12-31 + 1 day"), "{}");
  EXPECT_EQ(Eval("@0001-01-01 - 1 day"), "{}");
  EXPECT_EQ(Eval("@2024-03-01 + 99999999999999999999 days"), "fhirpath.evaluation @ 1:13");
}

TEST(Quantities, OneDimension) {
  EXPECT_EQ(Eval("120 'min' = 2 'h'"), "true");
  EXPECT_EQ(Eval("1 'wk' > 6 'd'"), "true");
  EXPECT_EQ(Eval("10 'mm' = 1 'cm' and 100 'cm' = 1 'm'"), "true");
  EXPECT_EQ(Eval("1 'kg' > 999 'g' and 1 'kg' > 2 '[lb_av]'"), "true");
  EXPECT_EQ(Eval("50 '%' = 0.5 '1'"), "true");
  EXPECT_EQ(Eval("7 '{score}' = 7 '1' and 7 '{score}' > 6 '{NRS}'"), "true");
  EXPECT_EQ(Eval("1 'cm' = 1 's'"), "{}");
  EXPECT_EQ(Eval("1 'cm' < 1 'nonsense'"), "{}");
  EXPECT_EQ(Eval("37 'Cel' = 98.6 '[degF]'"), "true");
  EXPECT_EQ(Eval("120 'mm[Hg]' > 15 'kPa'"), "true");
  EXPECT_EQ(Eval("5 'mg/dL' = 50 'mg/L'"), "true");
  EXPECT_EQ(Eval("1 year = 12 months"), "true");
  EXPECT_EQ(Eval("1 year = 1 'a'"), "{}");
  EXPECT_EQ(Eval("1 year ~ 1 'a'"), "true");
  EXPECT_EQ(Eval("2 days = 48 hours"), "true");
}

TEST(Quantities, Arithmetic) {
  EXPECT_EQ(Eval("1 'h' + 30 'min'"), "1.5 'h'");
  EXPECT_EQ(Eval("5 'mg' - 0.001 'g'"), "4 'mg'");
  EXPECT_EQ(Eval("3 'cm' * 2"), "6 'cm'");
  EXPECT_EQ(Eval("10 'mg' / 4 'mg'"), "2.5 '1'");
  EXPECT_EQ(Eval("10 'mg' / 2 'mL'"), "5 'mg/mL'");
  EXPECT_EQ(Eval("1 'cm' + 1 's'"), "{}");
  EXPECT_EQ(Eval("'1.5 \\'h\\''.toQuantity('min')"), "90 'min'");
  EXPECT_EQ(Eval("(5 'mg' | 1 'g').sum()"), "1005 'mg'");
  EXPECT_EQ(Eval("(5 'mg' | 1 'g').max()"), "1 'g'");
}

TEST(Quantities, OfFhir) {
  const auto score = Document(R"({"resourceType":"Observation","valueQuantity":{"value":7,"code":"{score}",
    "system":"http://unitsofmeasure.org"},"referenceRange":[{"low":{"value":3}}],
    "component":[{"valueQuantity":{"value":5,"comparator":"<"}}]})");
  EXPECT_EQ(Eval("value > 6 '{score}'", score.root()), "true");
  EXPECT_EQ(Eval("value > 6", score.root()), "true");
  EXPECT_EQ(Eval("value.value + 1", score.root()), "8");
  EXPECT_EQ(Eval("component.value < 9", score.root()), "{}");  // a comparator: not one value
  EXPECT_EQ(Eval("referenceRange.low = 3", score.root()), "true");
}

TEST(Numbers, AreExact) {
  EXPECT_EQ(Eval("0.1 + 0.2 = 0.3"), "true");
  EXPECT_EQ(Eval("1.10.toString()"), "1.10");
  EXPECT_EQ(Eval("1 / 3"), "0.33333333");
  EXPECT_EQ(Eval("7 div 2 | 7 mod 2 | -7 div 2 | -7 mod 2"), "3; 1; -3; -1");
  EXPECT_EQ(Eval("2.2 mod 1.8"), "0.4");
  EXPECT_EQ(Eval("9223372036854775807 + 1"), "{}");
  EXPECT_EQ(Eval("1 / 0"), "{}");
  EXPECT_EQ(Eval("2.power(10) | 2.power(-1) | 10.log(10) | 2.sqrt()"), "1024; 0.5; 1; 1.4142135623731");
  EXPECT_EQ(Eval("(-1.5).round() | 2.45.round(1) | (-1.5).ceiling() | (-1.5).floor()"), "-2; 2.5; -1");
  EXPECT_EQ(Eval("(1 | 2 | 3 | 4).avg()"), "2.5");
  EXPECT_EQ(Eval("{}.sum()"), "0");
  EXPECT_EQ(Eval("{}.max()"), "{}");
}

TEST(Boundaries, OfDatesAndNumbers) {
  EXPECT_EQ(Eval("@2024-02.lowBoundary() | @2024-02.highBoundary()"), "2024-02-01; 2024-02-29");
  EXPECT_EQ(Eval("@2024-02T.highBoundary()"), "2024-02-29T23:59:59.999-12:00");
  EXPECT_EQ(Eval("@2024-02-03T10:00:00Z.highBoundary()"), "2024-02-03T10:00:00.999Z");
  EXPECT_EQ(Eval("@T10.highBoundary()"), "10:59:59.999");
  EXPECT_EQ(Eval("@2024.lowBoundary(5)"), "{}");
  EXPECT_EQ(Eval("7.lowBoundary() | 7.highBoundary()"), "6.50000000; 7.50000000");
  EXPECT_EQ(Eval("'x'.lowBoundary()"), "fhirpath.evaluation @ 1:5");
  EXPECT_EQ(Eval("{}.lowBoundary()"), "{}");
}

TEST(Conversion, FollowsTheTables) {
  EXPECT_EQ(Eval("'Y'.toBoolean() | 'no'.toBoolean()"), "true; false");
  EXPECT_EQ(Eval("'2147483647'.toInteger()"), "2147483647");
  EXPECT_EQ(Eval("'2147483648'.toInteger()"), "{}");
  EXPECT_EQ(Eval("' 1'.toInteger()"), "{}");
  EXPECT_EQ(Eval("'1e3'.toDecimal()"), "{}");
  EXPECT_EQ(Eval("@2024-02-03T10:00:00Z.toDate()"), "2024-02-03");
  EXPECT_EQ(Eval("@2024.toDateTime() is DateTime"), "true");
  EXPECT_EQ(Eval("'24:00'.toTime()"), "{}");
  EXPECT_EQ(Eval("(1 | 2).toString()"), "fhirpath.evaluation @ 1:9");
}

TEST(Strings, CountCharacters) {
  EXPECT_EQ(Eval("'h\\u00e9llo'.length() | 'h\\u00e9llo'.indexOf('l')"), "5; 2");
  EXPECT_EQ(Eval("'h\\u00e9llo'.substring(1, 2)"), "\xC3\xA9l");
  EXPECT_EQ(Eval("'\\ud83d\\ude00x'.length()"), "2");
  EXPECT_EQ(Eval("'\\u00c9'.lower() = '\\u00e9' and '\\u00e9'.upper() = '\\u00c9'"), "true");
  EXPECT_EQ(Eval("'a  B' ~ 'A b'"), "true");
  EXPECT_EQ(Eval("'\\u00a0 x '.trim()"), "x");
  EXPECT_EQ(Eval("'abcabc'.lastIndexOf('b')"), "4");
  EXPECT_EQ(Eval("('a' | 'b').join('-')"), "a-b");
  EXPECT_EQ(Eval("{}.join('-')"), "{}");
  EXPECT_EQ(Eval("'abc'.substring(3) | 'abc'.substring(1, 0) | 'abc'.substring(2, 99)"), "; c");
  EXPECT_EQ(Eval("'ff'.decode('hex')"), "{}");  // not UTF-8
  EXPECT_EQ(Eval("'x'.encode('rot13')"), "{}");
}

std::string Replaced(std::string_view pattern, std::string_view text, std::string_view by) {
  std::string error;
  const auto regex = Regex::Compile(pattern, {}, error);
  return regex ? regex->Replace(text, by, 10'000, 10'000).value_or("limit") : "error: " + error;
}

bool Found(std::string_view pattern, std::string_view text, bool full = false) {
  std::string error;
  const auto regex = Regex::Compile(pattern, {}, error);
  EXPECT_TRUE(regex) << pattern << ": " << error;
  return regex && (full ? regex->MatchFull(text) : regex->Search(text));
}

TEST(RegularExpressions, Match) {
  EXPECT_TRUE(Found("^M54\\.[0-9]+$", "M54.16"));
  EXPECT_FALSE(Found("^M54\\.[0-9]+$", "M54."));
  EXPECT_TRUE(Found("a|b|cd", "xcdx"));
  EXPECT_FALSE(Found("a|b|cd", "xcdx", true));
  EXPECT_TRUE(Found("(ab){2,3}", "abab", true));
  EXPECT_FALSE(Found("(ab){2,3}", "ab", true));
  EXPECT_FALSE(Found("(ab){2,3}", "abababab", true));
  EXPECT_TRUE(Found("\\bfacet\\b", "the facet joint"));
  EXPECT_FALSE(Found("\\bfacet\\b", "facets"));
  EXPECT_TRUE(Found("[^a-c\\d]", "x"));
  EXPECT_FALSE(Found("[^a-c\\d]", "b1"));
  EXPECT_TRUE(Found("\\p{L}+", "\xC3\xA9", true));
  EXPECT_TRUE(Found("a.c", "a\nc"));
  EXPECT_TRUE(Found("(?i)FACET", "facet"));
  EXPECT_TRUE(Found("[]x]", "]"));
  EXPECT_TRUE(Found("x{,3}", "x{,3}", true));  // no quantifier
  EXPECT_TRUE(Found("", "abc"));
  EXPECT_TRUE(Found("(a*)*b", std::string(2000, 'a') + "b", true));
  EXPECT_FALSE(Found("(a*)*b", std::string(2000, 'a') + "c"));  // linear, no explosion
  std::string codes = "64490";
  for (int code = 64491; code < 64991; ++code) codes += "|" + std::to_string(code);
  EXPECT_TRUE(Found(codes, "64990", true));
  EXPECT_FALSE(Found(codes, "64991", true));
  EXPECT_TRUE(Found("(a|(b|c)|d*)+|e", "abcdd", true));
  EXPECT_FALSE(Found("(a|(b|c)|d*)+|e", "abe", true));
}

TEST(RegularExpressions, Replace) {
  EXPECT_EQ(Replaced("(\\w+) (\\w+)", "one two", "$2 $1"), "two one");
  EXPECT_EQ(Replaced("(?<x>a+)", "baab", "[${x}]"), "b[aa]b");
  EXPECT_EQ(Replaced("a+?", "aaa", "x"), "xxx");
  EXPECT_EQ(Replaced("a*", "baac", "-"), "-b--c-");
  EXPECT_EQ(Replaced("a", "a", "\\$1"), "$1");
  EXPECT_EQ(Replaced("", "abc", "x"), "abc");
  EXPECT_EQ(Replaced("a.*b|a", std::string(300, 'a'), "x"), "limit");
}

TEST(RegularExpressions, WhatIsNotUnderstoodIsSaid) {
  EXPECT_EQ(Replaced("(a", "", ""), "error: a '(' is not closed");
  EXPECT_EQ(Replaced("a)", "", ""), "error: a ')' has no '('");
  EXPECT_EQ(Replaced("*a", "", ""), "error: a quantifier has nothing to repeat");
  EXPECT_EQ(Replaced("(?=a)", "", ""), "error: look-around and inline flags are not supported");
  EXPECT_EQ(Replaced("(a)\\1", "", ""), "error: back references are not supported");
  EXPECT_EQ(Replaced("[b-a]", "", ""), "error: a range in brackets is the wrong way round");
  EXPECT_EQ(Replaced("((a{1000}){1000}){1000}", "", ""), "error: it is too large");
  EXPECT_EQ(Eval("'a'.matches('(')"), "fhirpath.evaluation @ 1:5");
}

TEST(Items, AreWrittenWithTheirType) {
  const auto patient =
      Document(R"({"resourceType":"Patient","gender":"male","name":[{"family":"Ash"}],"_birthDate":{"id":"x"}})");
  const auto write = [&](std::string_view expression) {
    json::Writer writer;
    writer.BeginArray();
    const auto result = Evaluate(*Compile(expression), {.focus = Item::Node(patient.root())});
    for (const Item& item : *result) WriteItem(writer, item);
    writer.EndArray();
    return writer.text();
  };
  EXPECT_EQ(write("gender"), R"([{"type":"FHIR.code","value":"male"}])");
  EXPECT_EQ(write("name"), R"([{"type":"FHIR.HumanName","value":{"family":"Ash"}}])");
  EXPECT_EQ(write("birthDate"), R"([{"type":"FHIR.date","value":null}])");
  EXPECT_EQ(write("@2026-03 | @T10:00 | 1.50 | 3 | true | 'x'"),
            R"([{"type":"System.Date","value":"2026-03"},{"type":"System.Time","value":"10:00"},)"
            R"({"type":"System.Decimal","value":1.50},{"type":"System.Integer","value":3},)"
            R"({"type":"System.Boolean","value":true},{"type":"System.String","value":"x"}])");
  EXPECT_EQ(write("5 'mg'"), R"([{"type":"System.Quantity","value":{"value":5,"unit":"mg"}}])");
  EXPECT_EQ(write("gender.type()"), R"([{"type":"System.TypeInfo","value":{"namespace":"FHIR","name":"code"}}])");
}

TEST(Units, UcumGrammar) {
  for (const char* good : {"1", "mg", "mm[Hg]", "{score}", "10*3/uL", "mL/min/{1.73_m2}", "kg.m/s2", "/min", "m2",
                           "m-2", "(mg/dL)/h", "ug{Cre}", "10^3", "daL", "[iU]/L", "%{WBC}"}) {
    EXPECT_TRUE(ParseUnit(good)) << good;
  }
  for (const char* bad : {"", "nonsense", "mg/", "(mg", "mg)", "{x", "k%", "mg..L", "m99999", "0"}) {
    EXPECT_FALSE(ParseUnit(bad)) << bad;
  }
}

TEST(Html, NarrativesOnly) {
  EXPECT_EQ(Eval("'<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>a &amp; b<br/></p></div>'.htmlChecks()"), "true");
  EXPECT_EQ(Eval("'<div><script>x</script></div>'.htmlChecks()"), "false");
  EXPECT_EQ(Eval("'<div onclick=\"x\">a</div>'.htmlChecks()"), "false");
  EXPECT_EQ(Eval("'<div>a</p></div>'.htmlChecks()"), "false");
  EXPECT_EQ(Eval("'<div> </div>'.htmlChecks()"), "false");
  EXPECT_EQ(Eval("'<div>a</div><div>b</div>'.htmlChecks()"), "false");
}

TEST(SqlOnFhir, Keys) {
  const auto score =
      Document(R"({"resourceType":"Observation","id":"o1","subject":{"reference":"http://h/fhir/Patient/p1"},
    "focus":[{"reference":"Location/l1/_history/3"}],"encounter":{"reference":"urn:uuid:1"}})");
  EXPECT_EQ(Eval("getResourceKey()", score.root()), "o1");
  EXPECT_EQ(Eval("subject.getReferenceKey()", score.root()), "p1");
  EXPECT_EQ(Eval("subject.getReferenceKey(Patient)", score.root()), "p1");
  EXPECT_EQ(Eval("subject.getReferenceKey(Group)", score.root()), "{}");
  EXPECT_EQ(Eval("focus.getReferenceKey()", score.root()), "l1");
  EXPECT_EQ(Eval("encounter.getReferenceKey()", score.root()), "{}");
}

}  // namespace
}  // namespace facet::fhirpath

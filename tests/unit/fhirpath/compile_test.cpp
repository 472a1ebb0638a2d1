// What Compile refuses, where, and what it suggests.
#include "tests/unit/fhirpath/support.hpp"

#include <gtest/gtest.h>

namespace facet::fhirpath {
namespace {

TEST(Compile, SyntaxErrorsHaveAPlace) {
  EXPECT_EQ(Check("1 +"), "fhirpath.syntax @ 1:4: the expression ends where a value is expected");
  EXPECT_EQ(Check("a\n  .b ]"), "fhirpath.syntax @ 2:6: the expression should end here; an operator or '.' is missing");
  EXPECT_EQ(Check("'abc"), "fhirpath.syntax @ 1:1: this string is not closed");
  EXPECT_EQ(Check("2 /* x"), "fhirpath.syntax @ 1:3: this comment is not closed by */");
  EXPECT_EQ(Check("@2020-13"), "fhirpath.syntax @ 1:1: no such date or time");
  EXPECT_EQ(Check("@2023-02-29"), "fhirpath.syntax @ 1:1: no such date or time");
  EXPECT_EQ(Check("@2024-02-29"), "ok System.Date");
  EXPECT_EQ(Check("a.$this"), "fhirpath.syntax @ 1:3: $this stands at the start of a path only");
  EXPECT_EQ(Check("(1"), "fhirpath.syntax @ 1:3: expected ')'");
  EXPECT_EQ(Check("a = "), "fhirpath.syntax @ 1:5: the expression ends where a value is expected");
  EXPECT_EQ(Check("a ? b"), "fhirpath.syntax @ 1:3: this character has no meaning here");
  EXPECT_EQ(Check("'\\q'"),
            "fhirpath.syntax @ 1:1: an escape in this text is none of \\' \\\" \\` \\\\ \\/ \\f \\n \\r \\t \\uXXXX");
  EXPECT_EQ(Check("\xff"), "fhirpath.syntax @ 1:1: the expression is not valid UTF-8");
  EXPECT_EQ(Check(""), "fhirpath.syntax @ 1:1: the expression ends where a value is expected");
}

TEST(Compile, UnknownFunctionNamesTheNearest) {
  EXPECT_EQ(Check("name.wher(use = 'x')", "Patient"),
            "fhirpath.unknown @ 1:6: there is no function 'wher'; did you mean 'where'?");
  EXPECT_EQ(Check("name.xyzzyplugh()", "Patient"), "fhirpath.unknown @ 1:6: there is no function 'xyzzyplugh'");
}

TEST(Compile, WrongArityNamesWhatIsAllowed) {
  EXPECT_EQ(Check("name.where()"), "fhirpath.argument @ 1:6: 'where' takes 1 argument, not 0");
  EXPECT_EQ(Check("name.count(1)"), "fhirpath.argument @ 1:6: 'count' takes no arguments, not 1");
  EXPECT_EQ(Check("'a'.substring(1, 2, 3)"), "fhirpath.argument @ 1:5: 'substring' takes 1 to 2 arguments, not 3");
  EXPECT_EQ(Check("iif(true)"), "fhirpath.argument @ 1:1: 'iif' takes 2 to 3 arguments, not 1");
}

TEST(Compile, MisspeltElementNamesTheNearest) {
  EXPECT_EQ(Check("Patient.name.givn", "Patient"),
            "fhirpath.unknown @ 1:14: 'givn' is not an element of HumanName; did you mean 'given'?");
  EXPECT_EQ(Check("valueQuantity.value", "Observation"),
            "fhirpath.unknown @ 1:1: 'valueQuantity' is not an element of Observation; did you mean 'value'?");
  EXPECT_EQ(Check("name.where(uses = 'x')", "Patient"),
            "fhirpath.unknown @ 1:12: 'uses' is not an element of HumanName; did you mean 'use'?");
  EXPECT_EQ(Check("contact.name.family", "Patient"), "ok string");
  EXPECT_EQ(Check("Encounter.status", "Patient"),
            "fhirpath.unknown @ 1:1: this path starts from Patient, not from Encounter");
  EXPECT_EQ(Check("anything.at.all"), "ok ");  // the root type is not known
  EXPECT_EQ(Check("item.item.item.linkId", "Questionnaire"), "ok string");
  EXPECT_EQ(Check("contained.foo", "Patient"), "ok ");         // of any type
  EXPECT_EQ(Check("value.unit", "Observation"), "ok string");  // one of the choices has it
  EXPECT_EQ(Check("value.ofType(Quantity).unitt", "Observation"),
            "fhirpath.unknown @ 1:24: 'unitt' is not an element of Quantity; did you mean 'unit'?");
  EXPECT_EQ(Check("birthDate.extension('x').value", "Patient"), "ok ");
}

TEST(Compile, ImpossibleComparisons) {
  EXPECT_EQ(Check("birthDate > 5", "Patient"), "fhirpath.argument @ 1:11: date and Integer have no order between them");
  EXPECT_EQ(Check("name = 'x'", "Patient"), "fhirpath.argument @ 1:6: HumanName and String are never equal");
  EXPECT_EQ(Check("active in ('a' | 'b')", "Patient"), "fhirpath.argument @ 1:8: boolean and String are never equal");
  EXPECT_EQ(Check("birthDate > @2000", "Patient"), "ok System.Boolean");
  EXPECT_EQ(Check("gender = 'male'", "Patient"), "ok System.Boolean");
  EXPECT_EQ(Check("value > 5", "Observation"), "ok System.Boolean");
  EXPECT_EQ(Check("name.ofType(Quantity)", "Patient"), "fhirpath.argument @ 1:6: HumanName can never be Quantity");
  EXPECT_EQ(Check("name.upper()", "Patient"), "fhirpath.argument @ 1:6: 'upper' works on strings, not on HumanName");
}

TEST(Compile, UnknownTypesAndVariables) {
  EXPECT_EQ(Check("value.ofType(Quantiy)", "Observation"),
            "fhirpath.unknown @ 1:14: there is no type 'Quantiy'; did you mean 'Quantity'?");
  EXPECT_EQ(Check("value is FOO.Quantity"), "fhirpath.unknown @ 1:10: types are of the namespaces FHIR and System");
  EXPECT_EQ(Check("%resorce.id"), "fhirpath.unknown @ 1:1: there is no variable %resorce; did you mean 'resource'?");
  EXPECT_EQ(Check("%resource.id"), "ok ");
  EXPECT_EQ(Check("defineVariable('a', 1).select(%a)"), "ok ");
  const std::string_view names[] = {"rowIndex"};
  EXPECT_TRUE(Compile("%rowIndex", {.variables = names}).ok());
  EXPECT_FALSE(Compile("%rowIndx", {.variables = names}).ok());
  EXPECT_TRUE(Compile("%rowIndx", {.variables = names, .any_variable = true}).ok());
}

TEST(Compile, LenientFindsOnlyWhatCanHaveNoMeaning) {
  EXPECT_TRUE(Compile("name.givn", {.root_type = "Patient", .strict = false}).ok());
  EXPECT_TRUE(Compile("%whatever", {.strict = false}).ok());
  EXPECT_FALSE(Compile("name.wher(a)", {.strict = false}).ok());
  EXPECT_FALSE(Compile("valueString", {.root_type = "Observation", .strict = false}).ok());
}

TEST(Compile, OrderOfChildren) {
  EXPECT_FALSE(Compile("children().skip(1)").ok());
  EXPECT_FALSE(Compile("descendants()[0]").ok());
  EXPECT_TRUE(Compile("children().skip(1)", {.check_order = false}).ok());
  EXPECT_TRUE(Compile("children().skip(1)", {.strict = false}).ok());
}

TEST(Compile, DepthIsBounded) {
  const auto nested = [](std::size_t n) { return std::string(n, '(') + "1" + std::string(n, ')'); };
  EXPECT_TRUE(Compile(nested(100)).ok());
  EXPECT_EQ(Check(nested(1000)).substr(0, 14), "fhirpath.limit");
  std::string chain = "a";
  for (int i = 0; i < 1000; ++i) chain += ".a";
  EXPECT_EQ(Check(chain).substr(0, 14), "fhirpath.limit");
  std::string sum = "1";
  for (int i = 0; i < 100; ++i) sum += "+1";
  EXPECT_EQ(Eval(sum), "101");
  EXPECT_EQ(Check(std::string(1000, '-') + "1").substr(0, 14), "fhirpath.limit");
  EXPECT_TRUE(Compile("(((1)))", {.depth_max = 4}).ok());
  EXPECT_FALSE(Compile("((((1))))", {.depth_max = 4}).ok());
}

TEST(Compile, SizeIsBounded) {
  EXPECT_TRUE(Compile("1234", {.text_bytes_max = 4}).ok());
  EXPECT_FALSE(Compile("12345", {.text_bytes_max = 4}).ok());
  EXPECT_TRUE(Compile("1 + 2", {.nodes_max = 3}).ok());
  EXPECT_FALSE(Compile("1 + 2", {.nodes_max = 2}).ok());
}

TEST(Compile, ResultType) {
  EXPECT_EQ(Check("name.where(use = 'official')", "Patient"), "ok HumanName");
  EXPECT_EQ(Check("subject.reference", "Observation"), "ok string");
  EXPECT_EQ(Check("value.ofType(Quantity).value", "Observation"), "ok decimal");
  EXPECT_EQ(Check("name.given.count()", "Patient"), "ok System.Integer");
  EXPECT_EQ(Check("value", "Observation"), "ok ");
  EXPECT_EQ(Check("getResourceKey()", "Observation"), "ok System.String");
}

TEST(Compile, KeywordsAreNamesWhereTheGrammarSaysSo) {
  EXPECT_EQ(Check("expansion.repeat(contains).code", "ValueSet"), "ok code");
  EXPECT_EQ(Check("`div`"), "ok ");
  EXPECT_EQ(Check("div").substr(0, 15), "fhirpath.syntax");
  EXPECT_EQ(Check("x.`and`"), "ok ");
}

}  // namespace
}  // namespace facet::fhirpath

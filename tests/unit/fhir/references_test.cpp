// Every spelling of a reference, and what it reduces to.
#include "adapter/fhir/references.hpp"
#include "adapter/fhir/resource.hpp"
#include "adapter/json/document.hpp"

#include <gtest/gtest.h>

#include <string>

namespace facet::fhir {
namespace {

struct Case {
  std::string_view literal;
  Reference expected;
};

TEST(ParseReference, KnowsEverySpelling) {
  using enum ReferenceKind;
  const std::string_view base = "https://h.example:8443/a/fhir";
  for (const Case& c : {
           Case{"", {}},
           Case{"Patient/1", {kRelative, "", "Patient", "1", "", ""}},
           Case{"Patient/1/_history/2", {kRelative, "", "Patient", "1", "2", ""}},
           Case{"Patient/Patient/1", {kRelative, "", "Patient", "1", "", ""}},
           Case{"Patient/Patient/1/_history/2", {kRelative, "", "Patient", "1", "2", ""}},
           Case{"Patient/Patient", {kRelative, "", "Patient", "Patient", "", ""}},
           Case{"Observation/a-B.9", {kRelative, "", "Observation", "a-B.9", "", ""}},
           Case{"https://h.example:8443/a/fhir/Patient/1", {kAbsolute, base, "Patient", "1", "", ""}},
           Case{"https://h.example:8443/a/fhir/Patient/1/_history/7", {kAbsolute, base, "Patient", "1", "7", ""}},
           Case{"https://h.example:8443/a/fhir//Patient/1", {kAbsolute, base, "Patient", "1", "", ""}},
           Case{"https://h.example:8443/a/fhir/Patient/Patient/1", {kAbsolute, base, "Patient", "1", "", ""}},
           Case{"HTTP://h/Patient/1", {kAbsolute, "HTTP://h", "Patient", "1", "", ""}},
           Case{"https://h/people/1", {.kind = kUrl}},
           Case{"https://h", {.kind = kUrl}},
           Case{"urn:uuid:0b1c", {.kind = kUrn}},
           Case{"URN:OID:1.2.3", {.kind = kUrn}},
           Case{"#p1", {kContained, "", "", "p1", "", ""}},
           Case{"#", {kContained, "", "", "", "", ""}},
           Case{"Patient?identifier=a|b", {kConditional, "", "Patient", "", "", "identifier=a|b"}},
           Case{"https://h/fhir/Patient?identifier=b",
                {kConditional, "https://h/fhir", "Patient", "", "", "identifier=b"}},
       }) {
    const Reference got = ParseReference(c.literal);
    EXPECT_EQ(got.kind, c.expected.kind) << c.literal;
    EXPECT_EQ(got.base, c.expected.base) << c.literal;
    EXPECT_EQ(got.type, c.expected.type) << c.literal;
    EXPECT_EQ(got.id, c.expected.id) << c.literal;
    EXPECT_EQ(got.version, c.expected.version) << c.literal;
    EXPECT_EQ(got.query, c.expected.query) << c.literal;
  }
}

TEST(ParseReference, RefusesEverythingElse) {
  for (const std::string& literal : {std::string("Patient"),
                                     std::string("1"),
                                     std::string("Patient/"),
                                     std::string("/Patient/1"),
                                     std::string("Patient/1/"),
                                     std::string("Patient/a_b"),
                                     std::string("Patient/a b"),
                                     std::string("patient/1"),
                                     std::string("Person1/1"),
                                     std::string("Resource/1"),
                                     std::string("DomainResource/1"),
                                     std::string("Quantity/1"),
                                     std::string("Patient/1/_history"),
                                     std::string("Patient/1/_history/"),
                                     std::string("Patient/1/_history/a_b"),
                                     std::string("Patient/1/_history/1/2"),
                                     std::string("a/Patient/1"),
                                     std::string("Group/Patient/1"),
                                     std::string("Patient?"),
                                     std::string("?identifier=1"),
                                     std::string("Nothing?identifier=1"),
                                     std::string("x/Patient?identifier=1"),
                                     std::string(" Patient/1"),
                                     std::string("Patient/1\n"),
                                     std::string("ftp://h/Patient/1"),
                                     std::string("https:///Patient/1"),
                                     std::string("https://"),
                                     "Patient/" + std::string(65, 'x')}) {
    EXPECT_EQ(ParseReference(literal).kind, ReferenceKind::kInvalid) << literal;
  }
  EXPECT_EQ(ParseReference("Patient/" + std::string(64, 'x')).kind, ReferenceKind::kRelative);
}

TEST(NormalizeBase, IgnoresWhatMakesNoDifference) {
  EXPECT_EQ(NormalizeBase("HTTPS://H.Example/FHIR/"), "https://h.example/FHIR");
  EXPECT_EQ(NormalizeBase("https://h:443/fhir"), "https://h/fhir");
  EXPECT_EQ(NormalizeBase("http://h:80"), "http://h");
  EXPECT_EQ(NormalizeBase("http://h:443/fhir//"), "http://h:443/fhir");
  EXPECT_EQ(NormalizeBase("http://h:8080/fhir"), "http://h:8080/fhir");
}

std::string Resolve(std::string_view literal, std::string_view server_base) {
  const auto document = json::Parse("{\"reference\":\"" + std::string(literal) + "\",\"display\":\"x\"}");
  EXPECT_TRUE(document.ok());
  return ServerReferences(server_base).Resolve(document->root());
}

TEST(ServerReferences, TakeOnlyTheirOwnBase) {
  const std::string_view base = "https://h.example/fhir/";
  EXPECT_EQ(Resolve("Patient/1", base), "Patient/1");
  EXPECT_EQ(Resolve("Patient/1/_history/3", base), "Patient/1");
  EXPECT_EQ(Resolve("https://h.example/fhir/Patient/1", base), "Patient/1");
  EXPECT_EQ(Resolve("HTTPS://H.EXAMPLE:443/fhir/Patient/1/_history/2", base), "Patient/1");
  EXPECT_EQ(Resolve("https://h.example/FHIR/Patient/1", base), "");
  EXPECT_EQ(Resolve("http://h.example/fhir/Patient/1", base), "");
  EXPECT_EQ(Resolve("https://other.example/fhir/Patient/1", base), "");
  EXPECT_EQ(Resolve("https://h.example/fhir/x/Patient/1", base), "");
  for (const std::string_view literal : {"#p1", "urn:uuid:1", "Patient?identifier=1", "", "nonsense"}) {
    EXPECT_EQ(Resolve(literal, base), "") << literal;
  }
  EXPECT_EQ(Resolve("https://h.example/fhir/Patient/1", ""), "");
  EXPECT_EQ(Resolve("Patient/1", ""), "Patient/1");
}

TEST(Resource, ReadsItsIdentity) {
  const auto document = json::Parse(
      R"({"resourceType":"Observation","id":"o1","meta":{"versionId":"3","lastUpdated":"2026-03-05T10:00:00+01:00"}})");
  ASSERT_TRUE(document.ok());
  EXPECT_EQ(ReferenceTo(document->root()), "Observation/o1");
  EXPECT_EQ(VersionOf(document->root()), "3");
  EXPECT_EQ(LastUpdatedOf(document->root())->ToString(), "2026-03-05T09:00:00Z");
  for (const std::string_view text :
       {R"({"resourceType":"Observation"})", R"({"id":"1"})", "[]", "7", R"({"resourceType":"Thing","id":"1"})",
        R"({"resourceType":"Observation","id":7})", R"({"resourceType":"Observation","id":"a/b"})"}) {
    const auto other = json::Parse(text);
    ASSERT_TRUE(other.ok());
    EXPECT_EQ(ReferenceTo(other->root()), "") << text;
    EXPECT_EQ(LastUpdatedOf(other->root()), std::nullopt);
  }
}

TEST(Resource, ComparesVersionsAsNumbersOfAnyLength) {
  EXPECT_TRUE(IsHigherVersion("10", "9"));
  EXPECT_FALSE(IsHigherVersion("9", "10"));
  EXPECT_FALSE(IsHigherVersion("007", "7"));
  EXPECT_FALSE(IsHigherVersion("7", "007"));
  EXPECT_TRUE(IsHigherVersion("0", ""));
  EXPECT_TRUE(IsHigherVersion("1", "abc"));
  EXPECT_FALSE(IsHigherVersion("abc", "abb"));
  EXPECT_TRUE(IsHigherVersion("100000000000000000000000000", "99999999999999999999999999"));
}

TEST(Resource, ReadsEtags) {
  EXPECT_EQ(VersionOfEtag("W/\"3\""), "3");
  EXPECT_EQ(VersionOfEtag("\"MTY5\""), "MTY5");
  for (const std::string_view etag : {"", "3", "W/", "W/3", "\"", "\"\"", "W/\"a b\""})
    EXPECT_EQ(VersionOfEtag(etag), "");
}

TEST(Resource, KnowsTheTypesOfR4) {
  for (const std::string_view type :
       {"Account", "Procedure", "Observation", "CarePlan", "VisionPrescription", "List"}) {
    EXPECT_TRUE(IsResourceType(type)) << type;
  }
  for (const std::string_view type : {"", "Resource", "DomainResource", "Element", "Patient.contact", "observation",
                                      "Observations", "SubscriptionStatus", "string"}) {
    EXPECT_FALSE(IsResourceType(type)) << type;
  }
}

}  // namespace
}  // namespace facet::fhir

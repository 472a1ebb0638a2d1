// Identity in files: which version counts, what is deleted, where references lead (architecture, "Identity in files").
#include "adapter/base/random.hpp"
#include "adapter/fhir/resource_set.hpp"
#include "adapter/fhir/search_query.hpp"
#include "adapter/json/document.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace facet::fhir {
namespace {

json::Document Doc(const std::string& text) {
  auto document = json::Parse(text);
  EXPECT_TRUE(document.ok()) << text;
  return document.ok() ? *document : json::Document();
}

std::string Bundle(const std::string& entries, const std::string& type = "collection") {
  return R"({"resourceType":"Bundle","type":")" + type + R"(","entry":[)" + entries + "]}";
}

// Adds the documents; gives "Type/id@note ..." of what counts, where note is the resource's language.
std::string Winners(const std::vector<std::string>& documents, std::vector<std::string>* problems = nullptr) {
  ResourceSet set;
  for (std::size_t i = 0; i < documents.size(); ++i) set.Add(Doc(documents[i]), "f:" + std::to_string(i + 1));
  std::string out;
  for (const SetResource& resource : set.Finish()) {
    out += (out.empty() ? "" : " ") + resource.reference + "@" + std::string(resource.resource["language"].string());
  }
  if (problems != nullptr) {
    for (const Error& error : set.problems()) problems->push_back(error.where);
  }
  return out;
}

// An Observation o1 with a note, and meta as given.
std::string State(const std::string& note, const std::string& meta) {
  return R"({"resourceType":"Observation","id":"o1","language":")" + note + R"(","meta":{)" + meta + "}}";
}
std::string Version(const std::string& version) { return R"("versionId":")" + version + "\""; }
std::string Updated(const std::string& time) { return R"("lastUpdated":")" + time + "\""; }

TEST(ResourceSet, OrdersByTypeAndId) {
  EXPECT_EQ(Winners({R"({"resourceType":"Patient","id":"b","language":"1"})",
                     Bundle(R"({"resource":{"resourceType":"Patient","id":"a"}},
                               {"resource":{"resourceType":"Observation","id":"z"}})")}),
            "Observation/z@ Patient/a@ Patient/b@1");
}

TEST(ResourceSet, HighestVersionWins) {
  EXPECT_EQ(Winners({State("a", Version("2")), State("b", Version("10")), State("c", Version("9"))}),
            "Observation/o1@b");
  EXPECT_EQ(Winners({State("a", Version("2") + "," + Updated("2026-01-01T00:00:00Z")),
                     State("b", Version("1") + "," + Updated("2026-02-01T00:00:00Z"))}),
            "Observation/o1@a");
}

TEST(ResourceSet, ElseLatestUpdateWins) {
  EXPECT_EQ(Winners({State("a", Updated("2026-01-01T01:00:00+02:00")), State("b", Updated("2025-12-31T22:59:59Z"))}),
            "Observation/o1@a");
  EXPECT_EQ(Winners({State("a", Version("x9") + "," + Updated("2026-01-01T00:00:00Z")),
                     State("b", Version("x1") + "," + Updated("2026-02-01T00:00:00Z"))}),
            "Observation/o1@b");
}

TEST(ResourceSet, ElseLastOneAddedWins) {
  EXPECT_EQ(Winners({State("a", ""), State("b", ""), State("c", "")}), "Observation/o1@c");
  EXPECT_EQ(Winners({State("a", Version("1")), State("b", Version("1"))}), "Observation/o1@b");
}

TEST(ResourceSet, WinnerDoesNotDependOnInputOrderWhereVersionsTell) {
  std::vector<std::string> documents;
  for (int i = 0; i < 6; ++i) documents.push_back(State(std::to_string(i), Version(std::to_string(i))));
  documents.push_back(State("none", ""));
  documents.push_back(State("time", Updated("2030-01-01T00:00:00Z")));
  Prng prng(3);
  for (int round = 0; round < 50; ++round) {
    for (std::size_t i = documents.size(); i > 1; --i) std::swap(documents[i - 1], documents[prng.Below(i)]);
    EXPECT_EQ(Winners(documents), "Observation/o1@5");
  }
}

std::string Delete(const std::string& url, const std::string& response = "") {
  return R"({"request":{"method":"DELETE","url":")" + url + "\"}" +
         (response.empty() ? "" : ",\"response\":{" + response + "}") + "}";
}

TEST(ResourceSet, DeleteDeletes) {
  EXPECT_EQ(Winners({State("a", Version("7")), Bundle(Delete("Observation/o1"))}), "");
  EXPECT_EQ(Winners({Bundle(Delete("Observation/o1") + ",{\"resource\":" + State("a", "") + "}", "batch")}), "");
  EXPECT_EQ(Winners({Bundle("{\"resource\":" + State("a", "") + "}," + Delete("Observation/o1"))}), "");
  EXPECT_EQ(Winners({State("a", ""), Bundle(Delete("https://h/fhir/Observation/o1"))}), "");
  EXPECT_EQ(Winners({State("a", ""), Bundle(Delete("Observation/other"))}), "Observation/o1@a");
}

TEST(ResourceSet, ALaterDocumentBringsBackWhatWasDeleted) {
  EXPECT_EQ(Winners({Bundle(Delete("Observation/o1")), State("a", "")}), "Observation/o1@a");
}

TEST(ResourceSet, DeleteWithAVersionCountsByIt) {
  const std::string history = Delete("Observation/o1", R"("etag":"W/\"3\"")");
  EXPECT_EQ(Winners({Bundle("{\"resource\":" + State("four", Version("4")) + "}," + history, "history")}),
            "Observation/o1@four");
  EXPECT_EQ(Winners({Bundle(history + ",{\"resource\":" + State("two", Version("2")) + "}", "history")}), "");
  EXPECT_EQ(Winners({Bundle(history), State("two", Version("2"))}), "");
}

TEST(ResourceSet, DeleteWithATimeCountsByIt) {
  const std::string deletion = Bundle(Delete("Observation/o1", R"("lastModified":"2026-03-05T10:00:00Z")"));
  EXPECT_EQ(Winners({deletion, State("a", Updated("2026-03-05T09:59:59Z"))}), "");
  EXPECT_EQ(Winners({State("a", Updated("2026-03-05T10:00:01Z")), deletion}), "Observation/o1@a");
}

TEST(ResourceSet, ConditionalDeleteNeedsExactlyOneMatch) {
  const auto patient = [](const std::string& id, const std::string& value) {
    return R"({"resourceType":"Patient","id":")" + id + R"(","identifier":[{"system":"urn:mrn","value":")" + value +
           "\"}]}";
  };
  const std::string deletion = Bundle(Delete("Patient?identifier=urn:mrn|1"));
  EXPECT_EQ(Winners({patient("a", "1"), patient("b", "2"), deletion}), "Patient/b@");
  std::vector<std::string> problems;
  EXPECT_EQ(Winners({patient("a", "1"), patient("b", "1"), deletion}, &problems), "Patient/a@ Patient/b@");
  EXPECT_EQ(problems, std::vector<std::string>{"f:3: Bundle.entry[0]"});
  problems.clear();
  EXPECT_EQ(Winners({patient("a", "1"), Bundle(Delete("Patient?name=x"))}, &problems), "Patient/a@");
  EXPECT_EQ(problems.size(), 1U);
}

TEST(ResourceSet, ReportsWhatHasNoIdentity) {
  std::vector<std::string> problems;
  EXPECT_EQ(Winners({R"({"resourceType":"Observation"})", R"({"resourceType":"Thing","id":"1"})", "[]", "7",
                     Bundle(R"({"resource":{"resourceType":"Patient","id":"a/b"}},{"resource":{"id":"1"}},
                               {"resource":{"resourceType":"OperationOutcome"},"search":{"mode":"outcome"}},
                               {"resource":{"resourceType":"Parameters"}},{"fullUrl":"https://h/Patient/1"})"),
                     Bundle(Delete(""))},
                    &problems),
            "");
  EXPECT_EQ(problems, (std::vector<std::string>{"f:1", "f:2", "f:3", "f:4", "f:5: Bundle.entry[0]",
                                                "f:5: Bundle.entry[1]", "f:6: Bundle.entry[0]"}));
}

TEST(ResourceSet, TakesTheIdOfTheFullUrlWhereThereIsNone) {
  EXPECT_EQ(Winners({Bundle(R"({"fullUrl":"urn:uuid:0b1c-9","resource":{"resourceType":"Patient"}},
                               {"fullUrl":"https://h/fhir/Observation/7","resource":{"resourceType":"Observation"}},
                               {"fullUrl":"https://h/fhir/Patient/8","resource":{"resourceType":"Patient","id":"own"}}
                              )")}),
            "Observation/7@ Patient/0b1c-9@ Patient/own@");
}

TEST(ResourceSet, ReadsNestedBundles) {
  EXPECT_EQ(Winners({Bundle("{\"resource\":" + Bundle("{\"resource\":" + State("a", "") + "}") + "}")}),
            "Observation/o1@a");
  std::string deep = State("a", "");
  for (int i = 0; i < 12; ++i) deep = Bundle("{\"resource\":" + deep + "}");
  std::vector<std::string> problems;
  EXPECT_EQ(Winners({deep}, &problems), "");
  EXPECT_EQ(problems.size(), 1U);
}

class Resolving : public testing::Test {
 protected:
  void SetUp() override {
    Add(Bundle(R"({"fullUrl":"https://H.example/fhir/Patient/p1","resource":{"resourceType":"Patient","id":"p1",
                   "identifier":[{"system":"urn:mrn","value":"1"},{"value":"bare"}]}},
                  {"fullUrl":"urn:uuid:AAAA","resource":{"resourceType":"Patient","id":"p2",
                   "identifier":[{"system":"urn:mrn","value":"2"},{"system":"urn:x","value":"same"}]}},
                  {"fullUrl":"https://people.example/nr/3","resource":{"resourceType":"Patient","id":"p3",
                   "identifier":[{"system":"urn:mrn","value":"twin"}]}},
                  {"fullUrl":"urn:uuid:local","resource":{"resourceType":"Patient","id":"first"}})"));
    Add(Bundle(R"({"fullUrl":"urn:uuid:local","resource":{"resourceType":"Patient","id":"second",
                   "identifier":[{"system":"urn:mrn","value":"twin"}]}},
                  {"resource":{"resourceType":"Encounter","id":"e1","identifier":[{"system":"urn:mrn","value":"1"}]}},
                  {"resource":{"resourceType":"Procedure","id":"x","identifier":[{"system":"urn:acc","value":"A7"}]}}
                  )"));
  }

  void Add(const std::string& text) { set_.Add(Doc(text), "f"); }

  // Resolves in a document of its own.
  std::string Resolve(const std::string& reference) {
    const json::Document document = Doc(reference);
    return Finished().Resolve(document.root());
  }
  std::string ResolveLiteral(const std::string& literal) { return Resolve(R"({"reference":")" + literal + "\"}"); }

  ResourceSet& Finished() {
    if (!finished_) set_.Finish();
    finished_ = true;
    return set_;
  }

  ResourceSet set_;
  bool finished_ = false;
};

TEST_F(Resolving, RelativeAndVersioned) {
  EXPECT_EQ(ResolveLiteral("Patient/p1"), "Patient/p1");
  EXPECT_EQ(ResolveLiteral("Patient/p1/_history/4"), "Patient/p1");
  EXPECT_EQ(ResolveLiteral("Patient/not-here"), "Patient/not-here");
}

TEST_F(Resolving, AbsoluteOnAKnownBase) {
  EXPECT_EQ(ResolveLiteral("https://h.example/fhir/Patient/p1"), "Patient/p1");
  EXPECT_EQ(ResolveLiteral("https://h.example/fhir/Patient/p9/_history/2"), "Patient/p9");
  EXPECT_EQ(ResolveLiteral("https://other.example/fhir/Patient/p1"), "");
  EXPECT_EQ(ResolveLiteral("http://h.example/fhir/Patient/p1"), "");
}

TEST_F(Resolving, ThroughFullUrl) {
  EXPECT_EQ(ResolveLiteral("urn:uuid:aaaa"), "Patient/p2");
  EXPECT_EQ(ResolveLiteral("URN:UUID:AAAA"), "Patient/p2");
  EXPECT_EQ(ResolveLiteral("urn:uuid:bbbb"), "");
  EXPECT_EQ(ResolveLiteral("https://people.example/nr/3"), "Patient/p3");
  EXPECT_EQ(ResolveLiteral("https://people.example/nr/4"), "");
}

TEST_F(Resolving, FullUrlOfTheSameDocumentFirst) {
  const json::Document first =
      Doc(Bundle(R"({"fullUrl":"urn:uuid:local","resource":{"resourceType":"Patient","id":"third"}},
    {"resource":{"resourceType":"Observation","id":"o","subject":{"reference":"urn:uuid:local"}}})"));
  const json::Value subject = first.root()["entry"].at(1)["resource"]["subject"];
  set_.Add(first, "f");
  EXPECT_EQ(Finished().Resolve(subject), "Patient/third");
  EXPECT_EQ(ResolveLiteral("urn:uuid:local"), "");  // elsewhere three documents disagree
}

TEST_F(Resolving, Conditional) {
  EXPECT_EQ(ResolveLiteral("Patient?identifier=urn:mrn|2"), "Patient/p2");
  EXPECT_EQ(ResolveLiteral("Patient?identifier=urn%3Amrn%7C2"), "Patient/p2");
  EXPECT_EQ(ResolveLiteral("https://h.example/fhir/Patient?identifier=urn:mrn|2"), "Patient/p2");
  EXPECT_EQ(ResolveLiteral("https://other.example/fhir/Patient?identifier=urn:mrn|2"), "");
  EXPECT_EQ(ResolveLiteral("Patient?identifier=2"), "Patient/p2");  // any system
  EXPECT_EQ(ResolveLiteral("Patient?identifier=|2"), "");           // no system
  EXPECT_EQ(ResolveLiteral("Patient?identifier=|bare"), "Patient/p1");
  EXPECT_EQ(ResolveLiteral("Patient?identifier=urn:mrn|twin"), "");  // two
  EXPECT_EQ(ResolveLiteral("Patient?identifier=urn:mrn|none"), "");
  EXPECT_EQ(ResolveLiteral("Patient?identifier=urn:mrn|2&identifier=urn:x|same"), "Patient/p2");
  EXPECT_EQ(ResolveLiteral("Patient?identifier=urn:mrn|1&identifier=urn:x|same"), "");
  EXPECT_EQ(ResolveLiteral("Patient?identifier=urn:mrn|twin&_id=p3"), "Patient/p3");
  EXPECT_EQ(ResolveLiteral("Encounter?identifier=urn:mrn|1"), "Encounter/e1");
  EXPECT_EQ(ResolveLiteral("Patient?name=x"), "");
  EXPECT_EQ(ResolveLiteral("Patient?identifier=urn:mrn|2&active=true"), "");
}

TEST_F(Resolving, IdentifierOnly) {
  EXPECT_EQ(Resolve(R"({"identifier":{"system":"urn:mrn","value":"2"}})"), "Patient/p2");
  EXPECT_EQ(Resolve(R"({"identifier":{"system":"urn:mrn","value":"1"}})"),
            "Patient/p1");  // a Patient before an Encounter
  EXPECT_EQ(Resolve(R"({"type":"Encounter","identifier":{"system":"urn:mrn","value":"1"}})"), "Encounter/e1");
  EXPECT_EQ(Resolve(R"({"type":"http://hl7.org/fhir/StructureDefinition/Patient",
                        "identifier":{"system":"urn:mrn","value":"1"}})"),
            "Patient/p1");
  EXPECT_EQ(Resolve(R"({"identifier":{"system":"urn:acc","value":"A7"}})"), "Procedure/x");
  EXPECT_EQ(Resolve(R"({"identifier":{"system":"urn:mrn","value":"twin"}})"), "");
  EXPECT_EQ(Resolve(R"({"identifier":{"value":"2"}})"), "");  // no system is not any system
  EXPECT_EQ(Resolve(R"({"identifier":{"value":"bare"}})"), "Patient/p1");
  EXPECT_EQ(Resolve(R"({"identifier":{"system":"urn:mrn"}})"), "");
  EXPECT_EQ(Resolve(R"({"display":"Somebody"})"), "");
  EXPECT_EQ(Finished().Resolve(json::Value()), "");
}

TEST_F(Resolving, ContainedAndNonsenseLeadNowhere) {
  for (const std::string literal : {"#p1", "#", "p1", "Patient", "Patient/", "javascript:alert"}) {
    EXPECT_EQ(ResolveLiteral(literal), "") << literal;
  }
}

TEST_F(Resolving, WhatWasDeletedMatchesNoMore) {
  Add(Bundle(Delete("Patient/p3")));
  EXPECT_EQ(ResolveLiteral("Patient?identifier=urn:mrn|twin"), "Patient/second");
}

TEST(SearchQuery, UnderstandsIdentifiersAndIdsOnly) {
  const auto query = ParseSearchQuery(R"(identifier=a\|b|c\,d&_id=7)");
  ASSERT_TRUE(query.has_value());
  ASSERT_EQ(query->identifiers.size(), 1U);
  EXPECT_EQ(query->identifiers[0].system, "a|b");
  EXPECT_EQ(query->identifiers[0].value, "c,d");
  EXPECT_EQ(query->id, "7");
  for (const std::string_view text :
       {"", "identifier", "identifier=", "identifier=a|", "identifier=a,b", "_id=1,2", "identifier:of-type=a|b|c",
        "identifier=%4", "identifier=%zz", "name=x", "_id=", "_id=1&_id=2", "identifier=a&x=1"}) {
    EXPECT_EQ(ParseSearchQuery(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace facet::fhir

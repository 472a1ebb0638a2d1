#include "adapter/intake/notification.hpp"

#include <gtest/gtest.h>

namespace facet::intake {
namespace {

constexpr const char* kBase = "https://h.example/fhir";
constexpr const char* kScore = R"({"resourceType":"Observation","id":"o1","subject":{"reference":"Patient/p1"}})";

Result<Hint> Parse(const char* method, const char* tail, const std::string& body) {
  return ParseNotification(method, tail, body, kBase, [](json::Value) { return false; });
}

TEST(Notification, PutWithPayloadNamesTheResourceAndItsPatient) {
  const auto hint = Parse("PUT", "Observation/o1", kScore);
  ASSERT_TRUE(hint.ok());
  EXPECT_EQ(hint->kind, HintKind::kChanged);
  EXPECT_EQ(hint->type, "Observation");
  EXPECT_EQ(hint->id, "o1");
  EXPECT_EQ(hint->patient.get(), "Patient/p1");
  EXPECT_EQ(hint->bytes, static_cast<std::int64_t>(std::string(kScore).size()));
}

TEST(Notification, AnEmptyBodyIsFine) {
  for (const char* method : {"POST", "PUT"}) {
    const auto wake = Parse(method, "", " \r\n");
    ASSERT_TRUE(wake.ok());
    EXPECT_EQ(wake->kind, HintKind::kWake);
    const auto named = Parse(method, "Observation/o1", "");
    ASSERT_TRUE(named.ok());
    EXPECT_EQ(named->kind, HintKind::kChanged);
    EXPECT_EQ(named->patient.get(), "");
  }
}

TEST(Notification, DeleteNamesTheResource) {
  const auto hint = Parse("DELETE", "Procedure/p.1-A", "");
  ASSERT_TRUE(hint.ok());
  EXPECT_EQ(hint->kind, HintKind::kDeleted);
  EXPECT_EQ(hint->id, "p.1-A");
  EXPECT_FALSE(Parse("DELETE", "", "").ok());
  EXPECT_FALSE(Parse("DELETE", "Procedure", "").ok());
}

TEST(Notification, ABodyThatIsNoResourceOrNotThatOfTheUrlIsRefused) {
  const std::pair<const char*, const char*> refused[] = {
      {"Observation/o1", "not json"},
      {"Observation/o1", "{}"},
      {"Observation/o1", "[]"},
      {"Observation/o1", R"({"resourceType":7,"id":"o1"})"},
      {"Observation/o1", R"({"resourceType":"Observation","id":"o2"})"},
      {"Observation/o1", R"({"resourceType":"Observation"})"},
      {"Observation/o1", R"({"resourceType":"Procedure","id":"o1"})"},
      {"", R"({"resourceType":"Observation"})"},
      {"observation/o1", kScore},
      {"Observatioo/o1", ""},  // not a resource type of R4
      {"Observation/o_1", ""},
      {"Observation/o1/x", ""},
  };
  for (const auto& [tail, body] : refused) {
    const auto hint = Parse("PUT", tail, body);
    ASSERT_FALSE(hint.ok()) << tail << " " << body;
    EXPECT_EQ(hint.error().code, ErrorCode::kHookInvalid);
  }
}

TEST(Notification, OtherMethodsAreRefused) { EXPECT_FALSE(Parse("PATCH", "Observation/o1", kScore).ok()); }

TEST(Notification, APostedResourceNamesItself) {
  const auto hint = Parse("POST", "", kScore);
  ASSERT_TRUE(hint.ok());
  EXPECT_EQ(hint->type, "Observation");
  EXPECT_EQ(hint->id, "o1");
}

TEST(Notification, ABundleIsAReasonToSweep) {
  const auto hint = Parse("POST", "", R"({"resourceType":"Bundle","type":"history"})");
  ASSERT_TRUE(hint.ok());
  EXPECT_EQ(hint->kind, HintKind::kWake);
}

TEST(Notification, OnlyReferencesToTheConfiguredServerNameAPatient) {
  const std::pair<const char*, const char*> cases[] = {
      {"Patient/p1", "Patient/p1"},
      {"Patient/p1/_history/3", "Patient/p1"},
      {"https://h.example/fhir/Patient/p1", "Patient/p1"},
      {"https://evil.example/fhir/Patient/p1", ""},
      {"https://h.example/fhirx/Patient/p1", ""},
      {"urn:uuid:1b4e28ba-2fa1-11d2-883f-0016d3cca427", ""},
      {"#p1", ""},
      {"Group/g1", ""},
  };
  for (const auto& [reference, patient] : cases) {
    const auto hint =
        Parse("PUT", "Observation/o1",
              R"({"resourceType":"Observation","id":"o1","subject":{"reference":")" + std::string(reference) + "\"}}");
    ASSERT_TRUE(hint.ok());
    EXPECT_EQ(hint->patient.get(), patient) << reference;
  }
}

TEST(Notification, FacetProceduresAreMarkedByTheMappings) {
  const std::string body = R"({"resourceType":"Procedure","id":"p1"})";
  const auto yes = ParseNotification("PUT", "Procedure/p1", body, kBase, [](json::Value) { return true; });
  EXPECT_TRUE(yes->facet);
  const auto no = ParseNotification("PUT", "Procedure/p1", body, kBase, [](json::Value) { return false; });
  EXPECT_FALSE(no->facet);
}

TEST(Notification, TheBodyLimitIsKept) {
  std::string body = R"({"resourceType":"Observation","id":"o1","x":")";
  body += std::string((2U << 20U), 'a') + "\"}";
  EXPECT_FALSE(Parse("PUT", "Observation/o1", body).ok());
}

TEST(Notification, ErrorsNeverQuoteTheBody) {
  const auto hint = Parse("PUT", "Observation/o1", R"({"resourceType":"Observation","id":"canary-7"})");
  EXPECT_EQ(hint.error().ToString().find("canary"), std::string::npos);
}

}  // namespace
}  // namespace facet::intake

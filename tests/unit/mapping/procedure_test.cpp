// Procedures (clinical specification, sections 1 and 2; catalogue 1.1).
#include "mapping_support.hpp"

#include "adapter/clinical/facts.hpp"

#include <gtest/gtest.h>

namespace facet::mapping {
namespace {

using clinical::Approach;
using clinical::Intent;
using clinical::IntentReason;
using clinical::InterventionKind;
using clinical::Region;
using clinical::Side;

constexpr const char* kCpt = "http://www.ama-assn.org/go/cpt";
constexpr const char* kSct = "http://snomed.info/sct";
constexpr const char* kIcd = "http://hl7.org/fhir/sid/icd-10-cm";
constexpr const char* kPcs = "http://www.cms.gov/Medicare/Coding/ICD10";
constexpr const char* kLoinc = "http://loinc.org";

std::string Coding(const std::string& system, const std::string& code) {
  return R"({"system":")" + system + R"(","code":")" + code + R"("})";
}

// A completed Procedure of 2026-03-05 10:00 with these codings and further members (",\"note\":...").
std::string Procedure(const std::string& codings, const std::string& more = "",
                      const std::string& time = R"("performedDateTime":"2026-03-05T10:00:00Z")",
                      const std::string& status = "completed", const std::string& text = "") {
  return R"({"resourceType":"Procedure","id":"pr1","meta":{"versionId":"3"},"status":")" + status +
         R"(","subject":{"reference":"Patient/p1"},"code":{"coding":[)" + codings + "]" +
         (text.empty() ? "" : R"(,"text":")" + text + "\"") + "}" + (time.empty() ? "" : "," + time) + more + "}";
}

clinical::FacetProcedure Facet(const std::string& text) {
  const Extraction extraction = Extract(text);
  EXPECT_EQ(ReasonOf(extraction), "");
  EXPECT_EQ(extraction.facts.procedures.size(), 1U) << text;
  EXPECT_TRUE(extraction.facet_procedure);
  return extraction.facts.procedures.empty() ? clinical::FacetProcedure{} : extraction.facts.procedures[0];
}

TEST(Procedures, BecomeFacetFacts) {
  const Extraction extraction =
      Extract(Procedure(Coding(kCpt, "64493"), R"(,"encounter":{"reference":"Encounter/e1"})"));
  EXPECT_EQ(extraction.patient, "Patient/p1");
  EXPECT_EQ(extraction.source, (clinical::Source{"Procedure/pr1", "3"}));
  ASSERT_EQ(extraction.facts.procedures.size(), 1U);
  const clinical::FacetProcedure& fact = extraction.facts.procedures[0];
  EXPECT_EQ(fact.source, extraction.source);
  EXPECT_EQ(fact.start.written.text, "2026-03-05T10:00:00Z");
  EXPECT_EQ(fact.region, Region::kLumbar);
  EXPECT_EQ(fact.side, Side::kUnknown);
  EXPECT_EQ(fact.approach, Approach::kUnknown);
  EXPECT_FALSE(fact.intent.has_value());
  EXPECT_FALSE(fact.add_on);
  EXPECT_EQ(fact.encounter, "Encounter/e1");
}

TEST(Procedures, KnowSystemsInEverySpelling) {
  for (const char* system : {"http://www.ama-assn.org/go/cpt", "https://www.ama-assn.org/go/cpt/",
                             "HTTP://WWW.AMA-ASSN.ORG/go/cpt|2026", "urn:oid:2.16.840.1.113883.6.12"}) {
    EXPECT_EQ(Facet(Procedure(Coding(system, " +64494 "))).add_on, true) << system;
  }
  EXPECT_TRUE(Extract(Procedure(R"({"code":"64493"})")).facts.procedures.empty());
  EXPECT_TRUE(
      Extract(Procedure(R"({"system":"","code":"64493","display":"Facet injection"})")).facts.procedures.empty());
}

TEST(Procedures, TellAddOnLines) {
  for (const char* code : {"64491", "64492", "64494", "64495"})
    EXPECT_TRUE(Facet(Procedure(Coding(kCpt, code))).add_on);
  for (const char* code : {"64490", "64493", "64470"}) EXPECT_FALSE(Facet(Procedure(Coding(kCpt, code))).add_on);
}

TEST(Procedures, CountOnlyCompletedOnes) {
  const auto reason = [](const char* status) {
    const Extraction extraction =
        Extract(Procedure(Coding(kCpt, "64493"), "", R"("performedDateTime":"2026-03-05T10:00:00Z")", status));
    EXPECT_EQ(extraction.facts.procedures.size(), std::string(status) == "completed" ? 1U : 0U) << status;
    return ReasonOf(extraction);
  };
  EXPECT_EQ(reason("completed"), "");
  for (const char* status : {"in-progress", "preparation", "on-hold", "unknown", "stopped", "not-done"}) {
    EXPECT_EQ(reason(status), "status") << status;
  }
  EXPECT_EQ(reason("entered-in-error"), "entered-in-error");
}

// Whose it is must be known even where it is no fact any more: the fact that it was has to go.
TEST(Procedures, NameTheirPatientAlways) {
  const std::string time = R"("performedDateTime":"2026-03-05")";
  EXPECT_EQ(Extract(Procedure(Coding(kCpt, "64493"), "", time, "entered-in-error")).patient, "Patient/p1");
  EXPECT_EQ(Extract(Procedure(Coding(kCpt, "20610"))).patient, "Patient/p1");
  EXPECT_EQ(Extract(R"({"resourceType":"MedicationRequest","id":"m","subject":{"reference":"Patient/p2"}})").patient,
            "Patient/p2");
  EXPECT_EQ(Extract(R"({"resourceType":"Procedure","id":"p","status":["completed","final"],
    "subject":{"reference":"Patient/p1"},"code":{"coding":[{"system":"http://www.ama-assn.org/go/cpt","code":"64493"}]}})")
                .patient,
            "Patient/p1");
}

// Not of the shape that FHIR asks for: nothing of it is believed.
TEST(Procedures, OfTheWrongShapeAreInvalid) {
  const auto reason = [](const char* code) {
    return ReasonOf(Extract(R"({"resourceType":"Procedure","id":"p","status":["completed","final"],
      "subject":{"reference":"Patient/p1"},"code":{"coding":[{"system":"http://www.ama-assn.org/go/cpt","code":")" +
                            std::string(code) + R"("}]}})"));
  };
  EXPECT_EQ(reason("64493"), "invalid");
  EXPECT_EQ(reason("20610"), "");
}

TEST(Procedures, NeedATime) {
  const auto reason = [](const char* time) { return ReasonOf(Extract(Procedure(Coding(kCpt, "64493"), "", time))); };
  EXPECT_EQ(reason(""), "no-time");
  EXPECT_EQ(reason(R"("performedString":"last week")"), "no-time");
  EXPECT_EQ(reason(R"("performedAge":{"value":60,"unit":"a"})"), "no-time");
  EXPECT_EQ(reason(R"("performedDateTime":"yesterday")"), "invalid");
  EXPECT_EQ(reason(R"("performedDateTime":"2026")"), "");
}

TEST(Procedures, TakeStartAndEndOfAPeriod) {
  const auto period = [](const std::string& start, const std::string& end) {
    std::string time = R"("performedPeriod":{)";
    if (!start.empty()) time += R"("start":")" + start + "\"";
    if (!end.empty()) time += std::string(start.empty() ? "" : ",") + R"("end":")" + end + "\"";
    return Facet(Procedure(Coding(kCpt, "64493"), "", time + "}"));
  };
  const auto usual = period("2026-03-05T10:00:00Z", "2026-03-05T10:30:00Z");
  EXPECT_EQ(usual.start.written.text, "2026-03-05T10:00:00Z");
  ASSERT_TRUE(usual.end.has_value());
  EXPECT_EQ(usual.end->written.text, "2026-03-05T10:30:00Z");
  EXPECT_TRUE(period("2026-03-05T10:00:00Z", "2026-03-06T10:00:00Z").end.has_value());
  EXPECT_FALSE(period("2026-03-05T10:00:00Z", "2026-03-06T10:00:01Z").end.has_value());
  EXPECT_TRUE(period("2026-03-05T10:00:00Z", "2026-03-05T10:00:00Z").end.has_value());
  EXPECT_FALSE(period("2026-03-05T10:00:00Z", "2026-03-05T09:59:59Z").end.has_value());
  const auto only_end = period("", "2026-03-05T10:30:00Z");
  EXPECT_EQ(only_end.start.written.text, "2026-03-05");
  EXPECT_TRUE(only_end.start.date_only());
  EXPECT_FALSE(only_end.end.has_value());
}

TEST(Procedures, NeedAPatient) {
  const auto reason = [](const std::string& subject) {
    std::string text = Procedure(Coding(kCpt, "64493"));
    const std::string usual = R"("subject":{"reference":"Patient/p1"})";
    return ReasonOf(Extract(text.replace(text.find(usual), usual.size(), subject)));
  };
  EXPECT_EQ(reason(R"("subject":{"reference":"Patient/p1/_history/4"})"), "");
  EXPECT_EQ(reason(R"("subject":{"reference":"https://h.example/fhir/Patient/p1"})"), "");
  EXPECT_EQ(reason(R"("subject":{"reference":"https://elsewhere.example/fhir/Patient/p1"})"), "no-patient");
  EXPECT_EQ(reason(R"("subject":{"reference":"#p1"})"), "no-patient");
  EXPECT_EQ(reason(R"("subject":{"reference":"Group/g1"})"), "no-patient");
  EXPECT_EQ(reason(R"("subject":{"display":"somebody"})"), "no-patient");
  EXPECT_EQ(reason(R"("subject":{"identifier":{"system":"a","value":"b"}})"), "no-patient");
}

TEST(Procedures, WithFacetWordsAndNoMappedCodeAreReported) {
  const std::string local = Coding("https://h.example/codes", "FJ1");
  const auto reason = [&local](const std::string& text, const std::string& more = "") {
    return ReasonOf(Extract(Procedure(local, more, R"("performedDateTime":"2026-03-05")", "completed", text)));
  };
  EXPECT_EQ(reason("Lumbar facet joint injection"), "unmapped-code");
  EXPECT_EQ(reason("Zygapophyseal joint block"), "unmapped-code");
  EXPECT_EQ(reason("MBB L4"), "unmapped-code");
  EXPECT_EQ(reason("Injection", R"(,"note":[{"text":"medial branch at L4"}])"), "unmapped-code");
  EXPECT_EQ(reason("Knee injection"), "");
  EXPECT_EQ(reason("Multifaceted care"), "");
  // A mapped code of another kind is no unmapped one.
  EXPECT_EQ(ReasonOf(Extract(Procedure(Coding(kCpt, "64635"), "", R"("performedDateTime":"2026-03-05")", "completed",
                                       "Facet ablation"))),
            "");
}

TEST(Procedures, NonspecificCodesAreNothingAlone) {
  for (const auto& [system, code] : std::vector<std::pair<const char*, const char*>>{{kPcs, "3E0U33Z"},
                                                                                     {kPcs, "3E0T3BZ"},
                                                                                     {kPcs, "3E0S33Z"},
                                                                                     {kPcs, "01513ZZ"},
                                                                                     {kCpt, "78803"},
                                                                                     {kLoinc, "35932-3"},
                                                                                     {kCpt, "63661"},
                                                                                     {kCpt, "63688"}}) {
    const Extraction extraction = Extract(Procedure(Coding(system, code)));
    EXPECT_TRUE(extraction.facts.procedures.empty()) << code;
    EXPECT_TRUE(extraction.facts.interventions.empty()) << code;
    EXPECT_EQ(ReasonOf(extraction), "") << code;
  }
}

TEST(Procedures, ApproachByASecondCodingThenByWords) {
  const auto approach = [](const std::string& codings, const std::string& text = "", const std::string& more = "") {
    return Facet(Procedure(codings, more, R"("performedDateTime":"2026-03-05")", "completed", text)).approach;
  };
  const std::string facet = Coding(kCpt, "64493");
  EXPECT_EQ(approach(facet), Approach::kUnknown);
  EXPECT_EQ(approach(facet + "," + Coding(kPcs, "3E0U33Z")), Approach::kIntraArticular);
  EXPECT_EQ(approach(facet + "," + Coding(kPcs, "3E0T3BZ")), Approach::kMedialBranch);
  EXPECT_EQ(approach(facet + "," + Coding(kLoinc, "35932-3")), Approach::kMedialBranch);
  EXPECT_EQ(approach(facet + "," + Coding(kLoinc, "30817-1")), Approach::kUnknown);
  // The coding is the first hit.
  EXPECT_EQ(approach(facet + "," + Coding(kPcs, "3E0U33Z"), "medial branch block"), Approach::kIntraArticular);
  for (const char* words : {"Medial branch block, image guided", "L4 MBB", "dorsal rami block", "facet nerve block",
                            "third occipital nerve", "TON block"}) {
    EXPECT_EQ(approach(facet, words), Approach::kMedialBranch) << words;
  }
  for (const char* words : {"intra-articular injection", "intraarticular", "IA facet", "into the facet",
                            "injection into the zygapophyseal joint", "with arthrogram"}) {
    EXPECT_EQ(approach(facet, words), Approach::kIntraArticular) << words;
  }
  EXPECT_EQ(approach(facet, "carton of medial supplies"), Approach::kUnknown);
  EXPECT_EQ(approach(facet, "intra-articular or medial branch"), Approach::kUnknown);
  EXPECT_EQ(approach(facet, "", R"(,"reasonCode":[{"text":"response to MBB"}])"), Approach::kMedialBranch);
  EXPECT_EQ(approach(facet, "", R"(,"note":[{"text":"into the facet"}])"), Approach::kIntraArticular);
  // A display is never read.
  EXPECT_EQ(approach(R"({"system":"http://www.ama-assn.org/go/cpt","code":"64493","display":"Medial branch block"})"),
            Approach::kUnknown);
}

TEST(Procedures, GuidanceInProcedureCodeIsASessionOfItsRegion) {
  EXPECT_EQ(Facet(Procedure(Coding(kLoinc, "30817-1"))).region, Region::kLumbar);
  EXPECT_EQ(Facet(Procedure(Coding(kLoinc, "30812-2"))).region, Region::kCervical);
  EXPECT_EQ(Facet(Procedure(Coding(kLoinc, "30814-8"))).region, Region::kThoracic);
  EXPECT_EQ(Facet(Procedure(Coding(kLoinc, "26323-6"))).region, Region::kUnknown);
  EXPECT_EQ(Facet(Procedure(Coding(kLoinc, "26323-6"))).side, Side::kLeft);
}

TEST(Procedures, IntentByModifierThenCategoryThenWords) {
  const std::string facet = Coding(kCpt, "64493");
  const auto intent = [&facet](const std::string& more, const std::string& text = "", const std::string& codes = "") {
    const auto fact = Facet(Procedure(facet + codes, more, R"("performedDateTime":"2026-03-05")", "completed", text));
    return std::make_pair(fact.intent, fact.intent_reason);
  };
  using Expected = std::pair<std::optional<Intent>, IntentReason>;
  EXPECT_EQ(intent(""), Expected(std::nullopt, IntentReason::kDefault));
  const std::string kx = R"(,"extension":[{"url":"https://h.example/line-Modifier","valueCode":"KX"}])";
  const std::string category = R"(,"category":{"coding":[)" + Coding(kSct, "277132007") + "]}";
  EXPECT_EQ(intent(kx), Expected(Intent::kDiagnostic, IntentReason::kKx));
  EXPECT_EQ(intent(kx + category), Expected(Intent::kDiagnostic, IntentReason::kKx));
  EXPECT_EQ(intent(category, "diagnostic block"), Expected(Intent::kTherapeutic, IntentReason::kCategory));
  EXPECT_EQ(intent("", "", "," + Coding(kSct, "103693007")), Expected(Intent::kDiagnostic, IntentReason::kCategory));
  // Both: no hit, the next step decides.
  EXPECT_EQ(intent(category, "prognostic", "," + Coding(kSct, "103693007")),
            Expected(Intent::kDiagnostic, IntentReason::kText));
  EXPECT_EQ(intent("", "Comparative block"), Expected(Intent::kDiagnostic, IntentReason::kText));
  EXPECT_EQ(intent(R"(,"note":[{"text":"given with steroids"}])"), Expected(Intent::kTherapeutic, IntentReason::kText));
  EXPECT_EQ(intent(R"(,"reasonCode":[{"text":"Therapeutic"}])"), Expected(Intent::kTherapeutic, IntentReason::kText));
  EXPECT_EQ(intent("", "diagnostic and therapeutic"), Expected(std::nullopt, IntentReason::kDefault));
  EXPECT_EQ(intent("", "nondiagnostic"), Expected(std::nullopt, IntentReason::kDefault));
}

TEST(Procedures, ModifiersInEveryShapeOfExtension) {
  const auto fact = [](const std::string& extension) {
    return Facet(Procedure(Coding(kCpt, "64493"), ",\"extension\":[" + extension + "]"));
  };
  EXPECT_EQ(fact(R"({"url":"https://a/modifier","valueString":"LT"})").side, Side::kLeft);
  EXPECT_EQ(fact(R"({"url":"https://a/modifier","valueCode":"RT"})").side, Side::kRight);
  EXPECT_EQ(fact(R"({"url":"https://a/modifier","valueCoding":{"system":"https://a","code":"50"}})").side,
            Side::kBilateral);
  EXPECT_EQ(
      fact(R"({"url":"https://a/modifier","valueCodeableConcept":{"coding":[{"system":"https://a","code":"RT"}]}})")
          .side,
      Side::kRight);
  EXPECT_EQ(fact(R"({"url":"https://a/other","valueCode":"RT"})").side, Side::kUnknown);
}

TEST(Procedures, DrugsUsedAreKeptForTheSession) {
  const std::string rx = "http://www.nlm.nih.gov/research/umls/rxnorm";
  const auto used = [&rx](const char* code) {
    return Facet(Procedure(Coding(kCpt, "64493"), R"(,"usedCode":[{"coding":[)" + Coding(rx, code) + "]}]"));
  };
  EXPECT_TRUE(used("10759").steroid_used);
  EXPECT_FALSE(used("10759").anaesthetic_used);
  EXPECT_TRUE(used("6387").anaesthetic_used);
  EXPECT_FALSE(used("5956").steroid_used);
}

std::string Site(const char* code) { return R"(,"bodySite":[{"coding":[)" + Coding(kSct, code) + "]}]"; }
std::string Reason(const char* code) { return R"(,"reasonCode":[{"coding":[)" + Coding(kIcd, code) + "]}]"; }

TEST(Procedures, RegionByTheLadder) {
  const auto region = [](const char* cpt, const std::string& more, const std::string& text = "") {
    return Facet(Procedure(Coding(kCpt, cpt), more, R"("performedDateTime":"2026-03-05")", "completed", text)).region;
  };
  EXPECT_EQ(region("64490", ""), Region::kCervicothoracic);
  EXPECT_EQ(region("64493", ""), Region::kLumbar);
  EXPECT_EQ(region("64490", Site("122494005")), Region::kCervical);
  EXPECT_EQ(region("64490", Site("122495006")), Region::kThoracic);
  EXPECT_EQ(region("64490", Site("45048000")), Region::kCervical);
  EXPECT_EQ(region("64490", Site("77568009")), Region::kThoracic);  // back: anything but cervical
  EXPECT_EQ(region("64493", Site("77568009")), Region::kLumbar);
  EXPECT_EQ(region("64493", Site("39723000")), Region::kLumbar);
  EXPECT_EQ(region("64490", Reason("M54.2")), Region::kCervical);
  EXPECT_EQ(region("64490", Reason("M47814")), Region::kThoracic);
  EXPECT_EQ(region("64490", Reason("M47.816")), Region::kCervicothoracic);  // does not fit: not believed
  EXPECT_EQ(region("64490", "", "C5-6 facet"), Region::kCervical);
  EXPECT_EQ(region("64490", "", "T7-T8 facet"), Region::kThoracic);
  EXPECT_EQ(region("64490", "", "C7-T1"), Region::kCervicothoracic);
  EXPECT_EQ(region("64490", Site("122494005"), "T7-T8 facet"), Region::kCervical);
  EXPECT_EQ(region("64490", Reason("M54.6"), "cervical"), Region::kThoracic);
  EXPECT_EQ(region("64490", R"(,"note":[{"text":"patient is back for a second block"}])"), Region::kCervicothoracic);
  EXPECT_EQ(
      region("64490", R"(,"reasonReference":[{"reference":"#c"}],"contained":[{"resourceType":"Condition","id":"c",
    "subject":{"reference":"Patient/p1"},"code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10-cm","code":"M54.2"}]}}])"),
      Region::kCervical);
  const Extraction narrowed = Extract(Procedure(Coding(kCpt, "64490") + "," + Coding(kLoinc, "30812-2")));
  EXPECT_EQ(narrowed.facts.procedures.at(0).region, Region::kCervical);
}

// A procedure, an order or an image that names its reasons, read with these Conditions; "?" where they can decide.
std::string Reasoned(const std::string& resource, const std::vector<std::string>& conditions) {
  clinical::PatientFacts facts;
  Replace(facts, Extract(resource));
  for (const std::string& condition : conditions) Replace(facts, Extract(condition));
  Shipped().Join(facts);
  const Region region = facts.procedures.empty() ? facts.interventions.at(0).region : facts.procedures.at(0).region;
  return std::string(clinical::NameOf(region)) + (facts.reason_references.empty() ? "" : "?");
}

TEST(Procedures, RegionByReasonsOfTheirOwn) {
  const auto condition = [](const char* id, const char* code, const std::string& more = "") {
    return R"({"resourceType":"Condition","id":")" + std::string(id) + R"(","subject":{"reference":"Patient/p1"})" +
           more + R"(,"code":{"coding":[)" + Coding(kIcd, code) + "]}}";
  };
  const auto named = [](const std::string& reference) {
    return R"(,"reasonReference":[{"reference":")" + reference + "\"}]";
  };
  const auto region = [&](const char* cpt, const std::string& more, const std::vector<std::string>& conditions) {
    return Reasoned(Procedure(Coding(kCpt, cpt), more), conditions);
  };
  const std::vector<std::string> neck = {condition("c", "M54.2")};
  EXPECT_EQ(region("64490", named("Condition/c"), neck), "cervical?");
  EXPECT_EQ(region("64490", named("Condition/c/_history/3"), neck), "cervical?");
  EXPECT_EQ(region("64490", named("Condition/x"), neck), "cervicothoracic?");
  EXPECT_EQ(region("64490", named("Observation/c"), neck), "cervicothoracic");
  EXPECT_EQ(region("64490", named("#c"), neck), "cervicothoracic");
  EXPECT_EQ(region("64490", named("Condition/c"), {condition("c", "M54.5")}), "cervicothoracic?");  // does not fit
  EXPECT_EQ(region("64490", named("Condition/c"), {condition("c", "E11.9")}), "cervicothoracic?");  // names none
  // Beside a reason of its own: both are meant.
  EXPECT_EQ(region("64490", named("Condition/c") + Reason("M54.6"), neck), "cervicothoracic?");
  EXPECT_EQ(region("64490", named("Condition/c") + Reason("M47.812"), neck), "cervical?");
  // A site or a code of one region is not overruled: nobody need read the reason.
  EXPECT_EQ(region("64493", named("Condition/c"), neck), "lumbar");
  EXPECT_EQ(region("64490", named("Condition/c") + Site("122495006"), neck), "thoracic");
  const auto status = [](const char* code) {
    return R"(,"verificationStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-ver-status","code":")" +
           std::string(code) + R"("}]})";
  };
  EXPECT_EQ(region("64490", named("Condition/c"), {condition("c", "M54.2", status("entered-in-error"))}),
            "cervicothoracic?");
  EXPECT_EQ(region("64490", named("Condition/c"), {condition("c", "M54.2", status("refuted"))}), "cervical?");
  // Interventions and orders likewise: a trigger point injection names no region.
  EXPECT_EQ(region("20552", named("Condition/c"), neck), "cervical?");
  EXPECT_EQ(Reasoned(R"({"resourceType":"ServiceRequest","id":"o","status":"active","intent":"order",)"
                     R"("subject":{"reference":"Patient/p1"},"code":{"coding":[)" +
                         Coding(kCpt, "20552") + "]}" + named("Condition/c") + "}",
                     neck),
            "cervical?");
}

TEST(Procedures, TheCodeWinsOverAContradictingBodySite) {
  const Extraction extraction = Extract(Procedure(Coding(kCpt, "64493"), Site("122494005")));
  ASSERT_EQ(extraction.facts.procedures.size(), 1U);
  EXPECT_EQ(extraction.facts.procedures[0].region, Region::kLumbar);
  EXPECT_TRUE(extraction.region_contradiction);
  EXPECT_FALSE(Extract(Procedure(Coding(kCpt, "64490"), Site("122494005"))).region_contradiction);
}

// MBS 39013 names no region: the other steps decide.
TEST(Procedures, RegionWithoutAFamily) {
  const std::string any = Coding("http://www9.health.gov.au/mbs", "39013");
  const auto region = [&any](const std::string& more, const std::string& text = "") {
    return Facet(Procedure(any, more, R"("performedDateTime":"2026-03-05")", "completed", text)).region;
  };
  EXPECT_EQ(region(""), Region::kUnknown);
  EXPECT_EQ(region(Site("122496007")), Region::kLumbar);
  EXPECT_EQ(region(Site("77568009")), Region::kUnknown);
  EXPECT_EQ(region(Site("77568009") + Reason("M54.50")), Region::kLumbar);
  EXPECT_EQ(region(Reason("M47.812")), Region::kCervical);
  EXPECT_EQ(region(Reason("M79.10")), Region::kUnknown);
  EXPECT_EQ(region("", "Lumbar facet"), Region::kLumbar);
  EXPECT_EQ(region("", "facet L4/5"), Region::kLumbar);
  EXPECT_EQ(region("", "L5-S1"), Region::kLumbar);
  EXPECT_EQ(region("", "cervical and lumbar"), Region::kUnknown);
}

TEST(Procedures, RegionOfReasonsByTheCharacter) {
  const std::string any = Coding("http://www9.health.gov.au/mbs", "39013");
  const auto region = [&any](const char* code) { return Facet(Procedure(any, Reason(code))).region; };
  for (const char* code :
       {"M43.12", "M47.22", "M48.02", "M50.20", "M54.12", "M53.2X2", "M47.813", "M79.12", "M46.42"}) {
    EXPECT_EQ(region(code), Region::kCervical) << code;
  }
  for (const char* code : {"M47.14", "M51.24", "M54.14", "M47.894", "M54.6", "M41.24"}) {
    EXPECT_EQ(region(code), Region::kThoracic) << code;
  }
  for (const char* code : {"M43.16", "M47.815", "M48.061", "M48.07", "M51.26", "M51.17", "M54.16", "M54.31", "M54.41",
                           "M54.5", "M54.59", "M46.1", "M53.3", "M53.2X8", "M47.818", "M40.36", "M41.126"}) {
    EXPECT_EQ(region(code), Region::kLumbar) << code;
  }
  for (const char* code : {"M43.10", "M47.811", "M54.9", "G89.4", "M43.28", "M51.9", "M54"}) {
    EXPECT_EQ(region(code), Region::kUnknown) << code;
  }
}

TEST(Procedures, SideFromSiteQualifierTextOrModifier) {
  const auto side = [](const std::string& more, const std::string& text = "") {
    return Facet(Procedure(Coding(kCpt, "64493"), more, R"("performedDateTime":"2026-03-05")", "completed", text)).side;
  };
  EXPECT_EQ(side(Site("7771000")), Side::kLeft);
  EXPECT_EQ(side(Site("24028007")), Side::kRight);
  EXPECT_EQ(side(Site("51440002")), Side::kBilateral);
  EXPECT_EQ(side(R"(,"bodySite":[{"coding":[{"system":"http://snomed.info/sct","code":"7771000"}]},
                     {"coding":[{"system":"http://snomed.info/sct","code":"24028007"}]}])"),
            Side::kBilateral);
  EXPECT_EQ(side("", "Left L4-5"), Side::kLeft);
  EXPECT_EQ(side("", "bilateral L4-5"), Side::kBilateral);
  EXPECT_EQ(side("", "left and right"), Side::kBilateral);
  EXPECT_EQ(side("", "bright light"), Side::kUnknown);
  EXPECT_EQ(side(Site("7771000"), "right"), Side::kLeft);
}

TEST(Procedures, BecomeInterventions) {
  const auto kinds = [](const char* system, const char* code) {
    const Extraction extraction = Extract(Procedure(Coding(system, code)));
    EXPECT_TRUE(extraction.facts.procedures.empty()) << code;
    std::string out;
    for (const auto& one : extraction.facts.interventions) {
      out += std::string(clinical::NameOf(one.kind)) + "/" + std::string(clinical::NameOf(one.region)) + " ";
      EXPECT_FALSE(one.order);
      EXPECT_TRUE(one.time.has_value());
    }
    return out;
  };
  EXPECT_EQ(kinds(kCpt, "64633"), "rfa/cervicothoracic ");
  EXPECT_EQ(kinds(kCpt, "+64636"), "rfa/lumbar ");
  EXPECT_EQ(kinds(kCpt, "64625"), "si-rfa/lumbar ");
  EXPECT_EQ(kinds(kCpt, "27096"), "si-injection/lumbar ");
  EXPECT_EQ(kinds(kCpt, "64451"), "si-injection/lumbar ");
  EXPECT_EQ(kinds("urn:oid:2.16.840.1.113883.6.285", "G0260"), "si-injection/lumbar ");
  EXPECT_EQ(kinds(kCpt, "62323"), "epidural/lumbar ");
  EXPECT_EQ(kinds(kCpt, "20552"), "trigger-point/unknown ");
  EXPECT_EQ(kinds(kCpt, "63650"), "scs-lead/unknown ");
  EXPECT_EQ(kinds(kCpt, "63685"), "scs-generator/unknown ");
  EXPECT_EQ(kinds(kCpt, "63005"), "laminectomy/lumbar ");
  EXPECT_EQ(kinds(kCpt, "63047"), "foraminotomy/lumbar laminectomy/lumbar ");
  EXPECT_EQ(kinds(kPcs, "0SG00A0"), "fusion/lumbar ");
  EXPECT_EQ(kinds("https://fhir.hl7.org.uk/CodeSystem/OPCS-4", "V485"), "rfa/unknown ");
  EXPECT_EQ(kinds(kLoinc, "24968-0"), "mri/lumbar ");
  EXPECT_EQ(kinds(kSct, "304891004"), "psychological-therapy/unknown ");
  // A referral is an order, not the therapy.
  EXPECT_EQ(kinds(kSct, "306170007"), "");
}

TEST(Procedures, OthersAreKeptWithTheirEncounter) {
  const std::string encounter = R"(,"encounter":{"reference":"Encounter/e1"})";
  const std::string knee = Coding(kCpt, "20610");
  const Extraction kept = Extract(Procedure(knee, encounter));
  ASSERT_EQ(kept.facts.other_procedures.size(), 1U);
  EXPECT_EQ(kept.facts.other_procedures[0].encounter, "Encounter/e1");
  EXPECT_EQ(ReasonOf(kept), "");
  EXPECT_TRUE(Extract(Procedure(knee)).facts.other_procedures.empty());
  EXPECT_TRUE(Extract(Procedure(knee, encounter, R"("performedDateTime":"2026-03-05")", "not-done"))
                  .facts.other_procedures.empty());
  EXPECT_TRUE(Extract(Procedure(Coding(kCpt, "64493"), encounter)).facts.other_procedures.empty());
  EXPECT_TRUE(Extract(Procedure(Coding(kCpt, "20552"), encounter)).facts.other_procedures.empty());
}

}  // namespace
}  // namespace facet::mapping

// What is gathered around an episode: conditions, drugs, allergies, devices, orders, images, encounters, patients.
#include "mapping_support.hpp"

#include "adapter/clinical/facts.hpp"

#include <gtest/gtest.h>

namespace facet::mapping {
namespace {

using clinical::Region;
using clinical::Setting;

std::string Coded(const char* system, const char* code) {
  return R"({"coding":[{"system":")" + std::string(system) + R"(","code":")" + code + R"("}]})";
}
constexpr const char* kIcd = "http://hl7.org/fhir/sid/icd-10-cm";
constexpr const char* kSct = "http://snomed.info/sct";
constexpr const char* kRx = "http://www.nlm.nih.gov/research/umls/rxnorm";
constexpr const char* kLoinc = "http://loinc.org";

std::string Clinical(const char* code) {
  return R"(,"clinicalStatus":)" + Coded("http://terminology.hl7.org/CodeSystem/condition-clinical", code);
}
std::string Verified(const char* code) {
  return R"(,"verificationStatus":)" + Coded("http://terminology.hl7.org/CodeSystem/condition-ver-status", code);
}
std::string Condition(const std::string& code, const std::string& more = "") {
  return R"({"resourceType":"Condition","id":"c1","subject":{"reference":"Patient/p1"},"code":)" + code + more + "}";
}

// "stenosis/lumbar stenosis-claudication/lumbar", then cautions "!pregnancy".
std::string Named(const Extraction& extraction) {
  std::string out;
  for (const auto& one : extraction.facts.findings) {
    out += (out.empty() ? "" : " ") + std::string(clinical::NameOf(one.kind)) + "/" +
           std::string(clinical::NameOf(one.region)) + (one.fracture_code ? "*" : "") + (one.active ? "" : "-");
  }
  for (const auto& one : extraction.facts.cautions) {
    out += (out.empty() ? "!" : " !") + std::string(clinical::NameOf(one.kind)) + (one.active ? "" : "-");
  }
  return out;
}
std::string Icd(const char* code) { return Named(Extract(Condition(Coded(kIcd, code)))); }
std::string Snomed(const char* code) { return Named(Extract(Condition(Coded(kSct, code)))); }

TEST(Conditions, BecomeFindings) {
  EXPECT_EQ(Icd("M54.16"), "radiculopathy/lumbar");
  EXPECT_EQ(Icd("M5412"), "radiculopathy/cervical");
  EXPECT_EQ(Icd("M54.31"), "leg-pain/lumbar radiculopathy/lumbar");
  EXPECT_EQ(Icd("M48.061"), "stenosis/lumbar");
  EXPECT_EQ(Icd("M48.062"), "stenosis-claudication/lumbar stenosis/lumbar");
  EXPECT_EQ(Icd("M51.26"), "disc-herniation/lumbar");
  EXPECT_EQ(Icd("M43.16"), "spondylolisthesis-or-instability/lumbar");
  EXPECT_EQ(Icd("M46.1"), "si-joint-dysfunction/lumbar");
  EXPECT_EQ(Icd("M62.830"), "myofascial/unknown");
  EXPECT_EQ(Icd("G89.4"), "chronic-pain/unknown");
  EXPECT_EQ(Icd("G90.50"), "neuropathic-or-crps/unknown");
  EXPECT_EQ(Icd("F32.A"), "anxiety-depression-or-fear-avoidance/unknown");
  EXPECT_EQ(Icd("M47.816"), "facet-arthropathy/lumbar");
  EXPECT_EQ(Icd("M79.604"), "leg-pain/unknown");
  EXPECT_EQ(Icd("M41.26"), "deformity/lumbar");
  EXPECT_EQ(Icd("M54.50"), "");
  EXPECT_EQ(Icd("M79.18"), "");
  EXPECT_EQ(Snomed("240220009"), "spondylolisthesis-or-instability/unknown");
  EXPECT_EQ(Snomed("18347007"), "stenosis/lumbar");
  EXPECT_EQ(Snomed("82423001"), "chronic-pain/unknown");
}

TEST(Conditions, MatchIcdOnWholeCharactersOnly) {
  EXPECT_EQ(Named(Extract(Condition(Coded("http://hl7.org/fhir/sid/icd-10", "M47.816")))), "facet-arthropathy/lumbar");
  EXPECT_EQ(Named(Extract(Condition(Coded("urn:oid:2.16.840.1.113883.6.90", "M4806")))), "stenosis/lumbar");
  EXPECT_EQ(Icd("M47.8"), "");
  EXPECT_EQ(Icd("M47"), "");
}

TEST(Conditions, BecomeRedFlags) {
  for (const char* code : {"G83.4", "M47.16", "M50.00", "G95.29", "G99.2", "C41.2", "C79.51"}) {
    EXPECT_TRUE(Icd(code).starts_with("red-flag/")) << code << " " << Icd(code);
  }
  EXPECT_EQ(Icd("M46.46"), "red-flag/lumbar !active-infection");
  for (const char* code : {"M48.46XA", "M48.50", "M80.08XA", "M80.88"}) {
    EXPECT_NE(Icd(code).find('*'), std::string::npos) << code;
  }
  EXPECT_EQ(Icd("M80.00"), "");
  EXPECT_EQ(Icd("C79.52"), "");
  EXPECT_EQ(Icd("M47.20"), "radiculopathy/unknown");
}

TEST(Conditions, AreActiveOrNot) {
  const auto read = [](const std::string& more) { return Named(Extract(Condition(Coded(kIcd, "M54.16"), more))); };
  for (const char* status : {"active", "recurrence", "relapse"})
    EXPECT_EQ(read(Clinical(status)), "radiculopathy/lumbar");
  for (const char* status : {"inactive", "remission", "resolved"}) {
    EXPECT_EQ(read(Clinical(status)), "radiculopathy/lumbar-") << status;
  }
  EXPECT_EQ(read(Clinical("active") + Verified("confirmed")), "radiculopathy/lumbar");
  EXPECT_EQ(read(Clinical("active") + Verified("refuted")), "");
  EXPECT_EQ(read(Verified("entered-in-error")), "");
}

TEST(Conditions, KeepTheirDates) {
  const Extraction extraction =
      Extract(Condition(Coded(kIcd, "M48.56"), R"(,"onsetPeriod":{"start":"2026-01"},"recordedDate":"2026-02-03")"));
  ASSERT_EQ(extraction.facts.findings.size(), 1U);
  ASSERT_TRUE(extraction.facts.findings[0].onset && extraction.facts.findings[0].recorded);
  EXPECT_EQ(extraction.facts.findings[0].onset->written.text, "2026-01");
  EXPECT_EQ(extraction.facts.findings[0].recorded->written.text, "2026-02-03");
  EXPECT_TRUE(Extract(Condition(Coded(kIcd, "M48.56"), R"(,"onsetString":"long ago")")).facts.findings[0].onset ==
              std::nullopt);
}

TEST(Cautions, FromConditionsAndDevices) {
  EXPECT_EQ(Icd("Z79.01"), "!anticoagulant");
  EXPECT_EQ(Icd("Z88.4"), "!local-anaesthetic-allergy");
  EXPECT_EQ(Icd("Z91.041"), "!contrast-allergy");
  EXPECT_EQ(Icd("Z91.040"), "");
  EXPECT_EQ(Icd("Z95.0"), "!cardiac-implant");
  EXPECT_EQ(Icd("Z96.82"), "!neurostimulator");
  EXPECT_EQ(Icd("Z96.89"), "");
  EXPECT_EQ(Icd("Z33.1"), "!pregnancy");
  EXPECT_EQ(Icd("M43.26"), "!prior-fusion");
  EXPECT_EQ(Snomed("64779008"), "!coagulopathy");
  const auto device = [](const std::string& status) {
    return Named(Extract(R"({"resourceType":"Device","id":"d1","patient":{"reference":"Patient/p1"},"type":)" +
                         Coded(kSct, "14106009") + status + "}"));
  };
  EXPECT_EQ(device(""), "!cardiac-implant");
  EXPECT_EQ(device(R"(,"status":"active")"), "!cardiac-implant");
  EXPECT_EQ(device(R"(,"status":"inactive")"), "!cardiac-implant-");
  EXPECT_EQ(device(R"(,"status":"entered-in-error")"), "");
}

TEST(Cautions, FromDrugsInForce) {
  const auto drug = [](const char* type, const char* code, const char* status) {
    return Extract(R"({"resourceType":")" + std::string(type) + R"(","id":"m1","status":")" + status +
                   R"(","intent":"order","subject":{"reference":"Patient/p1"},"medicationCodeableConcept":)" +
                   Coded(kRx, code) + "}");
  };
  EXPECT_EQ(Named(drug("MedicationRequest", "11289", "active")), "!anticoagulant");
  EXPECT_EQ(drug("MedicationRequest", "11289", "active").facts.cautions.at(0).label, "anticoagulant");
  EXPECT_EQ(drug("MedicationStatement", "32968", "active").facts.cautions.at(0).label, "antiplatelet");
  EXPECT_EQ(Named(drug("MedicationRequest", "11289", "completed")), "!anticoagulant-");
  EXPECT_EQ(Named(drug("MedicationRequest", "11289", "draft")), "");
  EXPECT_EQ(Named(drug("MedicationRequest", "11289", "entered-in-error")), "");
  EXPECT_EQ(Named(drug("MedicationStatement", "11289", "stopped")), "!anticoagulant-");
  // A steroid is a caution as an allergy only.
  EXPECT_EQ(Named(drug("MedicationRequest", "10759", "active")), "");
  EXPECT_EQ(Named(Extract(R"({"resourceType":"MedicationRequest","id":"m1","status":"active","intent":"order",
    "subject":{"reference":"Patient/p1"},"medicationReference":{"reference":"#a"},
    "contained":[{"resourceType":"Medication","id":"a","code":)" +
                          Coded(kRx, "1364430") + "}]}")),
            "!anticoagulant");
}

TEST(Cautions, FromAllergies) {
  const auto allergy = [](const char* code, const std::string& more = "") {
    return Named(
        Extract(R"({"resourceType":"AllergyIntolerance","id":"a1","patient":{"reference":"Patient/p1"},"code":)" +
                Coded(kRx, code) + more + "}"));
  };
  EXPECT_EQ(allergy("6387"), "!local-anaesthetic-allergy");
  EXPECT_EQ(allergy("5956"), "!contrast-allergy");
  EXPECT_EQ(allergy("3264"), "!steroid-allergy");
  EXPECT_EQ(allergy("11289"), "");
  EXPECT_EQ(allergy("6387", R"(,"clinicalStatus":)" +
                                Coded("http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "resolved")),
            "!local-anaesthetic-allergy-");
  EXPECT_EQ(
      allergy("6387", R"(,"verificationStatus":)" +
                          Coded("http://terminology.hl7.org/CodeSystem/allergyintolerance-verification", "refuted")),
      "");
}

TEST(Encounters, HaveASetting) {
  const auto encounter = [](const char* code, const char* status = "finished") {
    return Extract(
        R"({"resourceType":"Encounter","id":"e1","status":")" + std::string(status) +
        R"(","subject":{"reference":"Patient/p1"},"class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":")" +
        code + R"("}})");
  };
  for (const char* code : {"EMER", "IMP", "ACUTE", "NONAC", "OBSENC"}) {
    EXPECT_EQ(encounter(code).facts.encounters.at(0).setting, Setting::kUnrelated) << code;
  }
  for (const char* code : {"AMB", "HH", "VR", "FLD", "SS"}) {
    EXPECT_EQ(encounter(code).facts.encounters.at(0).setting, Setting::kAmbulatory) << code;
  }
  EXPECT_EQ(encounter("PRENC").facts.encounters.at(0).setting, Setting::kUnknown);
  EXPECT_EQ(encounter("EMER").facts.encounters.at(0).class_code, "EMER");
  EXPECT_TRUE(encounter("EMER", "entered-in-error").facts.encounters.empty());
}

TEST(Patients, HaveAState) {
  const auto patient = [](const std::string& more) {
    return Extract(R"({"resourceType":"Patient","id":"p1")" + more + "}").facts.patient;
  };
  const auto plain = patient("");
  EXPECT_TRUE(plain.present);
  EXPECT_TRUE(plain.active);
  EXPECT_FALSE(plain.deceased || plain.test_patient || plain.restricted);
  EXPECT_EQ(Extract(R"({"resourceType":"Patient","id":"p1"})").patient, "Patient/p1");
  EXPECT_FALSE(patient(R"(,"active":false)").active);
  EXPECT_TRUE(patient(R"(,"deceasedBoolean":true)").deceased);
  EXPECT_FALSE(patient(R"(,"deceasedBoolean":false)").deceased);
  EXPECT_TRUE(patient(R"(,"deceasedDateTime":"2026-01-01")").deceased);
  EXPECT_EQ(patient(R"(,"birthDate":"1961-04-02")").birth_date->text, "1961-04-02");
  const auto labelled = [&patient](const char* system, const char* code) {
    return patient(R"(,"meta":{"security":[{"system":")" + std::string(system) + R"(","code":")" + code + R"("}]})");
  };
  EXPECT_TRUE(labelled("http://terminology.hl7.org/CodeSystem/v3-ActReason", "HTEST").test_patient);
  EXPECT_TRUE(labelled("http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "R").restricted);
  EXPECT_FALSE(labelled("http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "N").restricted);
  const auto linked = patient(R"(,"link":[{"type":"replaced-by","other":{"reference":"Patient/p2"}},
    {"type":"replaces","other":{"reference":"Patient/p3"}},{"type":"seealso","other":{"reference":"Patient/p4"}}])");
  EXPECT_EQ(linked.replaced_by, std::vector<std::string>{"Patient/p2"});
  EXPECT_EQ(linked.replaces, std::vector<std::string>{"Patient/p3"});
}

TEST(Drugs, GivenAtAProcedure) {
  const auto given = [](const char* code, const char* status) {
    return Extract(
               R"({"resourceType":"MedicationAdministration","id":"ma1","status":")" + std::string(status) +
               R"(","subject":{"reference":"Patient/p1"},"partOf":[{"reference":"Procedure/pr1"}],"medicationCodeableConcept":)" +
               Coded(kRx, code) + "}")
        .facts.drugs;
  };
  ASSERT_EQ(given("10759", "completed").size(), 1U);
  EXPECT_TRUE(given("10759", "completed")[0].steroid);
  EXPECT_EQ(given("10759", "completed")[0].procedure, "Procedure/pr1");
  EXPECT_TRUE(given("6387", "completed").at(0).anaesthetic);
  EXPECT_TRUE(given("6387", "not-done").empty());
  EXPECT_TRUE(given("11289", "completed").empty());
}

// A request, a statement and an administration that name a Medication, read with these Medications.
std::string Joined(const std::string& reference, const std::vector<std::string>& medications,
                   const char* type = "MedicationRequest", const char* status = "active") {
  clinical::PatientFacts facts;
  Replace(facts, Extract(R"({"resourceType":")" + std::string(type) + R"(","id":"m1","status":")" + status +
                         R"(","intent":"order","partOf":[{"reference":"Procedure/pr1"}],)" +
                         R"("subject":{"reference":"Patient/p1"},"medicationReference":)" + reference + "}"));
  for (const std::string& medication : medications) Replace(facts, Extract(medication));
  Shipped().Join(facts);
  std::string out;
  for (const auto& caution : facts.cautions) out += caution.source.resource + " " + caution.label + ";";
  for (const auto& drug : facts.drugs)
    out += drug.procedure + (drug.steroid ? " s" : "") + (drug.anaesthetic ? " a" : "");
  for (const auto& drug : facts.drug_references) out += "?" + drug.medication;
  return out;
}

TEST(Drugs, ByReference) {
  const auto medication = [](const std::string& id, const std::string& code) {
    return R"({"resourceType":"Medication","id":")" + id + R"(","code":)" + Coded(kRx, code.c_str()) + "}";
  };
  const std::vector<std::string> both = {medication("w", "11289"), medication("c", "32968")};
  EXPECT_EQ(Joined(R"({"reference":"Medication/w"})", both), "MedicationRequest/m1 anticoagulant;");
  EXPECT_EQ(Joined(R"({"reference":"Medication/c/_history/2"})", both, "MedicationStatement"),
            "MedicationStatement/m1 antiplatelet;");
  EXPECT_EQ(Joined(R"({"reference":"https://h.example/fhir/Medication/w"})", both),
            "MedicationRequest/m1 anticoagulant;");
  EXPECT_EQ(Joined(R"({"reference":"https://other.example/fhir/Medication/w"})", both), "?");
  EXPECT_EQ(Joined(R"({"reference":"Medication/x","display":"warfarin"})", both), "?Medication/x");
  EXPECT_EQ(Joined(R"({"display":"warfarin"})", both), "?");
  EXPECT_EQ(Joined(R"({"identifier":{"system":"urn:x","value":"7"}})", both), "?");
  EXPECT_EQ(Joined(R"({"reference":"Medication?identifier=urn:x|7"})", both), "?");
  EXPECT_EQ(Joined(R"({"reference":"Substance/w"})", both), "?");
  EXPECT_EQ(Joined(R"({"reference":"#w"})", both), "?");  // contained, and not there
  EXPECT_EQ(Joined(R"({"reference":"Medication/i"})", {medication("i", "5640")}), "");
  // Not in force: of no concern, whatever it is.
  EXPECT_EQ(Joined(R"({"reference":"Medication/x"})", {}, "MedicationRequest", "completed"), "");
  EXPECT_EQ(Joined(R"({"reference":"Medication/x"})", {}, "MedicationRequest", "draft"), "");
  EXPECT_EQ(Joined(R"({"reference":"Medication/x"})", {}, "MedicationStatement", "entered-in-error"), "");
}

// Words alone: nobody can look up which drug it is.
TEST(Drugs, WithoutACode) {
  const auto unknown = [](const std::string& drug, const char* type = "MedicationRequest",
                          const char* status = "active") {
    const auto facts =
        Extract(R"({"resourceType":")" + std::string(type) + R"(","id":"m1","status":")" + status +
                R"(","intent":"order","partOf":[{"reference":"Procedure/pr1"}],"subject":{"reference":"Patient/p1"},)" +
                R"("medicationCodeableConcept":)" + drug + "}")
            .facts;
    EXPECT_TRUE(facts.cautions.empty() && facts.drugs.empty());
    std::string out;
    for (const auto& one : facts.drug_references) {
      out += "?" + one.medication;
      for (const auto& procedure : one.procedures) out += " " + procedure;
    }
    return out;
  };
  const std::string words = R"({"text":"warfarin 5 mg"})";
  EXPECT_EQ(unknown(words), "?");
  EXPECT_EQ(unknown(words, "MedicationStatement"), "?");
  EXPECT_EQ(unknown(R"({"coding":[{"display":"warfarin"}]})"), "?");
  EXPECT_EQ(unknown(R"({"coding":[{"code":"11289"}]})"), "?");  // of no system: no match
  EXPECT_EQ(unknown(R"({"coding":[{"system":"http://h.example","code":"4711"}],"text":"x"})"), "");  // a code to map
  EXPECT_EQ(unknown(words, "MedicationRequest", "completed"), "");
  EXPECT_EQ(unknown(words, "MedicationRequest", "draft"), "");
  EXPECT_EQ(unknown(words, "MedicationAdministration", "completed"), "? Procedure/pr1");
  EXPECT_EQ(unknown(words, "MedicationAdministration", "not-done"), "");
}

TEST(Drugs, ByReferenceGivenAtAProcedure) {
  const auto given = [](const char* code, const char* status = "completed") {
    return Joined(R"({"reference":"Medication/d"})",
                  {R"({"resourceType":"Medication","id":"d","code":)" + Coded(kRx, code) + "}"},
                  "MedicationAdministration", status);
  };
  EXPECT_EQ(given("10759"), "Procedure/pr1 s");
  EXPECT_EQ(given("6387"), "Procedure/pr1 a");
  EXPECT_EQ(given("11289"), "");  // no caution: it was given, it is not in force
  EXPECT_EQ(given("10759", "not-done"), "");
  EXPECT_EQ(Joined(R"({"reference":"Medication/d"})", {}, "MedicationAdministration", "completed"), "?Medication/d");
}

// What it holds counts, whatever its own code; one without any code says nothing.
TEST(Drugs, ByReferenceOfProducts) {
  const auto named = [](const std::string& more) {
    return Joined(R"({"reference":"Medication/k"})", {R"({"resourceType":"Medication","id":"k")" + more + "}"});
  };
  EXPECT_EQ(named(R"(,"code":)" + Coded("http://hospital.example", "1") + R"(,"ingredient":[{"itemCodeableConcept":)" +
                  Coded(kRx, "11289") + "}]"),
            "MedicationRequest/m1 anticoagulant;");
  EXPECT_EQ(named(R"(,"ingredient":[{"itemReference":{"reference":"Substance/s"}}])"), "?Medication/k");
  EXPECT_EQ(named(R"(,"code":{"text":"warfarin"})"), "?Medication/k");
  EXPECT_EQ(named(R"(,"status":"inactive","code":)" + Coded(kRx, "11289")), "MedicationRequest/m1 anticoagulant;");
}

TEST(Orders, AreInterventionsNotDone) {
  const auto order = [](const char* status, const std::string& code, const std::string& more = "") {
    return Extract(R"({"resourceType":"ServiceRequest","id":"s1","status":")" + std::string(status) +
                   R"(","intent":"order","subject":{"reference":"Patient/p1"},"authoredOn":"2026-04-01","code":)" +
                   code + more + "}")
        .facts.interventions;
  };
  const auto mri = order("active", Coded(kLoinc, "24968-0"));
  ASSERT_EQ(mri.size(), 1U);
  EXPECT_TRUE(mri[0].order);
  EXPECT_EQ(mri[0].region, Region::kLumbar);
  EXPECT_EQ(mri[0].time->written.text, "2026-04-01");
  EXPECT_TRUE(order("draft", Coded(kLoinc, "24968-0")).empty());
  EXPECT_TRUE(order("completed", Coded(kLoinc, "24968-0")).empty());
  EXPECT_TRUE(order("active", Coded(kLoinc, "24968-0"), R"(,"doNotPerform":true)").empty());
  EXPECT_EQ(order("active", Coded(kSct, "306170007")).at(0).kind, clinical::InterventionKind::kPhysicalTherapy);
  // A facet session is an order only here; what was done is a FacetProcedure.
  const auto facet = order("active", Coded("http://www.ama-assn.org/go/cpt", "64493"));
  ASSERT_EQ(facet.size(), 1U);
  EXPECT_EQ(facet[0].kind, clinical::InterventionKind::kFacetSession);
  EXPECT_EQ(facet[0].region, Region::kLumbar);
  EXPECT_TRUE(facet[0].order);
}

std::string Report(const char* code, const char* status = "final",
                   const char* time = R"("effectiveDateTime":"2026-03-05")") {
  return R"({"resourceType":"DiagnosticReport","id":"r1","status":")" + std::string(status) +
         R"(","subject":{"reference":"Patient/p1"},"code":)" + Coded(kLoinc, code) + (*time == 0 ? "" : ",") + time +
         "}";
}

TEST(Reports, OfImages) {
  EXPECT_EQ(Extract(Report("24968-0")).facts.interventions.at(0).kind, clinical::InterventionKind::kMri);
  for (const char* status : {"final", "amended", "corrected", "preliminary"}) {
    EXPECT_EQ(ReasonOf(Extract(Report("24968-0", status))), "") << status;
  }
  EXPECT_EQ(ReasonOf(Extract(Report("24968-0", "registered"))), "status");
  EXPECT_EQ(ReasonOf(Extract(Report("24968-0", "entered-in-error"))), "entered-in-error");
  EXPECT_EQ(ReasonOf(Extract(Report("24968-0", "final", ""))), "no-time");
  EXPECT_TRUE(
      Extract(Report("24968-0", "final", R"("issued":"2026-03-05T10:00:00Z")")).facts.interventions.at(0).time->issued);
  EXPECT_EQ(ReasonOf(Extract(Report("58410-2", "registered"))), "");
}

TEST(Reports, OfGuidance) {
  const Extraction block = Extract(Report("35932-3"));
  ASSERT_EQ(block.facts.nerve_blocks.size(), 1U);
  EXPECT_EQ(block.facts.nerve_blocks[0].region, Region::kLumbar);
  // A facet-joint code says nothing here, and a denervation is told by its Procedure.
  EXPECT_TRUE(Extract(Report("30817-1")).facts.nerve_blocks.empty());
  EXPECT_TRUE(Extract(Report("30817-1")).facts.procedures.empty());
  EXPECT_TRUE(Extract(Report("72542-4")).facts.interventions.empty());
}

TEST(ImagingStudies, ByCodeOrByModalityAndSite) {
  const auto study = [](const std::string& more, const char* status = "available") {
    return Extract(R"({"resourceType":"ImagingStudy","id":"i1","status":")" + std::string(status) +
                   R"(","subject":{"reference":"Patient/p1"},"started":"2026-03-05T10:00:00Z")" + more + "}");
  };
  const std::string mr = R"(,"modality":[{"system":"http://dicom.nema.org/resources/ontology/DCM","code":"MR"}])";
  const auto series = [](const char* code) {
    return R"(,"series":[{"uid":"1.2","modality":{"code":"MR"},"bodySite":{"system":"http://snomed.info/sct","code":")" +
           std::string(code) + R"("}}])";
  };
  EXPECT_EQ(study(R"(,"procedureCode":[)" + Coded(kLoinc, "24935-9") + "]").facts.interventions.at(0).region,
            Region::kCervical);
  EXPECT_EQ(study(mr + series("122496007")).facts.interventions.at(0).kind, clinical::InterventionKind::kMri);
  EXPECT_TRUE(study(mr).facts.interventions.empty());
  EXPECT_TRUE(study(mr + series("72696002")).facts.interventions.empty());
  EXPECT_EQ(ReasonOf(study(mr + series("122496007"), "registered")), "status");
  EXPECT_EQ(study(R"(,"procedureCode":[)" + Coded(kLoinc, "35932-3") + "]").facts.nerve_blocks.size(), 1U);
}

TEST(OtherResources, AreNotRead) {
  const Extraction extraction = Extract(R"({"resourceType":"Organization","id":"o1"})");
  EXPECT_EQ(extraction.source.resource, "Organization/o1");
  EXPECT_TRUE(extraction.patient.empty());
  EXPECT_TRUE(Extract("{}").source.resource.empty());
}

}  // namespace
}  // namespace facet::mapping

// Observations (clinical specification, section 1: scores, percent relief, time, setting of a score).
#include "mapping_support.hpp"

#include "adapter/clinical/facts.hpp"

#include <gtest/gtest.h>

namespace facet::mapping {
namespace {

using clinical::Instrument;
using clinical::Region;

constexpr const char* kNrs = R"({"system":"http://loinc.org","code":"72514-3"})";
constexpr const char* kVas = R"({"system":"http://loinc.org","code":"38214-3"})";
constexpr const char* kRelief =
    R"({"system":"https://facet-adapter.org/fhir/CodeSystem/observation","code":"percent-relief"})";
constexpr const char* kRemaining =
    R"({"system":"https://facet-adapter.org/fhir/CodeSystem/observation","code":"percent-remaining"})";

std::string Loinc(const char* code) { return std::string(R"({"system":"http://loinc.org","code":")") + code + R"("})"; }

struct Parts {
  std::string coding = kNrs;
  std::string value = R"("valueQuantity":{"value":7})";
  std::string status = "final";
  std::string time = R"("effectiveDateTime":"2026-03-05T09:00:00Z")";
  std::string subject = R"("subject":{"reference":"Patient/p1"})";
  std::string more = {};
};

std::string Observation(const Parts& parts) {
  std::string out = R"({"resourceType":"Observation","id":"o1","status":")" + parts.status + R"(","code":{"coding":[)" +
                    parts.coding + "]}";
  for (const std::string& part : {parts.value, parts.time, parts.subject, parts.more}) {
    if (!part.empty()) out += "," + part;
  }
  return out + "}";
}

// "nrs 7", "relief 80", "odi 36 percent", "phq-9 12", or "rejected out-of-range"; "" for nothing.
std::string Read(const Parts& parts, const Mapper& mapper = Shipped()) {
  const Extraction extraction = Extract(Observation(parts), mapper);
  std::string out;
  const auto add = [&out](const std::string& text) { out += (out.empty() ? "" : "; ") + text; };
  for (const auto& one : extraction.facts.scores) {
    add(std::string(clinical::NameOf(one.instrument)) + " " + one.value.ToString());
  }
  for (const auto& one : extraction.facts.reliefs) add("relief " + one.percent.ToString());
  for (const auto& one : extraction.facts.functions) {
    add(std::string(clinical::NameOf(one.instrument)) + " " + one.value.ToString() + " " + one.unit);
  }
  for (const auto& one : extraction.facts.screens) {
    add(std::string(clinical::NameOf(one.kind)) + " " + one.value.ToString());
  }
  if (!extraction.rejections.empty()) add("rejected " + ReasonOf(extraction));
  return out;
}
std::string ReadValue(const std::string& value, const std::string& coding = kNrs) {
  return Read({.coding = coding, .value = value});
}
std::string Quantity(const std::string& value, const std::string& rest = "") {
  return R"("valueQuantity":{"value":)" + value + rest + "}";
}

TEST(Scores, KnowTheirInstruments) {
  EXPECT_EQ(ReadValue(Quantity("7"), Loinc("72514-3")), "nrs 7");
  EXPECT_EQ(ReadValue(Quantity("7"), Loinc("38208-5")), "nrs 7");
  EXPECT_EQ(ReadValue(Quantity("7"), R"({"system":"http://snomed.info/sct","code":"225908003"})"), "nrs 7");
  EXPECT_EQ(ReadValue(Quantity("7"), Loinc("38214-3")), "vas-10 7");
  EXPECT_EQ(ReadValue(Quantity("6"), Loinc("38221-8")), "faces 6");
  EXPECT_EQ(ReadValue(Quantity("7"), Loinc("75893-8")), "nrs-week 7");
  EXPECT_EQ(ReadValue(Quantity("7"), Loinc("91147-9")), "peg 7 ");
  EXPECT_EQ(ReadValue(Quantity("7"), Loinc("77565-0")), "bpi 7 ");
  EXPECT_EQ(ReadValue(Quantity("36", R"(,"unit":"%")"), Loinc("97909-6")), "odi 36 percent");
  EXPECT_EQ(ReadValue(Quantity("36", R"(,"unit":"{score}")"), Loinc("82237-9")), "ndi 36 score");
  EXPECT_EQ(ReadValue(Quantity("12"), Loinc("44261-6")), "phq-9 12");
  EXPECT_EQ(ReadValue(Quantity("9"), Loinc("70274-6")), "gad-7 9");
  // Not pain scores: another scale, a discouraged code, a T-score.
  for (const char* code : {"75260-0", "75261-8", "75262-6", "56840-2", "77865-4", "8867-4"}) {
    EXPECT_EQ(ReadValue(Quantity("7"), Loinc(code)), "") << code;
  }
}

TEST(Scores, KnowSystemsInEverySpelling) {
  for (const char* system :
       {"https://loinc.org", "http://loinc.org/", "http://LOINC.org|2.74", "urn:oid:2.16.840.1.113883.6.1"}) {
    EXPECT_EQ(ReadValue(Quantity("7"), R"({"system":")" + std::string(system) + R"(","code":"72514-3"})"), "nrs 7");
  }
  EXPECT_EQ(ReadValue(Quantity("7"), R"({"code":"72514-3"})"), "");
}

TEST(Scores, ReadEveryShapeOfValue) {
  EXPECT_EQ(ReadValue(R"("valueInteger":7)"), "nrs 7");
  EXPECT_EQ(ReadValue(Quantity("7.50")), "nrs 7.50");
  EXPECT_EQ(ReadValue(R"("valueString":"7")"), "nrs 7");
  EXPECT_EQ(ReadValue(R"("valueString":" 7,5 / 10 ")"), "nrs 7.5");
  EXPECT_EQ(ReadValue(R"("valueString":"7 out of 10")"), "nrs 7");
  EXPECT_EQ(ReadValue(R"("valueString":"7of10")"), "nrs 7");
  EXPECT_EQ(ReadValue(R"("valueString":"07")"), "nrs 7");
  EXPECT_EQ(ReadValue(R"("valueString":"0")"), "nrs 0");
  for (const char* text : {"seven", "7/11", "7-8", ">7", "-7", "7 8", "", "7/100"}) {
    EXPECT_EQ(ReadValue(R"("valueString":")" + std::string(text) + "\""),
              std::string(text).empty() ? "rejected not-a-number" : "rejected not-a-number")
        << text;
  }
  EXPECT_EQ(ReadValue(R"("valueCodeableConcept":{"coding":[{"system":"http://loinc.org","code":"LA10139-6"}]})"),
            "nrs 7");
  EXPECT_EQ(ReadValue(R"("valueCodeableConcept":{"coding":[{"system":"https://loinc.org","code":"LA6113-0"}]})"),
            "nrs 2");
  EXPECT_EQ(ReadValue(R"("valueCodeableConcept":{"text":"7/10"})"), "nrs 7");
  // A display is never read.
  EXPECT_EQ(ReadValue(R"("valueCodeableConcept":{"coding":[{"system":"http://x.example","code":"a","display":"7"}]})"),
            "rejected not-a-number");
  EXPECT_EQ(ReadValue(R"("valueBoolean":true)"), "rejected not-a-number");
  EXPECT_EQ(ReadValue(R"("valueRange":{"low":{"value":6},"high":{"value":8}})"), "rejected not-a-number");
}

TEST(Scores, ReadVasByItsUnit) {
  const auto vas = [](const std::string& value, const std::string& unit) {
    return ReadValue(Quantity(value, unit.empty() ? "" : R"(,"unit":")" + unit + "\""), kVas);
  };
  EXPECT_EQ(vas("7", ""), "vas-10 7");
  EXPECT_EQ(vas("7", "cm"), "vas-10 7");
  EXPECT_EQ(vas("7", "{score}"), "vas-10 7");
  EXPECT_EQ(vas("70", "mm"), "vas-100 70");
  EXPECT_EQ(vas("7", "mm"), "vas-100 7");
  EXPECT_EQ(vas("70", ""), "rejected out-of-range");
  EXPECT_EQ(vas("70", "%"), "rejected unit");
  EXPECT_EQ(ReadValue(R"("valueString":"70/100")", kVas), "vas-100 70");
  EXPECT_EQ(ReadValue(R"("valueString":"7/10")", kVas), "vas-10 7");
  EXPECT_EQ(ReadValue(R"("valueString":"7")", kVas), "vas-10 7");
  EXPECT_EQ(ReadValue(R"("valueString":"70")", kVas), "rejected out-of-range");
}

TEST(Scores, KnowTheirUnits) {
  for (const char* unit :
       {R"(,"unit":"{score}","system":"http://unitsofmeasure.org","code":"{score}")", R"(,"unit":"Score")",
        R"(,"unit":"/10")", R"(,"code":"1","system":"http://unitsofmeasure.org")",
        R"(,"unit":"points","code":"{score}","system":"https://unitsofmeasure.org/")", R"(,"unit":" ")"}) {
    EXPECT_EQ(ReadValue(Quantity("7", unit)), "nrs 7") << unit;
  }
  for (const char* unit : {R"(,"unit":"kg")", R"(,"unit":"mm")", R"(,"unit":"%")",
                           R"(,"system":"http://unitsofmeasure.org","code":"mg")"}) {
    EXPECT_EQ(ReadValue(Quantity("7", unit)), "rejected unit") << unit;
  }
}

TEST(Scores, StayWithinTheirScale) {
  EXPECT_EQ(ReadValue(Quantity("0")), "nrs 0");
  EXPECT_EQ(ReadValue(Quantity("10")), "nrs 10");
  EXPECT_EQ(ReadValue(Quantity("10.0")), "nrs 10.0");
  for (const char* value : {"11", "10.1", "99", "-1", "-0.5"}) {
    EXPECT_EQ(ReadValue(Quantity(value)), "rejected out-of-range") << value;
  }
  EXPECT_EQ(ReadValue(Quantity("101", R"(,"unit":"mm")"), kVas), "rejected out-of-range");
  EXPECT_EQ(ReadValue(Quantity("27"), Loinc("44261-6")), "phq-9 27");
  EXPECT_EQ(ReadValue(Quantity("28"), Loinc("44261-6")), "rejected out-of-range");
  EXPECT_EQ(ReadValue(R"("valueString":"11")"), "rejected out-of-range");
}

TEST(Scores, RefuseWhatIsNoReading) {
  EXPECT_EQ(ReadValue(R"("valueQuantity":{"value":7,"comparator":"<"})"), "rejected comparator");
  EXPECT_EQ(ReadValue(R"("dataAbsentReason":{"text":"refused"})"), "rejected data-absent");
  EXPECT_EQ(ReadValue(""), "rejected no-value");
  EXPECT_EQ(ReadValue(R"("valueQuantity":{"unit":"{score}"})"), "rejected no-value");
  EXPECT_EQ(Read({.time = ""}), "rejected no-time");
  EXPECT_EQ(Read({.time = R"("effectiveDateTime":"05.03.2026")"}), "rejected invalid");
  EXPECT_EQ(Read({.subject = ""}), "rejected no-patient");
  EXPECT_EQ(Read({.subject = R"("subject":{"reference":"Device/d1"})"}), "rejected no-patient");
  for (const char* status : {"registered", "cancelled", "unknown"}) {
    EXPECT_EQ(Read({.status = status}), "rejected status") << status;
  }
  EXPECT_EQ(Read({.status = "entered-in-error"}), "rejected entered-in-error");
  for (const char* status : {"final", "amended", "corrected"}) EXPECT_EQ(Read({.status = status}), "nrs 7") << status;
}

TEST(Scores, ArePreliminaryFactsAndSaySo) {
  const Extraction extraction = Extract(Observation({.status = "preliminary"}));
  ASSERT_EQ(extraction.facts.scores.size(), 1U);
  EXPECT_TRUE(extraction.facts.scores[0].preliminary);
  EXPECT_EQ(ReasonOf(extraction), "preliminary");
  EXPECT_EQ(Read({.coding = kRelief, .status = "preliminary"}), "relief 7; rejected preliminary");
  EXPECT_EQ(Read({.coding = Loinc("44261-6"), .status = "preliminary"}), "rejected preliminary");
}

TEST(Scores, OfSeveralCodingsAreOneFact) {
  const std::string snomed = R"({"system":"http://snomed.info/sct","code":"225908003"})";
  EXPECT_EQ(ReadValue(Quantity("7"), kNrs + std::string(",") + snomed), "nrs 7");
  EXPECT_EQ(ReadValue(Quantity("7"), kVas + std::string(",") + kNrs), "nrs 7");
  EXPECT_EQ(ReadValue(Quantity("70", R"(,"unit":"mm")"), kNrs + std::string(",") + kVas), "vas-100 70");
}

TEST(Scores, InComponents) {
  const auto component = [](const std::string& coding, const std::string& value) {
    return R"({"code":{"coding":[)" + coding + "]}" + (value.empty() ? "" : "," + value) + "}";
  };
  const std::string panel = Loinc("85353-1");
  const auto read = [&](const std::string& coding, const std::string& value, const std::string& components) {
    return Read({.coding = coding, .value = value, .more = R"("component":[)" + components + "]"});
  };
  EXPECT_EQ(read(panel, "", component(kNrs, Quantity("7"))), "nrs 7");
  EXPECT_EQ(read(kNrs, "", component(kNrs, Quantity("7"))), "nrs 7");
  EXPECT_EQ(read(kNrs, Quantity("6"), component(kNrs, Quantity("7"))), "nrs 6");
  EXPECT_EQ(read(kNrs, "", component(Loinc("8867-4"), Quantity("70"))), "rejected no-value");
  EXPECT_EQ(read(kNrs, "", component(kNrs, Quantity("12"))), "rejected out-of-range");
  EXPECT_EQ(read(panel, "", component(kVas, Quantity("5")) + "," + component(kNrs, Quantity("7"))), "nrs 7");
  EXPECT_EQ(read(panel, "", component(kNrs, Quantity("12")) + "," + component(kVas, Quantity("5"))), "vas-10 5");
  EXPECT_EQ(read(panel, "", component(kNrs, Quantity("7")) + "," + component(kRelief, Quantity("30"))),
            "nrs 7; relief 30");
  EXPECT_EQ(read(panel, "", component(Loinc("8867-4"), Quantity("70"))), "");
}

TEST(PercentRelief, HasADirection) {
  EXPECT_EQ(ReadValue(Quantity("80", R"(,"unit":"%","system":"http://unitsofmeasure.org","code":"%")"), kRelief),
            "relief 80");
  EXPECT_EQ(ReadValue(Quantity("80"), kRelief), "relief 80");
  EXPECT_EQ(ReadValue(Quantity("20", R"(,"unit":"%")"), kRemaining), "relief 80");
  EXPECT_EQ(ReadValue(Quantity("0"), kRemaining), "relief 100");
  EXPECT_EQ(ReadValue(Quantity("100"), kRelief), "relief 100");
  EXPECT_EQ(ReadValue(Quantity("100.5"), kRelief), "rejected out-of-range");
  EXPECT_EQ(ReadValue(Quantity("150", R"(,"unit":"%")"), kRelief), "rejected out-of-range");
  EXPECT_EQ(ReadValue(Quantity("-5"), kRemaining), "rejected out-of-range");
  EXPECT_EQ(ReadValue(Quantity("80", R"(,"unit":"mm")"), kRelief), "rejected unit");
}

TEST(PercentRelief, IsLinkedToItsProcedure) {
  const Extraction extraction = Extract(Observation(
      {.coding = kRelief,
       .more = R"("partOf":[{"reference":"Procedure/pr1"}],"focus":[{"reference":"Procedure/pr2/_history/1"},
                {"reference":"Condition/c1"},{"reference":"Procedure/pr1"}])"}));
  ASSERT_EQ(extraction.facts.reliefs.size(), 1U);
  EXPECT_EQ(extraction.facts.reliefs[0].linked, (std::vector<std::string>{"Procedure/pr1", "Procedure/pr2"}));
}

TEST(Scores, TakeTheirTime) {
  const auto time = [](const std::string& text) {
    const Extraction extraction = Extract(Observation({.time = text}));
    EXPECT_EQ(extraction.facts.scores.size(), 1U) << text << ReasonOf(extraction);
    return extraction.facts.scores.empty() ? clinical::ClinicalTime{} : extraction.facts.scores[0].time;
  };
  EXPECT_EQ(time(R"("effectiveDateTime":"2026-03-05")").written.text, "2026-03-05");
  EXPECT_TRUE(time(R"("effectiveDateTime":"2026-03-05")").date_only());
  EXPECT_EQ(time(R"("effectiveInstant":"2026-03-05T09:00:00Z")").written.text, "2026-03-05T09:00:00Z");
  EXPECT_EQ(time(R"("effectivePeriod":{"start":"2026-03-05T09:00:00Z","end":"2026-03-05T09:10:00Z"})").written.text,
            "2026-03-05T09:10:00Z");
  EXPECT_EQ(time(R"("effectivePeriod":{"start":"2026-03-05T09:00:00Z"})").written.text, "2026-03-05T09:00:00Z");
  const auto issued = time(R"("issued":"2026-03-05T09:30:00Z")");
  EXPECT_EQ(issued.written.text, "2026-03-05T09:30:00Z");
  EXPECT_TRUE(issued.issued);
  EXPECT_FALSE(time(R"("effectiveDateTime":"2026-03-05","issued":"2026-03-06T09:30:00Z")").issued);
}

clinical::PainScore ScoreAt(const std::string& site) {
  const Extraction extraction = Extract(Observation({.more = site}));
  EXPECT_EQ(extraction.facts.scores.size(), 1U);
  return extraction.facts.scores.empty() ? clinical::PainScore{} : extraction.facts.scores[0];
}

TEST(Scores, KnowTheirBodySite) {
  const auto at = [](const char* code) {
    return ScoreAt(R"("bodySite":{"coding":[{"system":"http://snomed.info/sct","code":")" + std::string(code) +
                   R"("}]})");
  };
  const auto lumbar = at("122496007");
  EXPECT_EQ(lumbar.region, Region::kLumbar);
  EXPECT_TRUE(lumbar.spine_site);
  EXPECT_FALSE(lumbar.limb_site);
  EXPECT_FALSE(lumbar.not_cervical);
  const auto back = at("77568009");
  EXPECT_EQ(back.region, Region::kUnknown);
  EXPECT_TRUE(back.spine_site);
  EXPECT_TRUE(back.not_cervical);
  const auto leg = at("61685007");
  EXPECT_TRUE(leg.lower_limb);
  EXPECT_TRUE(leg.limb_site);
  EXPECT_FALSE(leg.spine_site);
  const auto knee = at("72696002");
  EXPECT_TRUE(knee.limb_site);
  EXPECT_FALSE(knee.lower_limb);
  const auto none = ScoreAt("");
  EXPECT_FALSE(none.spine_site);
  EXPECT_FALSE(none.limb_site);
  EXPECT_EQ(ScoreAt(R"("bodySite":{"text":"Lumbar spine"})").region, Region::kLumbar);
  EXPECT_EQ(ScoreAt(R"("bodySite":{"text":"Low back"})").region, Region::kLumbar);
  EXPECT_TRUE(ScoreAt(R"("bodySite":{"text":"Back"})").not_cervical);
  EXPECT_TRUE(ScoreAt(R"("bodySite":{"text":"Spine"})").spine_site);
  EXPECT_FALSE(ScoreAt(R"("bodySite":{"text":"Spine"})").not_cervical);
  EXPECT_TRUE(ScoreAt(R"("bodySite":{"text":"Left shoulder"})").limb_site);
  // Two names of one place: the narrower one.
  EXPECT_EQ(ScoreAt(R"("bodySite":{"coding":[{"system":"http://snomed.info/sct","code":"77568009"},
                       {"system":"http://snomed.info/sct","code":"122496007"}]})")
                .region,
            Region::kLumbar);
}

TEST(Scores, KeepEncounterAndLinks) {
  const auto score = ScoreAt(R"("encounter":{"reference":"https://h.example/fhir/Encounter/e1"},
                               "partOf":[{"reference":"Procedure/pr1"}])");
  EXPECT_EQ(score.encounter, "Encounter/e1");
  EXPECT_EQ(score.linked, std::vector<std::string>{"Procedure/pr1"});
}

// Local codes come through concept maps: to public codes, or to the adapter's own.
TEST(Scores, OfLocalCodes) {
  const auto mapper = LoadWith({R"({"resourceType":"ConceptMap","url":"https://s.example/cm","status":"active","group":[
      {"source":"https://s.example/cs","target":"http://loinc.org","element":[
        {"code":"PAIN","target":[{"code":"72514-3","equivalence":"equivalent"}]},
        {"code":"NOT","target":[{"code":"72514-3","equivalence":"disjoint"}]}]},
      {"source":"https://s.example/cs","target":"https://facet-adapter.org/fhir/CodeSystem/observation","element":[
        {"code":"REL","target":[{"code":"percent-relief","equivalence":"equivalent"}]},
        {"code":"REM","target":[{"code":"percent-remaining","equivalence":"equivalent"}]}]}]})"});
  ASSERT_NE(mapper, nullptr);
  const auto read = [&mapper](const char* code, const char* value) {
    return Read({.coding = R"({"system":"https://s.example/cs/","code":")" + std::string(code) + R"("})",
                 .value = Quantity(value)},
                *mapper);
  };
  EXPECT_EQ(read("PAIN", "7"), "nrs 7");
  EXPECT_EQ(read("NOT", "7"), "");
  EXPECT_EQ(read("REL", "80"), "relief 80");
  EXPECT_EQ(read("REM", "30"), "relief 70");
  EXPECT_EQ(read("OTHER", "7"), "");
  const auto codes = mapper->SearchCodes("Observation");
  EXPECT_NE(std::find(codes.begin(), codes.end(), "https://s.example/cs|REL"), codes.end());
  EXPECT_EQ(std::find(codes.begin(), codes.end(), "https://s.example/cs|NOT"), codes.end());
}

}  // namespace
}  // namespace facet::mapping

// One spelling a code system; cleaned codes (clinical specification, section 1, "Codes").
#include "adapter/fhir/codings.hpp"
#include "adapter/json/document.hpp"

#include <gtest/gtest.h>

#include <string>

namespace facet::fhir {
namespace {

TEST(NormalizeSystem, KnowsEverySpellingOfTheKnownSystems) {
  struct Known {
    std::string_view system;
    std::string_view oid;
  };
  for (const Known& known : {Known{kLoinc, "6.1"}, Known{kSnomed, "6.96"}, Known{kCpt, "6.12"}, Known{kIcd10Cm, "6.90"},
                             Known{kIcd10Pcs, "6.4"}, Known{kRxNorm, "6.88"}, Known{kHcpcs, "6.285"},
                             Known{kUcum, "6.8"}, Known{kIcd10, "6.3"}, Known{kActCode, "5.4"}}) {
    const std::string url(known.system);
    const std::string rest = url.substr(url.find("://"));
    const std::string host = rest.substr(0, rest.find('/', 3));
    std::string shouted = host;
    for (char& c : shouted) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    const std::string path = rest.substr(host.size());
    for (const std::string& spelling :
         {url, "https" + rest, url + "/", "https" + rest + "/", url + "|2.77", "https" + rest + "/|2.77",
          "HTTP" + shouted + path, "hTTps" + shouted + path + "/|x", " " + url + "\n",
          "urn:oid:2.16.840.1.113883." + std::string(known.oid), "URN:OID:2.16.840.1.113883." + std::string(known.oid),
          "urn:oid:2.16.840.1.113883." + std::string(known.oid) + "|1"}) {
      EXPECT_EQ(NormalizeSystem(spelling), known.system) << spelling;
    }
  }
  EXPECT_EQ(NormalizeSystem("http://hl7.org/fhir/sid/icd-10-pcs"), kIcd10Pcs);
  EXPECT_EQ(NormalizeSystem("http://hl7.org/fhir/v3/ActCode"), kActCode);
}

TEST(NormalizeSystem, KeepsOthersApart) {
  EXPECT_EQ(NormalizeSystem(""), "");
  EXPECT_EQ(NormalizeSystem("urn:oid:2.16.840.1.113883.5.41"), "urn:oid:2.16.840.1.113883.5.41");
  EXPECT_EQ(NormalizeSystem("urn:oid:2.16.840.1.113883.6.961"), "urn:oid:2.16.840.1.113883.6.961");
  EXPECT_EQ(NormalizeSystem("http://snomed.info/SCT"), "http://snomed.info/SCT");  // paths have case
  EXPECT_EQ(NormalizeSystem("http://snomed.info/sct//"), "http://snomed.info/sct/");
  EXPECT_EQ(NormalizeSystem("ftp://loinc.org"), "ftp://loinc.org");
  EXPECT_EQ(NormalizeSystem("loinc.org"), "loinc.org");
  EXPECT_EQ(NormalizeSystem("https://Hospital.example/Codes/"), "http://hospital.example/Codes");
  EXPECT_EQ(NormalizeSystem("urn:Local:codes"), "urn:Local:codes");
}

TEST(CleanCode, TrimsBlanksAndOnePlus) {
  EXPECT_EQ(CleanCode("64493"), "64493");
  EXPECT_EQ(CleanCode(" +64494\t"), "64494");
  EXPECT_EQ(CleanCode("+ 64494"), "64494");
  EXPECT_EQ(CleanCode("++64494"), "+64494");
  EXPECT_EQ(CleanCode("72514-3"), "72514-3");
  EXPECT_EQ(CleanCode("  "), "");
  EXPECT_EQ(CleanCode("+"), "");
}

std::vector<Coding> Read(std::string_view text) {
  const auto document = json::Parse(text);
  EXPECT_TRUE(document.ok()) << text;
  return CodingsOf(document->root());
}

TEST(CodingsOf, ReadsConceptsListsAndLoneCodings) {
  const Coding pain{std::string(kLoinc), "72514-3"};
  const Coding addon{std::string(kCpt), "64494"};
  EXPECT_EQ(Read(R"({"coding":[{"system":"https://loinc.org/","code":" 72514-3","display":"x"},
                               {"system":"http://www.ama-assn.org/go/cpt","code":"+64494"}],"text":"y"})"),
            (std::vector{pain, addon}));
  EXPECT_EQ(Read(R"([{"coding":[{"system":"http://loinc.org","code":"72514-3"}]},
                     {"coding":[{"system":"http://www.ama-assn.org/go/cpt","code":"64494"}]}])"),
            (std::vector{pain, addon}));
  EXPECT_EQ(Read(R"({"system":"http://loinc.org","code":"72514-3"})"), std::vector{pain});
}

TEST(CodingsOf, DropsWhatCannotMatch) {
  EXPECT_EQ(Read(R"({"coding":[{"code":"72514-3"},{"system":"http://loinc.org"},{"system":"","code":"1"},
                               {"system":"http://loinc.org","code":7},{"display":"pain"},null,3]})"),
            std::vector<Coding>());
  EXPECT_EQ(Read(R"({"text":"pain"})"), std::vector<Coding>());
  EXPECT_EQ(Read("7"), std::vector<Coding>());
  EXPECT_TRUE(CodingsOf(json::Value()).empty());
}

TEST(Icd10, MatchesWithAndWithoutTheDot) {
  EXPECT_EQ(Icd10Key("M47.816"), "M47816");
  EXPECT_EQ(Icd10Key("M47816"), "M47816");
  EXPECT_EQ(Icd10Key("M47"), "M47");
  EXPECT_TRUE(Icd10HasPrefix("M47.816", "M47.81"));
  EXPECT_TRUE(Icd10HasPrefix("M47816", "M47.8"));
  EXPECT_TRUE(Icd10HasPrefix("M47.816", "M4781"));
  EXPECT_TRUE(Icd10HasPrefix("M47.8", "M47.8"));
  EXPECT_FALSE(Icd10HasPrefix("M47.8", "M47.81"));
  EXPECT_FALSE(Icd10HasPrefix("M4.7816", "M47.8"));
  EXPECT_TRUE(IsIcd10(NormalizeSystem("https://hl7.org/fhir/sid/icd-10/")));
  EXPECT_TRUE(IsIcd10(kIcd10Cm));
  EXPECT_FALSE(IsIcd10(kIcd10Pcs));
}

}  // namespace
}  // namespace facet::fhir

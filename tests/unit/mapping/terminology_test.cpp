// Value sets, prefixes, exclusions, filters, membership, check digits, patterns.
#include "mapping_support.hpp"

#include "adapter/mapping/terminology/check_digits.hpp"
#include "adapter/mapping/terminology/pattern.hpp"
#include "adapter/mapping/terminology/terminology.hpp"

#include <gtest/gtest.h>

namespace facet::mapping {
namespace {

// The members of a value set given as text, asked one by one.
class Sets {
 public:
  explicit Sets(const std::vector<std::string>& texts) {
    std::vector<SourceFile> files;
    for (const std::string& text : texts) files.push_back({std::to_string(files.size()) + ".json", "test", text});
    std::vector<Error> errors;
    artefacts_ = LoadArtefacts(files, errors);
    terminology_ = Terminology::Load(artefacts_, errors);
    EXPECT_TRUE(errors.empty()) << Listed(errors);
  }
  bool Has(const std::string& system, const std::string& code) const {
    return terminology_->IsMember("https://t.example/vs", system, code).value();
  }
  const Terminology& terminology() const { return *terminology_; }

 private:
  std::vector<FhirArtefact> artefacts_;
  std::unique_ptr<const Terminology> terminology_;
};

std::string Set(const std::string& compose, const std::string& url = "https://t.example/vs") {
  return R"({"resourceType":"ValueSet","url":")" + url + R"(",)" + compose + "}";
}

constexpr const char* kIcd = "http://hl7.org/fhir/sid/icd-10-cm";

TEST(ValueSets, EnumerateCodes) {
  const Sets sets(
      {Set(R"("compose":{"include":[{"system":"http://a.example","concept":[{"code":"x"},{"code":" +y "}]}]})")});
  EXPECT_TRUE(sets.Has("http://a.example", "x"));
  EXPECT_TRUE(sets.Has("https://a.example/|2", "+y"));
  EXPECT_FALSE(sets.Has("http://a.example", "z"));
  EXPECT_FALSE(sets.Has("http://b.example", "x"));
  EXPECT_TRUE(sets.Has("", "x"));
  EXPECT_FALSE(sets.terminology().IsMember("https://t.example/other", "http://a.example", "x").has_value());
}

TEST(ValueSets, MatchIcdByPrefixOfWholeCharacters) {
  const Sets sets(
      {Set(R"("compose":{"include":[{"system":"http://hl7.org/fhir/sid/icd-10-cm","concept":[{"code":"M48.06"}]},
    {"system":"http://hl7.org/fhir/sid/icd-10-cm","filter":[{"property":"code","op":"regex","value":"M47\\.1.*"}]}]})")});
  for (const char* code : {"M48.06", "M4806", "M48.062", "M48062", "M47.1", "M47.16"})
    EXPECT_TRUE(sets.Has(kIcd, code));
  for (const char* code : {"M48.0", "M48.16", "M47", "M47.2"}) EXPECT_FALSE(sets.Has(kIcd, code)) << code;
  EXPECT_TRUE(sets.Has("http://hl7.org/fhir/sid/icd-10", "M4806"));
}

TEST(ValueSets, ExcludeCodesAndPartsOfPrefixes) {
  const Sets sets({Set(R"("compose":{
    "include":[{"system":"http://hl7.org/fhir/sid/icd-10-cm","filter":[{"property":"code","op":"regex","value":"M47.*"}]},
               {"system":"http://a.example","concept":[{"code":"x"},{"code":"y"}]}],
    "exclude":[{"system":"http://hl7.org/fhir/sid/icd-10-cm","filter":[{"property":"code","op":"regex","value":"M47\\.2.*"}]},
               {"system":"http://a.example","concept":[{"code":"y"}]}]})")});
  EXPECT_TRUE(sets.Has(kIcd, "M47.16"));
  EXPECT_FALSE(sets.Has(kIcd, "M47.26"));
  EXPECT_TRUE(sets.Has("http://a.example", "x"));
  EXPECT_FALSE(sets.Has("http://a.example", "y"));
}

TEST(ValueSets, NestAndIntersect) {
  const Sets sets({Set(R"("compose":{"include":[{"valueSet":["https://t.example/one|1","https://t.example/two"]},
                                                 {"system":"http://a.example","concept":[{"code":"x"},{"code":"w"}],
                                                  "valueSet":["https://t.example/one"]}]})"),
                   Set(R"("compose":{"include":[{"system":"http://a.example","concept":[{"code":"x"},{"code":"y"}]},
                        {"system":"http://hl7.org/fhir/sid/icd-10-cm","filter":[{"property":"code","op":"regex","value":"M4.*"}]}]})",
                       "https://t.example/one"),
                   Set(R"("compose":{"include":[{"system":"http://a.example","concept":[{"code":"y"},{"code":"z"}]},
                        {"system":"http://hl7.org/fhir/sid/icd-10-cm","concept":[{"code":"M47"},{"code":"G89"}]}]})",
                       "https://t.example/two")});
  EXPECT_TRUE(sets.Has("http://a.example", "y"));
  EXPECT_TRUE(sets.Has("http://a.example", "x"));
  EXPECT_FALSE(sets.Has("http://a.example", "z"));
  EXPECT_FALSE(sets.Has("http://a.example", "w"));
  EXPECT_TRUE(sets.Has(kIcd, "M47.1"));
  EXPECT_FALSE(sets.Has(kIcd, "M48.1"));
  EXPECT_FALSE(sets.Has(kIcd, "G89.4"));
}

TEST(ValueSets, FilterSuppliedCodeSystems) {
  const std::string system = R"({"resourceType":"CodeSystem","url":"http://a.example","content":"complete","concept":[
    {"code":"root","concept":[{"code":"leaf","concept":[{"code":"deep"}]}]},
    {"code":"L1","property":[{"code":"kind","valueCode":"lumbar"}]},
    {"code":"C1","property":[{"code":"kind","valueCode":"cervical"}]}]})";
  const auto filtered = [&system](const std::string& filter) {
    return Sets({system, Set(R"("compose":{"include":[{"system":"http://a.example")" + filter + "}]}")});
  };
  const Sets whole = filtered("");
  EXPECT_TRUE(whole.Has("http://a.example", "deep") && whole.Has("http://a.example", "C1"));
  const Sets below = filtered(R"(,"filter":[{"property":"concept","op":"is-a","value":"leaf"}])");
  EXPECT_TRUE(below.Has("http://a.example", "leaf") && below.Has("http://a.example", "deep"));
  EXPECT_FALSE(below.Has("http://a.example", "root"));
  const Sets by_property = filtered(R"(,"filter":[{"property":"kind","op":"=","value":"lumbar"}])");
  EXPECT_TRUE(by_property.Has("http://a.example", "L1"));
  EXPECT_FALSE(by_property.Has("http://a.example", "C1"));
  const Sets by_pattern = filtered(
      R"(,"filter":[{"property":"code","op":"regex","value":"[LC]\\d"},{"property":"kind","op":"regex","value":"c.*"}])");
  EXPECT_TRUE(by_pattern.Has("http://a.example", "C1"));
  EXPECT_FALSE(by_pattern.Has("http://a.example", "L1"));
}

TEST(ValueSets, MayBeExpandedAlready) {
  const Sets sets({Set(R"("expansion":{"contains":[{"system":"http://a.example","code":"x"},
    {"abstract":true,"system":"http://a.example","code":"group","contains":[{"system":"http://a.example","code":"y"}]}]})")});
  EXPECT_TRUE(sets.Has("http://a.example", "x") && sets.Has("http://a.example", "y"));
  EXPECT_FALSE(sets.Has("http://a.example", "group"));
}

TEST(CheckDigits, AreThoseOfTheSystems) {
  EXPECT_TRUE(LoincCheckDigitHolds("72514-3"));
  EXPECT_FALSE(LoincCheckDigitHolds("72514-4"));
  EXPECT_FALSE(LoincCheckDigitHolds("72514"));
  EXPECT_FALSE(LoincCheckDigitHolds(""));
  EXPECT_TRUE(SnomedCheckDigitHolds("225908003"));
  EXPECT_TRUE(SnomedCheckDigitHolds("444831000124102"));
  EXPECT_FALSE(SnomedCheckDigitHolds("225908030"));
  EXPECT_FALSE(SnomedCheckDigitHolds("12"));
  EXPECT_TRUE(CheckDigitHolds("http://www.ama-assn.org/go/cpt", "64493"));
}

TEST(Patterns, SearchAndMatchInLinearTime) {
  auto words = Pattern::Compile(R"(\bMBBs?\b|medial branch)");
  ASSERT_TRUE(words.ok());
  EXPECT_TRUE(words->Search("left mbb at L4"));
  EXPECT_TRUE(words->Search("Medial Branch block"));
  EXPECT_FALSE(words->Search("xMBBx"));
  auto hostile = Pattern::Compile("(a*)*b");
  ASSERT_TRUE(hostile.ok());
  EXPECT_FALSE(hostile->Search(std::string(20'000, 'a')));
  EXPECT_FALSE(Pattern::Compile("(").ok());
  EXPECT_FALSE(Pattern::Compile("(?=x)").ok());
}

TEST(Patterns, KnowAPurePrefix) {
  EXPECT_EQ(Pattern::PurePrefix("M47\\.1.*"), "M47.1");
  EXPECT_EQ(Pattern::PurePrefix("^F32.*"), "F32");
  EXPECT_EQ(Pattern::PurePrefix("72514-.*"), "72514-");
  for (const char* text : {".*", "M47.1.*", "M4[78].*", "M47", "M47\\d.*", "M47\\"}) {
    EXPECT_EQ(Pattern::PurePrefix(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace facet::mapping

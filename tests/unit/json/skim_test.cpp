// Skim says "sound" only of what Parse accepts, and shows its strings.
#include "adapter/json/document.hpp"
#include "adapter/json/key_bits.hpp"
#include "adapter/json/skim.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace facet::json {
namespace {

struct Recorder : SkimVisitor {
  std::vector<std::string> strings;
  std::vector<std::string> ends;
  static std::uint32_t BitsOf(std::uint64_t key) { return key == impl::KeyNumber("reference") ? 1U : 2U; }
  void OnString(std::string_view key, std::uint32_t, std::string_view value, std::size_t depth) {
    strings.push_back(std::to_string(depth) + " " + std::string(key) + "=" + std::string(value));
  }
  void OnEnd(Token, bool object, std::uint32_t, std::uint32_t bits, std::size_t depth) {
    if (object) ends.push_back(std::to_string(depth) + ":" + std::to_string(bits & 1U));
  }
};

// Parse() makes plain objects by skimming; what is in an array it leaves to the parser. So the two can be compared.
Result<Document> ParseElsewhere(const std::string& text) { return Parse("[" + text + "]", Limits::ForFiles()); }

SkimVerdict Verdict(std::string_view text) {
  Recorder recorder;
  return Skim(text, recorder);
}

// The same kinds, sizes, keys, texts, in the same order.
bool IsSame(Value a, Value b) {
  if (a.kind() != b.kind() || a.size() != b.size() || a.string() != b.string() || a.boolean() != b.boolean() ||
      a.number_text() != b.number_text() || a.number_is_integer() != b.number_is_integer()) {
    return false;
  }
  if (a.is_array()) {
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (!IsSame(a.at(i), b.at(i))) return false;
    }
    return a.at(a.size()).missing();
  }
  auto other = b.members().begin();
  for (const Member member : a.members()) {
    if (member.key != (*other).key || !IsSame(member.value, (*other).value)) return false;
    if (!(a[member.key] == member.value)) return false;
    ++other;
  }
  return other == b.members().end();
}

TEST(Skim, ShowsStringsWithTheirKeyAndDepth) {
  Recorder recorder;
  ASSERT_EQ(
      Skim(R"({"a":"x","list":["y",{"reference":"Patient/1"},[]],"n":-1.50,"t":true,"e":{}, "z" : null })", recorder),
      SkimVerdict::kSound);
  EXPECT_EQ(recorder.strings, (std::vector<std::string>{"1 a=x", "2 list=y", "3 reference=Patient/1"}));
  EXPECT_EQ(recorder.ends, (std::vector<std::string>{"3:1", "2:0", "1:0"}));
}

TEST(Skim, LeavesToTheParserWhatItDoesNotRead) {
  for (const char* text : {"",
                           " ",
                           "[]",
                           "1",
                           "{",
                           "{}x",
                           "{,}",
                           R"({"a"})",
                           R"({"a":})",
                           R"({"a":1,})",
                           R"({"a":1 "b":2})",
                           R"({"a":01})",
                           R"({"a":1.})",
                           R"({"a":.5})",
                           R"({"a":-})",
                           R"({"a":+1})",
                           R"({"a":1e3})",
                           R"({"a":12345678901234567890})",
                           R"({"a":tru})",
                           R"({"a":"x)",
                           R"({"a":"\n"})",
                           "{\"a\":\"\n\"}",
                           "{\"a\":\"\x80\"}",
                           "{\"a\":\"\xC0\xAF\"}",
                           "{\"a\":\"\xED\xA0\x80\"}",
                           "{\"a\":\"\xF4\x90\x80\x80\"}",
                           R"({"a":1,"a":2})",
                           R"({"a":[1,]})",
                           R"({"a":[1 2]})",
                           R"({"a":[1})",
                           R"({1:2})",
                           R"({"a":{"b":1,"b":2}})",
                           R"({"a":1}})"}) {
    EXPECT_EQ(Verdict(text), SkimVerdict::kUnsure) << text;
  }
}

TEST(Skim, IsSoundOnlyWhereTheParserIs) {
  for (const char* text :
       {"{}", " {} \r", R"({"a":0})", R"({"a":-0.5})", R"({"a":[]})", R"({"a":[[],{}],"b":[1,"2",false]})",
        R"({"a":{"a":1},"b":{"a":1}})", "{\"a\":\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"}",
        R"({"a long key of more than eight":1,"a long key of more than eighu":2})"}) {
    EXPECT_EQ(Verdict(text), SkimVerdict::kSound) << text;
    EXPECT_TRUE(ParseElsewhere(text).ok()) << text;
  }
  std::string deep;
  for (int i = 0; i < 20; ++i) deep += "{\"a\":";
  EXPECT_EQ(Verdict(deep + "1" + std::string(20, '}')), SkimVerdict::kSound);
  for (int i = 0; i < 20; ++i) deep += "{\"a\":";
  EXPECT_EQ(Verdict(deep + "1" + std::string(40, '}')), SkimVerdict::kUnsure);
}

// Every prefix and every changed byte of a resource: never sound where the parser refuses.
TEST(Skim, NeverAcceptsWhatTheParserRefuses) {
  const std::string text = R"({"resourceType":"Observation","id":"o1","code":{"coding":[{"system":"s","code":"c"}]},)"
                           R"("valueQuantity":{"value":7.50,"unit":"mm"},"x":[null,true,-3]})";
  std::size_t sound = 0;
  const auto check = [&sound](const std::string& changed) {
    if (Verdict(changed) != SkimVerdict::kSound) return;
    ++sound;
    const auto parsed = ParseElsewhere(changed);
    const auto skimmed = Parse(changed, Limits::ForFiles());
    ASSERT_TRUE(parsed.ok() && skimmed.ok()) << changed;
    EXPECT_TRUE(IsSame(skimmed->root(), parsed->root().at(0))) << changed;
  };
  for (std::size_t i = 0; i <= text.size(); ++i) check(text.substr(0, i));
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (const char c : {'"', '\\', '{', '}', '[', ']', ',', ':', '0', 'e', '.', '-', ' ', '\x80', '\x01'}) {
      std::string changed = text;
      changed[i] = c;
      check(changed);
    }
  }
  EXPECT_GT(sound, text.size());
}

TEST(Skim, KeysHaveOneNumberHoweverItIsComputed) {
  const std::string text = "resourceTypeAndMore padding padding";
  for (std::size_t end = 0; end <= 20; ++end) {
    const char* const begin = text.data();
    const std::uint64_t number = impl::KeyNumber(std::string_view(text).substr(0, end));
    EXPECT_EQ(impl::KeyNumberIn(begin, begin + end, begin + text.size()), number) << end;
    EXPECT_EQ(impl::KeyNumberIn(begin, begin + end, begin + end), number) << end;
  }
}

TEST(Skim, KeyBitsAreThoseOfTheKeyUntilThereAreTooMany) {
  KeyBits bits;
  EXPECT_TRUE(bits.Add("code", 1));
  EXPECT_TRUE(bits.Add("status", 2));
  EXPECT_TRUE(bits.Add("code", 4));
  EXPECT_EQ(bits.BitsOf(impl::KeyNumber("code")), 5U);
  EXPECT_EQ(bits.BitsOf(impl::KeyNumber("status")), 2U);
  EXPECT_EQ(bits.BitsOf(impl::KeyNumber("subject")), 0U);
  std::size_t added = 2;
  while (added < 2 * KeyBits::kKeysMax && bits.Add("key" + std::to_string(added), 8)) ++added;
  EXPECT_EQ(added, KeyBits::kKeysMax);
  EXPECT_TRUE(bits.Add("status", 16));
  EXPECT_EQ(bits.BitsOf(impl::KeyNumber("status")), 18U);
}

}  // namespace
}  // namespace facet::json

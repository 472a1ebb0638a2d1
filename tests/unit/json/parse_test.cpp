// What is accepted and what is refused, on both sides of every limit, and where an error is.
#include "adapter/base/random.hpp"
#include "adapter/json/document.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace facet::json {
namespace {

std::string Repeat(std::string_view part, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += part;
  return out;
}

// "ok", or "code line:column".
std::string Outcome(std::string_view text, const Limits& limits = {}) {
  const auto document = Parse(text, limits);
  return document.ok() ? "ok" : std::string(NameOf(document.error().code)) + " " + document.error().where;
}

Document MustParse(std::string_view text) {
  auto document = Parse(text);
  EXPECT_TRUE(document.ok()) << text;
  return document.ok() ? *document : Document();
}

constexpr std::string_view kSample =
    R"({"resourceType":"Observation","id":"o\u00e91","é":["\ud83d\ude00",-0,0.010,1E400,
  12345678901234567.12,true,false,null,{},[],""],"valueQuantity":{"value":7.50,"unit":"{sc\"ore\\}\/\b\f\n\r\t"}})";

TEST(Parse, AnswersEveryKind) {
  const Document document = MustParse(R"({"s":"x","n":1,"t":true,"f":false,"z":null,"a":[1,2],"o":{"k":"v"}})");
  const Value root = document.root();
  EXPECT_EQ(root.kind(), Kind::kObject);
  EXPECT_EQ(root.size(), 7U);
  EXPECT_EQ(root["s"].string(), "x");
  EXPECT_EQ(root["n"].number_text(), "1");
  EXPECT_TRUE(root["t"].boolean());
  EXPECT_TRUE(root["f"].is_bool());
  EXPECT_FALSE(root["f"].boolean());
  EXPECT_TRUE(root["z"].is_null());
  EXPECT_EQ(root["a"].at(1).number_text(), "2");
  EXPECT_EQ(root["o"]["k"].string(), "v");
}

TEST(Parse, AnswersEmptyForWhatIsNotThere) {
  const Document document = MustParse(R"({"a":[1],"s":"x"})");
  const Value root = document.root();
  EXPECT_TRUE(root["b"].missing());
  EXPECT_TRUE(root["b"]["c"].at(3)["d"].missing());
  EXPECT_TRUE(root["a"].at(1).missing());
  EXPECT_TRUE(root["a"]["0"].missing());
  EXPECT_TRUE(root["s"].at(0).missing());
  EXPECT_EQ(root["a"].string(), "");
  EXPECT_EQ(root["s"].number_text(), "");
  EXPECT_EQ(root["s"].decimal(), std::nullopt);
  EXPECT_EQ(root["s"].size(), 0U);
  EXPECT_FALSE(root["s"].boolean());
  EXPECT_FALSE(static_cast<bool>(Value()));
  EXPECT_TRUE(Document().root().missing());
  for (const Value element : root["s"].elements()) FAIL() << element.index();
  for (const Member& member : root["a"].members()) FAIL() << member.key;
}

TEST(Parse, KeepsMembersAndElementsInOrder) {
  const Document document = MustParse(R"({"b":[[1,{"x":2}],3,"four"],"a":{"c":{}},"d":0})");
  std::string keys;
  for (const auto& [key, value] : document.root().members()) keys += key;
  EXPECT_EQ(keys, "bad");
  std::vector<Kind> kinds;
  for (const Value element : document.root()["b"].elements()) kinds.push_back(element.kind());
  EXPECT_EQ(kinds, (std::vector<Kind>{Kind::kArray, Kind::kNumber, Kind::kString}));
}

TEST(Parse, ValuesOutliveAMovedDocument) {
  Document document = MustParse(R"({"a":"x"})");
  const Value value = document.root()["a"];
  const Document moved = std::move(document);
  EXPECT_EQ(value.string(), "x");
  EXPECT_EQ(value, moved.root()["a"]);
}

TEST(Parse, KeepsNumberLiterals) {
  for (const std::string_view literal :
       {"0", "-0", "0.010", "1.00", "12345678901234567.12", "1E400", "-1e-400", "1e+2", "100000000000000000000",
        "123456789012345678901234567890.123456789012345678901234567890", "0.1e-7", "-9223372036854775808",
        "18446744073709551616"}) {
    for (const std::string& text : {std::string(literal), "[" + std::string(literal) + " ,1]"}) {
      const Document document = MustParse(text);
      const Value value = document.root().is_array() ? document.root().at(0) : document.root();
      EXPECT_EQ(value.number_text(), literal);
      EXPECT_EQ(value.number_is_integer(), literal.find_first_of(".eE") == std::string_view::npos) << literal;
    }
  }
}

TEST(Parse, ConvertsNumbersExactlyOrNotAtAll) {
  EXPECT_EQ(MustParse("0.010").root().decimal()->ToString(), "0.010");
  EXPECT_EQ(MustParse("1e2").root().decimal(), Decimal(100));
  EXPECT_EQ(MustParse("12345678901234567.12").root().decimal()->ToString(), "12345678901234567.12");
  EXPECT_EQ(MustParse("1E400").root().decimal(), std::nullopt);
}

TEST(Parse, RefusesWhatIsNoNumber) {
  for (const std::string_view text : {"01", "-", "+1", "1.", ".5", "1e", "1e+", "0x1", "NaN", "Infinity", "1.e3", "--1",
                                      "[1.,                                    2]", "[-,                         2]"}) {
    EXPECT_TRUE(Outcome(text).starts_with("json.syntax")) << text;
  }
  EXPECT_EQ(Outcome("1e99999999999"), "json.limit 1:12");
}

TEST(Parse, DecodesStrings) {
  EXPECT_EQ(MustParse(R"("\"\\\/\b\f\n\r\t")").root().string(), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(MustParse(R"("\u00e9\u20AC")").root().string(), "é€");
  EXPECT_EQ(MustParse(R"("\ud83d\ude00 and \uD834\uDD1E")").root().string(), "😀 and 𝄞");
  EXPECT_EQ(MustParse("\"\x7f\"").root().string(), "\x7f");
}

TEST(Parse, RefusesHalfASurrogatePair) {
  for (const std::string_view text : {R"("\ud800")", R"("\udc00")", R"("\ud800x")", R"("\ud800\n")",
                                      R"("\ud800\u0041")", R"("\ud800\ud800")", R"({"\udfff":1})"}) {
    EXPECT_TRUE(Outcome(text).starts_with("json.text 1:")) << text << " " << Outcome(text);
  }
}

TEST(Parse, RefusesNul) {
  EXPECT_EQ(Outcome(R"({"a": "x\u0000"})"), "json.text 1:7");
  EXPECT_EQ(Outcome(R"({"a\u0000": 1})"), "json.text 1:2");
  EXPECT_EQ(Outcome(std::string_view("\"a\0b\"", 5)), "json.text 1:3");
  EXPECT_EQ(Outcome(std::string_view("[1\0]", 4)), "json.syntax 1:3");
  EXPECT_EQ(Outcome(std::string_view("[1]\0", 4)), "json.syntax 1:4");
}

TEST(Parse, RefusesInvalidUtf8) {
  for (const std::string_view bytes :
       {"\xff", "\x80", "\xc0\xaf", "\xe2\x82", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf0\x80\x80\x80", "\xc3("}) {
    EXPECT_TRUE(Outcome("{\"k\":\"ab" + std::string(bytes) + "\"}").starts_with("json.text 1:")) << bytes;
    EXPECT_TRUE(Outcome("{\"" + std::string(bytes) + "\":1}").starts_with("json.text 1:")) << bytes;
  }
  EXPECT_EQ(Outcome("[\n\"abc\xff\"]"), "json.text 2:5");
  EXPECT_EQ(Outcome("[\xff]"), "json.syntax 1:2");  // not in a string
}

TEST(Parse, RefusesControlCharactersAndByteOrderMark) {
  EXPECT_EQ(Outcome("\"a\tb\""), "json.syntax 1:3");
  EXPECT_EQ(Outcome("\"a\nb\""), "json.syntax 1:3");
  EXPECT_EQ(Outcome("\xEF\xBB\xBF{}"), "json.syntax 1:1");
}

TEST(Parse, RefusesExtensions) {
  for (const std::string_view text : {"[1,]", "{\"a\":1,}", "// c\n1", "/* c */1", "'a'", "{a:1}", "[1 2]", "{\"a\" 1}",
                                      "tru", "nul", "True", "[1]]", "{} {}", "1 x", "", " \n", "{1:2}"}) {
    EXPECT_TRUE(Outcome(text).starts_with("json.syntax")) << text << " " << Outcome(text);
  }
}

TEST(Parse, SaysWhereAnErrorIs) {
  EXPECT_EQ(Outcome("{\n  \"listen\": \"0.0.0.0:80\",\n  \"max\": 10,,\n}"), "json.syntax 3:13");
  EXPECT_EQ(Outcome("{\"a\": tru }"), "json.syntax 1:7");
  EXPECT_EQ(Outcome("[1,\n2"), "json.syntax 2:2");
  EXPECT_EQ(Outcome("[1]\n x"), "json.syntax 2:2");
}

TEST(Parse, NeverQuotesTheInput) {
  const auto document = Parse(R"({"secretname":"secretvalue","secretname":1})");
  ASSERT_FALSE(document.ok());
  EXPECT_EQ(document.error().ToString().find("secret"), std::string::npos);
}

TEST(Parse, RefusesDuplicateKeys) {
  EXPECT_EQ(Outcome("{\"a\":1,\n \"a\":1}"), "json.duplicate_key 2:2");
  EXPECT_EQ(Outcome(R"({"a":1,"\u0061":1})"), "json.duplicate_key 1:8");
  EXPECT_EQ(Outcome(R"({"x":[{"a":1},{"a":1,"b":{"a":1}}],"a":2})"), "ok");
  EXPECT_EQ(Outcome(R"({"":1,"":2})"), "json.duplicate_key 1:7");
}

TEST(Parse, RefusesDuplicateKeysInObjectsOfEverySize) {
  for (std::size_t size = 1; size <= 40; ++size) {
    std::string text = "{";
    for (std::size_t i = 0; i < size; ++i) text += "\"k" + std::to_string(i) + "\":\"v\",\n";
    EXPECT_EQ(Outcome(text + "\"other\":{}}"), "ok");
    for (std::size_t twin = 0; twin < size; ++twin) {
      EXPECT_EQ(Outcome(text + " \"k" + std::to_string(twin) + "\":1}"),
                "json.duplicate_key " + std::to_string(size + 1) + ":2");
    }
  }
}

TEST(Parse, TakesObjectsWithManyKeys) {
  std::string text = "{";
  for (int i = 0; i < 20'000; ++i) text += "\"" + std::to_string(i) + "\":1,";
  EXPECT_EQ(Outcome(text + "\"x\":1}"), "ok");
  EXPECT_TRUE(Outcome(text + "\"0\":1}").starts_with("json.duplicate_key"));
}

TEST(Limits, Bytes) {
  const std::string text = "[" + Repeat(" ", 98) + "]";
  EXPECT_EQ(Outcome(text, {.bytes_max = 100}), "ok");
  EXPECT_EQ(Outcome(text, {.bytes_max = 99}), "json.limit 1:1");
}

TEST(Limits, Depth) {
  for (const std::size_t depth : {std::size_t{1}, std::size_t{31}, std::size_t{32}, std::size_t{64}}) {
    Limits limits;
    limits.depth_max = depth;
    EXPECT_EQ(Outcome(Repeat("[", depth) + Repeat("]", depth), limits), "ok");
    EXPECT_EQ(Outcome(Repeat("[", depth + 1) + Repeat("]", depth + 1), limits),
              "json.limit 1:" + std::to_string(depth + 1));
    EXPECT_EQ(Outcome(Repeat("{\"a\":", depth) + "1" + Repeat("}", depth), limits), "ok");
    EXPECT_TRUE(Outcome(Repeat("{\"a\":", depth + 1) + "1" + Repeat("}", depth + 1), limits).starts_with("json.limit"));
  }
  EXPECT_EQ(Outcome(Repeat("[", 1'000'000)), "json.limit 1:65");
}

TEST(Limits, ArrayLength) {
  Limits limits;
  limits.array_length_max = 3;
  for (const std::string_view element : {"1", "\"x\"", "null", "true", "{}", "[]", "1.5"}) {
    const std::string at_limit = "[1,\"x\"," + std::string(element) + "]";
    const std::string over = "[1,\"x\",null,\n " + std::string(element) + "]";
    EXPECT_EQ(Outcome(at_limit, limits), "ok") << element;
    EXPECT_TRUE(Outcome(over, limits).starts_with("json.limit 2:")) << element << Outcome(over, limits);
  }
  EXPECT_EQ(Outcome("[[1,2,3],[1,2,3],{\"a\":1,\"b\":2,\"c\":3,\"d\":4}]", limits), "ok");
  EXPECT_EQ(Outcome("[1,2,3,\"four\"]", limits), "json.limit 1:8");
  EXPECT_EQ(Outcome("[" + Repeat("1,", 9'999) + "1]"), "ok");
  EXPECT_TRUE(Outcome("[" + Repeat("1,", 10'000) + "1]").starts_with("json.limit"));
}

TEST(Limits, StringBytes) {
  Limits limits;
  limits.string_bytes_max = 8;
  EXPECT_EQ(Outcome(R"({"12345678":"12345678"})", limits), "ok");
  EXPECT_EQ(Outcome(R"({"a":"123456789"})", limits), "json.limit 1:6");
  EXPECT_EQ(Outcome(R"({"123456789":1})", limits), "json.limit 1:2");
  EXPECT_EQ(Outcome(R"(["\u00e9\u00e9\u00e9\u00e9"])", limits), "ok");  // eight bytes once decoded
  EXPECT_EQ(Outcome(R"(["\u00e9\u00e9\u00e9\u00e9."])", limits), "json.limit 1:2");
  EXPECT_EQ(Outcome("[12345678]", limits), "ok");
  EXPECT_EQ(Outcome("[123456789]", limits), "json.limit 1:2");
  EXPECT_EQ(Outcome("\"" + Repeat("x", 1U << 20U) + "\""), "ok");
  EXPECT_EQ(Outcome("\"" + Repeat("x", (1U << 20U) + 1) + "\""), "json.limit 1:1");
}

TEST(Limits, Presets) {
  EXPECT_EQ(Limits::ForNotifications().bytes_max, std::size_t{1} << 20U);
  EXPECT_GT(Limits::ForFiles().bytes_max, Limits().bytes_max);
  EXPECT_GT(Limits::ForFiles().array_length_max, Limits().array_length_max);
}

TEST(Parse, RefusesEveryTruncation) {
  for (std::size_t size = 0; size < kSample.size(); ++size) {
    const std::vector<char> exact(kSample.begin(), kSample.begin() + static_cast<std::ptrdiff_t>(size));
    const auto document = Parse({exact.data(), exact.size()});
    ASSERT_FALSE(document.ok()) << size;
    EXPECT_EQ(document.error().code, ErrorCode::kJsonSyntax) << size;
  }
  EXPECT_EQ(Outcome(kSample), "ok");
}

TEST(Parse, SurvivesEveryChangedByte) {
  Prng prng(7);
  for (std::size_t at = 0; at < kSample.size(); ++at) {
    for (int round = 0; round < 24; ++round) {
      std::string text(kSample);
      text[at] = static_cast<char>(prng.Below(256));
      const auto document = Parse(text);
      if (!document.ok()) continue;
      const std::string canonical = Canonical(document->root());  // what is accepted is JSON again
      const auto again = Parse(canonical);
      ASSERT_TRUE(again.ok()) << canonical;
      EXPECT_EQ(Canonical(again->root()), canonical);
    }
  }
}

}  // namespace
}  // namespace facet::json

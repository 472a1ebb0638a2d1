// The writer, the canonical form, and that writing and parsing are inverse.
#include "adapter/base/digest.hpp"
#include "adapter/base/random.hpp"
#include "adapter/json/writer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace facet::json {
namespace {

std::string Quoted(std::string_view text) {
  std::string out;
  AppendQuoted(out, text);
  return out;
}

TEST(Writer, WritesNestedValuesInOrder) {
  Writer w;
  w.Object([&] {
    w.Member("kind", "judgement").Member("n", 7).Member("ok", true).Member("d", *Decimal::Parse("1.50"));
    w.Key("scale").Array([&] { w.Int(0).Int(10); });
    w.Key("none").Null();
    w.Key("empty").Object([] {});
    w.Key("raw").Raw("[1,2]");
    w.Key("text").NumberText("-1.0E+2");
    w.Member("big", std::int64_t{-9223372036854775807 - 1});
    w.Member("s", std::string("x"));
    w.Key("list").Array([] {});
  });
  EXPECT_EQ(w.text(),
            R"({"kind":"judgement","n":7,"ok":true,"d":1.50,"scale":[0,10],"none":null,"empty":{},"raw":[1,2],)"
            R"("text":-1.0E+2,"big":-9223372036854775808,"s":"x","list":[]})");
  EXPECT_TRUE(Parse(std::move(w).Take()).ok());
}

TEST(Writer, WritesScalarsAtTheTop) {
  EXPECT_EQ(std::move(Writer().String("x")).Take(), "\"x\"");
  EXPECT_EQ(std::move(Writer().Bool(false)).Take(), "false");
}

TEST(Writer, EscapesOnlyWhatMustBe) {
  EXPECT_EQ(Quoted("a\"b\\c/d"), R"("a\"b\\c/d")");
  EXPECT_EQ(Quoted("\b\f\n\r\t"), R"("\b\f\n\r\t")");
  EXPECT_EQ(Quoted(std::string_view("\0\x01\x1f\x7f", 4)), "\"\\u0000\\u0001\\u001f\x7f\"");
  EXPECT_EQ(Quoted("é€😀"), "\"é€😀\"");
}

TEST(Writer, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(Quoted("a\xff"
                   "b"),
            "\"a\uFFFDb\"");
  EXPECT_EQ(Quoted("\xe2\x82"), "\"\uFFFD\uFFFD\"");
  EXPECT_EQ(Quoted("\xed\xa0\x80"), "\"\uFFFD\uFFFD\uFFFD\"");
  EXPECT_EQ(Quoted("\xc0\xaf"), "\"\uFFFD\uFFFD\"");
  EXPECT_EQ(Quoted("\xf4\x90\x80\x80"), "\"\uFFFD\uFFFD\uFFFD\uFFFD\"");
  EXPECT_EQ(Quoted("\xf4\x8f\xbf\xbf\xee\x80\x80"), "\"\xf4\x8f\xbf\xbf\xee\x80\x80\"");
}

TEST(Writer, WritesTextThatParsesBackForEveryPairOfBytes) {
  for (unsigned first = 0; first < 256; ++first) {
    for (unsigned second = 0; second < 256; ++second) {
      const std::string text{static_cast<char>(first), static_cast<char>(second)};
      const auto document = Parse(Quoted(text));
      const bool has_nul = first == 0 || second == 0;
      ASSERT_EQ(document.ok(), !has_nul) << first << " " << second;
      if (first > 0 && first < 0x80 && second > 0 && second < 0x80) {
        EXPECT_EQ(document->root().string(), text);
      }
    }
  }
}

TEST(WriterDeathTest, MisuseIsAProgrammerError) {
  EXPECT_DEATH(Writer().BeginObject().Int(1), "");
  EXPECT_DEATH(Writer().BeginArray().Key("a"), "");
  EXPECT_DEATH(Writer().Int(1).Int(2), "");
  EXPECT_DEATH(Writer().BeginArray().EndObject(), "");
  EXPECT_DEATH(Writer().BeginObject().Key("a").EndObject(), "");
  EXPECT_DEATH(Writer().NumberText("01"), "");
  EXPECT_DEATH(std::move(Writer().BeginArray()).Take(), "");
}

std::string RandomText(Prng& prng) {
  static constexpr std::string_view kParts[] = {"a", "Z", "\"", "\\", "/", "\n", "\x1f", "é", "€", "😀", "\x7f", " "};
  std::string out;
  for (std::uint64_t i = prng.Below(6); i > 0; --i) out += kParts[prng.Below(std::size(kParts))];
  return out;
}

void WriteRandom(Writer& writer, Prng& prng, int depth) {
  static constexpr std::string_view kNumbers[] = {"0", "-0", "0.010", "1E400", "12345678901234567.12", "-1e-3", "7"};
  switch (prng.Below(depth > 0 ? 7 : 5)) {
  case 0:
    writer.Null();
    return;
  case 1:
    writer.Bool(prng.Chance(500));
    return;
  case 2:
    writer.NumberText(kNumbers[prng.Below(std::size(kNumbers))]);
    return;
  case 3:
  case 4:
    writer.String(RandomText(prng));
    return;
  case 5:
    writer.BeginArray();
    for (std::uint64_t i = prng.Below(5); i > 0; --i) WriteRandom(writer, prng, depth - 1);
    writer.EndArray();
    return;
  default:
    writer.BeginObject();
    for (std::uint64_t i = prng.Below(25); i > 0; --i) {
      writer.Key(std::to_string(i) + RandomText(prng));
      WriteRandom(writer, prng, depth - 1);
    }
    writer.EndObject();
  }
}

TEST(Writer, RoundTripsRandomTrees) {
  Prng prng(20260305);
  for (int round = 0; round < 600; ++round) {
    Writer writer;
    WriteRandom(writer, prng, 4);
    const std::string text = std::move(writer).Take();
    const auto document = Parse(text);
    ASSERT_TRUE(document.ok()) << text;
    EXPECT_EQ(std::move(Writer().Copy(document->root())).Take(), text);
  }
}

// Writes members in another order, with white space.
void WriteShuffled(std::string& out, Value value, Prng& prng) {
  if (value.is_array()) {
    out += "[ ";
    bool first = true;
    for (const Value element : value.elements()) {
      if (!first) out += " ,\n";
      first = false;
      WriteShuffled(out, element, prng);
    }
    out += "]";
  } else if (value.is_object()) {
    std::vector<Member> members;
    for (const Member& member : value.members()) members.push_back(member);
    for (std::size_t i = members.size(); i > 1; --i) std::swap(members[i - 1], members[prng.Below(i)]);
    out += "{\t";
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (i > 0) out += ",  ";
      AppendQuoted(out, members[i].key);
      out += " : ";
      WriteShuffled(out, members[i].value, prng);
    }
    out += "\n}";
  } else {
    out += std::move(Writer().Copy(value)).Take();
  }
}

TEST(Canonical, DoesNotDependOnOrderOrSpace) {
  Prng prng(11);
  for (int round = 0; round < 200; ++round) {
    Writer writer;
    WriteRandom(writer, prng, 4);
    const auto document = Parse(writer.text());
    ASSERT_TRUE(document.ok());
    std::string shuffled;
    WriteShuffled(shuffled, document->root(), prng);
    const auto other = Parse(shuffled);
    ASSERT_TRUE(other.ok()) << shuffled;
    EXPECT_EQ(Canonical(other->root()), Canonical(document->root()));
    EXPECT_EQ(CanonicalHash(other->root()), CanonicalHash(document->root()));
  }
}

TEST(Canonical, OrdersByBytesAndKeepsNumbers) {
  const auto document = Parse(R"({"b":1.50,"é":[ 2 , 1 ],"B":"\u0041\u00e9","a":{"y":null,"x":{}}})");
  ASSERT_TRUE(document.ok());
  EXPECT_EQ(Canonical(document->root()), R"({"B":"Aé","a":{"x":{},"y":null},"b":1.50,"é":[2,1]})");
  EXPECT_EQ(CanonicalHash(document->root()), Sha256Hex(Canonical(document->root())));
}

TEST(Canonical, TellsDifferentContentApart) {
  const auto hash = [](std::string_view text) { return CanonicalHash(Parse(text)->root()); };
  EXPECT_NE(hash("[1,2]"), hash("[2,1]"));
  EXPECT_NE(hash("1.0"), hash("1.00"));
  EXPECT_NE(hash("\"1\""), hash("1"));
}

}  // namespace
}  // namespace facet::json

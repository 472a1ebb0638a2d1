// Each rule can fail, and does not fail where it should not.
#include "tests/style/checks.hpp"
#include "tests/style/rooms.hpp"
#include "tests/style/source_text.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace facet::style {
namespace {

// "place rule" of each finding; warnings end in "?".
std::string Told(const std::vector<Finding>& findings) {
  std::string out;
  for (const Finding& finding : findings) {
    out += (out.empty() ? "" : "; ") + finding.place + " " + finding.rule + (finding.warning ? "?" : "");
  }
  return out;
}

std::string Lines(std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += "x;\n";
  return out;
}

TEST(BlankComments, KeepsCodeIncludesAndLines) {
  EXPECT_EQ(BlankComments("a; // rand()\nb;"), "a;          \nb;");
  EXPECT_EQ(BlankComments("a /* x\ny */ b"), "a     \n     b");
  EXPECT_EQ(BlankComments("f(\"a\\\"b\", 'c', '\\'', '\"');"), "f(\"    \", ' ', '  ', ' ');");
  EXPECT_EQ(BlankComments("x = R\"(a\n\"b)\";"), "x = R\"  \n   \";");
  EXPECT_EQ(BlankComments("x = R\"--(a)\" )--\" + y;"), "x = R\"          \" + y;");
  EXPECT_EQ(BlankComments("10'000 + 0xFF'FF; 'a'"), "10'000 + 0xFF'FF; ' '");
  EXPECT_EQ(BlankComments("#include \"adapter/x/y.hpp\"\n"), "#include \"adapter/x/y.hpp\"\n");
  EXPECT_EQ(BlankComments("\"//\" b"), "\"  \" b");
}

TEST(BlankDirectives, BlanksMacrosWithTheirContinuations) {
  EXPECT_EQ(BlankDirectives("#define A { \\\n  {\nb\n#include <x>\n"), "             \n   \nb\n            \n");
}

TEST(Layering, AllowsLowerRoomsAndOwn) {
  const std::string text = "#include \"adapter/json/a.hpp\"\n#include \"adapter/base/b.hpp\"\n#include <vector>\n";
  EXPECT_EQ(Told(CheckLayering("adapter/json/x.cpp", text)), "");
  EXPECT_EQ(Told(CheckLayering("adapter/app/commands/x.cpp", text)), "");
  EXPECT_EQ(Told(CheckLayering("tests/unit/json/x.cpp", text)), "");
}

TEST(Layering, RefusesHigherRoomsAndUnknownOnes) {
  EXPECT_EQ(Told(CheckLayering("adapter/base/x.hpp", "\n#include \"adapter/json/a.hpp\"\n")),
            "adapter/base/x.hpp:2 layering");
  EXPECT_EQ(Told(CheckLayering("adapter/engine/x.cpp", "  #include \"adapter/telemetry/a.hpp\"")),
            "adapter/engine/x.cpp:1 layering");
  EXPECT_EQ(Told(CheckLayering("adapter/net/x.cpp", "#include \"adapter/engine/a.hpp\"")),
            "adapter/net/x.cpp:1 layering");
  EXPECT_EQ(Told(CheckLayering("adapter/clinical/x.cpp", "#include \"adapter/fhir/a.hpp\"")),
            "adapter/clinical/x.cpp:1 layering");
  EXPECT_EQ(Told(CheckLayering("adapter/cellar/x.cpp", "")), "adapter/cellar/x.cpp:1 layering");
  EXPECT_EQ(Told(CheckLayering("adapter/json/x.cpp", "#include \"../base/a.hpp\"")), "adapter/json/x.cpp:1 layering");
  EXPECT_EQ(Told(CheckLayering("adapter/base/x.cpp", "// #include \"adapter/json/a.hpp\"")), "");
}

TEST(Layering, TableIsAnOrder) {
  std::set<std::string_view> below;
  for (const Room& room : Rooms()) {
    for (const std::string_view other : room.may) EXPECT_TRUE(below.contains(other)) << room.name << " -> " << other;
    if (room.pure) {
      for (const std::string_view other : room.may) EXPECT_TRUE(FindRoom(other)->pure) << room.name << " -> " << other;
    }
    below.insert(room.name);
  }
}

TEST(Links, FollowTheTable) {
  EXPECT_EQ(Told(CheckLinks("c", "facet_room(json LINK facet_base Boost::json)\n  facet_room(app LINK facet_net)")),
            "");
  EXPECT_EQ(Told(CheckLinks("c", "\nfacet_room(base LINK facet_json)")), "c:2 layering");
  EXPECT_EQ(Told(CheckLinks("c", "facet_room(cellar)")), "c:1 layering");
}

TEST(Purity, RefusesTheWorldInPureRooms) {
  for (const std::string text :
       {"auto t = std::chrono::system_clock::now();", "std::thread t;", "std::mutex m;", "int x = rand();",
        "std::random_device d;", "getenv(\"X\");", "std::ifstream f;", "#include <fstream>",
        "#include <boost/asio/io_context.hpp>", "#include <sqlite3.h>", "#include <curl/curl.h>", "time(nullptr);"}) {
    EXPECT_NE(Told(CheckPurity("adapter/engine/x.cpp", text)), "") << text;
    EXPECT_EQ(Told(CheckPurity("adapter/net/x.cpp", text)), "") << text;
    EXPECT_EQ(Told(CheckPurity("tests/unit/x.cpp", text)), "") << text;
    EXPECT_EQ(Told(CheckPurity("adapter/engine/x.cpp", "// " + text)), "") << text;
  }
}

TEST(Purity, MatchesWholeWordsOnly) {
  EXPECT_EQ(Told(CheckPurity("adapter/fhirpath/x.cpp", "operand(1); my_getenv_table; strand(2); a = \"rand()\";")), "");
  EXPECT_EQ(Told(CheckPurity("adapter/fhirpath/x.cpp", "\n\nx = rand();")), "adapter/fhirpath/x.cpp:3 purity");
}

TEST(Header, Rules) {
  EXPECT_EQ(Told(CheckHeader("a.hpp", "#pragma once\n// What it is.\n#include <vector>\n")), "");
  EXPECT_EQ(Told(CheckHeader("a.hpp", "// What it is.\n#pragma once\n")), "a.hpp:1 header; a.hpp:2 header");
  const std::string head = "#pragma once\n// What it is.\n";
  EXPECT_EQ(Told(CheckHeader("a.hpp", head + "#include <curl/curl.h>\n")), "a.hpp:3 header");
  EXPECT_EQ(Told(CheckHeader("a.hpp", head + "#include <boost/asio/ip/tcp.hpp>\n")), "a.hpp:3 header");
  EXPECT_EQ(Told(CheckHeader("a.hpp", head + "using namespace std;\n")), "a.hpp:3 header");
  EXPECT_EQ(Told(CheckHeader("a.cpp", "#include <curl/curl.h>\n")), "");
}

TEST(FileSize, AimAndStop) {
  EXPECT_EQ(Told(CheckFileSize("a.hpp", Lines(200))), "");
  EXPECT_EQ(Told(CheckFileSize("a.hpp", Lines(201))), "a.hpp:201 file size?");
  EXPECT_EQ(Told(CheckFileSize("a.cpp", Lines(400))), "");
  EXPECT_EQ(Told(CheckFileSize("a.cpp", Lines(401))), "a.cpp:401 file size?");
  EXPECT_EQ(Told(CheckFileSize("a.cpp", Lines(800))), "a.cpp:800 file size?");
  EXPECT_EQ(Told(CheckFileSize("a.cpp", Lines(801))), "a.cpp:801 file size");
}

TEST(FunctionSize, AimAndStop) {
  EXPECT_EQ(Told(CheckFunctionSizes("adapter/x/a.cpp", "void F() {\n" + Lines(68) + "}\n")), "");
  EXPECT_EQ(Told(CheckFunctionSizes("adapter/x/a.cpp", "\nvoid F() {\n" + Lines(69) + "}\n")),
            "adapter/x/a.cpp:2 function size");
  EXPECT_EQ(Told(CheckFunctionSizes("tests/a.cpp", "void F() {\n" + Lines(69) + "}\n")),
            "tests/a.cpp:1 function size?");
}

// "line+lines" of each function found.
std::string Functions(std::string_view text) {
  std::string out;
  for (const Function& function : FunctionsOf(text)) {
    out += (out.empty() ? "" : " ") + std::to_string(function.line) + "+" + std::to_string(function.lines);
  }
  return out;
}

TEST(FunctionsOf, FindsBodiesInScopes) {
  EXPECT_EQ(Functions("namespace a {\nnamespace {\nint F() {\n  if (x) {\n  }\n}\n}\n}"), "3+4");
  EXPECT_EQ(Functions("class A : public B {\n public:\n  A() : x_{1}, y_(2) {\n  }\n  int f() const { return 1; }\n};"),
            "3+2 5+1");
  EXPECT_EQ(Functions("template <class T, int N = 3>\nT F(T x)\n{\n}\n"), "1+4");
  EXPECT_EQ(Functions("struct A {\n int x{3};\n};\nenum class E { kA };\nconst int k[] = {1,\n2};\nvoid F() {}"),
            "7+1");
  EXPECT_EQ(Functions("auto f = [] { return 1; };\n// void G() {\nvoid H() {\n}\n"), "3+2");
  EXPECT_EQ(Functions("#include \"x\"\n\nnamespace a {\nvoid H() {\n}\n}"), "4+2");
  EXPECT_EQ(Functions("#define M(x) void x() {\nvoid H() {\n}\n"), "2+2");
  EXPECT_EQ(Functions("extern \"C\" {\nint F(void) {\n}\n}"), "2+2");
  EXPECT_EQ(Functions("TEST(A, B) {\n}\n[[nodiscard]] int F() {\n}"), "1+2 3+2");
  EXPECT_EQ(Functions("S::S(int a)\n    : a_{a},\n      b_{} {\n  x;\n}\nvoid F() {}"), "1+5 6+1");
}

TEST(FunctionsOf, DoesNotCountRowsOfData) {
  EXPECT_EQ(Functions("T F() {\n  return {\n {1, 2},\n {3, 4},\n  };\n}"), "1+3");
  EXPECT_EQ(Functions("T F() {\n  static const X k[] = {\n {1},\n {2}};\n  x;\n}"), "1+4");
  EXPECT_EQ(Functions("T F() {\n  auto f = [] {\n x;\n y;\n };\n  if (x) {\n y;\n }\n}"), "1+9");
}

TEST(Columns, Rules) {
  EXPECT_EQ(Told(CheckColumns("a.cpp", std::string(120, 'x') + "\n")), "");
  EXPECT_EQ(Told(CheckColumns("a.cpp", "x\n" + std::string(121, 'x'))), "a.cpp:2 columns");
  EXPECT_EQ(Told(CheckColumns("tests/a.cpp", "f(\"" + std::string(121, 'x') + "\");")), "");
  EXPECT_EQ(Told(CheckColumns("tests/a.cpp", "f(" + std::string(121, 'x') + ");")), "tests/a.cpp:1 columns");
  std::string wide;
  for (int i = 0; i < 120; ++i) wide += "é";
  EXPECT_EQ(Told(CheckColumns("a.cpp", wide)), "");
  EXPECT_EQ(Told(CheckColumns("a.cpp", "x \n")), "a.cpp:1 columns");
  EXPECT_EQ(Told(CheckColumns("a.cpp", "\tx\n")), "a.cpp:1 columns");
}

TEST(Unfinished, IsRefusedInCommentsToo) {
  EXPECT_EQ(Told(CheckUnfinished("a.cpp", "x;\n// TO"
                                          "DO: y\n")),
            "a.cpp:2 unfinished");
  EXPECT_EQ(Told(CheckUnfinished("a.cpp", "TO"
                                          "DOS;")),
            "");
}

TEST(CheckFile, AppliesTheRulesOfItsKind) {
  EXPECT_EQ(Told(CheckFile("adapter/base/x.cpp", "std::mutex m; \n")),
            "adapter/base/x.cpp:1 purity; adapter/base/x.cpp:1 columns");
  EXPECT_EQ(Told(CheckFile("adapter/CMakeLists.txt", "facet_room(base LINK facet_app)")),
            "adapter/CMakeLists.txt:1 layering");
  EXPECT_EQ(Told(CheckFile("README.md", "std::mutex m; \n")), "");
}

}  // namespace
}  // namespace facet::style

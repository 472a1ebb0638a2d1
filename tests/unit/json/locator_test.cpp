// Where a value of an edited file is.
#include "adapter/json/document.hpp"
#include "adapter/json/scan.hpp"

#include <gtest/gtest.h>

namespace facet::json {
namespace {

constexpr std::string_view kText = "{\n"
                                   "  \"a\": {\"p\": 8443, \"t\": true},\n"
                                   "  \"d~/\": 0.010,\n"
                                   "  \"x\": [\n"
                                   "    {\"q\": \"a\\\"]},{\"},\n"
                                   "    {\"p\": null, \"\": -1}\n"
                                   "  ], \"é\": 1, \"z\": false\n"
                                   "}\n";

TEST(Locator, FindsEveryValue) {
  const Locator locator(kText);
  EXPECT_EQ(locator.Find(""), "1:1");
  EXPECT_EQ(locator.Find("/a"), "2:8");
  EXPECT_EQ(locator.Find("/a/p"), "2:14");
  EXPECT_EQ(locator.Find("/a/t"), "2:25");
  EXPECT_EQ(locator.Find("/d~0~1"), "3:10");
  EXPECT_EQ(locator.Find("/x"), "4:8");
  EXPECT_EQ(locator.Find("/x/0"), "5:5");
  EXPECT_EQ(locator.Find("/x/0/q"), "5:11");
  EXPECT_EQ(locator.Find("/x/1/p"), "6:11");
  EXPECT_EQ(locator.Find("/x/1/"), "6:21");
  EXPECT_EQ(locator.Find("/z"), "7:20");  // columns are bytes
}

TEST(Locator, AnswersTheNearestThatIsThere) {
  const Locator locator(kText);
  EXPECT_EQ(locator.Find("/x/1/none/deeper"), "6:5");
  EXPECT_EQ(locator.Find("/x/7"), "4:8");
  EXPECT_EQ(locator.Find("/x/one"), "4:8");
  EXPECT_EQ(locator.Find("/nothing"), "1:1");
  EXPECT_EQ(locator.Find("no pointer"), "1:1");
}

TEST(Locator, AnswersOneOneForWhatIsNoJson) {
  EXPECT_EQ(Locator("{\n \"a\": }").Find("/a"), "1:1");
  EXPECT_EQ(Locator("").Find("/a"), "1:1");
}

TEST(Locator, TakesScalarsAndMoves) {
  Locator locator("  17 ");
  EXPECT_EQ(locator.Find(""), "1:3");
  const Locator moved = std::move(locator);
  EXPECT_EQ(moved.Find(""), "1:3");
}

TEST(Scan, CountsLinesAndColumnsFromOne) {
  EXPECT_EQ(impl::LineColumn("", 0), "1:1");
  EXPECT_EQ(impl::LineColumn("ab\ncd", 2), "1:3");
  EXPECT_EQ(impl::LineColumn("ab\ncd", 3), "2:1");
  EXPECT_EQ(impl::LineColumn("ab\ncd", 99), "2:3");
}

}  // namespace
}  // namespace facet::json

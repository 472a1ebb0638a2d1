// Results, errors, strong types, and the refusal of PHI as an event field.
#include "adapter/base/events.hpp"
#include "adapter/base/result.hpp"
#include "adapter/base/strong.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <type_traits>
#include <unordered_set>

namespace facet {
namespace {

Result<int> Half(int value) {
  if (value % 2 != 0) return MakeError(ErrorCode::kUsage, "value", "it is odd", Retry::kLater);
  return value / 2;
}

Status Check(int value) {
  ADAPTER_TRY(half, Half(value));
  if (half == 0) return MakeError(ErrorCode::kInternal, "", "");
  return {};
}

Result<std::unique_ptr<int>> Quarter(int value) {
  ADAPTER_TRY_STATUS(Check(value));
  ADAPTER_TRY(half, Half(value));
  ADAPTER_TRY(quarter, Half(half));
  return std::make_unique<int>(quarter);
}

TEST(Result, CarriesValueOrError) {
  EXPECT_EQ(**Quarter(8), 2);
  const auto odd = Quarter(6);
  ASSERT_FALSE(odd.ok());
  EXPECT_EQ(odd.error().code, ErrorCode::kUsage);
  EXPECT_EQ(odd.error().retry, Retry::kLater);
  EXPECT_EQ(odd.error().ToString(), "value: it is odd [usage]");
  EXPECT_EQ(Quarter(0).error().ToString(), std::string(MeaningOf(ErrorCode::kInternal)) + " [internal]");
  EXPECT_TRUE(Check(2).ok());
}

TEST(ResultDeathTest, ReadingTheWrongSideAborts) {
  EXPECT_DEATH(static_cast<void>(Half(1).value()), "check failed");
  const auto even = Half(2);
  EXPECT_DEATH(static_cast<void>(even.error()), "check failed");
}

TEST(ErrorCode, NamesAreUniqueAndWellFormed) {
  std::set<std::string_view> names;
  constexpr ErrorCode kCodes[] = {
#define ERROR_CODE(enumerator, name, meaning) ErrorCode::enumerator,
#include "adapter/base/error_codes.def"
#undef ERROR_CODE
  };
  for (const ErrorCode code : kCodes) {
    EXPECT_TRUE(names.insert(NameOf(code)).second) << NameOf(code);
    EXPECT_EQ(NameOf(code).find_first_not_of("abcdefghijklmnopqrstuvwxyz_."), std::string_view::npos);
    EXPECT_TRUE(MeaningOf(code).ends_with('.')) << MeaningOf(code);
  }
}

TEST(Strong, ComparesAndHashesLikeItsValueAndIsNothingElse) {
  EXPECT_EQ(PatientRef("Patient/1"), PatientRef("Patient/1"));
  EXPECT_LT(PatientRef("Patient/1"), PatientRef("Patient/2"));
  const std::unordered_set<PatientRef> set{PatientRef("a"), PatientRef("b"), PatientRef("a")};
  EXPECT_EQ(set.size(), 2U);
  static_assert(!std::is_convertible_v<std::string, PatientRef>);
  static_assert(!std::is_convertible_v<PatientRef, std::string>);
  static_assert(!std::is_constructible_v<PatientRef, ResourceRef>);
}

TEST(Events, RefusePhiByType) {
  using Followed = decltype(events::patient_followed);
  static_assert(std::is_invocable_v<Followed, PatientKey>);
  static_assert(!std::is_invocable_v<Followed, PatientRef>);
  static_assert(!std::is_invocable_v<Followed, ResourceRef>);
  static_assert(!std::is_invocable_v<Followed, std::string>);
  static_assert(!std::is_invocable_v<Followed, const char*>);
  static_assert(!std::is_invocable_v<Followed>);
  static_assert(!std::is_constructible_v<Token, std::string>);
  static_assert(!std::is_convertible_v<std::string, SafeText>);
}

TEST(Events, CarryTheirFieldsInOrder) {
  const Event event = events::inbox_notification_accepted(NotificationId(7), Token("Observation"), 719);
  EXPECT_EQ(InfoOf(event.kind).name, "inbox.notification_accepted");
  ASSERT_EQ(event.fields.size(), InfoOf(event.kind).fields.size());
  for (std::size_t i = 0; i < event.fields.size(); ++i) {
    EXPECT_EQ(event.fields[i].first, InfoOf(event.kind).fields[i]);
  }
  EXPECT_EQ(std::get<std::int64_t>(event.fields[0].second), 7);
  EXPECT_EQ(std::get<std::string>(event.fields[1].second), "Observation");
}

TEST(Events, CatalogueIsWellFormed) {
  std::set<std::string_view> names;
  for (const EventInfo& info : EventCatalogue()) {
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    EXPECT_TRUE(info.name.starts_with(std::string(info.area) + "."));
    EXPECT_TRUE(info.doc.ends_with('.')) << info.name;
  }
  EXPECT_FALSE(EventFieldCatalogue().empty());
}

}  // namespace
}  // namespace facet

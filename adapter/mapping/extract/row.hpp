#pragma once
// The columns that the mapper reads from views, by name, and one row of them. Any view whose `view-shape` extension
// names a shape feeds that shape's extractor; columns it does not have are empty.
//
// Thread: values. Owns: a Row borrows from the Runner's cells for one callback. Errors: none.
#include "adapter/mapping/terminology/terminology.hpp"
#include "adapter/mapping/views/runner.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace facet::mapping {

// What a row may become.
enum class Shape : std::uint8_t {
  kProcedure,
  kScore,
  kStatement,
  kOrder,
  kStudy,
  kAdministration,
  kEncounter,
  kPatient,
  kMedication
};
std::optional<Shape> ShapeOf(std::string_view name) noexcept;
// What a view says its shape is (extension view-shape); "" for a view for other tools.
std::string_view ShapeNameOf(json::Value view);

// Codings stand in two columns each, "<role>_system" and "<role>_code": both single values, both collections in step,
// or one system for all codes.
enum class Role : std::uint8_t {
  kCode,
  kCategory,
  kBodySite,
  kReason,
  kUsed,
  kModifier,
  kModality,
  kAnswer,
  kStatus,
  kLabel,
  kClass,
  kUnit
};
inline constexpr std::size_t kRoleCount = 12;

enum class Field : std::uint8_t {
  kId,
  kVersion,
  kPatient,
  kPatientLogical,
  kEncounter,
  kPartOf,
  kFocus,
  kTime,
  kTimeStart,
  kTimeEnd,
  kTimeIssued,
  kTimeRecorded,
  kCodeText,
  kBodySiteText,
  kBodySitePresent,
  kNoteText,
  kReasonText,
  kValueNumber,
  kValueComparator,
  kValueUnit,
  kValueText,
  kValuePresent,
  kValueAbsent,
  kDeceased,
  kActive,
  kBirthDate,
  kReplacedBy,
  kReplaces,
  kMedication,
  kReasonReference,
  kMedicationUncoded,
};
inline constexpr std::size_t kFieldCount = 31;

// A view and where it has the mapper's columns (-1: nowhere).
struct BoundView {
  std::shared_ptr<const views::View> view;
  Shape shape = Shape::kProcedure;
  std::array<int, kFieldCount> fields{};
  std::array<std::array<int, 2>, kRoleCount> roles{};  // system, code
};
BoundView BindView(std::shared_ptr<const views::View> view, Shape shape);
// Every column name that some extractor reads.
std::vector<std::string> ColumnNames();
// Columns of the view that no extractor reads.
std::vector<std::string_view> UnreadColumns(const BoundView& bound);

class Row {
 public:
  Row(const BoundView& view, std::span<const views::Cell> cells) : view_(view), cells_(cells) {}

  std::string_view Text(Field field) const noexcept;  // of a single value; the first of a collection
  bool IsTrue(Field field) const noexcept { return Text(field) == "true"; }
  json::Value Node(Field field) const noexcept;  // of a single value
  template <class Body>
  void ForEachText(Field field, Body&& body) const {
    const int column = view_.fields[static_cast<std::size_t>(field)];
    if (column < 0) return;
    const views::Cell& cell = cells_[static_cast<std::size_t>(column)];
    if (!cell.value.text.empty()) body(cell.value.text);
    for (const views::Scalar& item : cell.items) {
      if (!item.text.empty()) body(item.text);
    }
  }
  // The JSON of each value that is a node of the resource: what a reference resolver needs.
  template <class Body>
  void ForEachNode(Field field, Body&& body) const {
    const int column = view_.fields[static_cast<std::size_t>(field)];
    if (column < 0) return;
    const views::Cell& cell = cells_[static_cast<std::size_t>(column)];
    if (cell.value.node) body(cell.value.node);
    for (const views::Scalar& item : cell.items) {
      if (item.node) body(item.node);
    }
  }
  void AppendCodings(Role role, std::vector<RawCoding>& out) const;
  std::vector<RawCoding> Codings(Role role) const;

 private:
  const BoundView& view_;
  std::span<const views::Cell> cells_;
};

}  // namespace facet::mapping

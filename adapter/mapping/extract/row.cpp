#include "adapter/mapping/extract/row.hpp"

#include "adapter/mapping/artefacts.hpp"

#include <algorithm>
#include <string>

namespace facet::mapping {
namespace {

constexpr std::array<std::string_view, 9> kShapes = {"procedure",      "score",     "statement", "order",     "study",
                                                     "administration", "encounter", "patient",   "medication"};
constexpr std::array<std::string_view, kRoleCount> kRoles = {"code",   "category", "body_site", "reason",
                                                             "used",   "modifier", "modality",  "answer",
                                                             "status", "label",    "class",     "unit"};
constexpr std::array<std::string_view, kFieldCount> kFields = {"id",
                                                               "version",
                                                               "patient",
                                                               "patient_logical",
                                                               "encounter",
                                                               "part_of",
                                                               "focus",
                                                               "time",
                                                               "time_start",
                                                               "time_end",
                                                               "time_issued",
                                                               "time_recorded",
                                                               "code_text",
                                                               "body_site_text",
                                                               "body_site_present",
                                                               "note_text",
                                                               "reason_text",
                                                               "value_number",
                                                               "value_comparator",
                                                               "value_unit",
                                                               "value_text",
                                                               "value_present",
                                                               "value_absent",
                                                               "deceased",
                                                               "active",
                                                               "birth_date",
                                                               "replaced_by",
                                                               "replaces",
                                                               "medication",
                                                               "reason_reference",
                                                               "medication_uncoded"};

std::string_view TextAt(const views::Cell& cell, std::size_t index) {
  if (cell.items.empty()) return cell.value.text;  // one value for all
  return index < cell.items.size() ? cell.items[index].text : std::string_view{};
}

}  // namespace

std::optional<Shape> ShapeOf(std::string_view name) noexcept {
  const auto found = std::find(kShapes.begin(), kShapes.end(), name);
  if (found == kShapes.end()) return std::nullopt;
  return static_cast<Shape>(found - kShapes.begin());
}

std::string_view ShapeNameOf(json::Value view) {
  constexpr std::string_view kShapeUrl = "https://facet-adapter.org/fhir/StructureDefinition/view-shape";
  std::string_view name;
  ForEachExtension(view, kShapeUrl, [&name](json::Value it) { name = it["valueCode"].string(); });
  return name;
}

BoundView BindView(std::shared_ptr<const views::View> view, Shape shape) {
  BoundView bound{.view = std::move(view), .shape = shape, .fields = {}, .roles = {}};
  for (std::size_t i = 0; i < kFieldCount; ++i) bound.fields[i] = bound.view->FindColumn(kFields[i]);
  for (std::size_t i = 0; i < kRoleCount; ++i) {
    bound.roles[i] = {bound.view->FindColumn(std::string(kRoles[i]) + "_system"),
                      bound.view->FindColumn(std::string(kRoles[i]) + "_code")};
  }
  return bound;
}

std::vector<std::string> ColumnNames() {
  std::vector<std::string> out(kFields.begin(), kFields.end());
  for (const std::string_view role : kRoles) {
    out.push_back(std::string(role) + "_system");
    out.push_back(std::string(role) + "_code");
  }
  return out;
}

std::vector<std::string_view> UnreadColumns(const BoundView& bound) {
  std::vector<std::string_view> out;
  const auto& columns = bound.view->columns();
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const int index = static_cast<int>(i);
    bool read = std::find(bound.fields.begin(), bound.fields.end(), index) != bound.fields.end();
    for (const auto& role : bound.roles) read = read || role[0] == index || role[1] == index;
    if (!read) out.push_back(columns[i].name);
  }
  return out;
}

std::string_view Row::Text(Field field) const noexcept {
  const int column = view_.fields[static_cast<std::size_t>(field)];
  return column < 0 ? std::string_view{} : TextAt(cells_[static_cast<std::size_t>(column)], 0);
}

json::Value Row::Node(Field field) const noexcept {
  const int column = view_.fields[static_cast<std::size_t>(field)];
  return column < 0 ? json::Value{} : cells_[static_cast<std::size_t>(column)].value.node;
}

void Row::AppendCodings(Role role, std::vector<RawCoding>& out) const {
  const auto [system_column, code_column] = view_.roles[static_cast<std::size_t>(role)];
  if (system_column < 0 || code_column < 0) return;
  const views::Cell& systems = cells_[static_cast<std::size_t>(system_column)];
  const views::Cell& codes = cells_[static_cast<std::size_t>(code_column)];
  const std::size_t count = codes.items.empty() ? 1 : codes.items.size();
  for (std::size_t i = 0; i < count; ++i) {
    const RawCoding coding{TextAt(systems, i), TextAt(codes, i)};
    if (!coding.system.empty() && !coding.code.empty()) out.push_back(coding);
  }
}

std::vector<RawCoding> Row::Codings(Role role) const {
  std::vector<RawCoding> out;
  AppendCodings(role, out);
  return out;
}

}  // namespace facet::mapping

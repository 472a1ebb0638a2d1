#include "adapter/fhir/r4_types.hpp"
#include "adapter/fhir/resource.hpp"
#include "adapter/fhirpath/members_read.hpp"
#include "adapter/mapping/views/view.hpp"

#include <algorithm>
#include <cctype>
#include <string>

namespace facet::mapping::views {
namespace {

constexpr std::size_t kDepthMax = 30;

bool IsSqlName(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto word = [&letter](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '_'; };
  return !name.empty() && letter(name.front()) && std::all_of(name.begin(), name.end(), word);
}

std::string At(const std::string& pointer, std::string_view name, std::size_t index) {
  return pointer + "/" + std::string(name) + "/" + std::to_string(index);
}

}  // namespace

class ViewLoader {
 public:
  ViewLoader(const FhirArtefact& artefact, View& view, std::vector<Error>& errors)
      : artefact_(artefact), view_(view), errors_(errors) {}

  bool Load() {
    const std::size_t before = errors_.size();
    const json::Value root = artefact_.root();
    view_.document_ = artefact_.document;
    view_.name_ = root["name"].string();
    view_.resource_ = root["resource"].string();
    if (!view_.name_.empty() && !IsSqlName(view_.name_)) Fail("/name", "a name has letters, digits and _ only");
    if (!fhir::IsResourceType(view_.resource_)) {
      Fail("/resource", "a view needs the resource type of FHIR R4 that it reads");
      return false;
    }
    Constants(root["constant"]);
    std::size_t index = 0;
    for (const json::Value element : root["where"].elements()) {
      const std::string pointer = At("", "where", index++) + "/path";
      fhirpath::Expression path;
      if (!Compile(element["path"], pointer, view_.resource_, path)) continue;
      const std::string_view type = path.result_type();
      if (!type.empty() && type != "System.Boolean" && type != "boolean") {
        Fail(pointer, "a where must be true or false");
      }
      view_.where_.push_back(std::move(path));
    }
    index = 0;
    for (const json::Value element : root["select"].elements()) {
      view_.selects_.push_back(ReadSelect(element, At("", "select", index++), view_.resource_, nullptr, 0));
    }
    if (index == 0) Fail("", "a view needs at least one select");
    return errors_.size() == before;
  }

 private:
  // The columns that a part of a unionAll must produce, in their order; they share the slots of the first part.
  struct Union {
    std::vector<std::size_t> columns;
    std::size_t next = 0;
    bool first = true;
  };

  void Fail(const std::string& pointer, std::string what) {
    errors_.push_back(MakeError(ErrorCode::kMappingInvalid, PlaceOf(artefact_, pointer), std::move(what)));
  }

  bool Compile(json::Value text, const std::string& pointer, std::string_view root_type, fhirpath::Expression& out) {
    if (text.string().empty()) {
      Fail(pointer, "expected a FHIRPath expression");
      return false;
    }
    auto compiled = fhirpath::Compile(
        text.string(), {.root_type = root_type, .strict = true, .variables = names_, .join_nothing_to_text = true});
    if (!compiled.ok()) {
      const Error& error = compiled.error();
      errors_.push_back(MakeError(error.code, PlaceOf(artefact_, pointer),
                                  error.detail + " (at " + error.where + " of the expression)"));
      return false;
    }
    out = std::move(compiled).value();
    return true;
  }

  // As above, of a path that is evaluated on items of `root_type`.
  bool Compile(json::Value text, const std::string& pointer, std::string_view root_type, Path& out) {
    if (!Compile(text, pointer, root_type, out.expression)) return false;
    out.focus = fhir::FindType(root_type);
    const auto keys = fhirpath::MembersRead(out.expression, out.focus);
    if (!keys) return true;
    const fhirpath::Context nothing{.focus = fhirpath::Item::Node(empty_.root(), out.focus)};
    auto otherwise = fhirpath::Evaluate(out.expression, nothing);
    if (!otherwise.ok()) return true;
    std::uint64_t looks_at = 0;
    for (const std::string& key : *keys) {
      const std::uint64_t known = view_.keys_.BitsOf(json::impl::KeyNumber(key));
      const std::uint64_t bit = known != 0 ? known : next_key_;
      if (known == 0 && !view_.keys_.Add(key, bit)) return true;
      if (known == 0 && next_key_ << 1U != 0) next_key_ <<= 1U;  // beyond the last, keys share it
      looks_at |= bit;
    }
    out.looks_at = looks_at;
    out.otherwise = std::move(otherwise).value();
    return true;
  }

  void Constants(json::Value list) {
    names_.push_back("rowIndex");
    std::size_t index = 0;
    for (const json::Value element : list.elements()) {
      const std::string pointer = At("", "constant", index++);
      const std::string_view name = element["name"].string();
      fhirpath::Item item;
      for (const json::Member member : element.members()) {
        if (!member.key.starts_with("value")) continue;
        std::string type(member.key.substr(5));
        if (!type.empty()) type[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(type[0])));
        if (type == "integer64") type = "integer";
        const fhir::TypeId id = fhir::FindType(type);
        if (fhir::IsPrimitive(id)) item = fhirpath::Item::Node(member.value, id);
      }
      if (!IsSqlName(name)) {
        Fail(pointer + "/name", "a constant needs a name of letters, digits and _");
      } else if (item.kind() == fhirpath::ItemKind::kNone) {
        Fail(pointer, "a constant needs a value of a primitive type");
      } else {
        view_.constants_.push_back({std::string(name), item});
        names_.push_back(name);
      }
    }
  }

  Select ReadSelect(json::Value element, const std::string& pointer, std::string_view root_type, Union* in_union,
                    std::size_t depth) {
    Select out;
    if (depth > kDepthMax) {
      Fail(pointer, "selects are nested too deeply");
      return out;
    }
    const std::string type = ReadIteration(element, pointer, root_type, out);
    std::size_t index = 0;
    for (const json::Value column : element["column"].elements()) {
      ReadColumn(column, At(pointer, "column", index++), type, in_union, out);
    }
    index = 0;
    for (const json::Value nested : element["select"].elements()) {
      out.selects.push_back(ReadSelect(nested, At(pointer, "select", index++), type, in_union, depth + 1));
    }
    ReadUnion(element["unionAll"], pointer, type, in_union, depth, out);
    return out;
  }

  // Answers the type of what the columns of this select start from ("" where it is not known).
  std::string ReadIteration(json::Value element, const std::string& pointer, std::string_view root_type, Select& out) {
    const json::Value each = element["forEach"];
    const json::Value each_or_null = element["forEachOrNull"];
    const json::Value repeat = element["repeat"];
    const int given = (each ? 1 : 0) + (each_or_null ? 1 : 0) + (repeat ? 1 : 0);
    if (given > 1) Fail(pointer, "only one of forEach, forEachOrNull and repeat may be given");
    if (given == 0) return std::string(root_type);
    std::string type;
    if (repeat) {
      out.iteration = Select::Iteration::kRepeat;
      std::size_t index = 0;
      for (const json::Value text : repeat.elements()) {
        const std::string place = At(pointer, "repeat", index++);
        Path path;
        // A path is followed from what it leads to as well: its own type is not that of the start, and its elements
        // cannot be checked against that.
        if (!Compile(text, place, "", path)) continue;
        out.paths.push_back(std::move(path));
      }
      if (index == 0) Fail(pointer + "/repeat", "repeat is a list of paths");
      return type;
    }
    out.iteration = each ? Select::Iteration::kForEach : Select::Iteration::kForEachOrNull;
    Path path;
    const std::string place = pointer + (each ? "/forEach" : "/forEachOrNull");
    if (Compile(each ? each : each_or_null, place, root_type, path)) {
      type = path.expression.result_type();
      out.paths.push_back(std::move(path));
    }
    return type;
  }

  void ReadColumn(json::Value element, const std::string& pointer, const std::string& type, Union* in_union,
                  Select& out) {
    Column column{.name = std::string(element["name"].string()),
                  .type = std::string(element["type"].string()),
                  .collection = element["collection"].boolean()};
    constexpr std::string_view kDefinitions = "http://hl7.org/fhir/StructureDefinition/";
    if (column.type.starts_with(kDefinitions)) column.type.erase(0, kDefinitions.size());
    if (!IsSqlName(column.name)) return Fail(pointer + "/name", "a column needs a name of letters, digits and _");
    Select::Slot slot;
    if (!Compile(element["path"], pointer + "/path", type, slot.path)) return;
    if (in_union != nullptr && !in_union->first) {
      if (in_union->next == in_union->columns.size() ||
          view_.columns_[in_union->columns[in_union->next]].name != column.name) {
        return Fail(pointer + "/name", "the parts of a unionAll must have the same columns in the same order");
      }
      slot.column = in_union->columns[in_union->next++];
      const Column& first = view_.columns_[slot.column];
      const bool other_type = !first.type.empty() && !column.type.empty() && first.type != column.type;
      if (other_type || first.collection != column.collection) {
        return Fail(pointer + "/name", "the parts of a unionAll must give a column the same type");
      }
    } else {
      const auto same = [&column](const Column& other) { return other.name == column.name; };
      if (std::any_of(view_.columns_.begin(), view_.columns_.end(), same)) {
        return Fail(pointer + "/name", "the column name is used twice");
      }
      slot.column = view_.columns_.size();
      view_.columns_.push_back(std::move(column));
      if (in_union != nullptr) in_union->columns.push_back(slot.column);
    }
    out.slots.push_back(std::move(slot));
  }

  void ReadUnion(json::Value list, const std::string& pointer, const std::string& type, Union* outer, std::size_t depth,
                 Select& out) {
    if (list.size() == 0) return;
    // Inside a later part of an outer union every part must repeat the same stretch of the outer columns.
    Union own;
    const bool later = outer != nullptr && !outer->first;
    const std::size_t from = later ? outer->next : 0;
    std::size_t index = 0;
    for (const json::Value part : list.elements()) {
      const std::string place = At(pointer, "unionAll", index);
      if (later) {
        outer->next = from;
        out.unions.push_back(ReadSelect(part, place, type, outer, depth + 1));
      } else {
        own.next = 0;
        own.first = index == 0;
        out.unions.push_back(ReadSelect(part, place, type, &own, depth + 1));
        if (!own.first && own.next != own.columns.size()) {
          Fail(place, "the parts of a unionAll must have the same columns in the same order");
        }
      }
      ++index;
    }
    if (outer != nullptr && outer->first) {
      outer->columns.insert(outer->columns.end(), own.columns.begin(), own.columns.end());
    }
  }

  const FhirArtefact& artefact_;
  View& view_;
  std::vector<Error>& errors_;
  std::vector<std::string_view> names_;  // of the variables that a path may use
  json::Document empty_ = json::Parse("{}").value();
  std::uint64_t next_key_ = 1;
};

std::shared_ptr<const View> View::Load(const FhirArtefact& artefact, std::vector<Error>& errors) {
  auto view = std::make_shared<View>();
  if (!ViewLoader(artefact, *view, errors).Load()) return nullptr;
  return view;
}

int View::FindColumn(std::string_view name) const noexcept {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

std::shared_ptr<const View> LoadViewText(std::string_view text, const std::string& path, std::vector<Error>& errors) {
  auto parsed = json::Parse(text, json::Limits::ForFiles());
  if (!parsed.ok()) {
    Error error = std::move(parsed).error();
    error.where = path + ":" + (error.where.empty() ? "1:1" : error.where);
    errors.push_back(std::move(error));
    return nullptr;
  }
  const FhirArtefact artefact{.type = "ViewDefinition",
                              .url = path,
                              .path = path,
                              .origin = {},
                              .document = std::move(parsed).value(),
                              .text = text};
  return View::Load(artefact, errors);
}

}  // namespace facet::mapping::views

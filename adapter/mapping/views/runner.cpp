#include "adapter/mapping/views/runner.hpp"

#include "adapter/fhir/resource.hpp"

namespace facet::mapping::views {
namespace {

constexpr std::size_t kRepeatedMax = 100'000;
constexpr std::size_t kRepeatDepthMax = 200;

Status InColumn(const Column& column, Error error) {
  error.where = "column " + column.name + ": " + error.where;
  return error;
}

}  // namespace

// What stays the same while one resource is read, and where in it paths are evaluated.
struct Runner::Pass {
  const View& view;
  fhirpath::Context context;
  std::vector<fhirpath::Variable> variables;  // the last is %rowIndex
  fhirpath::Item row_index;
  std::uint64_t members = Path::kAnything;  // of the focus, as bits of the view's keys

  Pass(const View& its, json::Value resource) : view(its) {
    for (const View::Constant& constant : view.constants_) variables.push_back({constant.name, {&constant.item, 1}});
    variables.push_back({"rowIndex", {&row_index, 1}});
    context.resource = resource;
    context.root = resource;
    context.variables = variables;
  }

  void MoveTo(const fhirpath::Item& focus, std::int64_t row) {
    row_index = fhirpath::Item::Integer(row);
    const bool known =
        focus.is_node() && focus.node() && context.focus.is_node() && focus.node() == context.focus.node();
    context.focus = focus;
    if (!known) members = MembersOf(focus);
  }

  bool MayDiffer(const Path& path) const {
    return (path.looks_at & members) != 0 || path.looks_at == Path::kAnything ||
           context.focus.fhir_type() != path.focus;
  }

 private:
  std::uint64_t MembersOf(const fhirpath::Item& focus) const {
    const json::Value object = focus.is_node() ? focus.node() : json::Value{};
    if (!object.is_object()) return Path::kAnything;
    const std::string& text = object.tape()->text;
    std::uint64_t bits = 0;
    for (const json::Member member : object.members()) {
      const char* const begin = member.key.data();
      bits |= view.keys_.BitsOf(json::impl::KeyNumberIn(begin, begin + member.key.size(), text.data() + text.size()));
    }
    return bits;
  }
};

Status Runner::Run(const View& view, json::Value resource, const RowSink& sink) {
  if (fhir::TypeOf(resource) != view.resource()) return {};
  evaluator_.Reset();
  texts_.clear();
  Pass pass(view, resource);
  const fhirpath::Item focus = fhirpath::Item::Node(resource);
  pass.MoveTo(focus, 0);
  for (const fhirpath::Expression& where : view.where_) {
    ADAPTER_TRY_STATUS(evaluator_.Evaluate(where, pass.context, items_));
    if (items_.empty()) return {};
    const auto value = items_.size() == 1 ? items_[0].AsBoolean() : std::nullopt;
    if (!value) return MakeError(ErrorCode::kPathEvaluation, "where", "a where must be true or false");
    if (!*value) return {};
  }
  cells_.assign(view.columns().size(), Cell{});
  lists_.resize(std::max(lists_.size(), view.columns().size()));
  const auto emit = [&]() -> Status {
    sink(cells_);
    return {};
  };
  return RunSelects(pass, view.selects_, 0, focus, 0, Next(emit));
}

Result<std::span<const fhirpath::Item>> Runner::Evaluate(const Pass& pass, const Path& path) {
  if (!pass.MayDiffer(path)) return path.otherwise.items();
  ADAPTER_TRY_STATUS(evaluator_.Evaluate(path.expression, pass.context, items_));
  return std::span<const fhirpath::Item>(items_);
}

// The product of the rows of all selects, the first outermost.
Status Runner::RunSelects(Pass& pass, const std::vector<Select>& selects, std::size_t index,
                          const fhirpath::Item& focus, std::int64_t row, const Next& next) {
  if (index == selects.size()) return next();
  const auto rest = [&]() -> Status { return RunSelects(pass, selects, index + 1, focus, row, next); };
  return RunSelect(pass, selects[index], focus, row, Next(rest));
}

Status Runner::RunSelect(Pass& pass, const Select& select, const fhirpath::Item& focus, std::int64_t row,
                         const Next& next) {
  if (select.iteration == Select::Iteration::kNone) return RunOne(pass, select, focus, row, next);
  std::vector<fhirpath::Item> foci;
  ADAPTER_TRY_STATUS(Gather(pass, select, focus, row, foci));
  if (foci.empty() && select.iteration == Select::Iteration::kForEachOrNull) {
    return RunOne(pass, select, fhirpath::Item{}, 0, next);
  }
  std::int64_t index = 0;
  for (const fhirpath::Item& item : foci) ADAPTER_TRY_STATUS(RunOne(pass, select, item, index++, next));
  return {};
}

Status Runner::RunOne(Pass& pass, const Select& select, const fhirpath::Item& focus, std::int64_t row,
                      const Next& next) {
  pass.MoveTo(focus, row);
  for (const Select::Slot& slot : select.slots) ADAPTER_TRY_STATUS(Fill(pass, slot));
  const auto behind = [&]() -> Status {
    if (select.unions.empty()) return next();
    for (const Select& part : select.unions) ADAPTER_TRY_STATUS(RunSelect(pass, part, focus, row, next));
    return {};
  };
  return RunSelects(pass, select.selects, 0, focus, row, Next(behind));
}

Status Runner::Fill(Pass& pass, const Select::Slot& slot) {
  const Column& column = pass.view.columns()[slot.column];
  auto found = Evaluate(pass, slot.path);
  if (!found.ok()) return InColumn(column, std::move(found).error());
  const std::span<const fhirpath::Item> items = *found;
  Cell& cell = cells_[slot.column];
  cell = {};
  if (column.collection) {
    std::vector<Scalar>& list = lists_[slot.column];
    list.clear();
    for (const fhirpath::Item& item : items) list.push_back(ToScalar(item));
    cell.items = list;
    return {};
  }
  if (items.size() > 1) {
    return InColumn(column, MakeError(ErrorCode::kPathEvaluation, "path",
                                      "several values in a column that is no collection (set \"collection\": true)"));
  }
  if (!items.empty()) cell.value = ToScalar(items[0]);
  return {};
}

Status Runner::Gather(Pass& pass, const Select& select, const fhirpath::Item& focus, std::int64_t row,
                      std::vector<fhirpath::Item>& out) {
  if (select.iteration != Select::Iteration::kRepeat) {
    pass.MoveTo(focus, row);
    ADAPTER_TRY(found, Evaluate(pass, select.paths.front()));
    out.assign(found.begin(), found.end());
    return {};
  }
  // Depth first, each level in the order of the paths: a parent comes before what is below it.
  const std::function<Status(const fhirpath::Item&, std::size_t)> follow = [&](const fhirpath::Item& from,
                                                                               std::size_t depth) -> Status {
    if (depth > kRepeatDepthMax || out.size() > kRepeatedMax) {
      return MakeError(ErrorCode::kPathLimit, "repeat", "repeat leads too deep or finds too much");
    }
    for (const Path& path : select.paths) {
      pass.MoveTo(from, row);
      std::vector<fhirpath::Item> found;
      ADAPTER_TRY_STATUS(evaluator_.Evaluate(path.expression, pass.context, found));
      for (const fhirpath::Item& item : found) {
        out.push_back(item);
        ADAPTER_TRY_STATUS(follow(item, depth + 1));
      }
    }
    return {};
  };
  return follow(focus, 0);
}

Scalar Runner::ToScalar(const fhirpath::Item& item) {
  Scalar out;
  if (item.is_node()) {
    out.node = item.node();
    switch (out.node.kind()) {
    case json::Kind::kString:
      out.kind = Scalar::Kind::kString;
      break;
    case json::Kind::kNumber:
      out.kind = Scalar::Kind::kNumber;
      break;
    case json::Kind::kBool:
      out.kind = Scalar::Kind::kBool;
      break;
    case json::Kind::kObject:
    case json::Kind::kArray:
      out.kind = Scalar::Kind::kComplex;
      return out;
    case json::Kind::kMissing:
    case json::Kind::kNull:
      return out;
    }
    out.text = out.kind == Scalar::Kind::kString   ? out.node.string()
               : out.kind == Scalar::Kind::kNumber ? out.node.number_text()
               : out.node.boolean()                ? "true"
                                                   : "false";
    return out;
  }
  switch (item.kind()) {
  case fhirpath::ItemKind::kBoolean:
    return {Scalar::Kind::kBool, item.boolean_value() ? "true" : "false", {}};
  case fhirpath::ItemKind::kString:
    return {Scalar::Kind::kString, item.string_value(), {}};
  case fhirpath::ItemKind::kInteger:
  case fhirpath::ItemKind::kDecimal:
    out.kind = Scalar::Kind::kNumber;
    break;
  default:
    out.kind = Scalar::Kind::kString;
    break;
  }
  out.text = texts_.emplace_back(item.ToText().value_or(std::string()));
  return out;
}

}  // namespace facet::mapping::views

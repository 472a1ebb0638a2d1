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

// What stays the same while one resource is read.
struct Runner::Pass {
  const View& view;
  json::Value resource;
  std::vector<fhirpath::Variable> variables;  // the last is %rowIndex
  fhirpath::Item row_index;

  fhirpath::Context ContextOf(const fhirpath::Item& focus, std::int64_t row) {
    row_index = fhirpath::Item::Integer(row);
    variables.back().items = {&row_index, 1};
    fhirpath::Context context;
    context.focus = focus;
    context.resource = resource;
    context.root = resource;
    context.variables = variables;
    return context;
  }
};

Status Runner::Run(const View& view, json::Value resource, const RowSink& sink) {
  if (fhir::TypeOf(resource) != view.resource()) return {};
  evaluator_.Reset();
  texts_.clear();
  Pass pass{.view = view, .resource = resource, .variables = {}, .row_index = {}};
  for (const View::Constant& constant : view.constants_) {
    pass.variables.push_back({constant.name, {&constant.item, 1}});
  }
  pass.variables.push_back({"rowIndex", {}});
  const fhirpath::Item focus = fhirpath::Item::Node(resource);
  for (const fhirpath::Expression& where : view.where_) {
    const fhirpath::Context context = pass.ContextOf(focus, 0);
    ADAPTER_TRY_STATUS(evaluator_.Evaluate(where, context, items_));
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
  for (const Select::Slot& slot : select.slots) ADAPTER_TRY_STATUS(Fill(pass, slot, focus, row));
  const auto behind = [&]() -> Status {
    if (select.unions.empty()) return next();
    for (const Select& part : select.unions) ADAPTER_TRY_STATUS(RunSelect(pass, part, focus, row, next));
    return {};
  };
  return RunSelects(pass, select.selects, 0, focus, row, Next(behind));
}

Status Runner::Fill(Pass& pass, const Select::Slot& slot, const fhirpath::Item& focus, std::int64_t row) {
  const Column& column = pass.view.columns()[slot.column];
  const fhirpath::Context context = pass.ContextOf(focus, row);
  if (Status status = evaluator_.Evaluate(slot.path, context, items_); !status.ok()) {
    return InColumn(column, std::move(status).error());
  }
  Cell& cell = cells_[slot.column];
  cell = {};
  if (column.collection) {
    std::vector<Scalar>& list = lists_[slot.column];
    list.clear();
    for (const fhirpath::Item& item : items_) list.push_back(ToScalar(item));
    cell.items = list;
    return {};
  }
  if (items_.size() > 1) {
    return InColumn(column, MakeError(ErrorCode::kPathEvaluation, "path",
                                      "several values in a column that is no collection (set \"collection\": true)"));
  }
  if (!items_.empty()) cell.value = ToScalar(items_[0]);
  return {};
}

Status Runner::Gather(Pass& pass, const Select& select, const fhirpath::Item& focus, std::int64_t row,
                      std::vector<fhirpath::Item>& out) {
  if (select.iteration != Select::Iteration::kRepeat) {
    return evaluator_.Evaluate(select.paths.front(), pass.ContextOf(focus, row), out);
  }
  // Depth first, each level in the order of the paths: a parent comes before what is below it.
  const std::function<Status(const fhirpath::Item&, std::size_t)> follow = [&](const fhirpath::Item& from,
                                                                               std::size_t depth) -> Status {
    if (depth > kRepeatDepthMax || out.size() > kRepeatedMax) {
      return MakeError(ErrorCode::kPathLimit, "repeat", "repeat leads too deep or finds too much");
    }
    for (const fhirpath::Expression& path : select.paths) {
      std::vector<fhirpath::Item> found;
      ADAPTER_TRY_STATUS(evaluator_.Evaluate(path, pass.ContextOf(from, row), found));
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

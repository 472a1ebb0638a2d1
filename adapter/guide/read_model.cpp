// PlanDefinition and ActivityDefinitions -> Model. Every problem is reported with its element path.
#include "adapter/guide/rules.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace facet::guide {

namespace {

constexpr std::string_view kPlan = "https://facet-adapter.org/fhir/PlanDefinition/facet-injection-failed";
constexpr std::string_view kExtension = "https://facet-adapter.org/fhir/StructureDefinition/";

struct ColumnName {
  std::string_view name;
  Column column;
  State state;
};
constexpr std::array kColumns = {
    ColumnName{"red-flag", Column::kRedFlag, State::kWithheld},
    ColumnName{"done", Column::kDone, State::kDone},
    ColumnName{"withheld", Column::kWithheld, State::kWithheld},
    ColumnName{"not-applicable", Column::kNotApplicable, State::kNotApplicable},
    ColumnName{"suggested", Column::kSuggested, State::kSuggested},
    ColumnName{"lower", Column::kLower, State::kConsider},
    ColumnName{"consider", Column::kConsider, State::kConsider},
};

// Reads one PlanDefinition; collects errors under its url.
class PlanReader {
 public:
  PlanReader(Model& model, std::vector<Error>& errors) : model_(model), errors_(errors) {
    known_ = EvidenceNames();
    known_.emplace_back("evidence");
  }

  void Read(json::Value plan);

 private:
  void Fail(const std::string& path, std::string detail) {
    errors_.push_back(MakeError(ErrorCode::kMappingInvalid, std::string(kPlan) + ": " + path, std::move(detail)));
  }
  void ReadExtensions(json::Value plan);
  void ReadDerived(json::Value extension, const std::string& path);
  void ReadCaution(json::Value extension, const std::string& path);
  void ReadRule(json::Value action, const std::string& path);
  void ReadCondition(json::Value condition, const std::string& path, Rule& rule);
  bool CompileInto(json::Value expression, const std::string& path, fhirpath::Expression& into,
                   std::vector<std::string>& uses);
  void CheckReferences();
  void OrderRules();
  bool Place(std::size_t index, std::vector<int>& marks);

  Model& model_;
  std::vector<Error>& errors_;
  std::vector<std::string> known_;  // variables that an expression may use
};

std::string Indexed(std::string_view name, std::size_t index) {
  return std::string(name) + "[" + std::to_string(index) + "]";
}

json::Value Part(json::Value extension, std::string_view url) {
  for (const json::Value part : extension["extension"].elements()) {
    if (part["url"].string() == url) return part;
  }
  return {};
}

std::string WithVersion(json::Value artefact) {
  std::string canonical(artefact["url"].string());
  if (const auto version = artefact["version"].string(); !version.empty()) canonical += "|" + std::string(version);
  return canonical;
}

bool PlanReader::CompileInto(json::Value expression, const std::string& path, fhirpath::Expression& into,
                             std::vector<std::string>& uses) {
  const std::string_view text = expression["expression"].string();
  if (expression["language"].string() != "text/fhirpath" || text.empty()) {
    Fail(path, "a FHIRPath expression is due (language text/fhirpath)");
    return false;
  }
  const std::vector<std::string_view> variables(known_.begin(), known_.end());
  auto compiled = fhirpath::Compile(text, {.root_type = "Parameters", .variables = variables});
  if (!compiled.ok()) {
    Error error = compiled.error();
    error.where = std::string(kPlan) + ": " + path + ".expression: " + error.where;
    errors_.push_back(std::move(error));
    return false;
  }
  into = *compiled;
  uses = ScanVariables(text);
  return true;
}

void PlanReader::ReadDerived(json::Value extension, const std::string& path) {
  const json::Value expression = extension["valueExpression"];
  DerivedEvidence derived;
  derived.name = expression["name"].string();
  if (derived.name.empty()) return Fail(path, "derived evidence needs a name");
  if (std::find(known_.begin(), known_.end(), derived.name) != known_.end()) {
    return Fail(path, "the name is taken: " + derived.name);
  }
  if (!CompileInto(expression, path, derived.expression, derived.uses)) return;
  known_.push_back(derived.name);
  model_.derived.push_back(std::move(derived));
}

void PlanReader::ReadCaution(json::Value extension, const std::string& path) {
  CautionRule caution;
  caution.kind = Part(extension, "kind")["valueCode"].string();
  caution.text = Part(extension, "text")["valueString"].string();
  if (!clinical::FromName<clinical::CautionKind>(caution.kind)) return Fail(path, "no such kind of caution");
  for (const json::Value part : extension["extension"].elements()) {
    if (part["url"].string() == "source") caution.sources.emplace_back(part["valueCode"].string());
    if (part["url"].string() == "action") caution.rules.emplace_back(part["valueId"].string());
  }
  model_.cautions.push_back(std::move(caution));
}

void PlanReader::ReadExtensions(json::Value plan) {
  std::size_t index = 0;
  for (const json::Value extension : plan["extension"].elements()) {
    const std::string path = Indexed("PlanDefinition.extension", index++);
    const std::string_view url = extension["url"].string();
    if (!url.starts_with(kExtension)) continue;
    const std::string_view name = url.substr(kExtension.size());
    if (name == "derived-evidence") {
      ReadDerived(extension, path);
    } else if (name == "caution-rule") {
      ReadCaution(extension, path);
    } else if (name == "headline") {
      model_.headlines.push_back({std::string(Part(extension, "verdict")["valueCode"].string()),
                                  std::string(Part(extension, "title")["valueString"].string())});
    } else if (name == "source-attribute") {
      model_.source_attributes.push_back({std::string(Part(extension, "name")["valueCode"].string()),
                                          std::string(Part(extension, "text")["valueString"].string())});
    } else if (name == "always-stated") {
      AlwaysStated stated{std::string(Part(extension, "title")["valueString"].string()), {}};
      for (const json::Value part : extension["extension"].elements()) {
        if (part["url"].string() == "action") stated.rules.emplace_back(part["valueId"].string());
      }
      model_.always_stated.push_back(std::move(stated));
    }
  }
}

void PlanReader::ReadCondition(json::Value condition, const std::string& path, Rule& rule) {
  json::Value outcome;
  for (const json::Value extension : condition["extension"].elements()) {
    if (extension["url"].string() == std::string(kExtension) + "rule-outcome") outcome = extension;
  }
  if (!outcome) return Fail(path, "the extension rule-outcome is missing");
  const std::string_view name = Part(outcome, "column")["valueCode"].string();
  const auto column = std::find_if(kColumns.begin(), kColumns.end(), [&](const auto& c) { return c.name == name; });
  if (column == kColumns.end()) return Fail(path, "no such column");
  Condition read;
  read.column = column->column;
  read.state = column->state;
  if (const json::Value state = Part(outcome, "state")) {
    if (state["valueCode"].string() == NameOf(State::kSuggested)) {
      read.state = State::kSuggested;
    } else if (state["valueCode"].string() != NameOf(State::kWithheld)) {
      return Fail(path, "a red flag withholds or suggests, nothing else");
    }
  }
  read.guard = Part(outcome, "guard")["valueCode"].string();
  read.text = Part(outcome, "text")["valueString"].string();
  if (read.state == State::kWithheld && read.guard.empty()) return Fail(path, "what withholds must name its guard");
  if (read.text.empty()) return Fail(path, "the text of the reason is missing");
  if (CompileInto(condition["expression"], path, read.expression, read.uses))
    rule.conditions.push_back(std::move(read));
}

void PlanReader::ReadRule(json::Value action, const std::string& path) {
  Rule rule;
  rule.id = action["id"].string();
  rule.title = action["title"].string();
  rule.section = action["documentation"].at(0)["label"].string();
  rule.activity = action["definitionCanonical"].string();
  if (rule.title.empty()) Fail(path, "the title is missing");
  if (rule.section.empty()) Fail(path, "documentation must name the guide's section");
  std::size_t index = 0;
  for (const json::Value condition : action["condition"].elements()) {
    ReadCondition(condition, path + "." + Indexed("condition", index++), rule);
  }
  std::stable_sort(rule.conditions.begin(), rule.conditions.end(),
                   [](const Condition& a, const Condition& b) { return a.column < b.column; });
  model_.rules.push_back(std::move(rule));
}

void PlanReader::CheckReferences() {
  const auto check = [&](const std::string& rule, const std::string& path) {
    if (model_.FindRule(rule) == nullptr) Fail(path, "no such rule: " + rule);
  };
  for (const CautionRule& caution : model_.cautions) {
    for (const std::string& rule : caution.rules) check(rule, "caution-rule " + caution.kind);
  }
  for (const AlwaysStated& stated : model_.always_stated) {
    for (const std::string& rule : stated.rules) check(rule, "always-stated");
  }
  for (const Rule& rule : model_.rules) {
    if (rule.activity.empty() || model_.FindActivity(rule.activity) != nullptr) continue;
    errors_.push_back(MakeError(ErrorCode::kMappingMissing, std::string(kPlan) + ": action " + rule.id,
                                "definitionCanonical names an ActivityDefinition that is not there"));
  }
}

// Depth first over the outcomes that a rule uses; a cycle has no order.
bool PlanReader::Place(std::size_t index, std::vector<int>& marks) {
  if (marks[index] == 2) return true;
  if (marks[index] == 1) return false;
  marks[index] = 1;
  for (const Condition& condition : model_.rules[index].conditions) {
    for (const std::string& name : condition.uses) {
      for (std::size_t other = 0; other < model_.rules.size(); ++other) {
        if (model_.rules[other].id == name && !Place(other, marks)) return false;
      }
    }
  }
  marks[index] = 2;
  model_.order.push_back(index);
  return true;
}

void PlanReader::OrderRules() {
  std::vector<int> marks(model_.rules.size(), 0);
  for (std::size_t index = 0; index < model_.rules.size(); ++index) {
    if (!Place(index, marks))
      return Fail("action " + model_.rules[index].id, "rules use each other's outcome in a circle");
  }
}

void PlanReader::Read(json::Value plan) {
  model_.canonical = WithVersion(plan);
  model_.citation = plan["relatedArtifact"].at(0)["citation"].string();
  ReadExtensions(plan);
  std::size_t index = 0;
  for (const json::Value action : plan["action"].elements()) {
    const std::string id(action["id"].string());
    const std::string path = Indexed("PlanDefinition.action", index++) + ".id";
    if (id.empty()) {
      Fail(path, "a rule needs an id");
    } else if (std::find(known_.begin(), known_.end(), id) != known_.end()) {
      Fail(path, "the name is taken: " + id);
    } else {
      known_.push_back(id);
    }
  }
  index = 0;
  for (const json::Value action : plan["action"].elements()) {
    ReadRule(action, Indexed("PlanDefinition.action", index++));
  }
  std::sort(model_.rules.begin(), model_.rules.end(), [](const Rule& a, const Rule& b) { return a.id < b.id; });
  CheckReferences();
  OrderRules();
}

Activity ReadActivity(json::Value definition, std::vector<Error>& errors) {
  Activity activity;
  activity.canonical = WithVersion(definition);
  activity.title = definition["title"].string();
  activity.description = definition["description"].string();
  activity.kind = definition["kind"].string();
  json::Writer code;
  code.Copy(definition["code"]);
  activity.code = std::move(code).Take();
  for (const json::Value extension : definition["extension"].elements()) {
    if (extension["url"].string() != std::string(kExtension) + "activity-rank") continue;
    if (const auto rank = extension["valueInteger"].decimal()) activity.rank = rank->ToInt64().value_or(0);
  }
  if (activity.title.empty() || activity.kind.empty() || !definition["code"].is_object() || activity.rank <= 0) {
    errors.push_back(MakeError(ErrorCode::kMappingInvalid, activity.canonical,
                               "an activity needs title, kind, code and the extension activity-rank"));
  }
  return activity;
}

}  // namespace

std::vector<std::string> ScanVariables(std::string_view expression) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < expression.size(); ++i) {
    if (expression[i] == '\'') {
      for (++i; i < expression.size() && expression[i] != '\''; ++i) {
        if (expression[i] == '\\') ++i;
      }
      continue;
    }
    if (expression[i] != '%') continue;
    const bool quoted = i + 1 < expression.size() && expression[i + 1] == '`';
    const std::size_t first = i + (quoted ? 2 : 1);
    std::size_t last = first;
    while (last < expression.size() &&
           (quoted ? expression[last] != '`'
                   : std::isalnum(static_cast<unsigned char>(expression[last])) != 0 || expression[last] == '_')) {
      ++last;
    }
    std::string name(expression.substr(first, last - first));
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
    i = last - (quoted ? 0 : 1);
  }
  return names;
}

const Rule* Model::FindRule(std::string_view id) const noexcept {
  const auto found = std::find_if(rules.begin(), rules.end(), [&](const Rule& rule) { return rule.id == id; });
  return found == rules.end() ? nullptr : &*found;
}

const Activity* Model::FindActivity(std::string_view wanted) const noexcept {
  const auto found =
      std::find_if(activities.begin(), activities.end(), [&](const Activity& a) { return a.canonical == wanted; });
  return found == activities.end() ? nullptr : &*found;
}

std::string_view Model::Headline(std::string_view verdict) const noexcept {
  for (const Named& headline : headlines) {
    if (headline.name == verdict) return headline.text;
  }
  return "Review after a failed facet joint session";
}

Model ReadModel(const std::vector<json::Value>& artefacts, std::vector<Error>& errors) {
  Model model;
  json::Value plan;
  for (const json::Value artefact : artefacts) {
    const std::string_view type = artefact["resourceType"].string();
    if (type == "ActivityDefinition") model.activities.push_back(ReadActivity(artefact, errors));
    if (type == "PlanDefinition" && artefact["url"].string() == kPlan) plan = artefact;
  }
  std::sort(model.activities.begin(), model.activities.end(), [](const Activity& a, const Activity& b) {
    return a.rank != b.rank ? a.rank < b.rank : a.canonical < b.canonical;
  });
  if (!plan) {
    errors.push_back(
        MakeError(ErrorCode::kMappingMissing, std::string(kPlan), "the guide's PlanDefinition is not there"));
    return model;
  }
  PlanReader(model, errors).Read(plan);
  return model;
}

}  // namespace facet::guide

// Conditions -> outcomes: red flag, done, withheld, not applicable, suggested, consider, in this order; fail closed.
#include "adapter/fhirpath/evaluator.hpp"
#include "adapter/guide/rules.hpp"

#include <algorithm>
#include <deque>

namespace facet::guide {

using fhirpath::Item;

namespace {

// What the conditions of one column said together: the first that holds, else unknown where any is, else false.
struct ColumnAnswer {
  const Condition* holds = nullptr;
  const Condition* unknown = nullptr;
  std::vector<std::string> missing;  // of the unknown ones
};

class Evaluation {
 public:
  Evaluation(const Model& model, Evidence& evidence) : model_(model), evidence_(evidence) {}

  std::vector<Suggestion> Run() {
    json::Writer writer;
    WriteEvidence(writer, evidence_, {});
    auto parsed = json::Parse(writer.text());
    ADAPTER_CHECK(parsed.ok());
    document_ = *parsed;
    Define("evidence", Item::Node(document_.root()));
    for (const EvidenceItem& item : evidence_.items()) DefineEvidence(item);
    for (const DerivedEvidence& derived : model_.derived) Derive(derived);
    std::vector<Suggestion> suggestions(model_.rules.size());
    for (const std::size_t index : model_.order) {
      suggestions[index] = Decide(model_.rules[index]);
      outcomes_.push_back(&suggestions[index]);
      Define(suggestions[index].rule, Item::String(NameOf(suggestions[index].state)));
    }
    return suggestions;
  }

 private:
  void Define(std::string_view name, const Item& item) {
    items_.push_back(item);
    variables_.push_back({name, {&items_.back(), 1}});
  }
  void DefineEvidence(const EvidenceItem& item);
  void Derive(const DerivedEvidence& derived);
  std::optional<bool> Test(const fhirpath::Expression& expression);
  // What a condition could not know.
  std::vector<std::string> MissingOf(const std::vector<std::string>& uses) const;
  References ReferencesOf(const std::vector<std::string>& uses) const;
  std::string Render(std::string_view text) const;
  ColumnAnswer Ask(const Rule& rule, Column column);
  Suggestion Decide(const Rule& rule);
  void Settle(Suggestion& suggestion, const Condition& condition) const;

  const Model& model_;
  Evidence& evidence_;
  json::Document document_;
  fhirpath::Evaluator evaluator_;
  std::deque<Item> items_;  // stable addresses for the variables
  std::deque<EvidenceItem> kept_;
  std::vector<fhirpath::Variable> variables_;
  std::vector<const Suggestion*> outcomes_;
};

void Evaluation::DefineEvidence(const EvidenceItem& source) {
  kept_.push_back(source);  // text and decimal are borrowed by the item
  const EvidenceItem& item = kept_.back();
  if (!item.has_value) {
    variables_.push_back({item.name, {}});
    return;
  }
  switch (item.type) {
  case EvidenceItem::Type::kBoolean:
    return Define(item.name, Item::Boolean(item.flag));
  case EvidenceItem::Type::kInteger:
    return Define(item.name, Item::Integer(item.integer));
  case EvidenceItem::Type::kDecimal:
    return Define(item.name, Item::OfDecimal(&item.decimal));
  case EvidenceItem::Type::kCode:
  case EvidenceItem::Type::kString:
    return Define(item.name, Item::String(item.text));
  }
}

std::optional<bool> Evaluation::Test(const fhirpath::Expression& expression) {
  fhirpath::Context context;
  context.focus = Item::Node(document_.root());
  context.resource = document_.root();
  context.variables = variables_;
  const auto answer = evaluator_.EvaluateBool(expression, context);
  return answer.ok() ? *answer : std::nullopt;  // what fails is not known, and fails closed
}

void Evaluation::Derive(const DerivedEvidence& derived) {
  const std::optional<bool> value = Test(derived.expression);
  if (value) {
    evidence_.AddFlag(derived.name, *value, ReferencesOf(derived.uses));
  } else {
    std::string missing;
    for (const std::string& name : MissingOf(derived.uses)) missing += (missing.empty() ? "" : ", ") + name;
    evidence_.AddUnknown(derived.name, missing);
  }
  DefineEvidence(*evidence_.Find(derived.name));
}

std::vector<std::string> Evaluation::MissingOf(const std::vector<std::string>& uses) const {
  std::vector<std::string> missing;
  for (const std::string& name : uses) {
    const EvidenceItem* item = evidence_.Find(name);
    if (item == nullptr || item->has_value) continue;
    const std::string& what = item->missing.empty() ? item->name : item->missing;
    if (std::find(missing.begin(), missing.end(), what) == missing.end()) missing.push_back(what);
  }
  if (missing.empty()) missing.emplace_back("a condition of the rule");
  return missing;
}

References Evaluation::ReferencesOf(const std::vector<std::string>& uses) const {
  References references;
  for (const std::string& name : uses) {
    if (const EvidenceItem* item = evidence_.Find(name)) {
      if (item->holds()) Merge(references, item->references);
      continue;
    }
    for (const Suggestion* outcome : outcomes_) {
      const bool counts = outcome->state == State::kSuggested || outcome->state == State::kConsider;
      if (outcome->rule == name && counts) Merge(references, outcome->evidence);
    }
  }
  return references;
}

// {name} is the value of that evidence.
std::string Evaluation::Render(std::string_view text) const {
  std::string out;
  while (true) {
    const std::size_t open = text.find('{');
    const std::size_t close = open == std::string_view::npos ? open : text.find('}', open);
    if (close == std::string_view::npos) return out.append(text);
    out.append(text.substr(0, open));
    const EvidenceItem* item = evidence_.Find(text.substr(open + 1, close - open - 1));
    out += item == nullptr || !item->has_value ? "not known" : item->Text();
    text.remove_prefix(close + 1);
  }
}

ColumnAnswer Evaluation::Ask(const Rule& rule, Column column) {
  ColumnAnswer answer;
  for (const Condition& condition : rule.conditions) {
    if (condition.column != column) continue;
    const std::optional<bool> holds = Test(condition.expression);
    if (holds && *holds) {
      answer.holds = &condition;
      return answer;
    }
    if (holds) continue;
    if (answer.unknown == nullptr) answer.unknown = &condition;
    Merge(answer.missing, MissingOf(condition.uses));
  }
  return answer;
}

void Evaluation::Settle(Suggestion& suggestion, const Condition& condition) const {
  suggestion.state = condition.state;
  suggestion.reason = Render(condition.text);
  suggestion.evidence = ReferencesOf(condition.uses);
  if (condition.state == State::kWithheld) suggestion.guard = condition.guard;
}

std::string CouldNotCheck(const std::vector<std::string>& missing) {
  std::string text = "could not check ";
  for (std::size_t i = 0; i < missing.size(); ++i) text += (i == 0 ? "" : ", ") + missing[i];
  return text;
}

Suggestion Evaluation::Decide(const Rule& rule) {
  Suggestion suggestion;
  suggestion.rule = rule.id;
  std::vector<std::string> unchecked;  // conditions that would have stopped or lowered the rule
  for (const Column column : {Column::kRedFlag, Column::kDone}) {
    const ColumnAnswer answer = Ask(rule, column);
    if (answer.holds != nullptr) return Settle(suggestion, *answer.holds), suggestion;
    Merge(unchecked, answer.missing);
  }
  const ColumnAnswer withheld = Ask(rule, Column::kWithheld);
  if (withheld.holds != nullptr) return Settle(suggestion, *withheld.holds), suggestion;
  const ColumnAnswer not_applicable = Ask(rule, Column::kNotApplicable);
  if (not_applicable.holds != nullptr) return Settle(suggestion, *not_applicable.holds), suggestion;
  if (withheld.unknown != nullptr) {
    suggestion.state = State::kWithheld;
    suggestion.guard = withheld.unknown->guard;
    suggestion.reason = CouldNotCheck(withheld.missing);
    return suggestion;
  }
  Merge(unchecked, not_applicable.missing);
  const ColumnAnswer suggested = Ask(rule, Column::kSuggested);
  const ColumnAnswer lower = Ask(rule, Column::kLower);
  if (suggested.holds != nullptr) {
    Settle(suggestion, *suggested.holds);
    if (lower.holds == nullptr) Merge(unchecked, lower.missing);
    if (lower.holds != nullptr) {
      suggestion.state = State::kConsider;
      suggestion.reason = Render(lower.holds->text);
      Merge(suggestion.evidence, ReferencesOf(lower.holds->uses));
    } else if (!unchecked.empty()) {
      suggestion.state = State::kConsider;
      suggestion.reason += "; " + CouldNotCheck(unchecked);
    }
    return suggestion;
  }
  Merge(unchecked, suggested.missing);
  const ColumnAnswer consider = Ask(rule, Column::kConsider);
  if (consider.holds != nullptr) {
    Settle(suggestion, *consider.holds);
    if (!unchecked.empty()) suggestion.reason += "; " + CouldNotCheck(unchecked);
    return suggestion;
  }
  // A precondition that could not be checked withholds; evidence in favour that could not be checked lowers.
  if (not_applicable.unknown != nullptr || suggested.unknown != nullptr || consider.unknown != nullptr) {
    Merge(unchecked, consider.missing);
    suggestion.reason = CouldNotCheck(unchecked);
    suggestion.state = not_applicable.unknown != nullptr ? State::kWithheld : State::kConsider;
    if (suggestion.state == State::kWithheld) suggestion.guard = "not-checked";
    return suggestion;
  }
  suggestion.state = State::kNotApplicable;
  suggestion.reason = "no condition of the rule holds";
  return suggestion;
}

}  // namespace

std::vector<Suggestion> EvaluateRules(const Model& model, Evidence& evidence) {
  return Evaluation(model, evidence).Run();
}

}  // namespace facet::guide

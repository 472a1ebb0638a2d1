#pragma once
// The guide as loaded: rules, derived evidence, cautions and activities of fhir-mappings/guide/, compiled. Internal.
//
// In the flow: PlanDefinition + ActivityDefinitions -> ReadModel (once) -> EvaluateRules (for each failed episode).
// Thread: immutable once read. Owns: everything it needs; nothing borrows from the documents.
// Errors: ReadModel reports every problem with its element path.
#include "adapter/fhirpath/expression.hpp"
#include "adapter/guide/evidence.hpp"
#include "adapter/guide/proposal.hpp"
#include "adapter/json/document.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace facet::guide {

// The columns of a rule, in the order in which they are asked (clinical specification, section 4).
enum class Column : std::uint8_t {
  kRedFlag,
  kDone,
  kWithheld,
  kNotApplicable,
  kSuggested,
  kLower,  // makes suggested consider: an active order, incomplete conservative care
  kConsider,
};

struct Condition {
  Column column = Column::kConsider;
  State state = State::kConsider;  // what it decides, where it holds
  std::string guard;               // named where the state is withheld
  std::string text;                // the reason, with {evidence} in braces
  fhirpath::Expression expression;
  std::vector<std::string> uses;  // variables, in the order of the text
};

struct Rule {
  std::string id;
  std::string title;
  std::string section;                // "section 2; tip 3"
  std::string activity;               // canonical with version, "" where the rule is a guard only
  std::vector<Condition> conditions;  // ordered by column
};

struct DerivedEvidence {
  std::string name;
  fhirpath::Expression expression;
  std::vector<std::string> uses;
};

struct CautionRule {
  std::string kind;
  std::string text;
  std::vector<std::string> sources;  // "medications", "conditions", ...
  std::vector<std::string> rules;
};

struct Activity {
  std::string canonical;  // with version
  std::string title;
  std::string description;
  std::string kind;  // "ServiceRequest"
  std::string code;  // the CodeableConcept as JSON
  std::int64_t rank = 0;
};

struct Named {
  std::string name;
  std::string text;
};

// Rules whose outcome the narrative always states: RFA, surgery.
struct AlwaysStated {
  std::string title;
  std::vector<std::string> rules;
};

struct Model {
  std::string canonical;  // with version
  std::string citation;
  std::vector<DerivedEvidence> derived;  // in the order of the file; each may use those before it
  std::vector<Rule> rules;               // by id
  std::vector<std::size_t> order;        // indices into rules: a rule follows those whose outcome it uses
  std::vector<CautionRule> cautions;
  std::vector<Activity> activities;  // by rank, then canonical
  std::vector<Named> headlines;      // verdict -> title
  std::vector<AlwaysStated> always_stated;
  std::vector<Named> source_attributes;

  const Rule* FindRule(std::string_view id) const noexcept;
  const Activity* FindActivity(std::string_view canonical) const noexcept;
  std::string_view Headline(std::string_view verdict) const noexcept;
};

// Reads the first PlanDefinition among the artefacts whose url is ours, and the ActivityDefinitions that it names.
// Answers whatever could be read; `errors` says what could not.
Model ReadModel(const std::vector<json::Value>& artefacts, std::vector<Error>& errors);

// Variable names (%name, %`name`) of an expression, each once; string literals are skipped.
std::vector<std::string> ScanVariables(std::string_view expression);

// The outcome of every rule, in the order of their ids, without cautions and annotations. Derived evidence is added to
// `evidence`, so that it can be shown.
std::vector<Suggestion> EvaluateRules(const Model& model, Evidence& evidence);

// Adds what the caution table says, and what could not be checked for it.
void AttachCautions(const Model& model, const Request& request, const clinical::Policy& policy,
                    const Settings& settings, std::vector<Suggestion>& suggestions);

}  // namespace facet::guide

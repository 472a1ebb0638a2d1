#include "adapter/mapping/terminology/value_sets.hpp"

#include "adapter/fhir/codings.hpp"
#include "adapter/mapping/terminology/check_digits.hpp"

#include <algorithm>

namespace facet::mapping {
namespace {

const std::string kMatchUrl = std::string(kBaseUrl) + "StructureDefinition/code-match";
const std::string kLabelUrl = std::string(kBaseUrl) + "StructureDefinition/label";

std::string Under(const std::string& pointer, std::string_view name, std::size_t index) {
  return pointer + "/" + std::string(name) + "/" + std::to_string(index);
}

std::string KeyOf(const Member& member) {
  if (fhir::IsIcd10(CodeTable::SystemKey(member.system))) return fhir::Icd10Key(member.code);
  std::string key(fhir::CleanCode(member.code));
  if (member.match == CodeMatch::kUndotted) std::erase(key, '.');
  return key;
}
bool IsPrefix(const Member& member) {
  return member.match == CodeMatch::kPrefix || fhir::IsIcd10(CodeTable::SystemKey(member.system));
}
// Whether every code of `b` is one of `a`.
bool Covers(const Member& a, const Member& b) {
  if (CodeTable::SystemKey(a.system) != CodeTable::SystemKey(b.system)) return false;
  return IsPrefix(a) ? KeyOf(b).starts_with(KeyOf(a)) : !IsPrefix(b) && KeyOf(a) == KeyOf(b);
}

std::vector<Member> Intersect(const std::vector<Member>& left, const std::vector<Member>& right) {
  std::vector<Member> out;
  for (const Member& a : left) {
    for (const Member& b : right) {
      if (Covers(b, a)) {
        out.push_back(a);
        break;
      }
      if (Covers(a, b)) out.push_back(b);
    }
  }
  return out;
}

std::string TextOf(json::Value property) {
  for (const json::Member member : property.members()) {
    if (!member.key.starts_with("value")) continue;
    if (member.value.is_string()) return std::string(member.value.string());
    if (member.value.is_number()) return std::string(member.value.number_text());
    if (member.value.is_bool()) return member.value.boolean() ? "true" : "false";
    if (member.value.is_object()) return std::string(member.value["code"].string());
  }
  return {};
}

void ReadConcepts(json::Value list, const std::vector<std::string>& ancestors, SuppliedCodeSystem& out) {
  for (const json::Value element : list.elements()) {
    SuppliedConcept read{.code = std::string(element["code"].string()),
                         .display = std::string(element["display"].string()),
                         .ancestors = ancestors,
                         .properties = {}};
    for (const json::Value property : element["property"].elements()) {
      read.properties.emplace_back(property["code"].string(), TextOf(property));
    }
    std::vector<std::string> below = ancestors;
    below.push_back(read.code);
    out.concepts.push_back(std::move(read));
    ReadConcepts(element["concept"], below, out);
  }
}

}  // namespace

std::optional<CodeMatch> CodeMatchOf(json::Value element) {
  std::optional<CodeMatch> match = CodeMatch::kExact;
  ForEachExtension(element, kMatchUrl, [&match](json::Value extension) {
    const std::string_view word = extension["valueCode"].string();
    if (word == "prefix") {
      match = CodeMatch::kPrefix;
    } else if (word == "undotted") {
      match = CodeMatch::kUndotted;
    } else if (word != "exact") {
      match.reset();
    }
  });
  return match;
}

std::string_view LabelOf(json::Value element) {
  std::string_view label = element["display"].string();
  ForEachExtension(element, kLabelUrl, [&label](json::Value extension) { label = extension["valueString"].string(); });
  return label;
}

ValueSetExpander::ValueSetExpander(const std::vector<FhirArtefact>& artefacts, std::vector<Error>& errors)
    : errors_(errors) {
  for (const FhirArtefact& artefact : artefacts) {
    if (artefact.type == "ValueSet") value_sets_.emplace(artefact.url, &artefact);
    if (artefact.type == "CodeSystem" && artefact.root()["content"].string() != "supplement") {
      SuppliedCodeSystem& system = code_systems_[CodeTable::SystemKey(artefact.url)];
      system.complete = artefact.root()["content"].string() == "complete";
      ReadConcepts(artefact.root()["concept"], {}, system);
    }
  }
  for (const auto& [url, artefact] : value_sets_) Expand(*artefact);
}

void ValueSetExpander::Fail(const FhirArtefact& artefact, const std::string& pointer, std::string what,
                            ErrorCode code) {
  errors_.push_back(MakeError(code, PlaceOf(artefact, pointer), std::move(what)));
}

const Expansion& ValueSetExpander::Expand(const FhirArtefact& artefact) {
  const auto [slot, fresh] = expansions_.try_emplace(artefact.url);
  if (!fresh) return slot->second;
  open_.insert(artefact.url);
  Expansion expansion;
  const json::Value root = artefact.root();
  if (root["compose"].is_object()) {
    Compose(artefact, expansion);
  } else if (root["expansion"].is_object()) {
    Contains(artefact, root["expansion"]["contains"], "/expansion", expansion);
  } else {
    Fail(artefact, "", "a value set needs compose or expansion");
  }
  open_.erase(artefact.url);
  return expansions_[artefact.url] = std::move(expansion);
}

void ValueSetExpander::Compose(const FhirArtefact& artefact, Expansion& out) {
  const json::Value compose = artefact.root()["compose"];
  std::size_t index = 0;
  for (const json::Value part : compose["include"].elements()) {
    for (Member& member : Part(artefact, part, Under("/compose", "include", index))) {
      out.members.push_back(std::move(member));
    }
    ++index;
  }
  if (index == 0) Fail(artefact, "/compose", "compose needs at least one include");
  index = 0;
  for (const json::Value part : compose["exclude"].elements()) {
    for (Member& excluded : Part(artefact, part, Under("/compose", "exclude", index))) {
      std::erase_if(out.members, [&excluded](const Member& member) { return Covers(excluded, member); });
      const auto cut = [&excluded](const Member& member) { return Covers(member, excluded); };
      if (std::any_of(out.members.begin(), out.members.end(), cut)) out.exclusions.push_back(std::move(excluded));
    }
    ++index;
  }
}

std::vector<Member> ValueSetExpander::Part(const FhirArtefact& artefact, json::Value part, const std::string& pointer) {
  std::vector<Member> out;
  const bool has_system = !part["system"].string().empty();
  if (has_system) {
    if (part["concept"].is_array()) {
      Enumerated(artefact, part, pointer, out);
    } else {
      Filtered(artefact, part, pointer, out);
    }
  } else if (!part["valueSet"].is_array()) {
    Fail(artefact, pointer, "an include or exclude needs a system or a valueSet");
  }
  bool first = !has_system;
  std::size_t index = 0;
  for (const json::Value reference : part["valueSet"].elements()) {
    const std::string place = Under(pointer, "valueSet", index++);
    const auto found = value_sets_.find(std::string(WithoutVersion(reference.string())));
    if (found == value_sets_.end()) {
      Fail(artefact, place, "the value set is not among the mappings", ErrorCode::kMappingMissing);
      continue;
    }
    if (open_.contains(found->first)) {
      Fail(artefact, place, "the value set contains itself", ErrorCode::kMappingConflict);
      continue;
    }
    const Expansion& nested = Expand(*found->second);
    if (!nested.exclusions.empty()) {
      Fail(artefact, place, "the value set excludes parts of a prefix and cannot be nested: enumerate its prefixes");
    }
    out = first ? nested.members : Intersect(out, nested.members);
    first = false;
  }
  return out;
}

void ValueSetExpander::AddCode(const FhirArtefact& artefact, std::string_view system, json::Value element,
                               const std::string& pointer, CodeMatch match, std::vector<Member>& out) {
  const std::string_view code = fhir::CleanCode(element["code"].string());
  if (code.empty()) return Fail(artefact, pointer, "a concept needs a code");
  if (!CheckDigitHolds(fhir::NormalizeSystem(system), code)) {
    return Fail(artefact, pointer, "the check digit of the code is wrong: the code does not exist");
  }
  out.push_back({std::string(system), std::string(code), match, std::string(LabelOf(element))});
}

void ValueSetExpander::Enumerated(const FhirArtefact& artefact, json::Value part, const std::string& pointer,
                                  std::vector<Member>& out) {
  const auto match = CodeMatchOf(part);
  if (!match) return Fail(artefact, pointer, "code-match is exact, prefix or undotted");
  std::size_t index = 0;
  for (const json::Value element : part["concept"].elements()) {
    AddCode(artefact, part["system"].string(), element, Under(pointer, "concept", index++), *match, out);
  }
}

void ValueSetExpander::Filtered(const FhirArtefact& artefact, json::Value part, const std::string& pointer,
                                std::vector<Member>& out) {
  if (part["filter"].size() == 0) {
    const auto system = code_systems_.find(CodeTable::SystemKey(part["system"].string()));
    if (system == code_systems_.end() || !system->second.complete) {
      return Fail(artefact, pointer, "a whole code system needs that code system among the mappings, content complete",
                  ErrorCode::kMappingMissing);
    }
    for (const SuppliedConcept& one : system->second.concepts) {
      out.push_back({std::string(part["system"].string()), one.code, CodeMatch::kExact, one.display});
    }
    return;
  }
  std::size_t index = 0;
  for (const json::Value filter : part["filter"].elements()) {
    std::vector<Member> members;
    OneFilter(artefact, part, filter, Under(pointer, "filter", index), members);
    out = index == 0 ? std::move(members) : Intersect(out, members);
    ++index;
  }
}

void ValueSetExpander::OneFilter(const FhirArtefact& artefact, json::Value part, json::Value filter,
                                 const std::string& pointer, std::vector<Member>& out) {
  const std::string_view property = filter["property"].string();
  const std::string_view op = filter["op"].string();
  const std::string_view value = filter["value"].string();
  const std::string system(part["system"].string());
  const bool on_code = property == "code" || property == "concept";
  if (on_code && op == "regex") {
    if (auto prefix = Pattern::PurePrefix(value)) {
      out.push_back({system, std::move(*prefix), CodeMatch::kPrefix, std::string(LabelOf(part))});
      return;
    }
  }
  if (on_code && op == "=") {
    out.push_back({system, std::string(value), CodeMatch::kExact, std::string(LabelOf(part))});
    return;
  }
  const auto supplied = code_systems_.find(CodeTable::SystemKey(system));
  if (supplied == code_systems_.end() || !supplied->second.complete) {
    return Fail(artefact, pointer,
                "this filter needs the code system among the mappings; without it a filter is a prefix of the code "
                "(op regex, value like \"M47\\\\.1.*\") or one code (op =)",
                ErrorCode::kMappingMissing);
  }
  std::optional<Pattern> pattern;
  if (op == "regex") {
    auto compiled = Pattern::Compile(value);
    if (!compiled.ok()) return Fail(artefact, pointer + "/value", compiled.error().detail);
    pattern = std::move(compiled).value();
  } else if (op != "=" && op != "is-a") {
    return Fail(artefact, pointer + "/op", "a filter's op is =, regex or is-a");
  }
  for (const SuppliedConcept& one : supplied->second.concepts) {
    bool in = false;
    if (op == "is-a") {
      in = one.code == value || std::find(one.ancestors.begin(), one.ancestors.end(), value) != one.ancestors.end();
    } else if (on_code) {
      in = pattern && pattern->Matches(one.code);
    } else {
      for (const auto& [name, text] : one.properties) {
        in = in || (name == property && (pattern ? pattern->Matches(text) : text == value));
      }
    }
    if (in) out.push_back({system, one.code, CodeMatch::kExact, one.display});
  }
}

void ValueSetExpander::Contains(const FhirArtefact& artefact, json::Value list, const std::string& pointer,
                                Expansion& out) {
  std::size_t index = 0;
  for (const json::Value element : list.elements()) {
    const std::string place = Under(pointer, "contains", index++);
    const bool grouping = element["abstract"].boolean() || element["code"].string().empty();
    if (!grouping) AddCode(artefact, element["system"].string(), element, place, CodeMatch::kExact, out.members);
    Contains(artefact, element["contains"], place, out);
  }
}

}  // namespace facet::mapping

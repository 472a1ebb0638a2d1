#include "adapter/mapping/lint.hpp"

#include "adapter/fhir/codings.hpp"
#include "adapter/fhir/r4_types.hpp"
#include "adapter/mapping/artefacts.hpp"
#include "adapter/mapping/extract/row.hpp"
#include "adapter/mapping/layers.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace facet::mapping {
namespace {

template <class Enum>
bool Knows(std::string_view code) {
  return clinical::FromName<Enum>(code).has_value();
}

bool KnowsConcept(Target target, const Concept& one) {
  switch (target) {
  case Target::kInterventionKind:
    return Knows<clinical::InterventionKind>(one.code);
  case Target::kRegion:
    return one.code == "back" || Knows<clinical::Region>(one.code);
  case Target::kSide:
    return Knows<clinical::Side>(one.code);
  case Target::kApproach:
    return Knows<clinical::Approach>(one.code);
  case Target::kIntent:
    return Knows<clinical::Intent>(one.code);
  case Target::kInstrument:
    return Knows<clinical::Instrument>(one.code);
  case Target::kScreen:
    return Knows<clinical::ScreenKind>(one.code);
  case Target::kFinding:
    return Knows<clinical::FindingKind>(one.code);
  case Target::kCaution:
    return Knows<clinical::CautionKind>(one.code);
  case Target::kSetting:
    return Knows<clinical::Setting>(one.code);
  case Target::kNumber:
    return Decimal::Parse(one.code).has_value();
  default:
    return true;
  }
}

constexpr std::string_view kMeansUrl = "https://facet-adapter.org/fhir/StructureDefinition/means";

std::string At(std::string_view pointer, std::string_view name, std::size_t index) {
  return std::string(pointer) + "/" + std::string(name) + "/" + std::to_string(index);
}

std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

// More letters than this apart are two names, not one misspelt.
constexpr std::size_t kMisspeltMax = 3;

std::string NearestOf(std::string_view name, const std::set<std::string>& candidates) {
  std::string best;
  std::size_t distance = kMisspeltMax + 1;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > name.size() + kMisspeltMax || name.size() > candidate.size() + kMisspeltMax) continue;
    const std::size_t one = EditDistance(name, candidate);
    if (one >= distance) continue;
    distance = one;
    best = candidate;
  }
  return best;
}

std::string OrNearest(std::string_view nearest) {
  return nearest.empty() ? std::string() : "; did you mean \"" + std::string(nearest) + "\"?";
}

// Calls body(system, pointer) for every code system that a value set or a concept map names.
template <class Body>
void ForEachSystem(const FhirArtefact& artefact, Body&& body) {
  for (const char* list : {"include", "exclude"}) {
    std::size_t index = 0;
    for (const json::Value part : artefact.root()["compose"][list].elements()) {
      const std::string pointer = At("/compose", list, index++);
      if (!part["valueSet"].is_array()) body(part["system"].string(), pointer + "/system");
    }
  }
  if (artefact.type != "ConceptMap") return;
  std::size_t index = 0;
  for (const json::Value group : artefact.root()["group"].elements()) {
    const std::string pointer = At("", "group", index++);
    body(group["source"].string(), pointer + "/source");
    body(group["target"].string(), pointer + "/target");
  }
}

class Linter {
 public:
  explicit Linter(const Mapper& mapper) : mapper_(mapper) {
    for (const FhirArtefact& artefact : mapper.artefacts()) {
      ForEachSystem(artefact, [&](std::string_view system, const std::string&) {
        systems_[fhir::NormalizeSystem(system)].insert(artefact.origin);
      });
    }
  }

  std::vector<LintFinding> Run() {
    for (const FhirArtefact& artefact : mapper_.artefacts()) {
      LintElements(artefact);
      if (artefact.root()["status"].string() == "draft") {
        Say(artefact, "/status", "a draft that is in effect: say \"active\" when it is confirmed, \"retired\" if not");
      }
      ForEachSystem(artefact, [&](std::string_view system, const std::string& pointer) {
        LintSystem(artefact, system, pointer);
      });
      if (artefact.type == "ViewDefinition") LintView(artefact);
      if (artefact.type == "ValueSet") LintValueSet(artefact);
      if (artefact.type == "ConceptMap") LintConceptMap(artefact);
    }
    return std::move(out_);
  }

 private:
  void Say(const FhirArtefact& artefact, std::string pointer, std::string message) {
    out_.push_back({artefact.url, artefact.origin, artefact.path, std::move(pointer), std::move(message)});
  }

  // Elements that R4 does not have are ignored by everybody who reads them, without a word.
  void LintElements(const FhirArtefact& artefact) {
    if (artefact.type == "ViewDefinition") return;  // not of R4; its loader is as strict
    const fhir::TypeId type = fhir::FindType(artefact.type);
    if (type == fhir::TypeId::kUnknown || !fhir::IsResource(type)) {
      return Say(artefact, "/resourceType",
                 "\"" + artefact.type + "\" is no resource type of R4" + OrNearest(fhir::NearestType(artefact.type)));
    }
    LintElementsOf(artefact, artefact.root(), type, "");
  }

  void LintElementsOf(const FhirArtefact& artefact, json::Value object, fhir::TypeId type, const std::string& pointer) {
    for (const json::Member member : object.members()) {
      if (member.key == "resourceType" || member.key.starts_with('_')) continue;
      const std::string place = pointer + "/" + std::string(member.key);
      const fhir::Choice known = fhir::FindByJsonKey(type, member.key);
      if (known.element == nullptr) {
        Say(artefact, place,
            "R4 has no element \"" + std::string(member.key) + "\" here: it is not read" +
                OrNearest(fhir::NearestElement(type, member.key)));
        continue;
      }
      if (fhir::IsPrimitive(known.type) || fhir::IsResource(known.type)) continue;
      if (member.value.is_object()) LintElementsOf(artefact, member.value, known.type, place);
      std::size_t index = 0;
      for (const json::Value element : member.value.elements()) {
        LintElementsOf(artefact, element, known.type, place + "/" + std::to_string(index++));
      }
    }
  }

  void LintView(const FhirArtefact& artefact) {
    const std::string_view name = ShapeNameOf(artefact.root());
    if (name.empty()) return;
    std::vector<Error> errors;
    auto view = views::View::Load(artefact, errors);
    const auto shape = ShapeOf(name);
    if (view == nullptr || !shape) return;
    const std::vector<std::string> read = ColumnNames();
    const std::set<std::string> names(read.begin(), read.end());
    const BoundView bound = BindView(std::move(view), *shape);  // the columns' names are its own
    for (const std::string_view column : UnreadColumns(bound)) {
      Say(artefact, PointerOfColumn(artefact.root()["select"], column, "/select"),
          "the column " + std::string(column) + " is read by no shape" + OrNearest(NearestOf(column, names)));
    }
  }

  static std::string PointerOfColumn(json::Value selects, std::string_view column, const std::string& pointer) {
    std::size_t index = 0;
    for (const json::Value select : selects.elements()) {
      const std::string place = pointer + "/" + std::to_string(index++);
      std::size_t at = 0;
      for (const json::Value one : select["column"].elements()) {
        if (one["name"].string() == column) return At(place, "column", at) + "/name";
        ++at;
      }
      for (const char* nested : {"select", "unionAll"}) {
        std::string found = PointerOfColumn(select[nested], column, place + "/" + nested);
        if (!found.empty()) return found;
      }
    }
    return {};
  }

  void LintValueSet(const FhirArtefact& artefact) {
    bool means = false;
    ForEachExtension(artefact.root(), kMeansUrl, [&means](json::Value) { means = true; });
    if (means || IsNamedElsewhere(artefact)) return;
    Say(artefact, "/url",
        "nothing says what its codes mean: give it the extension \"means\", or use it in another artefact");
  }

  bool IsNamedElsewhere(const FhirArtefact& artefact) {
    if (texts_.empty()) {
      for (const FhirArtefact& one : mapper_.artefacts()) texts_.push_back(json::Canonical(one.root()));
    }
    std::size_t index = 0;
    for (const FhirArtefact& one : mapper_.artefacts()) {
      if (&one != &artefact && texts_[index].find(artefact.url) != std::string::npos) return true;
      ++index;
    }
    return false;
  }

  void LintConceptMap(const FhirArtefact& artefact) {
    std::size_t group_index = 0;
    for (const json::Value group : artefact.root()["group"].elements()) {
      const std::string group_pointer = At("", "group", group_index++);
      std::size_t index = 0;
      for (const json::Value element : group["element"].elements()) {
        LintElement(artefact, group["target"].string(), element, At(group_pointer, "element", index++));
      }
    }
  }

  void LintElement(const FhirArtefact& artefact, std::string_view system, json::Value element,
                   const std::string& pointer) {
    if (element["target"].size() == 0) Say(artefact, pointer, "an element has no target: it maps to nothing");
    const bool translates = !TargetOf(WithoutVersion(system));
    std::size_t index = 0;
    for (const json::Value target : element["target"].elements()) {
      const std::string place = At(pointer, "target", index++);
      const std::string_view equivalence = target["equivalence"].string();
      if (equivalence == "unmatched" && !target["code"].string().empty()) {
        Say(artefact, place + "/equivalence", "a candidate that waits: say \"equivalent\" to confirm it, or remove it");
      }
      if (!translates || equivalence == "unmatched" || equivalence == "disjoint") continue;
      const RawCoding coding{system, target["code"].string()};
      std::vector<Found> found;
      mapper_.terminology().Find({&coding, 1}, ~TypeMask{0}, found);
      if (!found.empty()) continue;
      Say(artefact, place + "/code",
          "the target " + std::string(system) + "|" + std::string(coding.code) +
              " means nothing to the adapter: this element has no effect");
    }
  }

  void LintSystem(const FhirArtefact& artefact, std::string_view system, const std::string& pointer) {
    if (system.empty()) return Say(artefact, pointer, "a code without a system matches nothing");
    if (system.find("://") == std::string_view::npos && !system.starts_with("urn:")) {
      return Say(artefact, pointer,
                 "the system \"" + std::string(system) + "\" is no URI: codings of resources will hardly carry it");
    }
    // Near to a system that other layers use, and used by this one alone: a slip of the pen, most likely.
    const std::string normal = fhir::NormalizeSystem(system);
    if (systems_[normal].size() > 1 || TargetOf(WithoutVersion(system))) return;
    std::set<std::string> others;
    for (const auto& [other, origins] : systems_) {
      if (origins.size() > (origins.contains(artefact.origin) ? 1U : 0U)) others.insert(other);
    }
    if (const std::string nearest = NearestOf(normal, others); !nearest.empty()) {
      Say(artefact, pointer, "no other layer knows the system \"" + std::string(system) + "\"" + OrNearest(nearest));
    }
  }

  const Mapper& mapper_;
  std::map<std::string, std::set<std::string>> systems_;  // normalised -> layers that use it
  std::vector<std::string> texts_;                        // canonical form of each artefact
  std::vector<LintFinding> out_;
};

}  // namespace

std::vector<LintFinding> Lint(const Mapper& mapper) { return Linter(mapper).Run(); }

std::vector<LintFinding> LintLayers(const std::vector<SourceFile>& files) {
  const std::vector<LayerStep> steps = LayerSteps(files);
  std::vector<LintFinding> out;
  for (const LayerStep& step : steps) {
    if (step.action != LayerStep::Action::kRemovesNothing) continue;
    std::set<std::string> urls;
    for (const LayerStep& other : steps) {
      if (other.type == step.type && other.url != step.url && other.origin != step.origin) urls.insert(other.url);
    }
    out.push_back({step.url, step.origin, step.path, "/url",
                   "retires a " + step.type + " that no earlier layer has" + OrNearest(NearestOf(step.url, urls))});
  }
  return out;
}

std::string PlaceOf(const LintFinding& finding, const std::vector<SourceFile>& files) {
  const auto named = [&finding](const SourceFile& file) { return file.path == finding.path; };
  const auto file = std::find_if(files.begin(), files.end(), named);
  if (file == files.end()) return finding.path;
  return file->path + ":" + json::Locator(file->text).Find(finding.pointer);
}

void CheckNames(const Terminology& terminology, std::vector<Error>& errors) {
  for (std::size_t i = 0; i < kTargetCount; ++i) {
    const auto target = static_cast<Target>(i);
    for (const Concept& one : terminology.ConceptsOf(target)) {
      if (KnowsConcept(target, one)) continue;
      errors.push_back(MakeError(ErrorCode::kMappingInvalid,
                                 std::string(kBaseUrl) + "CodeSystem/" + std::string(NameOf(target)),
                                 "the program knows no \"" + one.code + "\": this code system cannot be extended"));
    }
  }
}

}  // namespace facet::mapping

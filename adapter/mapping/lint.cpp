#include "adapter/mapping/lint.hpp"

#include "adapter/fhir/codings.hpp"
#include "adapter/mapping/artefacts.hpp"
#include "adapter/mapping/extract/row.hpp"

#include <map>

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

// Systems that sites misspell, and what they mean.
std::string SystemAdvice(std::string_view system) {
  if (system.empty()) return "a code without a system matches nothing";
  if (system.find("://") == std::string_view::npos && !system.starts_with("urn:")) {
    return "the system \"" + std::string(system) + "\" is no URI: codings of resources will hardly carry it";
  }
  return {};
}

class Linter {
 public:
  explicit Linter(const Mapper& mapper) : mapper_(mapper) {}

  std::vector<LintFinding> Run() {
    for (const FhirArtefact& artefact : mapper_.artefacts()) {
      if (artefact.type == "ViewDefinition") LintView(artefact);
      if (artefact.type == "ValueSet") LintValueSet(artefact);
      if (artefact.type == "ConceptMap") LintConceptMap(artefact);
    }
    return std::move(out_);
  }

 private:
  void Say(const FhirArtefact& artefact, std::string message) {
    out_.push_back({artefact.url, artefact.origin, std::move(message)});
  }

  void LintView(const FhirArtefact& artefact) {
    static constexpr std::string_view kShapeUrl = "https://facet-adapter.org/fhir/StructureDefinition/view-shape";
    bool shaped = false;
    ForEachExtension(artefact.root(), kShapeUrl, [&shaped](json::Value) { shaped = true; });
    if (!shaped) return;
    std::vector<Error> errors;
    auto view = views::View::Load(artefact, errors);
    if (view == nullptr) return;
    for (const std::string_view column : UnreadColumns(BindView(std::move(view), Shape::kProcedure))) {
      Say(artefact, "the column " + std::string(column) + " is read by no shape");
    }
  }

  void LintValueSet(const FhirArtefact& artefact) {
    for (const json::Value part : artefact.root()["compose"]["include"].elements()) {
      if (!part["valueSet"].is_array()) CheckSystem(artefact, part["system"].string());
    }
  }

  void LintConceptMap(const FhirArtefact& artefact) {
    for (const json::Value group : artefact.root()["group"].elements()) {
      CheckSystem(artefact, group["source"].string());
      CheckSystem(artefact, group["target"].string());
      for (const json::Value element : group["element"].elements()) {
        if (element["target"].size() == 0) Say(artefact, "an element has no target: it maps to nothing");
      }
    }
  }

  void CheckSystem(const FhirArtefact& artefact, std::string_view system) {
    if (std::string advice = SystemAdvice(system); !advice.empty()) Say(artefact, std::move(advice));
  }

  const Mapper& mapper_;
  std::vector<LintFinding> out_;
};

}  // namespace

std::vector<LintFinding> Lint(const Mapper& mapper) { return Linter(mapper).Run(); }

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

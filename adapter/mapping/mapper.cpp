#include "adapter/mapping/mapper.hpp"

#include "adapter/fhir/resource.hpp"
#include "adapter/mapping/artefacts.hpp"
#include "adapter/mapping/extract/pass.hpp"
#include "adapter/mapping/lint.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace facet::mapping {
namespace {

// The questions whose answers make a fact, by the shape of the row that asks them.
std::vector<Target> FactTargets(Shape shape) {
  switch (shape) {
  case Shape::kProcedure:
  case Shape::kOrder:
  case Shape::kStudy:
    return {Target::kFact, Target::kInterventionKind};
  case Shape::kScore:
    return {Target::kInstrument, Target::kScreen};
  case Shape::kStatement:
    return {Target::kFinding, Target::kCaution};
  case Shape::kAdministration:
    return {Target::kDrugClass};
  case Shape::kEncounter:
  case Shape::kPatient:
  case Shape::kMedication:
    return {};
  }
  return {};
}

}  // namespace

struct Mapper::Impl {
  std::vector<FhirArtefact> artefacts;
  std::unique_ptr<const Terminology> terminology;
  std::map<std::string, std::vector<BoundView>, std::less<>> views;  // by resource type
  std::string hash;

  void LoadViews(std::vector<Error>& errors);
  // Whether the resource carries a code that makes a fact: for a resource that no view could read.
  bool IsMapped(std::string_view type, json::Value resource) const;
};

Mapper::Mapper() : impl_(std::make_unique<Impl>()) {}
Mapper::~Mapper() = default;

Result<std::shared_ptr<const Mapper>> Mapper::Load(const std::vector<SourceFile>& files, std::vector<Error>& errors) {
  const std::size_t before = errors.size();
  std::shared_ptr<Mapper> mapper(new Mapper());
  Impl& impl = *mapper->impl_;
  impl.artefacts = LoadArtefacts(files, errors);
  impl.terminology = Terminology::Load(impl.artefacts, errors);
  impl.LoadViews(errors);
  CheckNames(*impl.terminology, errors);
  CheckConflicts(impl.artefacts, *impl.terminology, errors);
  if (errors.size() != before) return errors[before];
  impl.hash = HashOf(impl.artefacts);
  for (FhirArtefact& artefact : impl.artefacts) artefact.text = {};  // the caller's files may go
  return std::shared_ptr<const Mapper>(std::move(mapper));
}

void Mapper::Impl::LoadViews(std::vector<Error>& errors) {
  for (const FhirArtefact& artefact : artefacts) {
    if (artefact.type != "ViewDefinition") continue;
    auto view = views::View::Load(artefact, errors);
    const std::string_view name = ShapeNameOf(artefact.root());
    if (name.empty()) continue;  // a view for other tools
    const auto shape = ShapeOf(name);
    if (!shape) {
      errors.push_back(MakeError(ErrorCode::kMappingInvalid, PlaceOf(artefact, "/extension"),
                                 "view-shape is one of procedure, score, statement, order, study, administration, "
                                 "encounter, patient, medication"));
    } else if (view != nullptr) {
      views[view->resource()].push_back(BindView(std::move(view), *shape));
    }
  }
}

bool Mapper::Impl::IsMapped(std::string_view type, json::Value resource) const {
  std::vector<RawCoding> codings;
  const auto add = [&codings](json::Value list) {
    for (const json::Value coding : list.elements()) {
      codings.push_back({coding["system"].string(), coding["code"].string()});
    }
  };
  add(resource["code"]["coding"]);
  for (const json::Value one : resource["procedureCode"].elements()) add(one["coding"]);
  for (const json::Value component : resource["component"].elements()) add(component["code"]["coding"]);
  std::vector<Found> found;
  terminology->Find(codings, terminology->TypeBit(type), found);
  return std::any_of(found.begin(), found.end(), [](const Found& one) {
    const Target target = one.meaning->target;
    return target == Target::kFact || target == Target::kInterventionKind || target == Target::kInstrument ||
           target == Target::kScreen;
  });
}

Extraction Mapper::Extract(json::Value resource, const ExtractOptions& options) const {
  ADAPTER_CHECK(options.zone != nullptr);
  Extraction out;
  const std::string_view type = fhir::TypeOf(resource);
  out.source.resource = options.reference.empty() ? fhir::ReferenceTo(resource) : std::string(options.reference);
  out.source.version = fhir::VersionOf(resource);
  const auto views = impl_->views.find(type);
  if (views == impl_->views.end() || out.source.resource.empty()) return out;
  Pass pass(*impl_->terminology, type, options, out);
  views::Runner own;
  views::Runner& runner = options.runner == nullptr ? own : *options.runner;
  bool readable = true;
  for (const BoundView& bound : views->second) {
    const Status status = runner.Run(
        *bound.view, resource, [&](std::span<const views::Cell> cells) { pass.Read(bound.shape, Row(bound, cells)); });
    readable = readable && status.ok();
  }
  pass.Finish();
  if (out.patient.empty()) out.patient = pass.PatientOf(resource);
  if (readable) return out;
  // Not of the shape that FHIR asks for: nothing of it is believed.
  Extraction refused;
  refused.source = std::move(out.source);
  refused.patient = std::move(out.patient);
  static constexpr std::string_view kListed[] = {"Procedure", "Observation", "DiagnosticReport", "ImagingStudy"};
  const bool listed = std::find(std::begin(kListed), std::end(kListed), type) != std::end(kListed);
  if (listed && impl_->IsMapped(type, resource)) {
    refused.rejections.push_back({refused.source, clinical::RejectReason::kInvalid});
  }
  return refused;
}

void Mapper::Join(clinical::PatientFacts& facts) const {
  JoinDrugs(*impl_->terminology, facts);
  JoinReasons(facts);
}

std::vector<std::string> Mapper::SearchCodes(std::string_view resource_type) const {
  std::vector<std::string> out;
  const auto views = impl_->views.find(resource_type);
  if (views == impl_->views.end()) return out;
  for (const BoundView& bound : views->second) {
    for (const Target target : FactTargets(bound.shape)) {
      impl_->terminology->AppendSearchCodes(target, resource_type, out);
    }
  }
  return out;
}

std::vector<std::string> Mapper::FacetCodes() const {
  std::vector<std::string> out;
  impl_->terminology->AppendSearchCodes(Target::kFact, "Procedure", out);
  return out;
}

const std::string& Mapper::hash() const noexcept { return impl_->hash; }

json::Value Mapper::Artefact(std::string_view canonical_url) const {
  const std::string_view url = WithoutVersion(canonical_url);
  for (const FhirArtefact& artefact : impl_->artefacts) {
    if (artefact.url == url) return artefact.root();
  }
  return {};
}

std::vector<json::Value> Mapper::ArtefactsOfType(std::string_view resource_type) const {
  std::vector<json::Value> out;
  for (const FhirArtefact& artefact : impl_->artefacts) {
    if (artefact.type == resource_type) out.push_back(artefact.root());
  }
  return out;
}

const std::vector<FhirArtefact>& Mapper::artefacts() const noexcept { return impl_->artefacts; }
const Terminology& Mapper::terminology() const noexcept { return *impl_->terminology; }

}  // namespace facet::mapping

// Guide: loads the rules, evaluates them for one failed episode, and puts the proposal together.
#include "adapter/base/digest.hpp"
#include "adapter/guide/content.hpp"
#include "adapter/guide/gates.hpp"
#include "adapter/guide/proposal.hpp"
#include "adapter/guide/rules.hpp"
#include "adapter/mapping/mapper.hpp"

namespace facet::guide {

struct Guide::Impl {
  Model model;
};

Guide::Guide() : impl_(std::make_unique<Impl>()) {}
Guide::~Guide() = default;

std::string_view NameOf(State state) noexcept {
  switch (state) {
  case State::kSuggested:
    return "suggested";
  case State::kConsider:
    return "consider";
  case State::kWithheld:
    return "withheld";
  case State::kDone:
    return "done";
  case State::kNotApplicable:
    return "not-applicable";
  }
  return "not-applicable";
}

Result<std::shared_ptr<const Guide>> Guide::Load(const mapping::Mapper& mapper, std::vector<Error>& errors) {
  std::vector<json::Value> artefacts = mapper.ArtefactsOfType("PlanDefinition");
  for (const json::Value activity : mapper.ArtefactsOfType("ActivityDefinition")) artefacts.push_back(activity);
  return Load(artefacts, errors);
}

Result<std::shared_ptr<const Guide>> Guide::Load(const std::vector<json::Value>& artefacts,
                                                 std::vector<Error>& errors) {
  std::shared_ptr<Guide> guide(new Guide());
  std::vector<Error> found;
  guide->impl_->model = ReadModel(artefacts, found);
  errors.insert(errors.end(), found.begin(), found.end());
  if (!found.empty()) return found.front();
  return std::shared_ptr<const Guide>(std::move(guide));
}

const std::string& Guide::canonical() const noexcept { return impl_->model.canonical; }

std::vector<SourceAttribute> Guide::SourceAttributes() const {
  std::vector<SourceAttribute> attributes;
  for (const Named& attribute : impl_->model.source_attributes) attributes.push_back({attribute.name, attribute.text});
  return attributes;
}

RuleText Guide::TextOf(std::string_view rule) const {
  const Rule* found = impl_->model.FindRule(rule);
  return found == nullptr ? RuleText{} : RuleText{found->title, found->section};
}

Proposal Guide::Propose(const Request& request, const clinical::Policy& policy, const Settings& settings) const {
  ADAPTER_CHECK(request.facts != nullptr);
  ADAPTER_CHECK(request.judgements != nullptr);
  ADAPTER_CHECK(request.zone != nullptr);
  ADAPTER_CHECK(request.session < request.judgements->size());
  const clinical::Judgement& judgement = (*request.judgements)[request.session];
  ADAPTER_CHECK(judgement.failed());

  Evidence evidence = GatherEvidence(request, policy, settings);
  Proposal proposal;
  proposal.session = request.session;
  proposal.suggestions = EvaluateRules(impl_->model, evidence);
  AttachCautions(impl_->model, request, policy, settings, proposal.suggestions);
  proposal.doubts = DoubtsOf(request, settings);
  proposal.held = HeldBy(request, policy, settings);

  Content content{impl_->model,
                  request,
                  policy,
                  settings,
                  judgement,
                  proposal.suggestions,
                  proposal.doubts,
                  NotAvailable(request, settings),
                  ActivitiesOf(impl_->model, proposal.suggestions),
                  "",
                  ""};
  const std::vector<CitedSource> sources = SourcesOf(content);
  // Hashed without what time alone changes: the same evidence gives the same hash.
  proposal.payload_hash = Sha256Hex(WriteCarePlan(content, sources));
  content.as_of = request.now.ToString();
  content.adapter_version = settings.adapter_version;
  proposal.careplan_id = CarePlanIdFor(request.episode_id, request.revision);
  proposal.careplan_json = WriteCarePlan(content, sources);
  proposal.provenance_id = ProvenanceIdFor(proposal.careplan_id);
  References references;
  for (const CitedSource& source : sources) references.push_back(source.reference);
  proposal.provenance_json = WriteProvenance(content, references);
  return proposal;
}

std::string Guide::EvidenceJson(const Request& request, const clinical::Policy& policy,
                                const Settings& settings) const {
  Evidence evidence = GatherEvidence(request, policy, settings);
  EvaluateRules(impl_->model, evidence);  // for the derived evidence
  json::Writer writer;
  WriteEvidence(writer, evidence, request);
  return std::move(writer).Take();
}

}  // namespace facet::guide

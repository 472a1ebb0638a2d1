// The caution table over the patient's cautions. Cautions never hide a suggestion; they are attached to it.
#include "adapter/guide/episode_view.hpp"
#include "adapter/guide/rules.hpp"

#include <algorithm>

namespace facet::guide {

using clinical::CautionKind;

namespace {

constexpr std::string_view kOwn = " (the adapter's own caution, not the guide's)";

void Add(Suggestion& suggestion, const CautionText& caution) {
  const auto same = [&](const CautionText& other) {
    return other.kind == caution.kind && other.evidence == caution.evidence;
  };
  if (std::none_of(suggestion.cautions.begin(), suggestion.cautions.end(), same)) {
    suggestion.cautions.push_back(caution);
  }
}

// What is on record for a kind: cautions themselves, and procedures that say the same.
std::vector<CautionText> OnRecord(const CautionRule& rule, CautionKind kind, const EpisodeView& view) {
  std::vector<CautionText> found;
  for (const clinical::Caution& caution : view.facts.cautions) {
    if (caution.kind != kind || !caution.active) continue;
    const std::string label = caution.label.empty() ? "" : " (" + caution.label + ")";
    found.push_back({rule.kind, VersionedReference(caution.source), rule.text + label + std::string(kOwn)});
  }
  Interventions done;
  if (kind == CautionKind::kPriorFusion) done = view.Done({clinical::InterventionKind::kFusion});
  if (kind == CautionKind::kNeurostimulator) {
    done = view.Done({clinical::InterventionKind::kScsImplant, clinical::InterventionKind::kScsGenerator});
  }
  for (const std::string& reference : ReferencesOf(done)) {
    found.push_back({rule.kind, reference, rule.text + std::string(kOwn)});
  }
  return found;
}

bool Available(const Availability& availability, std::string_view source) {
  if (source == "conditions") return availability.conditions;
  if (source == "medications") return availability.medications;
  if (source == "allergies") return availability.allergies;
  if (source == "devices") return availability.devices;
  return false;
}

}  // namespace

void AttachCautions(const Model& model, const Request& request, const clinical::Policy& policy,
                    const Settings& settings, std::vector<Suggestion>& suggestions) {
  const EpisodeView view(request, policy, settings);
  for (const CautionRule& rule : model.cautions) {
    const auto kind = clinical::FromName<CautionKind>(rule.kind);
    ADAPTER_CHECK(kind.has_value());
    std::vector<CautionText> texts = OnRecord(rule, *kind, view);
    for (const std::string& source : rule.sources) {
      if (!Available(view.availability, source)) texts.push_back({"not-checked", "", "could not check " + source});
    }
    for (Suggestion& suggestion : suggestions) {
      if (std::find(rule.rules.begin(), rule.rules.end(), suggestion.rule) == rule.rules.end()) continue;
      for (const CautionText& text : texts) {
        const bool known = text.kind == "not-checked" &&
                           std::any_of(suggestion.cautions.begin(), suggestion.cautions.end(),
                                       [&](const CautionText& other) { return other.text == text.text; });
        if (text.kind == "not-checked" && !known) suggestion.cautions.push_back(text);
        if (text.kind != "not-checked") Add(suggestion, text);
      }
    }
  }
  for (Suggestion& suggestion : suggestions) {
    for (const clinical::Policy::Annotation& annotation : policy.annotations) {
      if (annotation.rule == suggestion.rule) suggestion.annotations.push_back(annotation.text);
    }
  }
}

}  // namespace facet::guide

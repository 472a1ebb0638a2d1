// Active findings of a compatible region or without one, screening scores, and red flags.
#include "adapter/clinical/facts.hpp"
#include "adapter/guide/episode_view.hpp"
#include "adapter/guide/scores.hpp"

#include <array>

namespace facet::guide {

using clinical::Finding;
using clinical::FindingKind;

namespace {

constexpr int kRecentMonths = 12;  // screens, the score of the leg, a fracture that is still a red flag
constexpr std::int64_t kScreenPositive = 10;

struct FindingName {
  FindingKind kind;
  std::string_view name;
};
constexpr std::array kFindingNames = {
    FindingName{FindingKind::kRadiculopathy, "radiculopathy"},
    FindingName{FindingKind::kStenosisClaudication, "stenosisClaudication"},
    FindingName{FindingKind::kDiscHerniation, "discHerniation"},
    FindingName{FindingKind::kSpondylolisthesisOrInstability, "spondylolisthesisOrInstability"},
    FindingName{FindingKind::kSiJointDysfunction, "siJointDysfunction"},
    FindingName{FindingKind::kMyofascial, "myofascial"},
    FindingName{FindingKind::kChronicPain, "chronicPain"},
    FindingName{FindingKind::kNeuropathicOrCrps, "neuropathicOrCrps"},
    FindingName{FindingKind::kAnxietyDepressionOrFearAvoidance, "anxietyDepressionOrFearAvoidance"},
    FindingName{FindingKind::kFacetArthropathy, "facetArthropathy"},
    FindingName{FindingKind::kDeformity, "deformity"},
};

std::string_view Missing(const EpisodeView& view) { return view.availability.conditions ? "" : "conditions"; }

References FindingsOf(const EpisodeView& view, FindingKind kind) {
  References references;
  for (const Finding& finding : view.facts.findings) {
    if (finding.kind != kind || !finding.active || finding.fracture_code) continue;
    if (view.CompatibleRegion(finding.region)) Merge(references, {VersionedReference(finding.source)});
  }
  return references;
}

// Fracture codes are red only in the 12 months after onset, else after recording; with neither date, or where its
// precision cannot decide it, they are red (section 4, red flags).
bool OldFracture(const EpisodeView& view, const Finding& finding) {
  const auto& dated = finding.onset ? finding.onset : finding.recorded;
  if (!finding.fracture_code || !dated) return false;
  return !view.Since(*dated, view.MonthsAgo(kRecentMonths)).value_or(true);
}

void AddRedFlag(const EpisodeView& view, Evidence& evidence) {
  References red;
  References fractures = FindingsOf(view, FindingKind::kFracture);
  for (const Finding& finding : view.facts.findings) {
    if (!finding.active || (finding.kind != FindingKind::kRedFlag && !finding.fracture_code)) continue;
    if (!OldFracture(view, finding)) {
      Merge(red, {VersionedReference(finding.source)});
    } else if (view.CompatibleRegion(finding.region)) {
      Merge(fractures, {VersionedReference(finding.source)});
    }
  }
  evidence.AddFlag("redFlag", !red.empty(), red, Missing(view));
  evidence.AddFlag("fracture", !fractures.empty(), fractures, Missing(view));
}

// The latest score of the lower limb in the last 12 months speaks (section 1, Region).
void AddLegPain(const EpisodeView& view, Evidence& evidence) {
  References references = FindingsOf(view, FindingKind::kLegPain);
  const clinical::PainScore* latest = nullptr;
  for (const clinical::PainScore& score : view.facts.scores) {
    if (!score.lower_limb || score.preliminary || !view.Visible(score.time) || IsUnrelated(view, score)) continue;
    if (!view.Since(score.time, view.MonthsAgo(kRecentMonths)).value_or(false)) continue;
    if (latest == nullptr || score.time.earliest >= latest->time.earliest) latest = &score;
  }
  if (latest != nullptr && latest->value >= Scaled(view.policy.baseline_min_score, latest->instrument)) {
    Merge(references, {VersionedReference(latest->source)});
  }
  evidence.AddFlag("legPain", !references.empty(), references, Missing(view));
}

void AddScreens(const EpisodeView& view, Evidence& evidence) {
  References references;
  for (const clinical::ScreenKind kind : {clinical::ScreenKind::kPhq9, clinical::ScreenKind::kGad7}) {
    const clinical::Screen* latest = nullptr;
    for (const clinical::Screen& screen : view.facts.screens) {
      if (screen.kind != kind || !view.Visible(screen.time)) continue;
      if (!view.Since(screen.time, view.MonthsAgo(kRecentMonths)).value_or(false)) continue;
      if (latest == nullptr || screen.time.earliest >= latest->time.earliest) latest = &screen;
    }
    if (latest != nullptr && latest->value >= Decimal(kScreenPositive)) {
      Merge(references, {VersionedReference(latest->source)});
    }
  }
  evidence.AddFlag("psychScreenPositive", !references.empty(), references);
}

}  // namespace

void AddFindings(const EpisodeView& view, Evidence& evidence) {
  for (const FindingName& entry : kFindingNames) {
    const References references = FindingsOf(view, entry.kind);
    evidence.AddFlag(entry.name, !references.empty(), references, Missing(view));
  }
  // Stenosis with claudication is stenosis.
  References stenosis = FindingsOf(view, FindingKind::kStenosis);
  Merge(stenosis, FindingsOf(view, FindingKind::kStenosisClaudication));
  evidence.AddFlag("stenosis", !stenosis.empty(), stenosis, Missing(view));
  AddLegPain(view, evidence);
  AddScreens(view, evidence);
  AddRedFlag(view, evidence);
}

}  // namespace facet::guide

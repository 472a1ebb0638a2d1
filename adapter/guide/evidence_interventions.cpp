// What was done, imaged and ordered, apart from facet sessions.
#include "adapter/guide/episode_view.hpp"

#include <algorithm>

namespace facet::guide {

using clinical::Intervention;
using clinical::InterventionKind;

namespace {

constexpr int kTherapyMonths = 24;
constexpr std::int64_t kTherapyDaysApart = 28;

void AddDone(Evidence& evidence, std::string_view name, const Interventions& done) {
  evidence.AddFlag(name, !done.empty(), ReferencesOf(done));
}

void AddImaging(const EpisodeView& view, Evidence& evidence, InterventionKind kind, std::string_view recent,
                std::string_view ever) {
  const std::string_view missing = view.availability.imaging ? "" : "imaging";
  const Interventions done = view.Done({kind});
  const Interventions fresh = view.SinceDate(done, view.MonthsAgo(view.policy.imaging_recent_months));
  evidence.AddFlag(recent, !fresh.empty(), ReferencesOf(fresh), missing);
  evidence.AddFlag(ever, !done.empty(), ReferencesOf(done), missing);
}

void AddOrder(const EpisodeView& view, Evidence& evidence, std::string_view name,
              std::initializer_list<InterventionKind> kinds) {
  const Interventions orders = view.Orders(kinds);
  evidence.AddFlag(name, !orders.empty(), ReferencesOf(orders), view.availability.orders ? "" : "orders");
}

// Two days at least 28 days apart: the earliest possible last day against the latest possible first day, so that a
// coarse time proves nothing.
bool TwiceFarApart(const EpisodeView& view, const Interventions& therapy) {
  std::int64_t first = INT64_MAX;
  std::int64_t last = INT64_MIN;
  for (const Intervention* visit : therapy) {
    first = std::min(first, view.LastDate(*visit->time).ToDays());
    last = std::max(last, view.FirstDate(*visit->time).ToDays());
  }
  return !therapy.empty() && last - first >= kTherapyDaysApart;
}

// A lead without a generator on its day is a trial, a generator is the implant (section 4).
void AddStimulation(const EpisodeView& view, Evidence& evidence) {
  const Interventions generators = view.Done({InterventionKind::kScsGenerator});
  Interventions implants = view.Done({InterventionKind::kScsImplant});
  Interventions trials = view.Done({InterventionKind::kScsTrial});
  implants.insert(implants.end(), generators.begin(), generators.end());
  for (const Intervention* lead : view.Done({InterventionKind::kScsLead})) {
    const bool with_generator = std::any_of(generators.begin(), generators.end(), [&](const Intervention* generator) {
      return view.FirstDate(*generator->time) == view.FirstDate(*lead->time);
    });
    (with_generator ? implants : trials).push_back(lead);
  }
  AddDone(evidence, "scsTrialEver", trials);
  AddDone(evidence, "scsImplantEver", implants);
}

void AddOrders(const EpisodeView& view, Evidence& evidence) {
  AddOrder(view, evidence, "mriOrdered", {InterventionKind::kMri});
  AddOrder(view, evidence, "ctOrdered", {InterventionKind::kCt});
  AddOrder(view, evidence, "spectOrdered", {InterventionKind::kSpect});
  AddOrder(view, evidence, "facetSessionOrdered", {InterventionKind::kFacetSession});
  AddOrder(view, evidence, "rfaOrdered", {InterventionKind::kRfa});
  AddOrder(view, evidence, "siInjectionOrdered", {InterventionKind::kSiInjection});
  AddOrder(view, evidence, "epiduralOrdered", {InterventionKind::kEpidural});
  AddOrder(view, evidence, "triggerPointOrdered", {InterventionKind::kTriggerPoint});
  AddOrder(view, evidence, "scsTrialOrdered", {InterventionKind::kScsTrial, InterventionKind::kScsLead});
  AddOrder(view, evidence, "scsImplantOrdered", {InterventionKind::kScsImplant, InterventionKind::kScsGenerator});
  AddOrder(view, evidence, "fusionOrdered", {InterventionKind::kFusion});
  AddOrder(view, evidence, "laminectomyOrdered", {InterventionKind::kLaminectomy});
  AddOrder(view, evidence, "foraminotomyOrdered", {InterventionKind::kForaminotomy});
  AddOrder(view, evidence, "painEducationOrdered", {InterventionKind::kPainEducation});
  AddOrder(view, evidence, "psychologicalTherapyOrdered", {InterventionKind::kPsychologicalTherapy});
}

}  // namespace

void AddInterventions(const EpisodeView& view, Evidence& evidence) {
  AddImaging(view, evidence, InterventionKind::kMri, "mriRecent", "mriEver");
  AddImaging(view, evidence, InterventionKind::kCt, "ctRecent", "ctEver");
  AddImaging(view, evidence, InterventionKind::kSpect, "spectRecent", "spectEver");

  const Interventions epidurals = view.Done({InterventionKind::kEpidural});
  AddDone(evidence, "siInjectionAfter", view.AfterFailed(view.Done({InterventionKind::kSiInjection})));
  AddDone(evidence, "siFusionEver", view.Done({InterventionKind::kSiFusion}));
  AddDone(evidence, "epiduralAfter", view.AfterFailed(epidurals));
  AddDone(evidence, "epiduralEver", epidurals);
  AddDone(evidence, "triggerPointAfter", view.AfterFailed(view.Done({InterventionKind::kTriggerPoint})));
  AddDone(evidence, "fusionAfter", view.AfterFailed(view.Done({InterventionKind::kFusion})));
  AddDone(evidence, "laminectomyAfter", view.AfterFailed(view.Done({InterventionKind::kLaminectomy})));
  AddDone(evidence, "foraminotomyAfter", view.AfterFailed(view.Done({InterventionKind::kForaminotomy})));
  AddDone(evidence, "painEducationAfter", view.AfterFailed(view.Done({InterventionKind::kPainEducation})));
  AddDone(evidence, "psychologicalTherapyAfter",
          view.AfterFailed(view.Done({InterventionKind::kPsychologicalTherapy})));

  const Interventions therapy =
      view.SinceDate(view.Done({InterventionKind::kPhysicalTherapy}), view.MonthsAgo(kTherapyMonths));
  AddDone(evidence, "physicalTherapyRecent", therapy);
  evidence.AddFlag("physicalTherapyTwice", TwiceFarApart(view, therapy), ReferencesOf(therapy));

  AddStimulation(view, evidence);
  AddOrders(view, evidence);
}

}  // namespace facet::guide

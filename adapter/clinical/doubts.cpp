// The closed list of doubts that a judgement carries, in the list's order (clinical specification, section 3).
#include "adapter/clinical/judge.hpp"

#include <algorithm>
#include <array>

namespace facet::clinical {

void AddDoubts(const DoubtsInput& input, Judgement& judgement) {
  const std::array<const std::optional<Reading>*, 3> used{&judgement.baseline, &judgement.best, &judgement.latest};
  const auto any_used = [&](auto predicate) {
    return std::any_of(used.begin(), used.end(),
                       [&](const std::optional<Reading>* reading) { return *reading && predicate(**reading); });
  };
  const auto add = [&](bool applies, Doubt doubt) {
    if (applies) judgement.doubts.push_back(doubt);
  };
  add(judgement.session.intent_reason == IntentReason::kDefault, Doubt::kIntentUnknown);
  // Only pain scores have a setting and a site.
  add(any_used([](const Reading& r) { return IsPain(r.instrument) && r.setting == Setting::kUnknown; }),
      Doubt::kSettingUnknown);
  add(any_used([](const Reading& r) { return IsPain(r.instrument) && !r.site_known; }), Doubt::kSiteUnknown);
  add(judgement.session.side == Side::kUnknown, Doubt::kSideUnknown);
  add(input.single_reading, Doubt::kSingleReading);
  add(judgement.session.start.date_only() || any_used([](const Reading& r) { return r.time.date_only(); }),
      Doubt::kDateOnly);
  add(input.scores_disagree, Doubt::kScoresDisagree);
  // The gates of a proposal ask for the Patient; without a failure nobody looked for it.
  add(judgement.failed() && !input.patient_checked, Doubt::kNotChecked);
}

}  // namespace facet::clinical

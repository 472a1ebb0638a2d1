#include "adapter/guide/content.hpp"

#include <algorithm>
#include <array>

namespace facet::guide {

using clinical::Instrument;
using clinical::Reading;
using clinical::Verdict;

namespace {

std::string Words(std::string_view name) { return name == "unknown" ? "not known" : std::string(name); }

std::string_view InstrumentText(Instrument instrument) noexcept {
  switch (instrument) {
  case Instrument::kNrs:
    return "numeric rating scale";
  case Instrument::kVas10:
  case Instrument::kVas100:
    return "visual analogue scale";
  case Instrument::kFaces:
    return "faces scale";
  case Instrument::kNrsWeek:
    return "numeric rating scale of the past week";
  case Instrument::kPercentRelief:
    return "reported percent relief";
  case Instrument::kOdi:
    return "Oswestry Disability Index";
  case Instrument::kNdi:
    return "Neck Disability Index";
  case Instrument::kPeg:
    return "PEG scale";
  case Instrument::kBpi:
    return "BPI interference";
  }
  return "score";
}

std::string Percent(const std::optional<Decimal>& value) {
  return value ? value->Normalized().ToString() + " %" : "an unknown percentage";
}

std::string Threshold(const Content& content) {
  const clinical::Policy& policy = content.policy;
  if (content.judgement.session.intent == clinical::Intent::kDiagnostic) {
    return "the " + policy.positive_percent.ToString() + " % that make a block positive";
  }
  std::string text = "the " + policy.success_percent.ToString() + " %";
  if (content.judgement.measure == clinical::Measure::kPain && content.judgement.baseline) {
    text += " and " + policy.min_absolute_change.ToString() + " of 10 points";
  }
  return text + " that count as success";
}

std::string OnDay(const Reading& reading) { return " on day " + std::to_string(reading.day); }

// "pain was 8 before and 7 at best on day 21, a relief of 12.5 %"
std::string Course(const clinical::Judgement& judgement) {
  const std::string measure = judgement.measure == clinical::Measure::kFunction ? "function" : "pain";
  const Reading* shown = judgement.best ? &*judgement.best : judgement.latest ? &*judgement.latest : nullptr;
  if (shown == nullptr) return "relief was not enough";
  if (!judgement.baseline) return "the best reported relief was " + Percent(shown->relief_percent) + OnDay(*shown);
  const std::string before = measure + " was " + judgement.baseline->value.ToString() + " before";
  if (judgement.verdict == Verdict::kShortLived && judgement.latest) {
    return before + ", " + shown->value.ToString() + " at best" + OnDay(*shown) + " (a relief of " +
           Percent(shown->relief_percent) + ") and " + judgement.latest->value.ToString() + OnDay(*judgement.latest) +
           ", a relief of " + Percent(judgement.latest->relief_percent);
  }
  return before + " and " + shown->value.ToString() + " at best" + OnDay(*shown) + ", a relief of " +
         Percent(shown->relief_percent);
}

}  // namespace

std::vector<ActivityUse> ActivitiesOf(const Model& model, const std::vector<Suggestion>& suggestions) {
  std::vector<ActivityUse> uses;
  for (const Activity& activity : model.activities) {
    ActivityUse use{&activity, {}};
    for (const Suggestion& suggestion : suggestions) {
      const Rule* rule = model.FindRule(suggestion.rule);
      const bool names = rule != nullptr && rule->activity == activity.canonical;
      if (names && suggestion.state == State::kSuggested) use.suggestions.push_back(&suggestion);
    }
    if (!use.suggestions.empty()) uses.push_back(std::move(use));
  }
  return uses;
}

std::string TitleOf(const Content& content) {
  return std::string(content.model.Headline(NameOf(content.judgement.verdict)));
}

std::string SummaryOf(const Content& content) {
  const clinical::Judgement& judgement = content.judgement;
  const clinical::Session& session = judgement.session;
  const bool block = session.intent == clinical::Intent::kDiagnostic;
  std::string text = block ? "The diagnostic facet joint block" : "The facet joint injection";
  text += " of " + content.request.zone->LocalDate(session.start.earliest).ToString();
  text += " (region " + Words(NameOf(session.region)) + ", side " + Words(NameOf(session.side)) + ", approach " +
          Words(NameOf(session.approach)) + ")";
  text += block ? " was negative (" : " counts as failed (";
  text += std::string(NameOf(judgement.verdict)) + "): " + Course(judgement);
  return text + ", below " + Threshold(content) + ".";
}

std::string ValueText(const Reading& reading) {
  return reading.value.ToString() + " (" + std::string(InstrumentText(reading.instrument)) + ", " +
         std::to_string(reading.scale_low) + " to " + std::to_string(reading.scale_high) + ")";
}

std::string_view SettingText(clinical::Setting setting) noexcept {
  switch (setting) {
  case clinical::Setting::kUnknown:
    return "not known";
  case clinical::Setting::kSpine:
    return "spine";
  case clinical::Setting::kAmbulatory:
    return "ambulatory";
  case clinical::Setting::kUnrelated:
    return "unrelated";
  }
  return "not known";
}

std::string_view DoubtText(std::string_view doubt) noexcept {
  struct Text {
    std::string_view doubt;
    std::string_view text;
  };
  constexpr std::array kTexts = {
      Text{"intent-unknown", "the session does not say whether it was diagnostic or therapeutic"},
      Text{"setting-unknown", "it is not known where a score was taken"},
      Text{"site-unknown", "a score does not say which part of the body it is about"},
      Text{"side-unknown", "the side of the session is not known"},
      Text{"single-reading", "the verdict rests on one follow-up reading"},
      Text{"date-only", "a time is known by its day only"},
      Text{"scores-disagree", "computed and reported relief differ by more than 20 points"},
      Text{"not-checked", "not all evidence could be looked up"},
  };
  const auto found = std::find_if(kTexts.begin(), kTexts.end(), [&](const Text& t) { return t.doubt == doubt; });
  return found == kTexts.end() ? doubt : found->text;
}

}  // namespace facet::guide

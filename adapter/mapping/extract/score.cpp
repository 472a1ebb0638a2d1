// Observations: pain, relief, function, screens. One row is the observation itself, further rows are its components
// (clinical specification, section 1, "Scores").
#include "adapter/mapping/extract/pass.hpp"

#include <algorithm>
#include <tuple>

namespace facet::mapping {
namespace {

using clinical::RejectReason;

constexpr std::string_view kNoUnit = "none";

std::string ToLower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  const auto first = out.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return {};
  return out.substr(first, out.find_last_not_of(" \t\r\n") - first + 1);
}

bool Accepts(const Concept& instrument, std::string_view unit) {
  return std::find(instrument.units.begin(), instrument.units.end(), unit) != instrument.units.end();
}

// The first number of a text whose shape a pattern has checked; a decimal comma is a point.
std::optional<Decimal> FirstNumber(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto first = std::find_if(text.begin(), text.end(), is_digit);
  std::string number;
  for (auto at = first; at != text.end(); ++at) {
    if (is_digit(*at)) {
      number += *at;
    } else if ((*at == '.' || *at == ',') && number.find('.') == std::string::npos && at + 1 != text.end() &&
               is_digit(*(at + 1))) {
      number += '.';
    } else {
      break;
    }
  }
  // A JSON number has no leading zeros ("07").
  const auto significant = number.find_first_not_of('0');
  number.erase(0, significant == std::string::npos ? number.size() - (number.empty() ? 0 : 1) : significant);
  if (number.starts_with('.')) number.insert(0, "0");
  return Decimal::Parse(number);
}

// Pain before relief before function before screens, each in the order of its code system.
auto OrderOf(const Found& found) {
  return std::make_tuple(found.meaning->target != Target::kInstrument, found.meaning->answer->order);
}

}  // namespace

Pass::ScoreFrame Pass::MakeFrame(const Row& row) {
  ScoreFrame frame;
  frame.status = StatusOf(row);
  frame.time = PointInTime(row);
  frame.base.source = out_.source;
  ReadSite(row, frame.base);
  frame.base.encounter = ReferenceTo("Encounter", row, Field::kEncounter);
  frame.base.linked = ReferencesTo("Procedure", row, {Field::kPartOf, Field::kFocus});
  frame.base.preliminary = frame.status == FactStatus::kPreliminary;
  return frame;
}

// A body site that is not read as the spine is another part: such a score is no evidence for the spine.
void Pass::ReadSite(const Row& row, clinical::PainScore& into) const {
  const std::vector<Found> sites = Find(row, Role::kBodySite);
  RegionSet regions = RegionsIn(sites);
  into.lower_limb = Has(sites, Target::kSite, "lower-limb");
  if (regions == 0 && !into.lower_limb) {
    RegionFold words;
    for (const Concept* word : InText(Target::kRegion, row, {Field::kBodySiteText})) words.Add(RegionSetOf(word->code));
    for (const Concept* word : InText(Target::kSite, row, {Field::kBodySiteText})) words.Add(RegionSetOf(word->code));
    regions = words.value();
  }
  into.spine_site = regions != 0;
  into.region = RegionOf(regions);
  into.not_cervical = regions != 0 && (regions & kCervicalPart) == 0 && into.region == clinical::Region::kUnknown;
  into.limb_site = !into.spine_site && row.IsTrue(Field::kBodySitePresent);
}

// The unit as a concept of CodeSystem/unit; "none" where none is given, nullopt for one that is not known.
std::optional<std::string> Pass::UnitOf(const Row& row) const {
  constexpr std::string_view kUnitText = "https://facet-adapter.org/fhir/CodeSystem/unit-text";
  const std::vector<RawCoding> coded = row.Codings(Role::kUnit);
  const std::string text = ToLower(row.Text(Field::kValueUnit));
  if (coded.empty() && text.empty()) return std::string(kNoUnit);
  std::vector<RawCoding> spellings = coded;
  if (!text.empty()) spellings.push_back({kUnitText, text});
  for (const RawCoding& spelling : spellings) {
    for (const Found& found : Find({&spelling, 1})) {
      if (found.meaning->target == Target::kUnit) return found.meaning->answer->code;
    }
  }
  return std::nullopt;
}

Pass::Candidate Pass::ReadCandidate(const Row& row, const std::vector<Found>& instruments) const {
  Candidate out{
      .instrument = instruments.front().meaning->answer, .value = {}, .unit = {}, .component = false, .reject = {}};
  const auto refuse = [&out](RejectReason reason) {
    out.reject = reason;
    return out;
  };
  const Meaning* chosen = nullptr;
  std::optional<Decimal> value;
  const auto choose = [&](const Meaning* meaning, std::optional<Decimal> number, std::string_view unit) {
    chosen = meaning;
    value = number;
    out.unit = unit;
  };
  // A value beside the reason why there is none is not believed (FHIR R4, invariants obs-6 and obs-3).
  if (row.IsTrue(Field::kValueAbsent)) return refuse(RejectReason::kDataAbsent);
  if (!row.IsTrue(Field::kValuePresent)) return refuse(RejectReason::kNoValue);
  if (!row.Text(Field::kValueComparator).empty()) return refuse(RejectReason::kComparator);
  if (const std::string_view number = row.Text(Field::kValueNumber); !number.empty()) {
    const auto unit = UnitOf(row);
    for (const Found& found : instruments) {
      if (chosen == nullptr && unit && Accepts(*found.meaning->answer, *unit)) {
        choose(found.meaning, Decimal::Parse(number), *unit);
      }
    }
    if (chosen == nullptr) return refuse(RejectReason::kUnit);
  }
  if (chosen == nullptr) {
    for (const Found& answer : Find(row, Role::kAnswer)) {
      if (answer.meaning->target != Target::kNumber || chosen != nullptr) continue;
      choose(instruments.front().meaning, Decimal::Parse(answer.meaning->answer->code), kNoUnit);
    }
  }
  row.ForEachText(Field::kValueText, [&](std::string_view text) {
    for (const Found& found : instruments) {
      const auto fits = [text](const Pattern& pattern) { return pattern.Matches(text); };
      const auto& patterns = found.meaning->answer->patterns;
      if (chosen != nullptr || std::none_of(patterns.begin(), patterns.end(), fits)) continue;
      choose(found.meaning, FirstNumber(text), kNoUnit);
    }
  });
  if (chosen == nullptr || !value) return refuse(RejectReason::kNotANumber);
  const Concept& instrument = *chosen->answer;
  out.instrument = &instrument;
  if ((instrument.low && *value < *instrument.low) || (instrument.high && *value > *instrument.high)) {
    return refuse(RejectReason::kOutOfRange);
  }
  out.value = *value;
  if (chosen->remaining) {
    // low + high - x: what remains of the pain as what was relieved.
    const auto top = Decimal::Add(instrument.low.value_or(Decimal(0)), instrument.high.value_or(Decimal(0)));
    const auto turned = top ? Decimal::Subtract(*top, *value) : std::nullopt;
    if (!turned) return refuse(RejectReason::kNotANumber);
    out.value = *turned;
  }
  return out;
}

void Pass::ReadScore(const Row& row) {
  const bool component = score_rows_++ > 0;
  std::vector<Found> instruments = Find(row, Role::kCode);
  std::erase_if(instruments, [](const Found& found) {
    return found.meaning->target != Target::kInstrument && found.meaning->target != Target::kScreen;
  });
  if (instruments.empty()) return;
  std::stable_sort(instruments.begin(), instruments.end(),
                   [](const Found& a, const Found& b) { return OrderOf(a) < OrderOf(b); });
  if (!frame_) frame_ = MakeFrame(row);
  Candidate candidate = ReadCandidate(row, instruments);
  candidate.component = component;
  candidates_.push_back(std::move(candidate));
}

void Pass::AddScore(const Candidate& candidate) {
  const ScoreFrame& frame = *frame_;
  const std::string& fact = candidate.instrument->fact;
  const auto instrument = clinical::FromName<clinical::Instrument>(candidate.instrument->code);
  const auto screen = clinical::FromName<clinical::ScreenKind>(candidate.instrument->code);
  const bool preliminary = frame.base.preliminary;
  if (fact == "relief") {
    out_.facts.reliefs.push_back({out_.source, candidate.value, *frame.time.time, frame.base.linked, preliminary});
  } else if (fact == "pain" && instrument) {
    clinical::PainScore score = frame.base;
    score.instrument = *instrument;
    score.value = candidate.value;
    score.time = *frame.time.time;
    out_.facts.scores.push_back(std::move(score));
  } else if (fact == "function" && instrument) {
    const std::string unit = candidate.unit == kNoUnit ? std::string() : candidate.unit;
    out_.facts.functions.push_back({out_.source, *instrument, candidate.value, unit, *frame.time.time, preliminary});
  } else if (fact == "screen" && screen && !preliminary) {
    out_.facts.screens.push_back({out_.source, *screen, candidate.value, *frame.time.time});
  }
}

// One fact of each kind: of the observation itself, else of the component that is first in the order of instruments.
void Pass::FinishScores() {
  if (candidates_.empty()) return;
  const ScoreFrame& frame = *frame_;
  switch (frame.status) {
  case FactStatus::kFinal:
  case FactStatus::kPreliminary:
    break;
  case FactStatus::kEnteredInError:
    return Reject(RejectReason::kEnteredInError);
  default:
    return Reject(RejectReason::kStatus);
  }
  if (out_.patient.empty()) return Reject(RejectReason::kNoPatient);
  if (!frame.time.time) return Reject(frame.time.invalid ? RejectReason::kInvalid : RejectReason::kNoTime);
  std::stable_sort(candidates_.begin(), candidates_.end(), [](const Candidate& a, const Candidate& b) {
    return std::make_tuple(a.component, a.instrument->order) < std::make_tuple(b.component, b.instrument->order);
  });
  std::vector<std::string_view> done;
  for (const Candidate& candidate : candidates_) {
    if (candidate.reject || std::find(done.begin(), done.end(), candidate.instrument->fact) != done.end()) continue;
    done.push_back(candidate.instrument->fact);
    AddScore(candidate);
  }
  if (done.empty()) {
    // The reason of a component that had a value says more than "no value" of the observation around it.
    const auto telling = std::find_if(candidates_.begin(), candidates_.end(),
                                      [](const Candidate& one) { return one.reject != RejectReason::kNoValue; });
    return Reject(telling == candidates_.end() ? RejectReason::kNoValue : *telling->reject);
  }
  if (frame.status == FactStatus::kPreliminary) Reject(RejectReason::kPreliminary);
}

}  // namespace facet::mapping

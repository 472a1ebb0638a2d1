// Region and side of a fact (clinical specification, section 1, "Region" and "Side").
#include "adapter/mapping/extract/pass.hpp"

#include <algorithm>

namespace facet::mapping {
namespace {

bool IsOneRegion(RegionSet set) { return RegionOf(set) != clinical::Region::kUnknown && set != 3; }

void AddSide(std::string_view code, bool& left, bool& right) {
  left = left || code == "left" || code == "bilateral";
  right = right || code == "right" || code == "bilateral";
}

std::optional<clinical::Side> SideOf(bool left, bool right) {
  if (left && right) return clinical::Side::kBilateral;
  if (left) return clinical::Side::kLeft;
  if (right) return clinical::Side::kRight;
  return std::nullopt;
}

}  // namespace

RegionSet RegionSetOf(std::string_view concept_code) noexcept {
  if (concept_code == "back") return kThoracicPart | kLumbarPart;  // anything but cervical
  if (concept_code == "spine") return kAllParts;
  switch (clinical::FromName<clinical::Region>(concept_code).value_or(clinical::Region::kUnknown)) {
  case clinical::Region::kCervical:
    return kCervicalPart;
  case clinical::Region::kThoracic:
    return kThoracicPart;
  case clinical::Region::kLumbar:
    return kLumbarPart;
  case clinical::Region::kCervicothoracic:
    return kCervicalPart | kThoracicPart;
  case clinical::Region::kUnknown:
    break;
  }
  return 0;
}

clinical::Region RegionOf(RegionSet set) noexcept {
  switch (set) {
  case kCervicalPart:
    return clinical::Region::kCervical;
  case kThoracicPart:
    return clinical::Region::kThoracic;
  case kLumbarPart:
    return clinical::Region::kLumbar;
  case kCervicalPart | kThoracicPart:
    return clinical::Region::kCervicothoracic;
  default:
    return clinical::Region::kUnknown;
  }
}

void RegionFold::Add(RegionSet set) noexcept {
  if (set == 0) return;
  any_ |= set;
  all_ &= set;
}

RegionSet RegionsIn(const std::vector<Found>& found) noexcept {
  RegionFold fold;
  for (const Found& one : found) {
    if (one.meaning->target == Target::kRegion) fold.Add(RegionSetOf(one.meaning->answer->code));
  }
  return fold.value();
}

RegionReading DecideRegion(const RegionEvidence& evidence) noexcept {
  RegionReading out;
  RegionSet set = evidence.code != 0 ? evidence.code : kAllParts;
  const auto narrow = [&set](RegionSet by) {
    if ((set & by) != 0) set &= by;
  };
  out.contradiction = evidence.code != 0 && evidence.body_site != 0 && (evidence.code & evidence.body_site) == 0;
  narrow(evidence.body_site);
  // What is one region already is not looked at again: a reason or a word never overrules a site or a code.
  if (!IsOneRegion(set)) narrow(evidence.reason);
  if (!IsOneRegion(set)) narrow(evidence.text);
  out.region = RegionOf(set);
  out.not_cervical = out.region == clinical::Region::kUnknown && (set & kCervicalPart) == 0;
  return out;
}

RegionReading ReadRegion(const Pass& pass, const Row& row) { return DecideRegion(ReadRegionEvidence(pass, row)); }

RegionEvidence ReadRegionEvidence(const Pass& pass, const Row& row) {
  RegionEvidence evidence;
  evidence.body_site = RegionsIn(pass.Find(row, Role::kBodySite));
  evidence.code = RegionsIn(pass.Find(row, Role::kCode));
  evidence.reason = RegionsIn(pass.Find(row, Role::kReason));
  const auto words = pass.InText(Target::kRegion, row, {Field::kCodeText, Field::kBodySiteText, Field::kNoteText});
  RegionFold text;
  for (const Concept* word : words) text.Add(RegionSetOf(word->code));
  evidence.text = text.value();
  return evidence;
}

RegionReading Pass::ReadReasonedRegion(const Row& row) {
  const RegionEvidence evidence = ReadRegionEvidence(*this, row);
  // A site or a code that names one region is not overruled by any reason: which they are need not be known.
  const RegionEvidence first{.body_site = evidence.body_site, .code = evidence.code, .reason = 0, .text = 0};
  const clinical::Region narrowed = DecideRegion(first).region;
  const bool open = narrowed == clinical::Region::kUnknown || narrowed == clinical::Region::kCervicothoracic;
  auto conditions = ReferencesTo("Condition", row, {Field::kReasonReference});
  if (open && !conditions.empty()) {
    out_.facts.reason_references.push_back(
        {out_.source, std::move(conditions), evidence.body_site, evidence.code, evidence.reason, evidence.text});
  }
  return DecideRegion(evidence);
}

void JoinReasons(clinical::PatientFacts& facts) {
  for (const clinical::ReasonReference& named : facts.reason_references) {
    RegionFold reasons;
    reasons.Add(named.reason);
    for (const std::string& condition : named.conditions) {
      for (const clinical::ConditionRegion& known : facts.condition_regions) {
        if (known.source.resource == condition) reasons.Add(known.parts);
      }
    }
    const RegionReading reading = DecideRegion({named.body_site, named.code, reasons.value(), named.text});
    const auto settle = [&](auto& list) {
      for (auto& fact : list) {
        if (fact.source.resource != named.source.resource) continue;
        fact.region = reading.region;
        fact.not_cervical = reading.not_cervical;
      }
    };
    settle(facts.procedures);
    settle(facts.interventions);
  }
}

clinical::Side ReadSide(const Pass& pass, const Row& row) {
  bool left = false;
  bool right = false;
  const auto add_codes = [&](Role role) {
    for (const Found& found : pass.Find(row, role)) {
      if (found.meaning->target == Target::kSide) AddSide(found.meaning->answer->code, left, right);
    }
    return SideOf(left, right);
  };
  const auto add_words = [&](std::initializer_list<Field> fields) {
    for (const Concept* word : pass.InText(Target::kSide, row, fields)) AddSide(word->code, left, right);
    return SideOf(left, right);
  };
  if (const auto side = add_codes(Role::kBodySite)) return *side;
  if (const auto side = add_codes(Role::kCode)) return *side;
  if (const auto side = add_words({Field::kBodySiteText, Field::kCodeText})) return *side;
  if (const auto side = add_codes(Role::kModifier)) return *side;
  // Notes speak of much else: last.
  return add_words({Field::kNoteText}).value_or(clinical::Side::kUnknown);
}

}  // namespace facet::mapping

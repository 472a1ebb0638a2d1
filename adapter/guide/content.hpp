#pragma once
// What a proposal says, before it is written as CarePlan, narrative or Provenance. Internal.
// Thread: borrows from the Request, the Model and the suggestions. Errors: none.
#include "adapter/guide/rules.hpp"

#include <string>
#include <vector>

namespace facet::guide {

// An activity and the suggested rules that name it.
struct ActivityUse {
  const Activity* activity = nullptr;
  std::vector<const Suggestion*> suggestions;  // in rule order
};

struct Content {
  const Model& model;
  const Request& request;
  const clinical::Policy& policy;
  const Settings& settings;
  const clinical::Judgement& judgement;
  const std::vector<Suggestion>& suggestions;
  std::vector<std::string> doubts;
  std::vector<std::string> not_available;
  std::vector<ActivityUse> activities;  // by rank: evidence-driven first, unconditional last
  // Parts that change with time only; empty where the payload hash is taken.
  std::string as_of;
  std::string adapter_version;
};

// Groups the suggested rules by their activity.
std::vector<ActivityUse> ActivitiesOf(const Model& model, const std::vector<Suggestion>& suggestions);

std::string TitleOf(const Content& content);
// One sentence: what, when, how much, against which threshold.
std::string SummaryOf(const Content& content);
// "7 on the numeric rating scale (0-10)"
std::string ValueText(const clinical::Reading& reading);
std::string_view DoubtText(std::string_view doubt) noexcept;
std::string_view SettingText(clinical::Setting setting) noexcept;

// The XHTML of CarePlan.text.div.
std::string WriteNarrative(const Content& content);
// The Provenance of the proposal.
std::string WriteProvenance(const Content& content, const References& sources);
// Everything the proposal rests on: the episode's procedures and readings first, then what the rules cite.
struct CitedSource {
  std::string reference;  // "Observation/o1/_history/1"
  std::string role;       // "procedure", "baseline", "best", "latest", "evidence", "caution"
  std::string value;      // as read; "" where there is none
};
std::vector<CitedSource> SourcesOf(const Content& content);
std::string WriteCarePlan(const Content& content, const std::vector<CitedSource>& sources);

}  // namespace facet::guide

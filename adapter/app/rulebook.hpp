#pragma once
// Everything clinical that is loaded from files: mappings with overlays, guide, policy, time zone.
// Thread: immutable once loaded. Errors: every problem of every file, each with its place.
#include "adapter/base/result.hpp"
#include "adapter/base/time.hpp"
#include "adapter/clinical/policy.hpp"
#include "adapter/guide/proposal.hpp"
#include "adapter/mapping/mapper.hpp"

#include <memory>
#include <string>
#include <vector>

namespace facet::app {

struct RulebookSources {
  std::string mappings_dir;  // "" = the shipped ones
  std::vector<std::string> overlays;
  std::string policy = "guide";  // preset name or file
  std::string time_zone = "UTC";
  std::string approval;  // approval file, "" = none
};

struct Rulebook {
  std::shared_ptr<const mapping::Mapper> mapper;
  std::shared_ptr<const guide::Guide> guide;
  clinical::Policy policy;
  TimeZone zone;
  bool approval_is_of_another_policy = false;  // the approval file names another hash: not approved
};

// The mappings alone; `mappings_dir` as config::FindMappingsDir answers it.
Result<std::shared_ptr<const mapping::Mapper>>
LoadMapper(const std::string& mappings_dir, const std::vector<std::string>& overlays, std::vector<Error>& errors);

Result<Rulebook> LoadRulebook(const RulebookSources& sources, std::vector<Error>& errors);

}  // namespace facet::app

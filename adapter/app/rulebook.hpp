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
};

struct Rulebook {
  std::shared_ptr<const mapping::Mapper> mapper;
  std::shared_ptr<const guide::Guide> guide;
  clinical::Policy policy;
  TimeZone zone;
};

Result<Rulebook> LoadRulebook(const RulebookSources& sources, std::vector<Error>& errors);

}  // namespace facet::app

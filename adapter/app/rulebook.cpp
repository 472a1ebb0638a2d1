#include "adapter/app/rulebook.hpp"

#include "adapter/config/config.hpp"
#include "adapter/config/mapping_files.hpp"
#include "adapter/config/policy_file.hpp"
#include "adapter/config/time_zone.hpp"

namespace facet::app {
namespace {

// A loader that answers an Error has told its details in `errors`, or is itself the only one.
template <class T>
Error Told(const Result<T>& result, std::vector<Error>& errors) {
  if (errors.empty()) errors.push_back(result.error());
  return result.error();
}

}  // namespace

Result<std::shared_ptr<const mapping::Mapper>>
LoadMapper(const std::string& mappings_dir, const std::vector<std::string>& overlays, std::vector<Error>& errors) {
  const auto files = config::LoadMappingFiles(mappings_dir, overlays, errors);
  if (!files.ok()) return Told(files, errors);
  auto mapper = mapping::Mapper::Load(*files, errors);
  if (!mapper.ok()) return Told(mapper, errors);
  return mapper;
}

Result<Rulebook> LoadRulebook(const RulebookSources& sources, std::vector<Error>& errors) {
  const auto directory = config::FindMappingsDir(sources.mappings_dir, config::ReadEnvironment());
  if (!directory.ok()) return Told(directory, errors);
  auto mapper = LoadMapper(*directory, sources.overlays, errors);
  if (!mapper.ok()) return mapper.error();
  auto guide = guide::Guide::Load(**mapper, errors);
  if (!guide.ok()) return Told(guide, errors);
  auto policy = config::LoadPolicy(sources.policy, *directory, errors);
  if (!policy.ok()) return Told(policy, errors);
  auto zone = config::LoadTimeZone(sources.time_zone);
  if (!zone.ok()) return Told(zone, errors);
  Rulebook rulebook;
  rulebook.mapper = std::move(mapper).value();
  rulebook.guide = std::move(guide).value();
  rulebook.policy = std::move(policy).value();
  rulebook.zone = std::move(zone).value();
  if (!sources.approval.empty()) {
    const auto approved = config::ApplyApproval(sources.approval, rulebook.policy, errors);
    if (!approved.ok()) return Told(approved, errors);
    rulebook.approval_is_of_another_policy = !*approved;
  }
  return rulebook;
}

}  // namespace facet::app

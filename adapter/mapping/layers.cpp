#include "adapter/mapping/layers.hpp"

#include "adapter/mapping/artefacts.hpp"
#include "adapter/mapping/terminology/concepts.hpp"

#include <array>
#include <map>
#include <utility>

namespace facet::mapping {

std::string_view NameOf(LayerStep::Action action) noexcept {
  static constexpr std::array<std::string_view, 4> kNames = {"adds", "replaces", "removes", "removes nothing"};
  return kNames[static_cast<std::size_t>(action)];
}

std::vector<LayerStep> LayerSteps(const std::vector<SourceFile>& files) {
  std::map<std::pair<std::string, std::string>, std::vector<LayerStep>> steps;
  for (const SourceFile& file : files) {
    const auto artefact = ReadArtefact(file);
    if (!artefact.ok()) continue;
    const json::Value root = artefact->root();
    auto& known = steps[{artefact->type, artefact->url}];
    const bool retired = root["status"].string() == "retired";
    LayerStep step;
    step.type = artefact->type;
    step.url = artefact->url;
    step.title = root["title"].string().empty() ? root["name"].string() : root["title"].string();
    step.origin = file.origin;
    step.path = file.path;
    step.in_effect = !retired;
    if (!known.empty() && known.back().in_effect) {
      known.back().in_effect = false;
      step.before_origin = known.back().origin;
      step.before_path = known.back().path;
      step.action = retired ? LayerStep::Action::kRemoves : LayerStep::Action::kReplaces;
    } else if (retired) {
      step.action = LayerStep::Action::kRemovesNothing;
    }
    known.push_back(std::move(step));
  }
  std::vector<LayerStep> out;
  for (auto& [key, of_one] : steps) {
    for (LayerStep& step : of_one) out.push_back(std::move(step));
  }
  return out;
}

bool IsCompleteSet(const std::vector<SourceFile>& files) {
  std::array<bool, kTargetCount> brings{};
  for (const SourceFile& file : files) {
    const auto artefact = ReadArtefact(file);
    if (!artefact.ok() || artefact->type != "CodeSystem") continue;
    if (const auto target = TargetOf(artefact->url)) brings[static_cast<std::size_t>(*target)] = true;
  }
  for (const bool one : brings) {
    if (!one) return false;
  }
  return true;
}

}  // namespace facet::mapping

#pragma once
// What each layer of mappings did: for `mappings show`, lint and people who wonder where an artefact comes from. What
// takes effect is decided by LoadArtefacts (artefacts.hpp); this is its history.
//
// Thread: pure. Errors: none; files that are no artefacts are left out (LoadArtefacts reports them).
#include "adapter/mapping/mapper.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace facet::mapping {

struct LayerStep {
  enum class Action : std::uint8_t { kAdds, kReplaces, kRemoves, kRemovesNothing };
  Action action = Action::kAdds;
  std::string type;
  std::string url;
  std::string title;  // of the artefact: its title, else its name
  std::string origin;
  std::string path;
  std::string before_origin;  // of what it replaces or removes
  std::string before_path;
  bool in_effect = false;  // no later layer replaces or removes it
};
std::string_view NameOf(LayerStep::Action action) noexcept;  // "adds", "replaces", ...

// Every step, ordered by type, then URL, then layer.
std::vector<LayerStep> LayerSteps(const std::vector<SourceFile>& files);

// Whether the files bring every code system of the adapter: a set of mappings that stands alone, no overlay.
bool IsCompleteSet(const std::vector<SourceFile>& files);

}  // namespace facet::mapping

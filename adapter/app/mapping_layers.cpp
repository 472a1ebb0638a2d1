#include "adapter/app/mapping_layers.hpp"

#include "adapter/config/config.hpp"
#include "adapter/config/mapping_files.hpp"
#include "adapter/guide/proposal.hpp"
#include "adapter/mapping/layers.hpp"

namespace facet::app {

Result<MappingLayers> ReadLayers(const std::string& mappings, const std::vector<std::string>& directories,
                                 std::vector<Error>& errors) {
  MappingLayers layers;
  layers.base = mappings;
  layers.overlays = directories;
  if (mappings.empty() && !directories.empty()) {
    ADAPTER_TRY(first, config::LoadMappingFiles(directories.front(), {}, errors));
    if (mapping::IsCompleteSet(first)) {
      layers.base = directories.front();
      layers.overlays.erase(layers.overlays.begin());
    }
  }
  if (layers.base.empty()) {
    ADAPTER_TRY(shipped, config::FindMappingsDir("", config::ReadEnvironment()));
    layers.base = shipped;
  }
  ADAPTER_TRY(files, config::LoadMappingFiles(layers.base, layers.overlays, errors));
  layers.files = std::move(files);
  return layers;
}

std::shared_ptr<const mapping::Mapper> LoadLayers(const std::vector<mapping::SourceFile>& files,
                                                  std::vector<Error>& errors) {
  auto mapper = mapping::Mapper::Load(files, errors);
  if (!mapper.ok()) return nullptr;
  const auto guide = guide::Guide::Load(**mapper, errors);
  if (!guide.ok()) {
    if (errors.empty()) errors.push_back(guide.error());
    return nullptr;
  }
  return std::move(mapper).value();
}

}  // namespace facet::app

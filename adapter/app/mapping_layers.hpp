#pragma once
// The directories that the mapping tools are given, as layers: a directory that brings all of the adapter's own code
// systems stands alone; any other is an overlay on the shipped mappings.
// Thread: one. Errors: file.read with the path.
#include "adapter/base/result.hpp"
#include "adapter/mapping/mapper.hpp"

#include <memory>
#include <string>
#include <vector>

namespace facet::app {

struct MappingLayers {
  std::string base;
  std::vector<std::string> overlays;
  std::vector<mapping::SourceFile> files;
};

// `mappings` is the set below the overlays ("" = the shipped one, or the first directory where that stands alone).
Result<MappingLayers> ReadLayers(const std::string& mappings, const std::vector<std::string>& directories,
                                 std::vector<Error>& errors);

// Mappings and guide, as the daemon loads them. nullptr: the reasons are in `errors`.
std::shared_ptr<const mapping::Mapper> LoadLayers(const std::vector<mapping::SourceFile>& files,
                                                  std::vector<Error>& errors);

}  // namespace facet::app

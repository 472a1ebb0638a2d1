#pragma once
// The mapping files on disk: the shipped directory and a site's overlays, read in a fixed order for mapping::Mapper.
// Thread: any. Errors: file.read with the path.
#include "adapter/base/result.hpp"
#include "adapter/config/config.hpp"
#include "adapter/mapping/mapper.hpp"

#include <string>
#include <vector>

namespace facet::config {

// Where the shipped fhir-mappings are: `configured`, else FACET_ADAPTER_MAPPINGS, else beside the program
// (<exe>/../share/facet-adapter/fhir-mappings), else in the source tree it was built from.
Result<std::string> FindMappingsDir(const std::string& configured, const Environment& environment);

// Every *.json below the directories, by path; first the shipped ones, then the overlays in their order. Directories
// named examples, policy and servers hold no mappings and are skipped.
Result<std::vector<mapping::SourceFile>>
LoadMappingFiles(const std::string& mappings_dir, const std::vector<std::string>& overlays, std::vector<Error>& errors);

}  // namespace facet::config

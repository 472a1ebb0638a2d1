#include "adapter/config/mapping_files.hpp"

#include "adapter/config/yaml_tree.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>

namespace facet::config {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 3> kOtherDirs = {"examples", "policy", "servers"};

constexpr std::string_view kShipped = "shipped";

void Load(const std::string& dir, const std::string& origin, std::vector<mapping::SourceFile>& files,
          std::vector<Error>& errors) {
  std::error_code error;
  std::vector<std::string> paths;
  for (auto it = fs::recursive_directory_iterator(dir, error); !error && it != fs::recursive_directory_iterator();
       it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (it->is_directory() && std::find(kOtherDirs.begin(), kOtherDirs.end(), name) != kOtherDirs.end()) {
      it.disable_recursion_pending();
    } else if (it->is_regular_file() && it->path().extension() == ".json") {
      paths.push_back(it->path().string());
    }
  }
  if (error) {
    const char* named =
        origin == kShipped ? "mappings.dir, FACET_ADAPTER_MAPPINGS or --mappings" : "mappings.overlay or --overlay";
    errors.push_back(MakeError(ErrorCode::kFileRead, dir,
                               error.message() + ": a directory of mappings is expected here (" + named + ")"));
    return;
  }
  std::sort(paths.begin(), paths.end());
  for (const std::string& path : paths) {
    auto text = ReadFile(path);
    if (text.ok()) {
      files.push_back({path, origin, *std::move(text)});
    } else {
      errors.push_back(text.error());
    }
  }
}

}  // namespace

Result<std::string> FindMappingsDir(const std::string& configured, const Environment& environment) {
  if (!configured.empty()) return configured;
  const auto variable = environment.find("FACET_ADAPTER_MAPPINGS");
  if (variable != environment.end() && !variable->second.empty()) return variable->second;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  const fs::path beside = program.parent_path().parent_path() / "share/facet-adapter/fhir-mappings";
  if (!error && fs::is_directory(beside, error)) return beside.string();
  if (const fs::path source = FACET_SOURCE_MAPPINGS; fs::is_directory(source, error)) return source.string();
  return MakeError(ErrorCode::kFileRead, beside.string(),
                   "the shipped mappings are not there; set mappings.dir or FACET_ADAPTER_MAPPINGS");
}

Result<std::vector<mapping::SourceFile>> LoadMappingFiles(const std::string& mappings_dir,
                                                          const std::vector<std::string>& overlays,
                                                          std::vector<Error>& errors) {
  const std::size_t before = errors.size();
  std::vector<mapping::SourceFile> files;
  Load(mappings_dir, std::string(kShipped), files, errors);
  for (const std::string& overlay : overlays) Load(overlay, overlay, files, errors);
  if (errors.size() > before) return errors[before];
  return files;
}

}  // namespace facet::config

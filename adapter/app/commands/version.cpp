// `facet-adapter version [--sources]`: the version, and where the guide's content comes from (transparency attributes).
#include "adapter/app/version.hpp"

#include "adapter/app/cli.hpp"
#include "adapter/app/files.hpp"
#include "adapter/app/rulebook.hpp"
#include "adapter/config/config.hpp"
#include "adapter/config/mapping_files.hpp"

#include <cstdio>

namespace facet::app {

int ShowVersion(const VersionCommand& command) {
  std::printf("facet-adapter %s\n", kVersion);
  if (!command.sources) return kDone;
  std::vector<Error> errors;
  const auto directory = config::FindMappingsDir(command.mappings, config::ReadEnvironment());
  if (!directory.ok()) return PrintError(directory.error()), kUsageOrConfiguration;
  const auto mapper = LoadMapper(*directory, {}, errors);
  if (!mapper.ok()) return PrintErrors(errors), kUsageOrConfiguration;
  const auto guide = guide::Guide::Load(**mapper, errors);
  if (!guide.ok()) return PrintErrors(errors), kUsageOrConfiguration;
  for (const auto& attribute : (*guide)->SourceAttributes()) {
    std::printf("%-24s %s\n", attribute.name.c_str(), attribute.text.c_str());
  }
  return kDone;
}

}  // namespace facet::app

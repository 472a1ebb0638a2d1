// `facet-adapter config reference` and `config show`.
#include "adapter/app/cli.hpp"
#include "adapter/app/start.hpp"

#include <cstdio>

namespace facet::app {

int ShowConfig(const ConfigCommand& command) {
  if (command.action == "reference") {
    std::fputs(config::ConfigReference().c_str(), stdout);
    return kDone;
  }
  if (command.config.empty()) {
    std::fprintf(stderr, "config show: expects --config FILE\n");
    return kUsageOrConfiguration;
  }
  const auto config = LoadConfigOrPrint(command.config);
  if (!config) return kUsageOrConfiguration;
  std::fputs(config::ShowConfig(*config).c_str(), stdout);
  return kDone;
}

}  // namespace facet::app

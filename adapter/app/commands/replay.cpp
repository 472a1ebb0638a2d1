// `facet-adapter replay`: the judgement offline, on files.
#include "adapter/app/replay.hpp"

#include "adapter/app/cli.hpp"
#include "adapter/app/clock.hpp"
#include "adapter/app/files.hpp"
#include "adapter/app/report.hpp"

#include <cstdio>

namespace facet::app {

int RunReplay(const ReplayCommand& command) {
  const auto files = ExpandInputs(command.inputs);
  if (!files.ok()) return PrintError(files.error()), kFailed;
  std::vector<ReplayInput> inputs;
  for (const auto& file : *files) {
    auto text = ReadText(file);
    if (!text.ok()) return PrintError(text.error()), kFailed;
    inputs.push_back({file, std::move(text).value()});
  }
  ReplayOptions options;
  options.mappings_dir = command.mappings;
  options.overlays = command.overlays;
  options.policy = command.policy;
  options.as_of = command.as_of.empty() ? Now().ToString() : command.as_of;
  options.time_zone = command.time_zone;

  std::vector<Error> errors;
  const auto lines = Replay(options, inputs, errors);
  PrintErrors(errors);
  if (!lines.ok()) {
    // Problems of mappings, policy and options are configuration; they have been listed, or are this one.
    if (errors.empty()) PrintError(lines.error());
    return kUsageOrConfiguration;
  }
  const std::string text = command.format == "json"   ? *lines
                           : command.format == "html" ? HtmlReport(*lines)
                                                      : TextReport(*lines);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return errors.empty() ? kDone : kFailed;
}

}  // namespace facet::app

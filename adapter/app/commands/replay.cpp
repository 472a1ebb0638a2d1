// `facet-adapter replay`: the judgement offline, on files.
#include "adapter/app/replay.hpp"

#include "adapter/app/cli.hpp"
#include "adapter/app/clock.hpp"
#include "adapter/app/files.hpp"
#include "adapter/app/report.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>

namespace facet::app {

int RunReplay(const ReplayCommand& command) {
  const auto files = ExpandInputs(command.inputs);
  if (!files.ok()) return PrintError(files.error()), kFailed;
  std::vector<ReplayInput> inputs;
  for (const auto& file : *files) {
    std::error_code ignored;
    ReplayInput input{.name = file, .text = {}, .in_file = std::filesystem::is_regular_file(file, ignored)};
    // Files are read line by line, as often as is needed; pipes can be read only once.
    if (const auto opened = input.in_file ? CheckReadable(file) : Status{}; !opened.ok()) {
      return PrintError(opened.error()), kFailed;
    }
    if (!input.in_file) {
      auto text = ReadText(file);
      if (!text.ok()) return PrintError(text.error()), kFailed;
      input.text = std::move(text).value();
    }
    inputs.push_back(std::move(input));
  }
  ReplayOptions options;
  options.rules.mappings_dir = command.mappings;
  options.rules.overlays = command.overlays;
  options.rules.policy = command.policy;
  options.as_of = command.as_of.empty() ? Now().ToString() : command.as_of;
  options.rules.time_zone = command.time_zone;

  std::vector<Error> errors;
  const auto lines = Replay(options, inputs, errors);
  PrintErrors(errors);
  if (!lines.ok()) {
    const bool of_input = lines.error().code == ErrorCode::kFileRead &&
                          std::find(files->begin(), files->end(), lines.error().where) != files->end();
    if (of_input) return PrintError(lines.error()), kFailed;
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

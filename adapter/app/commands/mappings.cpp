// `facet-adapter mappings lint|show`: for people who write mappings. `mappings test` is in mappings_test.cpp.
#include "adapter/app/cli.hpp"
#include "adapter/app/files.hpp"
#include "adapter/app/mapping_layers.hpp"
#include "adapter/json/writer.hpp"
#include "adapter/mapping/artefacts.hpp"
#include "adapter/mapping/layers.hpp"
#include "adapter/mapping/lint.hpp"

#include <algorithm>
#include <cstdio>
#include <map>

namespace facet::app {
namespace {

using mapping::LayerStep;

struct Line {
  bool error = false;
  std::string place;
  std::string message;
  std::string code;      // of an error
  std::string artefact;  // of a doubt
  std::string origin;
};

void PrintLine(const Line& line, bool as_json) {
  if (!as_json) {
    std::printf("%s: %s: %s%s\n", line.place.c_str(), line.error ? "error" : "doubt", line.message.c_str(),
                line.code.empty() ? "" : (" [" + line.code + "]").c_str());
    return;
  }
  json::Writer w;
  const auto text_or_null = [&w](const char* key, const std::string& text) {
    w.Key(key);
    if (text.empty()) {
      w.Null();
    } else {
      w.String(text);
    }
  };
  w.Object([&] {
    w.Member("level", line.error ? "error" : "doubt").Member("place", line.place);
    text_or_null("artefact", line.artefact);
    text_or_null("origin", line.origin);
    text_or_null("code", line.code);
    w.Member("message", line.message);
  });
  std::printf("%s\n", w.text().c_str());
}

std::vector<Line> LinesOf(const std::vector<Error>& errors) {
  std::vector<Line> lines;
  for (const Error& error : errors) {
    lines.push_back({true, error.where, error.detail, std::string(NameOf(error.code)), {}, {}});
  }
  return lines;
}

std::string Counted(std::size_t count, const char* one, const char* several) {
  return std::to_string(count) + " " + (count == 1 ? one : several);
}

// Errors of files that cannot be read are told on stderr: there is nothing to look at.
int Unreadable(const std::vector<Error>& errors, const Error& first) {
  if (errors.empty()) PrintError(first);
  PrintErrors(errors);
  return kUsageOrConfiguration;
}

struct ShownStep {
  const LayerStep* step;
  std::string change;
};

std::vector<ShownStep> ChooseSteps(const std::vector<LayerStep>& steps, const MappingsCommand& command) {
  std::vector<ShownStep> out;
  for (const LayerStep& step : steps) {
    const bool removal = step.action == LayerStep::Action::kRemoves;
    if (!step.in_effect && !removal && !command.all) continue;
    if (step.url.find(command.find) == std::string::npos && step.path.find(command.find) == std::string::npos) continue;
    std::string change;
    if (!step.before_origin.empty()) {
      change = std::string(NameOf(step.action)) + " that of " + step.before_origin;
    } else if (step.action == LayerStep::Action::kRemovesNothing) {
      change = "removes nothing";
    } else if (!step.in_effect) {
      change = "not in effect";
    }
    out.push_back({&step, std::move(change)});
  }
  return out;
}

void PrintSteps(const std::vector<ShownStep>& steps) {
  std::size_t url_width = 0;
  std::size_t origin_width = 0;
  for (const auto& [step, change] : steps) {
    url_width = std::max(url_width, step->url.size());
    origin_width = std::max(origin_width, step->origin.size());
  }
  std::string type;
  for (const auto& [step, change] : steps) {
    if (step->type != type) {
      std::printf("%s%s\n", type.empty() ? "" : "\n", step->type.c_str());
      type = step->type;
    }
    std::string line = "  " + step->url + std::string(url_width - step->url.size() + 2, ' ') + step->origin;
    if (!change.empty()) line += std::string(origin_width - step->origin.size() + 2, ' ') + change;
    std::printf("%s\n", line.c_str());
  }
}

void PrintStepsAsJson(const std::vector<ShownStep>& steps) {
  for (const auto& [step, change] : steps) {
    json::Writer w;
    w.Object([&, shown = step] {
      w.Member("type", shown->type).Member("url", shown->url).Member("title", shown->title);
      w.Member("origin", shown->origin).Member("file", shown->path).Member("action", NameOf(shown->action));
      w.Member("in_effect", shown->in_effect);
      for (const auto& [key, text] :
           {std::pair("before_origin", &shown->before_origin), std::pair("before_file", &shown->before_path)}) {
        w.Key(key);
        if (text->empty()) {
          w.Null();
        } else {
          w.String(*text);
        }
      }
    });
    std::printf("%s\n", w.text().c_str());
  }
}

}  // namespace

int LintMappings(const MappingsCommand& command) {
  std::vector<Error> errors;
  const auto layers = ReadLayers(command.mappings, command.overlays, errors);
  if (!layers.ok()) return Unreadable(errors, layers.error());
  const auto mapper = LoadLayers(layers->files, errors);
  std::vector<Line> lines = LinesOf(errors);
  std::vector<mapping::LintFinding> doubts = mapping::LintLayers(layers->files);
  if (mapper != nullptr) {
    auto more = mapping::Lint(*mapper);
    doubts.insert(doubts.end(), more.begin(), more.end());
  }
  for (const auto& doubt : doubts) {
    lines.push_back({false, PlaceOf(doubt, layers->files), doubt.message, {}, doubt.artefact, doubt.origin});
  }
  for (const Line& line : lines) PrintLine(line, command.format == "json");
  std::fflush(stdout);
  std::fprintf(stderr, "%s: %s, %s\n", Counted(layers->files.size(), "file", "files").c_str(),
               Counted(errors.size(), "error", "errors").c_str(), Counted(doubts.size(), "doubt", "doubts").c_str());
  if (!errors.empty()) return kUsageOrConfiguration;
  return doubts.empty() ? kDone : kFailed;
}

int ShowMappings(const MappingsCommand& command) {
  std::vector<Error> errors;
  const auto layers = ReadLayers(command.mappings, command.overlays, errors);
  if (!layers.ok()) return Unreadable(errors, layers.error());
  const auto mapper = LoadLayers(layers->files, errors);
  if (mapper == nullptr) return PrintErrors(errors), kUsageOrConfiguration;
  const std::vector<LayerStep> steps = mapping::LayerSteps(layers->files);
  const std::vector<ShownStep> shown = ChooseSteps(steps, command);
  if (shown.empty() && !command.find.empty()) {
    std::fprintf(stderr, "no URL or file of an artefact in effect holds \"%s\"%s\n", command.find.c_str(),
                 command.find.find('/') == std::string::npos ? "" : " (--mappings DIR looks at other mappings)");
    return kFailed;
  }
  if (command.format == "json") {
    PrintStepsAsJson(shown);
    return kDone;
  }
  PrintSteps(shown);
  std::map<std::string, std::size_t> by_origin;
  for (const LayerStep& step : steps) by_origin[step.origin] += step.in_effect ? 1 : 0;
  std::string origins;
  for (const auto& [origin, count] : by_origin) origins += ", " + std::to_string(count) + " " + origin;
  std::fflush(stdout);
  std::fprintf(stderr, "\nshipped = %s\n%s in effect%s; hash %s\n", layers->base.c_str(),
               Counted(mapper->artefacts().size(), "artefact", "artefacts").c_str(), origins.c_str(),
               mapper->hash().substr(0, 12).c_str());
  return kDone;
}

}  // namespace facet::app

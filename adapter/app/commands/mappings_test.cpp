// `facet-adapter mappings test`: the examples of a directory of mappings, each an input and the facts it must give.
#include "adapter/app/cli.hpp"
#include "adapter/app/files.hpp"
#include "adapter/app/inputs.hpp"
#include "adapter/app/mapping_layers.hpp"
#include "adapter/fhir/resource_set.hpp"
#include "adapter/mapping/fact_lines.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

namespace facet::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kExpected = "expected.ndjson";

bool IsExample(const fs::path& directory) {
  std::error_code ignored;
  return fs::exists(directory / "input.json", ignored) || fs::exists(directory / "input.ndjson", ignored);
}

std::vector<fs::path> ExamplesBelow(const fs::path& directory) {
  std::vector<fs::path> out;
  std::error_code error;
  for (auto it = fs::directory_iterator(directory, error); !error && it != fs::directory_iterator();
       it.increment(error)) {
    if (IsExample(it->path())) out.push_back(it->path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

struct TestPlan {
  std::vector<fs::path> examples;
  bool is_mappings = false;  // the directory holds mappings, with examples in its folder `examples`
};

// An example, a directory of examples, or a directory of mappings with a folder `examples`.
TestPlan PlanOf(const fs::path& directory) {
  if (IsExample(directory)) return {{directory}, false};
  if (auto found = ExamplesBelow(directory / "examples"); !found.empty()) return {std::move(found), true};
  return {ExamplesBelow(directory), false};
}

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    if (end > begin) lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

// What is missing with "-", what is too much with "+", by the longest common subsequence.
void PrintDifference(const std::vector<std::string>& expected, const std::vector<std::string>& actual) {
  const std::size_t rows = expected.size() + 1;
  const std::size_t columns = actual.size() + 1;
  std::vector<std::size_t> length(rows * columns);
  const auto at = [&](std::size_t i, std::size_t j) -> std::size_t& { return length[i * columns + j]; };
  for (std::size_t i = expected.size(); i-- > 0;) {
    for (std::size_t j = actual.size(); j-- > 0;) {
      at(i, j) = expected[i] == actual[j] ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
    }
  }
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < expected.size() || j < actual.size()) {
    if (i < expected.size() && j < actual.size() && expected[i] == actual[j]) {
      ++i;
      ++j;
    } else if (j == actual.size() || (i < expected.size() && at(i + 1, j) >= at(i, j + 1))) {
      std::printf("  - %s\n", expected[i++].c_str());
    } else {
      std::printf("  + %s\n", actual[j++].c_str());
    }
  }
}

Result<std::string> FactsOf(const mapping::Mapper& mapper, const fs::path& example) {
  std::error_code ignored;
  const fs::path input = example / (fs::exists(example / "input.json", ignored) ? "input.json" : "input.ndjson");
  ADAPTER_TRY(text, ReadText(input.string()));
  fhir::ResourceSet set;
  std::vector<Error> errors;
  AddInput(input.string(), text, set, errors);
  if (!errors.empty()) return errors.front();
  const TimeZone utc;
  std::string facts;
  for (const auto& one : set.Finish()) {
    mapping::ExtractOptions options;
    options.zone = &utc;
    options.references = &set;
    options.reference = one.reference;
    mapping::AppendFactLines(mapper.Extract(one.resource, options), facts);
  }
  return facts;
}

Status WriteText(const fs::path& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (out.fail()) return MakeError(ErrorCode::kFileWrite, path.string(), "the file cannot be written");
  return {};
}

enum class Outcome { kOk, kFailed, kBroken };

class TestRun {
 public:
  TestRun(const MappingsCommand& command, std::vector<std::string> directories)
      : command_(command), directories_(std::move(directories)) {}

  Outcome Run(const fs::path& example) {
    const auto mapper = MapperFor(example);
    if (mapper == nullptr) return Outcome::kBroken;
    const auto facts = FactsOf(*mapper, example);
    if (!facts.ok()) return PrintError(facts.error()), Outcome::kBroken;
    const fs::path expected = example / kExpected;
    const std::string name = example.filename().string();
    if (command_.update) {
      const auto written = WriteText(expected, *facts);
      if (!written.ok()) return PrintError(written.error()), Outcome::kBroken;
      std::printf("written  %s: %zu facts\n", name.c_str(), LinesOf(*facts).size());
      return Outcome::kOk;
    }
    const auto wanted = ReadText(expected.string());
    if (!wanted.ok()) {
      std::printf("FAILED   %s: it has no %s; look at what comes out, then write it with --update\n", name.c_str(),
                  kExpected);
      PrintDifference({}, LinesOf(*facts));
      return Outcome::kFailed;
    }
    const auto expected_lines = LinesOf(*wanted);
    const auto actual_lines = LinesOf(*facts);
    if (expected_lines == actual_lines) {
      std::printf("ok       %s: %zu facts\n", name.c_str(), actual_lines.size());
      return Outcome::kOk;
    }
    std::printf("FAILED   %s: - is expected and missing, + is there and not expected\n", name.c_str());
    PrintDifference(expected_lines, actual_lines);
    return Outcome::kFailed;
  }

 private:
  // The mappings are loaded once; again only for an example that brings an overlay of its own.
  std::shared_ptr<const mapping::Mapper> MapperFor(const fs::path& example) {
    std::error_code ignored;
    const fs::path own = example / "overlay";
    if (!fs::is_directory(own, ignored)) {
      if (plain_ == nullptr) plain_ = Load(directories_);
      return plain_;
    }
    std::vector<std::string> directories = directories_;
    directories.push_back(own.string());
    return Load(directories);
  }

  std::shared_ptr<const mapping::Mapper> Load(const std::vector<std::string>& directories) const {
    std::vector<Error> errors;
    const auto layers = ReadLayers(command_.mappings, directories, errors);
    if (!layers.ok() && errors.empty()) errors.push_back(layers.error());
    auto mapper = layers.ok() ? LoadLayers(layers->files, errors) : nullptr;
    PrintErrors(errors);
    return mapper;
  }

  const MappingsCommand& command_;
  std::vector<std::string> directories_;
  std::shared_ptr<const mapping::Mapper> plain_;
};

}  // namespace

int TestMappings(const MappingsCommand& command) {
  std::vector<std::string> directories = command.overlays;
  if (directories.empty()) {
    std::vector<Error> errors;
    const auto shipped = ReadLayers(command.mappings, {}, errors);
    if (!shipped.ok()) return PrintError(shipped.error()), kUsageOrConfiguration;
    directories.push_back(shipped->base);
  }
  std::size_t passed = 0;
  std::size_t failed = 0;
  for (const std::string& directory : directories) {
    const TestPlan plan = PlanOf(directory);
    if (plan.examples.empty()) {
      std::fprintf(stderr,
                   "%s: no examples. Expected folders with input.json (or input.ndjson) and %s, in its folder "
                   "examples or in itself.\n",
                   directory.c_str(), kExpected);
      return kUsageOrConfiguration;
    }
    TestRun run(command, plan.is_mappings ? std::vector<std::string>{directory} : std::vector<std::string>{});
    for (const fs::path& example : plan.examples) {
      const Outcome outcome = run.Run(example);
      if (outcome == Outcome::kBroken) return kUsageOrConfiguration;
      ++(outcome == Outcome::kOk ? passed : failed);
    }
  }
  std::fflush(stdout);
  std::fprintf(stderr, "%zu passed, %zu failed\n", passed, failed);
  return failed == 0 ? kDone : kFailed;
}

}  // namespace facet::app

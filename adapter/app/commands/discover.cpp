// `facet-adapter discover`: which codes, value shapes and body sites occur, what the mappings cover, a draft overlay.
#include "adapter/app/cli.hpp"
#include "adapter/app/discover_server.hpp"
#include "adapter/app/files.hpp"
#include "adapter/app/inputs.hpp"
#include "adapter/app/mapping_layers.hpp"
#include "adapter/app/settings.hpp"
#include "adapter/app/start.hpp"
#include "adapter/fhir/bundle.hpp"
#include "adapter/fhir/resource.hpp"
#include "adapter/fhir/resource_set.hpp"
#include "adapter/mapping/discover/report.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace facet::app {
namespace {

namespace fs = std::filesystem;

// A Bundle's references need the whole of it; a line that is one resource does not.
void AddSet(const std::string& name, const std::string& text, mapping::Discovery& discovery,
            std::vector<Error>& errors) {
  fhir::ResourceSet set;
  AddInput(name, text, set, errors);
  for (const auto& one : set.Finish()) discovery.Add(one.resource, &set, one.reference);
}

void AddLine(const std::string& place, std::string_view line, mapping::Discovery& discovery,
             std::vector<Error>& errors) {
  if (line.find_first_not_of(" \t") == std::string_view::npos) return;
  auto document = json::Parse(line, json::Limits::ForFiles());
  if (!document.ok()) {
    errors.push_back(MakeError(document.error().code, place, document.error().detail));
  } else if (fhir::IsBundle(document->root())) {
    AddSet(place, std::string(line), discovery, errors);
  } else {
    discovery.Add(document->root(), nullptr, {});
  }
}

Status ReadFiles(const std::vector<std::string>& inputs, mapping::Discovery& discovery, std::vector<Error>& errors) {
  ADAPTER_TRY(files, ExpandInputs(inputs));
  Progress progress;
  std::int64_t at = 0;
  for (const std::string& file : files) {
    progress.Show("files", at++, static_cast<std::int64_t>(files.size()));
    if (file.ends_with(".json")) {
      ADAPTER_TRY(text, ReadText(file));
      AddSet(file, text, discovery, errors);
      continue;
    }
    ADAPTER_TRY_STATUS(ForEachLine(file, [&](std::string_view line, std::size_t number) -> Status {
      AddLine(file + ":" + std::to_string(number), line, discovery, errors);
      return {};
    }));
  }
  return {};
}

// "Patient/1" or "1", one a line; what follows a blank or a comma is not read.
Result<std::vector<std::string>> ReadPatients(const std::string& file) {
  std::vector<std::string> out;
  ADAPTER_TRY_STATUS(ForEachLine(file, [&](std::string_view line, std::size_t number) -> Status {
    std::string_view id = line.substr(0, line.find_first_of(" \t,;"));
    if (id.starts_with("Patient/")) id.remove_prefix(8);
    if (id.empty()) return {};
    if (!fhir::IsId(id)) {
      return MakeError(ErrorCode::kUsage, file + ":" + std::to_string(number), "expected the id of a Patient");
    }
    out.emplace_back(id);
    return {};
  }));
  if (out.empty()) return MakeError(ErrorCode::kUsage, file, "holds no patient id");
  return out;
}

Status WriteDraft(const std::string& directory, const std::vector<mapping::DraftFile>& draft) {
  for (const auto& file : draft) {
    const fs::path path = fs::path(directory) / file.path;
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out << file.text;
    out.close();
    if (error || out.fail()) return MakeError(ErrorCode::kFileWrite, path.string(), "the file cannot be written");
  }
  return {};
}

int Report(const DiscoverCommand& command, const mapping::Discovery& discovery) {
  const auto report = discovery.Finish();
  const std::string text = command.format == "json" ? mapping::DiscoveryLines(report) : mapping::DiscoveryText(report);
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
  if (command.write.empty()) return kDone;
  const auto draft = mapping::DraftOverlay(report);
  const auto written = WriteDraft(command.write, draft);
  if (!written.ok()) return PrintError(written.error()), kFailed;
  std::fprintf(stderr, "%s\n",
               draft.empty() ? "no candidates: no draft was written"
                             : ("draft overlay: " + command.write + " (read its README.md)").c_str());
  return kDone;
}

std::shared_ptr<const mapping::Mapper> MapperOf(const std::string& base, const std::vector<std::string>& overlays) {
  std::vector<Error> errors;
  auto layers = ReadLayers(base, overlays, errors);
  if (!layers.ok() && errors.empty()) errors.push_back(layers.error());
  auto mapper = layers.ok() ? LoadLayers(layers->files, errors) : nullptr;
  PrintErrors(errors);
  return mapper;
}

int DiscoverFiles(const DiscoverCommand& command, mapping::Discovery& discovery) {
  std::vector<Error> errors;
  const auto read = ReadFiles(command.inputs, discovery, errors);
  PrintErrors(errors);
  if (!read.ok()) return PrintError(read.error()), kFailed;
  const int status = Report(command, discovery);
  return errors.empty() ? status : kFailed;
}

int DiscoverServerSide(const DiscoverCommand& command, const config::Config& config, mapping::Discovery& discovery) {
  ServerReading reading;
  reading.since = command.since;
  reading.resources_max = command.max;
  reading.page_size = command.count;
  reading.requests_per_second = command.rate;
  if (!command.patients.empty()) {
    auto patients = ReadPatients(command.patients);
    if (!patients.ok()) return PrintError(patients.error()), kUsageOrConfiguration;
    reading.patients = std::move(patients).value();
  }
  DiscoverServer server(ServerOptionsOf(config), std::move(reading), discovery);
  const auto done = server.Run();
  for (const auto& note : server.notes()) std::fprintf(stderr, "note: %s\n", note.c_str());
  if (!done.ok()) return PrintError(done.error()), kFailed;
  std::fprintf(stderr, "%lld requests\n", static_cast<long long>(server.requests()));
  return Report(command, discovery);
}

bool IsFree(const std::string& directory) {
  std::error_code error;
  return !fs::exists(directory, error) || (fs::is_directory(directory, error) && fs::is_empty(directory, error));
}

}  // namespace

int Discover(const DiscoverCommand& command) {
  if (command.config.empty() == command.inputs.empty()) {
    std::fprintf(stderr, "discover: expects --config FILE (reads the server) or INPUT... (reads files)\n");
    return kUsageOrConfiguration;
  }
  if (!command.write.empty() && !IsFree(command.write)) {
    std::fprintf(stderr, "discover: --write %s: expects a directory that is new or empty\n", command.write.c_str());
    return kUsageOrConfiguration;
  }
  std::optional<config::Config> config;
  std::string base = command.mappings;
  std::vector<std::string> overlays = command.overlays;
  if (!command.config.empty()) {
    config = LoadConfigOrPrint(command.config);
    if (!config) return kUsageOrConfiguration;
    if (base.empty()) base = config->mappings.dir;
    overlays.insert(overlays.begin(), config->mappings.overlay.begin(), config->mappings.overlay.end());
  }
  const auto mapper = MapperOf(base, overlays);
  if (mapper == nullptr) return kUsageOrConfiguration;
  auto discovery = mapping::Discovery::Make(*mapper, {command.min, command.min});
  if (!discovery.ok()) return PrintError(discovery.error()), kUsageOrConfiguration;
  return config ? DiscoverServerSide(command, *config, **discovery) : DiscoverFiles(command, **discovery);
}

}  // namespace facet::app

// `facet-adapter check [--online]`: configuration, mappings, policy; with --online what the FHIR server can do.
#include "adapter/app/cli.hpp"
#include "adapter/app/files.hpp"
#include "adapter/app/probe.hpp"
#include "adapter/app/rulebook.hpp"
#include "adapter/app/settings.hpp"
#include "adapter/app/start.hpp"
#include "adapter/config/config.hpp"
#include "adapter/config/mapping_files.hpp"
#include "adapter/mapping/lint.hpp"
#include "adapter/store/sqlite/sqlite_store.hpp"

#include <cstdio>
#include <filesystem>
#include <unistd.h>

namespace facet::app {
namespace {

void Add(std::vector<Finding>& findings, FindingLevel level, std::string topic, std::string text) {
  findings.push_back({level, std::move(topic), std::move(text)});
}

void CheckOffline(const config::Config& config, const Rulebook& rules, std::vector<Finding>& findings) {
  Add(findings, FindingLevel::kOk, "configuration", "hash " + config.hash.substr(0, 12));
  const auto procedures = rules.mapper->SearchCodes("Procedure").size();
  const auto observations = rules.mapper->SearchCodes("Observation").size();
  Add(findings, FindingLevel::kOk, "mappings",
      "hash " + rules.mapper->hash().substr(0, 12) + ", " + std::to_string(procedures) + " procedure codes, " +
          std::to_string(observations) + " observation codes");
  Add(findings, FindingLevel::kOk, "policy",
      rules.policy.name + " " + rules.policy.version + ", hash " + rules.policy.hash);
  if (rules.approval_is_of_another_policy) {
    Add(findings, FindingLevel::kWarning, "policy", "the approval file approves another policy (its hash differs)");
  } else if (rules.policy.approved_by.empty()) {
    Add(findings, FindingLevel::kWarning, "policy", "nobody has approved it (policy.approval); proposals will say so");
  }
  if (config.policy.time_zone_defaulted) {
    Add(findings, FindingLevel::kWarning, "time zone", "policy.time_zone is not set: days are counted in UTC");
  }
  for (const auto& warning : config.warnings) {
    Add(findings, FindingLevel::kWarning, warning.key, warning.detail);
  }
  Add(findings, FindingLevel::kOk, "mode",
      config.write_back.write ? "write: proposals are written to the server"
                              : "shadow: nothing is written to the server but Subscriptions");
}

// What loads may still be doubtful: as `mappings lint` says it.
void CheckMappings(const RulebookSources& sources, const Rulebook& rules, std::vector<Finding>& findings) {
  std::vector<mapping::LintFinding> doubts = mapping::Lint(*rules.mapper);
  std::vector<mapping::SourceFile> files;
  std::vector<Error> errors;  // it was read a moment ago
  if (const auto directory = config::FindMappingsDir(sources.mappings_dir, config::ReadEnvironment()); directory.ok()) {
    if (auto read = config::LoadMappingFiles(*directory, sources.overlays, errors); read.ok()) {
      files = std::move(read).value();
    }
  }
  const std::vector<mapping::LintFinding> more = mapping::LintLayers(files);
  doubts.insert(doubts.end(), more.begin(), more.end());
  for (const mapping::LintFinding& doubt : doubts) {
    Add(findings, FindingLevel::kWarning, "mappings", PlaceOf(doubt, files) + ": " + doubt.message);
  }
}

// Whether the daemon could make or write its store there, for the user who runs this.
void CheckStore(const config::Config& config, std::vector<Finding>& findings) {
  const std::filesystem::path file = config.store.path;
  const std::filesystem::path directory = file.has_parent_path() ? file.parent_path() : ".";
  std::error_code error;
  if (!std::filesystem::is_directory(directory, error)) {
    Add(findings, FindingLevel::kWarning, "store", "there is no directory " + directory.string());
  } else if (std::filesystem::exists(file, error)) {
    const bool writable = ::access(file.c_str(), R_OK | W_OK) == 0;
    const auto store = store::SqliteStore::Open(file.string(), store::Access::kReader);
    const Status sound = store.ok() ? (*store)->CheckPages() : Status(store.error());
    if (writable && !sound.ok()) {
      // A store of an older version is brought up to date by the next start.
      const bool passes = sound.error().code == ErrorCode::kStoreSchema && sound.error().retry == Retry::kLater;
      return Add(findings, passes ? FindingLevel::kWarning : FindingLevel::kProblem, "store", sound.error().ToString());
    }
    Add(findings, writable ? FindingLevel::kOk : FindingLevel::kWarning, "store",
        file.string() + (writable ? " is there" : " is there, but this user cannot write it"));
  } else if (::access(directory.c_str(), W_OK) == 0) {
    Add(findings, FindingLevel::kOk, "store", file.string() + " will be made at the first start");
  } else {
    Add(findings, FindingLevel::kWarning, "store", "this user cannot write to " + directory.string());
  }
}

}  // namespace

int Check(const CheckCommand& command) {
  const auto config = LoadConfigOrPrint(command.config);
  if (!config) return kUsageOrConfiguration;
  std::vector<Error> errors;
  const auto rules = LoadRulebook(RulebookSourcesOf(*config), errors);
  if (!rules.ok()) return PrintErrors(errors), kUsageOrConfiguration;
  std::vector<Finding> findings;
  CheckOffline(*config, *rules, findings);
  CheckMappings(RulebookSourcesOf(*config), *rules, findings);
  CheckStore(*config, findings);
  if (command.online) ProbeServer(*config, *rules, findings);
  PrintFindings(findings, command.format == "json");
  for (const auto& finding : findings) {
    if (finding.level == FindingLevel::kProblem) return kFailed;
  }
  return kDone;
}

}  // namespace facet::app

// `facet-adapter run`: the daemon.
#include "adapter/app/cli.hpp"
#include "adapter/app/clock.hpp"
#include "adapter/app/daemon.hpp"
#include "adapter/app/files.hpp"
#include "adapter/app/start.hpp"
#include "adapter/app/version.hpp"
#include "adapter/base/events.hpp"
#include "adapter/telemetry/log.hpp"
#include "adapter/telemetry/metrics.hpp"

#include <unistd.h>

namespace facet::app {
namespace {

telemetry::Log* check_log = nullptr;  // the log of the running daemon, for a failed check

void LogFailedCheck(const char*, const char* file, int line) {
  if (check_log == nullptr) return;
  check_log->Write(events::process_check_failed(SafeText(std::string(file) + ":" + std::to_string(line))));
  check_log->Flush();
}

void LogChoices(const config::Config& config, telemetry::Log& log) {
  for (const auto& warning : config.warnings) {
    log.Write(events::config_insecure_choice(SafeText(warning.key), SafeText(warning.detail)));
  }
  if (config.policy.time_zone_defaulted) log.Write(events::config_zone_defaulted(SafeText("policy.time_zone")));
}

bool IsConfiguration(ErrorCode code) {
  switch (code) {
  // Files: the configuration's, the mappings' and the policy's; the store has codes of its own.
  case ErrorCode::kFileRead:
  case ErrorCode::kJsonSyntax:
  case ErrorCode::kJsonLimit:
  case ErrorCode::kJsonDuplicateKey:
  case ErrorCode::kJsonText:
  case ErrorCode::kFhirInvalid:
  case ErrorCode::kPathSyntax:
  case ErrorCode::kPathUnknown:
  case ErrorCode::kPathArgument:
  case ErrorCode::kConfigInvalid:
  case ErrorCode::kConfigMissing:
  case ErrorCode::kConfigUnknownKey:
  case ErrorCode::kMappingInvalid:
  case ErrorCode::kMappingConflict:
  case ErrorCode::kMappingMissing:
  case ErrorCode::kPolicyInvalid:
    return true;
  default:
    return false;
  }
}

}  // namespace

int Run(const RunCommand& command) {
  BlockSignals();
  const auto config = LoadConfigOrPrint(command.config);
  if (!config) return kUsageOrConfiguration;
  telemetry::Metrics metrics;
  metrics.SetVersion(SafeText(kVersion));
  telemetry::LogOptions options;
  options.threshold = telemetry::LevelFromName(config->log.level).value_or(Level::kInfo);
  options.version = kVersion;
  options.now = Now;
  telemetry::Log log(options, metrics);
  check_log = &log;
  SetCheckHandler(LogFailedCheck);
  LogChoices(*config, log);

  const Status done = RunDaemon(*config, log, metrics);
  int status = kDone;
  if (!done.ok()) {
    const Error& error = done.error();
    log.Write(events::process_start_failed(error.code, SafeText(error.where), SafeText(error.detail)));
    status = IsConfiguration(error.code) ? kUsageOrConfiguration : kFailed;
  }
  log.Flush();
  SetCheckHandler(nullptr);
  check_log = nullptr;
  return status;
}

}  // namespace facet::app

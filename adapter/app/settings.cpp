#include "adapter/app/settings.hpp"

#include "adapter/app/version.hpp"
#include "adapter/base/digest.hpp"

namespace facet::app {

RulebookSources RulebookSourcesOf(const config::Config& config) {
  RulebookSources sources;
  sources.mappings_dir = config.mappings.dir;
  sources.overlays = config.mappings.overlay;
  sources.policy = config.policy.file.empty() ? config.policy.preset : config.policy.file;
  sources.time_zone = config.policy.time_zone;
  sources.approval = config.policy.approval;
  return sources;
}

engine::RulesParts RulesPartsOf(const config::Config& config, Rulebook rulebook) {
  engine::RulesParts parts;
  parts.mapper = std::move(rulebook.mapper);
  parts.guide = std::move(rulebook.guide);
  parts.policy = std::move(rulebook.policy);
  parts.policy.stable_age_secs = static_cast<int>(config.policy.stable_age_secs);
  parts.policy.expires_days = static_cast<int>(config.proposal.expires_days);
  parts.zone = std::move(rulebook.zone);
  parts.guide_settings.system_id = config.fhir.system_id;
  parts.guide_settings.organization = config.fhir.organization;
  parts.guide_settings.opt_out = config.policy.opt_out;
  parts.guide_settings.careplan_status = config.proposal.status;
  parts.guide_settings.adapter_version = kVersion;
  parts.server_base = config.fhir.base_url;
  return parts;
}

engine::Settings EngineSettingsOf(const config::Config& config, const TimeZone& zone) {
  engine::Settings settings;
  settings.base_url = config.fhir.base_url;
  settings.system_id = config.fhir.system_id;
  settings.follow_subscription = config.follow.subscription;
  settings.follow_sweep = config.follow.sweep;
  if (config.follow.not_before) settings.not_before = config.follow.not_before->Earliest(zone);
  settings.public_url = config.intake.public_url;
  settings.hook_header = "Authorization: " + HookAuthorizationOf(config);
  settings.sweep_interval_secs = config.intake.sweep_interval_secs;
  settings.subscription_check_secs = config.intake.subscription_check_secs;
  settings.write = config.write_back.write;
  settings.per_day_max = config.write_back.per_day_max;
  settings.retry_base_ms = config.delivery.retry_base_ms;
  settings.retry_max_secs = config.delivery.retry_max_secs;
  settings.settle_secs = config.delivery.settle_secs;
  settings.request_timeout_ms = static_cast<int>(config.fhir.timeout_ms);
  settings.requests_max = static_cast<std::size_t>(config.fhir.requests_max);
  std::string site = config.fhir.organization + "\n" + config.proposal.status;
  for (const std::string& patient : config.policy.opt_out) site += "\n" + patient;
  settings.site_hash = Sha256Hex(site);
  settings.store_keep_days = static_cast<int>(config.store.keep_days);
  // Derived, so that a patient has the same key in every run, and useless without the secret.
  settings.pseudonym_key = HmacSha256Hex(config.intake.secret.Reveal(), config.fhir.system_id);
  return settings;
}

ServerOptions ServerOptionsOf(const config::Config& config) {
  ServerOptions options;
  options.base_url = config.fhir.base_url;
  if (!config.fhir.auth_token.empty()) options.authorization = "Bearer " + config.fhir.auth_token.Reveal();
  options.client.user_agent = std::string("facet-adapter/") + kVersion;
  options.client.ca_file = config.fhir.ca_file;
  options.client.proxy = config.fhir.proxy;
  options.client.no_proxy = config.fhir.no_proxy;
  options.connect_timeout_ms = config.fhir.connect_timeout_ms;
  options.workers = static_cast<std::size_t>(config.fhir.requests_max);
  return options;
}

std::string HookAuthorizationOf(const config::Config& config) { return "Bearer " + config.intake.secret.Reveal(); }

}  // namespace facet::app

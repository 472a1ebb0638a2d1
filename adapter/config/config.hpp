#pragma once
// The configuration file: one YAML file, checked against one table of properties (properties.cpp), which also writes
// the commented reference file.
//
// In the flow: F -> LoadConfig -> Config -> app wires everything from it.
// Thread: Config is a value. Owns: nothing. Units: as the names say.
// Errors: config.invalid, config.unknown_key, config.missing, file.read; all at once, each
//         "file:line:column: /pointer: message (got ..., expected ..., nearest key ...)". A secret is never printed.
#include "adapter/base/result.hpp"
#include "adapter/base/time.hpp"
#include "adapter/config/secret.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace facet::config {

struct ListenAddress {
  std::string address;  // numeric: "127.0.0.1", "::1"
  std::uint16_t port = 0;
  bool loopback() const noexcept { return address.starts_with("127.") || address == "::1"; }
  std::string ToString() const;
};

struct Config {
  struct Fhir {
    std::string base_url;  // without a trailing slash
    std::string system_id;
    std::string server;
    std::string organization;  // "Organization/1" or ""
    std::string auth_type;     // "none", "static_bearer"
    Secret auth_token;
    std::int64_t timeout_ms = 0;
    std::int64_t connect_timeout_ms = 0;
    std::int64_t requests_max = 0;
    std::string proxy;
    std::string no_proxy;
    std::string ca_file;
  } fhir;
  struct Follow {
    bool subscription = false;
    bool sweep = false;
    std::optional<FhirDateTime> not_before;
  } follow;
  struct Intake {
    ListenAddress listen;
    std::string public_url;  // without a trailing slash
    Secret secret;
    std::int64_t sweep_interval_secs = 0;
    std::int64_t subscription_check_secs = 0;
    std::int64_t body_bytes_max = 0;
    std::int64_t connections_max = 0;
    std::int64_t queue_max = 0;
  } intake;
  struct Mappings {
    std::string dir;  // "" = the shipped ones
    std::vector<std::string> overlay;
  } mappings;
  struct Policy {
    std::string preset;
    std::string file;  // "" = the preset
    std::string time_zone;
    bool time_zone_defaulted = true;
    std::string approval;
    std::int64_t stable_age_secs = 0;
    std::vector<std::string> opt_out;  // "Patient/p1"
  } policy;
  struct WriteBack {
    bool write = false;  // mode: write; false = shadow
    std::int64_t per_day_max = 0;
    std::vector<std::string> only_organizations;
  } write_back;
  struct Delivery {
    std::int64_t retry_base_ms = 0;
    std::int64_t retry_max_secs = 0;
    std::int64_t settle_secs = 0;
  } delivery;
  struct Proposal {
    std::int64_t expires_days = 0;
    std::string status;  // "draft", "active"
  } proposal;
  struct StoreSettings {
    std::string path;
    std::int64_t keep_days = 0;
  } store;
  struct Admin {
    std::optional<ListenAddress> listen;  // nullopt: none
    bool listen_defaulted = true;
    Secret token;
  } admin;
  struct LogSettings {
    std::string level;
  } log;
  struct Insecure {
    bool fhir_plain_http = false;
    bool intake_plain_http = false;
    bool literal_secrets = false;
  } insecure;

  // What is insecure and was asked for by name: logged at every start.
  struct Warning {
    std::string key;
    std::string detail;
  };
  std::vector<Warning> warnings;

  // What is in force, in the order of the table; for `config show`. Secrets are "[secret]".
  struct Effective {
    std::string path;
    std::string text;
    std::string origin;  // "file:line", "default"
  };
  std::vector<Effective> effective;
  std::string hash;  // of `effective`
};

using Environment = std::map<std::string, std::string>;

Result<Config> LoadConfig(const std::string& path, const Environment& environment, std::vector<Error>& errors);
// The same for text that is already here; `name` stands for the file in messages.
Result<Config> ParseConfig(const std::string& text, const std::string& name, const Environment& environment,
                           std::vector<Error>& errors);

// The commented reference file.
std::string ConfigReference();
// Effective values with their origin, as YAML-like lines.
std::string ShowConfig(const Config& config);
// The environment of this process.
Environment ReadEnvironment();

}  // namespace facet::config

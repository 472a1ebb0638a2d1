// The configuration table, first half: the server and what comes from it.
#include "adapter/config/property_tables.hpp"

#include <algorithm>

namespace facet::config {
namespace {

using Type = PropertyType;

bool Has(const PropertyValue& value, std::string_view word) {
  return std::find(value.list.begin(), value.list.end(), word) != value.list.end();
}

}  // namespace

#define SET(member, field) [](Config& config, const PropertyValue& value) { config.member = value.field; }
#define SET_SECRET(member) [](Config& config, const PropertyValue& value) { config.member = Secret(value.text); }

std::vector<Property> ServerProperties() {
  return {
      {.path = "fhir.base_url",
       .type = Type::kUrl,
       .required = true,
       .example = "https://fhir.h.example/r4",
       .since = "0.1.0",
       .doc = "Base URL of the FHIR R4 server.",
       .set = SET(fhir.base_url, text)},
      {.path = "fhir.system_id",
       .type = Type::kName,
       .required = true,
       .max = 64,
       .example = "h-example-prod",
       .since = "0.1.0",
       .doc = "Your name for this server, for ever: identifiers of proposals are derived from it, so it stays when the"
              " URL changes, and no two servers share one.",
       .set = SET(fhir.system_id, text)},
      {.path = "fhir.server",
       .type = Type::kName,
       .default_text = "auto",
       .max = 64,
       .since = "0.1.0",
       .doc = "Name of the server's product. This version reads it and needs it for nothing: what the server can do is "
              "told by its CapabilityStatement.",
       .set = SET(fhir.server, text)},
      {.path = "fhir.organization",
       .type = Type::kReference,
       .example = "Organization/1",
       .since = "0.1.0",
       .doc = "The organization on whose behalf proposals are made (Provenance.agent.onBehalfOf).",
       .set = SET(fhir.organization, text)},
      {.path = "fhir.auth.type",
       .type = Type::kChoice,
       .default_text = "none",
       .choices = {"none", "static_bearer"},
       .later = {"smart_backend"},
       .since = "0.1.0",
       .doc = "How the adapter authenticates itself. static_bearer sends one fixed token: for test servers and for"
              " gateways that ask for nothing else.",
       .set = SET(fhir.auth_type, text)},
      {.path = "fhir.auth.token",
       .type = Type::kSecret,
       .min = 8,
       .example = "{ file: /run/credentials/facet/token }",
       .since = "0.1.0",
       .doc = "The token of static_bearer.",
       .set = SET_SECRET(fhir.auth_token)},
  };
}

std::vector<Property> ConnectionProperties() {
  return {
      {.path = "fhir.timeout_ms",
       .type = Type::kInt,
       .default_text = "30000",
       .min = 100,
       .max = 600'000,
       .unit = "milliseconds",
       .since = "0.1.0",
       .doc = "Longest time for one request, its answer included.",
       .set = SET(fhir.timeout_ms, integer)},
      {.path = "fhir.connect_timeout_ms",
       .type = Type::kInt,
       .default_text = "5000",
       .min = 100,
       .max = 60'000,
       .unit = "milliseconds",
       .since = "0.1.0",
       .doc = "Longest time to make a connection, TLS included.",
       .set = SET(fhir.connect_timeout_ms, integer)},
      {.path = "fhir.requests_max",
       .type = Type::kInt,
       .default_text = "4",
       .min = 1,
       .max = 32,
       .unit = "requests",
       .since = "0.1.0",
       .doc = "Most requests at the server at once.",
       .set = SET(fhir.requests_max, integer)},
      {.path = "fhir.proxy",
       .type = Type::kUrl,
       .example = "http://proxy.h.example:3128",
       .since = "0.1.0",
       .doc = "HTTP proxy on the way to the server. Proxies of the environment are not used.",
       .set = SET(fhir.proxy, text)},
      {.path = "fhir.no_proxy",
       .type = Type::kText,
       .example = "localhost,10.0.0.5",
       .since = "0.1.0",
       .doc = "Hosts that are reached without the proxy, separated by commas.",
       .set = SET(fhir.no_proxy, text)},
      {.path = "fhir.ca_file",
       .type = Type::kPath,
       .example = "/etc/facet-adapter/ca.pem",
       .since = "0.1.0",
       .doc = "Certificates (PEM) that are trusted in place of the system's. Verification cannot be switched off.",
       .set = SET(fhir.ca_file, text)},
  };
}

std::vector<Property> FollowProperties() {
  return {
      {.path = "follow.from",
       .type = Type::kChoiceList,
       .default_text = "[ subscription, sweep ]",
       .choices = {"subscription", "sweep"},
       .later = {"bulk_group", "list_file", "push"},
       .since = "0.1.0",
       .doc =
           "How patients with a facet procedure are found: by Subscriptions of ours, by searching regularly for "
           "what has changed. Both are best: Subscriptions are quick, sweeps miss nothing. Without sweep, one search "
           "is made where a notification does not say what has changed, and what no notification told is missed.",
       .set =
           [](Config& config, const PropertyValue& value) {
             config.follow.subscription = Has(value, "subscription");
             config.follow.sweep = Has(value, "sweep");
           }},
      {.path = "follow.not_before",
       .type = Type::kDate,
       .example = "2026-12-01",
       .since = "0.1.0",
       .doc = "Sessions that start before this date or time get no proposal. Default: the first start of the adapter, "
              "kept in the store.",
       .set = SET(follow.not_before, date)},
  };
}

std::vector<Property> IntakeProperties() {
  return {
      {.path = "intake.listen",
       .type = Type::kListen,
       .required = true,
       .example = "127.0.0.1:8090",
       .since = "0.1.0",
       .doc = "Address and port for notifications; port 0 takes any free one. It speaks plain HTTP: TLS is the work of "
              "a reverse proxy in front of it.",
       .set = SET(intake.listen, listen)},
      {.path = "intake.public_url",
       .type = Type::kUrl,
       .required = true,
       .example = "http://127.0.0.1:8090",
       .since = "0.1.0",
       .doc = "Where the server reaches that address, perhaps through a proxy: hooks are <public_url>/hooks/<key>.",
       .set = SET(intake.public_url, text)},
      {.path = "intake.secret",
       .type = Type::kSecret,
       .required = true,
       .min = 8,
       .example = "${FACET_ADAPTER_HOOK_SECRET}",
       .since = "0.1.0",
       .doc = "What the server must send with every notification (Authorization: Bearer ...). There is no default; take"
              " 32 random characters.",
       .set = SET_SECRET(intake.secret)},
      {.path = "intake.sweep_interval_secs",
       .type = Type::kInt,
       .default_text = "300",
       .min = 1,
       .max = 86'400,
       .unit = "seconds",
       .since = "0.1.0",
       .doc = "How often the server is asked what has changed, whatever was notified.",
       .set = SET(intake.sweep_interval_secs, integer)},
      {.path = "intake.subscription_check_secs",
       .type = Type::kInt,
       .default_text = "60",
       .min = 1,
       .max = 86'400,
       .unit = "seconds",
       .since = "0.1.0",
       .doc = "How often our Subscriptions are looked at.",
       .set = SET(intake.subscription_check_secs, integer)},
      {.path = "intake.body_bytes_max",
       .type = Type::kInt,
       .default_text = "1048576",
       .min = 1024,
       .max = 16'777'216,
       .unit = "bytes",
       .since = "0.1.0",
       .doc = "Largest accepted notification; larger ones are answered 413.",
       .set = SET(intake.body_bytes_max, integer)},
      {.path = "intake.connections_max",
       .type = Type::kInt,
       .default_text = "256",
       .min = 1,
       .max = 10'000,
       .unit = "connections",
       .since = "0.1.0",
       .doc = "Most connections at once; others are closed.",
       .set = SET(intake.connections_max, integer)},
      {.path = "intake.queue_max",
       .type = Type::kInt,
       .default_text = "1000",
       .min = 1,
       .max = 100'000,
       .unit = "notifications",
       .since = "0.1.0",
       .doc = "Most notifications that wait to be stored; further ones are answered 503 with Retry-After.",
       .set = SET(intake.queue_max, integer)},
  };
}

}  // namespace facet::config

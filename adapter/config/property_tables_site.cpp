// The configuration table, second half: mappings, policy, what is written, and the process itself.
#include "adapter/config/property_tables.hpp"

namespace facet::config {
namespace {

using Type = PropertyType;

}  // namespace

#define SET(member, field) [](Config& config, const PropertyValue& value) { config.member = value.field; }
#define SET_SECRET(member) [](Config& config, const PropertyValue& value) { config.member = Secret(value.text); }

std::vector<Property> MappingProperties() {
  return {
      {.path = "mappings.dir",
       .type = Type::kPath,
       .example = "/usr/share/facet-adapter/fhir-mappings",
       .since = "0.1.0",
       .doc = "The shipped mappings. Default: the environment's FACET_ADAPTER_MAPPINGS, else "
              "share/facet-adapter/fhir-mappings beside the program's bin/.",
       .set = SET(mappings.dir, text)},
      {.path = "mappings.overlay",
       .type = Type::kPathList,
       .default_text = "[]",
       .example = "[ /etc/facet-adapter/site ]",
       .since = "0.1.0",
       .doc = "Directories with your own mappings, later ones over earlier ones.",
       .set = SET(mappings.overlay, list)},
  };
}

std::vector<Property> PolicyProperties() {
  return {
      {.path = "policy.preset",
       .type = Type::kName,
       .default_text = "guide",
       .max = 64,
       .since = "0.1.0",
       .doc = "Clinical policy that comes with the adapter: guide, us-cms, uk-ebi, au.",
       .set = SET(policy.preset, text)},
      {.path = "policy.file",
       .type = Type::kPath,
       .example = "/etc/facet-adapter/policy.yaml",
       .since = "0.1.0",
       .doc = "Your own policy file (it may extend a preset). Not together with policy.preset.",
       .set = SET(policy.file, text)},
      {.path = "policy.time_zone",
       .type = Type::kText,
       .default_text = "UTC",
       .example = "America/Chicago",
       .since = "0.1.0",
       .doc = "The site's time zone: it tells which calendar day a time belongs to.",
       .set =
           [](Config& config, const PropertyValue& value) {
             config.policy.time_zone = value.text;
             config.policy.time_zone_defaulted = !value.given;
           }},
      {.path = "policy.approval",
       .type = Type::kPath,
       .example = "/etc/facet-adapter/approval.yaml",
       .since = "0.1.0",
       .doc = "Who approved the policy, when, and its hash. Without it every start warns, and narratives say so.",
       .set = SET(policy.approval, text)},
      {.path = "policy.stable_age_secs",
       .type = Type::kInt,
       .default_text = "60",
       .min = 0,
       .max = 86'400,
       .unit = "seconds",
       .since = "0.1.0",
       .doc = "How long a followed patient must be quiet before it is judged; 0: at once.",
       .set = SET(policy.stable_age_secs, integer)},
      {.path = "policy.opt_out",
       .type = Type::kReferenceList,
       .default_text = "[]",
       .example = "[ Patient/4711 ]",
       .since = "0.1.0",
       .doc = "The site's opt-out list: no proposal is made for these patients, and drafts that were written are "
              "revoked (gate opt-out of the policy).",
       .set = SET(policy.opt_out, list)},
  };
}

std::vector<Property> WriteBackProperties() {
  return {
      {.path = "write_back.mode",
       .type = Type::kChoice,
       .default_text = "shadow",
       .choices = {"shadow", "write"},
       .since = "0.1.0",
       .doc = "shadow: judges and proposes, but writes nothing to the server except its Subscriptions. write: writes"
              " CarePlan proposals.",
       .set = [](Config& config, const PropertyValue& value) { config.write_back.write = value.text == "write"; }},
      {.path = "write_back.per_day_max",
       .type = Type::kInt,
       .default_text = "0",
       .min = 0,
       .max = 100'000,
       .unit = "proposals",
       .since = "0.1.0",
       .doc =
           "Most new proposals written on one day of policy.time_zone; what is more waits until tomorrow. 0: no limit.",
       .set = SET(write_back.per_day_max, integer)},
      {.path = "write_back.only.organizations",
       .type = Type::kReferenceList,
       .default_text = "[]",
       .example = "[ Organization/7 ]",
       .since = "0.1.0",
       .doc = "Proposals are written only for patients managed by these organizations; empty: for all. This version "
              "accepts it in mode shadow only.",
       .set = SET(write_back.only_organizations, list)},
      {.path = "delivery.retry_base_ms",
       .type = Type::kInt,
       .default_text = "1000",
       .min = 1,
       .max = 600'000,
       .unit = "milliseconds",
       .since = "0.1.0",
       .doc = "Pause before the first retry; it doubles from there.",
       .set = SET(delivery.retry_base_ms, integer)},
      {.path = "delivery.retry_max_secs",
       .type = Type::kInt,
       .default_text = "900",
       .min = 1,
       .max = 86'400,
       .unit = "seconds",
       .since = "0.1.0",
       .doc = "Longest pause between retries.",
       .set = SET(delivery.retry_max_secs, integer)},
      {.path = "delivery.settle_secs",
       .type = Type::kInt,
       .default_text = "120",
       .min = 1,
       .max = 3600,
       .unit = "seconds",
       .since = "0.1.0",
       .doc = "How much later the server may still apply a write whose answer was lost. It is only read during that "
              "time; what is missing then is written again. Too short: duplicates on a slow server.",
       .set = SET(delivery.settle_secs, integer)},
      {.path = "proposal.expires_days",
       .type = Type::kInt,
       .default_text = "90",
       .min = 1,
       .max = 3650,
       .unit = "days",
       .since = "0.1.0",
       .doc = "A proposal that nobody touched for so long is revoked.",
       .set = SET(proposal.expires_days, integer)},
      {.path = "proposal.status",
       .type = Type::kChoice,
       .default_text = "draft",
       .choices = {"draft", "active"},
       .since = "0.1.0",
       .doc = "CarePlan.status of a new proposal.",
       .set = SET(proposal.status, text)},
  };
}

std::vector<Property> ShellProperties() {
  return {
      {.path = "store.path",
       .type = Type::kText,
       .required = true,
       .example = "/var/lib/facet-adapter/state.db",
       .since = "0.1.0",
       .doc = "The adapter's state (SQLite), created with mode 0600 in a directory that exists. It holds data of "
              "patients: a local disk, readable by nobody else.",
       .set = SET(store.path, text)},
      {.path = "store.keep_days",
       .type = Type::kInt,
       .default_text = "730",
       .min = 1,
       .max = 36'500,
       .unit = "days",
       .since = "0.1.0",
       .doc = "What is finished is removed after this time; notifications that were worked off after 7 days.",
       .set = SET(store.keep_days, integer)},
      {.path = "admin.listen",
       .type = Type::kListen,
       .default_text = "127.0.0.1:8091",
       .since = "0.1.0",
       .doc = "Address for /livez, /readyz and /metrics; none: not served. Elsewhere than on loopback it needs a "
              "token. It speaks plain HTTP.",
       .set =
           [](Config& config, const PropertyValue& value) {
             config.admin.listen.reset();
             if (!value.listen.address.empty()) config.admin.listen = value.listen;
             config.admin.listen_defaulted = !value.given;
           }},
      {.path = "admin.token",
       .type = Type::kSecret,
       .min = 8,
       .example = "{ file: /run/credentials/facet/admin }",
       .since = "0.1.0",
       .doc = "What a reader of the admin address must send (Authorization: Bearer ...).",
       .set = SET_SECRET(admin.token)},
      {.path = "log.level",
       .type = Type::kChoice,
       .default_text = "info",
       .choices = {"debug", "info", "warn", "error"},
       .since = "0.1.0",
       .doc = "Least level that is logged.",
       .set = SET(log.level, text)},
      {.path = "insecure.fhir_plain_http",
       .type = Type::kBool,
       .default_text = "false",
       .since = "0.1.0",
       .doc = "Allows http in fhir.base_url to a server that is not on this machine.",
       .set = SET(insecure.fhir_plain_http, boolean)},
      {.path = "insecure.intake_plain_http",
       .type = Type::kBool,
       .default_text = "false",
       .since = "0.1.0",
       .doc = "Allows http in intake.public_url from a server that is not on this machine.",
       .set = SET(insecure.intake_plain_http, boolean)},
      {.path = "insecure.literal_secrets",
       .type = Type::kBool,
       .default_text = "false",
       .since = "0.1.0",
       .doc = "Allows secrets to stand in this file itself.",
       .set = SET(insecure.literal_secrets, boolean)},
  };
}

}  // namespace facet::config

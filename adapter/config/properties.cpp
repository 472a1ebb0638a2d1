#include "adapter/config/properties.hpp"

#include "adapter/config/property_tables.hpp"

#include <utility>

namespace facet::config {
namespace {

constexpr std::string_view kLaterKeys[] = {
    "fhir.auth.client_id", "fhir.auth.key",    "fhir.auth.scope", "write_back.notify",
    "follow.group",        "follow.list_file", "intake.tls",      "plugins",
};

constexpr Section kSections[] = {
    {"fhir", "The FHIR server."},
    {"follow", "Whom to follow, and from when on."},
    {"intake", "Notifications from the server, and the regular sweep that does not rely on them."},
    {"mappings", "Which resource means what."},
    {"policy", "The clinical policy."},
    {"write_back", "What reaches charts."},
    {"delivery", "The pace of retries, of reads as of writes."},
    {"proposal", "The life of a proposal."},
    {"store", "What survives a restart."},
    {"admin", "Health and metrics."},
    {"log", "Events, as JSON lines on stderr."},
    {"insecure", "What is insecure must be asked for here, by name, and is logged at every start."},
};

}  // namespace

std::span<const Property> Properties() {
  static const std::vector<Property> properties = [] {
    std::vector<Property> all;
    for (auto part : {ServerProperties, ConnectionProperties, FollowProperties, IntakeProperties, MappingProperties,
                      PolicyProperties, WriteBackProperties, ShellProperties}) {
      for (Property& property : part()) all.push_back(std::move(property));
    }
    return all;
  }();
  return properties;
}

std::span<const std::string_view> LaterKeys() { return kLaterKeys; }
std::span<const Section> Sections() { return kSections; }

}  // namespace facet::config

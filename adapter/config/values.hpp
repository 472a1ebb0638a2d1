#pragma once
// From a node of the file to a checked value of a property's type.
// Thread: pure, but for secrets' files. Errors: into Problems; a secret's value is in no message.
#include "adapter/config/properties.hpp"
#include "adapter/config/yaml_tree.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace facet::config {

// nullopt where a problem was reported.
std::optional<PropertyValue> ReadValue(const Property& property, const YamlNode& node, const Environment& environment,
                                       bool literal_secrets, Problems& problems);
// How a value is shown by `config show`.
std::string ShowValue(const Property& property, const PropertyValue& value);

// "127.0.0.1:8090", "[::1]:8090", "localhost:8090".
std::optional<ListenAddress> ParseListen(std::string_view text);

struct UrlParts {
  std::string scheme;
  std::string host;
  bool loopback = false;
};
// http or https with a host; no user, query or fragment.
std::optional<UrlParts> ParseUrl(std::string_view text);

}  // namespace facet::config

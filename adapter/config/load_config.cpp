#include "adapter/base/digest.hpp"
#include "adapter/config/config.hpp"
#include "adapter/config/properties.hpp"
#include "adapter/config/time_zone.hpp"
#include "adapter/config/values.hpp"
#include "adapter/config/yaml_tree.hpp"

#include <algorithm>
#include <unistd.h>

extern char** environ;  // NOLINT: POSIX's name

namespace facet::config {
namespace {

std::string Dotted(std::string_view pointer) {
  std::string path(pointer.substr(pointer.empty() ? 0 : 1));
  std::replace(path.begin(), path.end(), '/', '.');
  return path;
}

bool IsAtOrBelow(std::string_view path, std::string_view parent) {
  return path == parent || (path.starts_with(parent) && path[parent.size()] == '.');
}

const YamlNode* FindPath(const YamlNode& root, std::string_view path) {
  const YamlNode* node = &root;
  while (node != nullptr && !path.empty()) {
    const std::size_t dot = path.find('.');
    node = node->Find(path.substr(0, dot));
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  return node;
}

class Loader {
 public:
  Loader(const Environment& environment, Problems& problems) : environment_(environment), problems_(problems) {}

  void Load(const YamlNode& root) {
    if (root.kind != YamlNode::Kind::kMap) {
      problems_.Add(root, "the file is empty, or not a map (got " + std::string(Describe(root.kind)) + ")");
      return;
    }
    CheckKeys(root);
    if (const YamlNode* literal = FindPath(root, "insecure.literal_secrets"))
      literal_secrets_ = literal->text == "true";
    for (const Property& property : Properties()) Set(root, property);
    CheckTogether(root);
    std::string digest;
    for (const Config::Effective& value : config.effective) digest += value.path + "=" + value.text + "\n";
    config.hash = Sha256Hex(digest);
  }

  Config config;

 private:
  // Every key of the file must be a property, or lead to one.
  void CheckKeys(const YamlNode& node) {
    for (const auto& [name, value] : node.members) {
      const std::string path = Dotted(value.pointer);
      const auto leads = [&](const Property& property) { return IsAtOrBelow(property.path, path); };
      const auto property = std::find_if(Properties().begin(), Properties().end(), leads);
      if (property == Properties().end()) {
        ReportUnknown(node, name, value, path);
      } else if (property->path != path) {
        if (value.kind == YamlNode::Kind::kMap) {
          CheckKeys(value);
        } else if (value.kind != YamlNode::Kind::kNull) {  // "follow:" with everything below it commented out is fine
          problems_.Add(value, "wrong value (got " + std::string(Describe(value.kind)) + ", expected a map)");
        }
      }
    }
  }

  void ReportUnknown(const YamlNode& parent, const std::string& name, const YamlNode& value, const std::string& path) {
    for (const std::string_view later : LaterKeys()) {
      if (IsAtOrBelow(path, later))
        return problems_.AddAtKey(ErrorCode::kConfigInvalid, value, "not supported by this version");
    }
    const std::string prefix = parent.pointer.empty() ? "" : Dotted(parent.pointer) + ".";
    std::vector<std::string> siblings;
    for (const Property& property : Properties()) {
      if (!property.path.starts_with(prefix)) continue;
      const std::string_view rest = property.path.substr(prefix.size());
      siblings.emplace_back(rest.substr(0, rest.find('.')));
    }
    std::string nearest = NearestName(name, siblings);
    if (!nearest.empty()) nearest = prefix + nearest;
    if (nearest.empty()) nearest = FindElsewhere(name);
    problems_.AddAtKey(ErrorCode::kConfigUnknownKey, value,
                       nearest.empty() ? "unknown key" : "unknown key (nearest key " + nearest + ")");
  }

  // The same last name in another section: "listen" at the root was meant as "intake.listen".
  static std::string FindElsewhere(const std::string& name) {
    for (const Property& property : Properties()) {
      if (property.path.ends_with("." + name)) return std::string(property.path);
    }
    return {};
  }

  void Set(const YamlNode& root, const Property& property) {
    const YamlNode* node = FindPath(root, property.path);
    if (node != nullptr && node->kind == YamlNode::Kind::kNull && !property.required) node = nullptr;
    std::string origin = "default";
    std::optional<PropertyValue> value = PropertyValue{};
    if (node != nullptr && node->kind != YamlNode::Kind::kNull) {
      value = ReadValue(property, *node, environment_, literal_secrets_, problems_);
      origin = problems_.file() + ":" + std::to_string(node->line);
    } else if (property.required) {
      return ReportMissing(root, property);
    } else if (!property.default_text.empty()) {
      value = ReadDefault(property);
    }
    if (!value) return;
    property.set(config, *value);
    config.effective.push_back({std::string(property.path), ShowValue(property, *value), std::move(origin)});
  }

  std::optional<PropertyValue> ReadDefault(const Property& property) {
    std::vector<Error> errors;
    Problems problems("default", ErrorCode::kInternal, errors);
    const std::optional<YamlNode> node = ParseYaml(std::string(property.default_text), problems);
    ADAPTER_CHECK(node.has_value());
    std::optional<PropertyValue> value = ReadValue(property, *node, environment_, false, problems);
    ADAPTER_CHECK(value.has_value());
    value->given = false;
    return value;
  }

  void ReportMissing(const YamlNode& root, const Property& property) {
    // At the section where it belongs, if that is there.
    const std::size_t dot = property.path.rfind('.');
    const YamlNode* parent = FindPath(root, property.path.substr(0, dot));
    YamlNode place = parent == nullptr ? root : *parent;
    place.pointer = "/" + std::string(property.path);
    std::replace(place.pointer.begin(), place.pointer.end(), '.', '/');
    problems_.AddAs(ErrorCode::kConfigMissing, place,
                    "a required value is missing (for example " + std::string(property.path.substr(dot + 1)) + ": " +
                        std::string(property.example) + ")");
  }

  // A place in the file for what several keys say together.
  static YamlNode PlaceOf(const YamlNode& root, std::string_view path) {
    const YamlNode* node = FindPath(root, path);
    YamlNode place = node == nullptr ? root : *node;
    place.pointer = "/" + std::string(path);
    std::replace(place.pointer.begin(), place.pointer.end(), '.', '/');
    return place;
  }

  void CheckTogether(const YamlNode& root) {
    CheckAuthentication(root);
    CheckTransport(root);
    if (const YamlNode* file = FindPath(root, "policy.file"); file != nullptr && FindPath(root, "policy.preset")) {
      problems_.Add(*file, "policy.file and policy.preset exclude each other (a policy file may extend a preset)");
    }
    if (!LoadTimeZone(config.policy.time_zone).ok() && !config.policy.time_zone.empty()) {
      problems_.Add(PlaceOf(root, "policy.time_zone"), "unknown time zone (got \"" + config.policy.time_zone +
                                                           "\", expected a name such as America/Chicago)");
    }
    if (config.delivery.retry_base_ms > config.delivery.retry_max_secs * 1000) {
      problems_.Add(PlaceOf(root, "delivery.retry_base_ms"), "the first pause is longer than the longest"
                                                             " (delivery.retry_max_secs)");
    }
    if (!config.fhir.ca_file.empty() && ::access(config.fhir.ca_file.c_str(), R_OK) != 0) {
      problems_.AddAs(ErrorCode::kFileRead, PlaceOf(root, "fhir.ca_file"), "the file cannot be read");
    }
    for (const std::string& patient : config.policy.opt_out) {
      // A list that silently meets nobody would be worse than none.
      if (!patient.starts_with("Patient/")) problems_.Add(PlaceOf(root, "policy.opt_out"), "expected Patient/ID");
    }
    if (config.write_back.write && !config.write_back.only_organizations.empty()) {
      // Read, shown and harmless in shadow; a limit that is asked for and not kept would not be.
      problems_.Add(PlaceOf(root, "write_back.only.organizations"), "not supported by this version in mode write");
    }
    if (literal_secrets_) Warn("insecure.literal_secrets", "secrets may stand in the configuration file");
  }

  void CheckAuthentication(const YamlNode& root) {
    const bool bearer = config.fhir.auth_type == "static_bearer";
    if (bearer && FindPath(root, "fhir.auth.token") == nullptr) {
      problems_.AddAs(ErrorCode::kConfigMissing, PlaceOf(root, "fhir.auth.token"), "static_bearer needs a token");
    }
    if (!bearer && FindPath(root, "fhir.auth.token") != nullptr) {
      problems_.Add(PlaceOf(root, "fhir.auth.token"), "a token is used by fhir.auth.type static_bearer only");
    }
    if (bearer) Warn("fhir.auth.type", "one fixed token is sent to the server with every request");
    const bool public_admin = config.admin.listen && !config.admin.listen->loopback();
    if (public_admin && FindPath(root, "admin.token") == nullptr) {
      problems_.AddAs(ErrorCode::kConfigMissing, PlaceOf(root, "admin.listen"),
                      "elsewhere than on loopback the admin address needs admin.token");
    }
  }

  void CheckTransport(const YamlNode& root) {
    struct Rule {
      std::string_view key;
      const std::string& url;
      std::string_view allow;
      bool allowed;
      std::string_view what;
    };
    const Rule rules[] = {
        {"fhir.base_url", config.fhir.base_url, "insecure.fhir_plain_http", config.insecure.fhir_plain_http,
         "data of patients crosses the network unencrypted, to and from the server"},
        {"intake.public_url", config.intake.public_url, "insecure.intake_plain_http", config.insecure.intake_plain_http,
         "notifications and their secret cross the network unencrypted"},
    };
    for (const Rule& rule : rules) {
      const std::optional<UrlParts> url = ParseUrl(rule.url);
      if (!url || url->scheme == "https" || url->loopback) continue;
      if (rule.allowed) {
        Warn(rule.allow, rule.what);
      } else {
        problems_.Add(PlaceOf(root, rule.key),
                      "http to another machine is insecure (expected https, or " + std::string(rule.allow) + ": true)");
      }
    }
  }

  void Warn(std::string_view key, std::string_view detail) {
    config.warnings.push_back({std::string(key), std::string(detail)});
  }

  const Environment& environment_;
  Problems& problems_;
  bool literal_secrets_ = false;
};

}  // namespace

Result<Config> ParseConfig(const std::string& text, const std::string& name, const Environment& environment,
                           std::vector<Error>& errors) {
  const std::size_t before = errors.size();
  Problems problems(name, ErrorCode::kConfigInvalid, errors);
  const std::optional<YamlNode> root = ParseYaml(text, problems);
  if (!root) return errors[before];
  Loader loader(environment, problems);
  loader.Load(*root);
  if (problems.any()) return errors[before];
  return std::move(loader.config);
}

Result<Config> LoadConfig(const std::string& path, const Environment& environment, std::vector<Error>& errors) {
  auto text = ReadFile(path);
  if (!text.ok()) {
    errors.push_back(text.error());
    return std::move(text).error();
  }
  return ParseConfig(*text, path, environment, errors);
}

Environment ReadEnvironment() {
  Environment environment;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos) environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

std::string ShowConfig(const Config& config) {
  std::string text;
  std::size_t width = 0;
  for (const Config::Effective& value : config.effective)
    width = std::max(width, value.path.size() + value.text.size());
  for (const Config::Effective& value : config.effective) {
    std::string line = value.path + ": " + value.text;
    line.resize(std::max(line.size(), std::min<std::size_t>(width, 70) + 2), ' ');
    text += line + "  # " + value.origin + "\n";
  }
  return text;
}

}  // namespace facet::config

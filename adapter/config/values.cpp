#include "adapter/config/values.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <cstring>
#include <sys/stat.h>

namespace facet::config {
namespace {

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}

std::optional<std::int64_t> ParseInt(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string Join(const std::vector<std::string_view>& words, std::string_view separator) {
  std::string text;
  for (const std::string_view word : words) {
    if (!text.empty()) text += separator;
    text += word;
  }
  return text;
}

// "${NAME}" as a whole; "" otherwise.
std::string_view VariableName(std::string_view text) {
  if (!text.starts_with("${") || !text.ends_with("}") || text.size() < 4) return {};
  return text.substr(2, text.size() - 3);
}

// What a message may show of a value. Everything before an '@' goes: an address of the form user:password@host.
std::string Shown(std::string_view text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos) return std::string(text.substr(0, 80));
  return "[hidden]" + std::string(text.substr(at, 80));
}

class Reader {
 public:
  Reader(const Property& property, const Environment& environment, bool literal_secrets, Problems& problems)
      : property_(property), environment_(environment), literal_secrets_(literal_secrets), problems_(problems) {}

  std::optional<PropertyValue> Read(const YamlNode& node) {
    value_.given = true;
    switch (property_.type) {
    case PropertyType::kSecret:
      return Done(ReadSecret(node));
    case PropertyType::kChoiceList:
    case PropertyType::kTextList:
    case PropertyType::kReferenceList:
    case PropertyType::kPathList:
      return Done(ReadList(node));
    default:
      return Done(ReadScalar(node));
    }
  }

 private:
  std::optional<PropertyValue> Done(bool good) {
    if (!good) return std::nullopt;
    return value_;
  }
  bool Wrong(const YamlNode& node, std::string_view expected) {
    const std::string got = node.is_scalar() ? "\"" + Shown(node.text) + "\"" : std::string(Describe(node.kind));
    problems_.Add(node, "wrong value (got " + got + ", expected " + std::string(expected) + ")");
    return false;
  }

  // The scalar's text with ${NAME} replaced. nullopt: a problem was reported.
  std::optional<std::string> Resolve(const YamlNode& node) {
    const std::string_view variable = VariableName(node.text);
    if (variable.empty()) return node.text;
    const auto found = environment_.find(std::string(variable));
    if (found == environment_.end() || found->second.empty()) {
      problems_.AddAs(ErrorCode::kConfigMissing, node,
                      "the environment variable " + std::string(variable) + " is not set, or empty");
      return std::nullopt;
    }
    return found->second;
  }

  bool ReadScalar(const YamlNode& node) {
    if (!node.is_scalar()) return Wrong(node, Expected());
    const std::optional<std::string> text = Resolve(node);
    if (!text) return false;
    YamlNode resolved = node;
    resolved.text = *text;
    value_.text = *text;
    switch (property_.type) {
    case PropertyType::kInt:
      return ReadInt(resolved);
    case PropertyType::kBool:
      value_.boolean = value_.text == "true";
      if (node.quoted || (value_.text != "true" && value_.text != "false")) return Wrong(resolved, "true or false");
      return true;
    case PropertyType::kChoice:
      return CheckChoice(resolved);
    case PropertyType::kUrl:
      return ReadUrl(resolved);
    case PropertyType::kListen:
      return ReadListen(resolved);
    case PropertyType::kDate:
      value_.date = FhirDateTime::Parse(value_.text);
      if (!value_.date || value_.date->precision < Precision::kDay) return Wrong(resolved, Expected());
      return true;
    default:
      return CheckText(resolved);
    }
  }

  bool ReadInt(const YamlNode& node) {
    const std::optional<std::int64_t> number = ParseInt(value_.text);
    if (node.quoted || !number || *number < property_.min || *number > property_.max) return Wrong(node, Expected());
    value_.integer = *number;
    return true;
  }

  bool CheckChoice(const YamlNode& node) {
    const auto is = [&](std::string_view choice) { return choice == node.text; };
    if (std::any_of(property_.choices.begin(), property_.choices.end(), is)) return true;
    if (std::any_of(property_.later.begin(), property_.later.end(), is)) {
      problems_.Add(node, "\"" + Shown(node.text) + "\" is not supported by this version (expected " +
                              Join(property_.choices, ", ") + ")");
      return false;
    }
    return Wrong(node, Expected());
  }

  bool CheckText(const YamlNode& node) {
    const std::string& text = value_.text;
    const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
    bool good = !text.empty() && std::none_of(text.begin(), text.end(), control);
    if (property_.type == PropertyType::kName) {
      good = good && std::all_of(text.begin(), text.end(), IsNameCharacter) &&
             text.size() <= static_cast<std::size_t>(property_.max);
    }
    if (property_.type == PropertyType::kReference || property_.type == PropertyType::kReferenceList) {
      const std::size_t slash = text.find('/');
      const auto is_name = [](char c) { return IsNameCharacter(c) && c != '_'; };
      good = good && slash != std::string::npos && slash > 0 && slash + 1 < text.size() && text[0] >= 'A' &&
             text[0] <= 'Z' && text.find('/', slash + 1) == std::string::npos &&
             std::all_of(text.begin() + static_cast<std::ptrdiff_t>(slash) + 1, text.end(), is_name);
    }
    return good || Wrong(node, Expected());
  }

  bool ReadUrl(const YamlNode& node) {
    if (!ParseUrl(value_.text)) return Wrong(node, Expected());
    while (value_.text.ends_with('/')) value_.text.pop_back();
    return true;
  }

  bool ReadListen(const YamlNode& node) {
    if (node.text == "none" && !property_.required) return true;
    const std::optional<ListenAddress> listen = ParseListen(node.text);
    if (!listen) return Wrong(node, Expected());
    value_.listen = *listen;
    return true;
  }

  bool ReadList(const YamlNode& node) {
    if (node.kind != YamlNode::Kind::kList) return Wrong(node, Expected());
    bool good = true;
    for (const YamlNode& item : node.items) {
      if (!item.is_scalar()) {
        good = Wrong(item, "a single value");
        continue;
      }
      const std::optional<std::string> text = Resolve(item);
      if (!text) {
        good = false;
        continue;
      }
      value_.text = *text;
      good = (property_.type == PropertyType::kChoiceList ? CheckChoice(item) : CheckText(item)) && good;
      value_.list.push_back(*text);
    }
    value_.text.clear();
    if (property_.type == PropertyType::kChoiceList && node.items.empty()) return Wrong(node, Expected());
    return good;
  }

  bool ReadSecret(const YamlNode& node) {
    if (node.kind == YamlNode::Kind::kMap) {
      const YamlNode* file = node.Find("file");
      if (file == nullptr || node.members.size() != 1 || !file->is_scalar() || file->text.empty()) {
        problems_.Add(node, "wrong value (expected " + Expected() + ")");
        return false;
      }
      return ReadSecretFile(*file) && CheckSecret(*file);
    }
    if (!node.is_scalar()) return Wrong(node, Expected());
    if (VariableName(node.text).empty() && !literal_secrets_) {
      problems_.Add(node, "a secret is given by reference (expected " + Expected() + ")");
      return false;
    }
    const std::optional<std::string> text = Resolve(node);
    if (!text) return false;
    value_.text = *text;
    return CheckSecret(node);
  }

  bool ReadSecretFile(const YamlNode& file) {
    struct stat info {};
    if (::stat(file.text.c_str(), &info) != 0) {
      problems_.AddAs(ErrorCode::kFileRead, file, file.text + ": " + std::strerror(errno));
      return false;
    }
    if ((info.st_mode & S_IROTH) != 0) {
      problems_.Add(file, file.text + " can be read by everybody on this machine: chmod o-r it");
      return false;
    }
    auto text = ReadFile(file.text);
    if (!text.ok()) {
      problems_.AddAs(ErrorCode::kFileRead, file, text.error().where + ": " + text.error().detail);
      return false;
    }
    value_.text = *std::move(text);
    if (value_.text.ends_with('\n')) value_.text.pop_back();
    if (value_.text.ends_with('\r')) value_.text.pop_back();
    return true;
  }

  bool CheckSecret(const YamlNode& node) {
    const std::string& secret = value_.text;
    if (secret.empty()) {
      problems_.AddAs(ErrorCode::kConfigMissing, node, "the secret is empty");
      return false;
    }
    if (secret.size() < static_cast<std::size_t>(property_.min)) {
      problems_.Add(node,
                    "the secret is too short (expected at least " + std::to_string(property_.min) + " characters)");
      return false;
    }
    // It becomes part of an HTTP header.
    const auto visible = [](char c) { return c > 0x20 && c < 0x7F; };
    if (std::all_of(secret.begin(), secret.end(), visible)) return true;
    problems_.Add(node, "the secret holds blanks or characters beyond ASCII");
    return false;
  }

  std::string Expected() const {
    switch (property_.type) {
    case PropertyType::kInt: {
      std::string text =
          "a whole number from " + std::to_string(property_.min) + " to " + std::to_string(property_.max);
      if (!property_.unit.empty()) text.append(", in ").append(property_.unit);
      return text;
    }
    case PropertyType::kBool:
      return "true or false";
    case PropertyType::kChoice:
      return Join(property_.choices, " or ");
    case PropertyType::kChoiceList:
      return "a list of " + Join(property_.choices, ", ");
    case PropertyType::kTextList:
    case PropertyType::kPathList:
      return "a list of texts";
    case PropertyType::kSecret:
      return "${VARIABLE} or { file: /path }";
    case PropertyType::kUrl:
      return "an http or https URL without user and query";
    case PropertyType::kListen:
      return "address:port, such as 127.0.0.1:8090 or [::1]:8090";
    case PropertyType::kDate:
      return "a date such as 2026-12-01, or a time such as 2026-12-01T08:00:00+01:00";
    case PropertyType::kReference:
      return "a reference such as Organization/1";
    case PropertyType::kReferenceList:
      return "a list of references such as Organization/1";
    case PropertyType::kName:
      return "up to " + std::to_string(property_.max) + " letters, digits, '.', '-', '_'";
    case PropertyType::kText:
    case PropertyType::kPath:
      return "a text";
    }
    return "a text";
  }

  const Property& property_;
  const Environment& environment_;
  const bool literal_secrets_;
  Problems& problems_;
  PropertyValue value_;
};

}  // namespace

std::optional<PropertyValue> ReadValue(const Property& property, const YamlNode& node, const Environment& environment,
                                       bool literal_secrets, Problems& problems) {
  return Reader(property, environment, literal_secrets, problems).Read(node);
}

std::string ShowValue(const Property& property, const PropertyValue& value) {
  if (property.type == PropertyType::kSecret) return value.text.empty() ? "" : "[secret]";
  const bool is_list = property.type == PropertyType::kChoiceList || property.type == PropertyType::kTextList ||
                       property.type == PropertyType::kReferenceList || property.type == PropertyType::kPathList;
  if (!is_list) return value.text;
  std::string text = "[";
  for (const std::string& item : value.list) text.append(text.size() > 1 ? ", " : " ").append(item);
  return text + (value.list.empty() ? "]" : " ]");
}

std::optional<ListenAddress> ParseListen(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string host(text.substr(0, colon));
  const std::optional<std::int64_t> port = ParseInt(text.substr(colon + 1));
  if (!port || *port < 0 || *port > 65'535) return std::nullopt;
  std::array<unsigned char, sizeof(in6_addr)> scratch{};
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
    if (::inet_pton(AF_INET6, host.c_str(), scratch.data()) != 1) return std::nullopt;
  } else {
    if (host == "localhost") host = "127.0.0.1";
    if (::inet_pton(AF_INET, host.c_str(), scratch.data()) != 1) return std::nullopt;
  }
  return ListenAddress{host, static_cast<std::uint16_t>(*port)};
}

std::optional<UrlParts> ParseUrl(std::string_view text) {
  UrlParts parts;
  const std::size_t scheme = text.find("://");
  if (scheme == std::string_view::npos) return std::nullopt;
  parts.scheme = text.substr(0, scheme);
  if (parts.scheme != "http" && parts.scheme != "https") return std::nullopt;
  const auto odd = [](char c) {
    return c <= 0x20 || c >= 0x7F || c == '?' || c == '#' || c == '@' || c == '\\' || c == '"';
  };
  if (std::any_of(text.begin(), text.end(), odd)) return std::nullopt;
  std::string_view authority = text.substr(scheme + 3);
  authority = authority.substr(0, authority.find('/'));
  std::string_view host = authority;
  std::string_view port;
  if (host.starts_with('[')) {
    const std::size_t end = host.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    port = host.substr(end + 1);
    host = host.substr(1, end - 1);
  } else if (const std::size_t colon = host.find(':'); colon != std::string_view::npos) {
    port = host.substr(colon);
    host = host.substr(0, colon);
  }
  if (host.empty()) return std::nullopt;
  if (!port.empty()) {
    const std::optional<std::int64_t> number = port[0] == ':' ? ParseInt(port.substr(1)) : std::nullopt;
    if (!number || *number < 1 || *number > 65'535) return std::nullopt;
  }
  parts.host = host;
  parts.loopback = host == "localhost" || host.starts_with("127.") || host == "::1";
  return parts;
}

std::string ListenAddress::ToString() const {
  const bool v6 = address.find(':') != std::string::npos;
  return (v6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

}  // namespace facet::config

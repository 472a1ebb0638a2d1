#include "adapter/config/yaml_tree.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

namespace facet::config {
namespace {

constexpr std::size_t kBytesMax = 1U << 20U;
constexpr int kDepthMax = 16;
constexpr std::size_t kNodesMax = 10'000;  // also bounds what aliases unfold to

bool IsVariableCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// The contract writes ${NAME} inside { ... } too, where YAML takes the braces for its own. They are exchanged for other
// characters before parsing, so that every position stays, and back afterwards.
std::string ExchangeBraces(std::string text, char open, char close, char new_open, char new_close) {
  for (std::size_t at = text.find('$'); at != std::string::npos; at = text.find('$', at + 1)) {
    if (at + 1 >= text.size() || text[at + 1] != open) continue;
    std::size_t end = at + 2;
    while (end < text.size() && IsVariableCharacter(text[end])) ++end;
    if (end == at + 2 || end >= text.size() || text[end] != close) continue;
    text[at + 1] = new_open;
    text[end] = new_close;
  }
  return text;
}

class Converter {
 public:
  explicit Converter(Problems& problems) : problems_(problems) {}

  YamlNode Convert(const YAML::Node& node, const std::string& pointer, const YAML::Mark& fallback, int depth) {
    YamlNode out;
    const YAML::Mark mark = node.Mark().is_null() ? fallback : node.Mark();
    out.line = mark.line + 1;
    out.column = mark.column + 1;
    out.pointer = pointer;
    if (++nodes_ > kNodesMax || depth > kDepthMax) {
      if (!std::exchange(limit_reported_, true)) problems_.Add(out, "the file is nested too deeply or too large");
      return out;
    }
    if (node.IsScalar()) {
      ConvertScalar(node, out);
    } else if (node.IsSequence()) {
      out.kind = YamlNode::Kind::kList;
      for (std::size_t i = 0; i < node.size(); ++i) {
        out.items.push_back(Convert(node[i], pointer + "/" + std::to_string(i), mark, depth + 1));
      }
    } else if (node.IsMap()) {
      ConvertMap(node, out, depth);
    }
    return out;
  }

 private:
  void ConvertScalar(const YAML::Node& node, YamlNode& out) {
    out.kind = YamlNode::Kind::kScalar;
    out.text = ExchangeBraces(node.Scalar(), '<', '>', '{', '}');
    out.quoted = node.Tag() == "!";
    if (node.Tag() != "!" && node.Tag() != "?" && !node.Tag().empty()) problems_.Add(out, "tags are not allowed");
  }

  void ConvertMap(const YAML::Node& node, YamlNode& out, int depth) {
    out.kind = YamlNode::Kind::kMap;
    for (const auto& pair : node) {
      YamlNode key;
      key.line = pair.first.Mark().line + 1;
      key.column = pair.first.Mark().column + 1;
      key.pointer = out.pointer;
      if (!pair.first.IsScalar()) {
        problems_.Add(key, "a key must be plain text");
        continue;
      }
      const std::string& name = pair.first.Scalar();
      key.pointer += "/" + name;
      if (out.Find(name) != nullptr) {
        problems_.Add(key, "the key is there twice");
        continue;
      }
      YamlNode value = Convert(pair.second, key.pointer, pair.first.Mark(), depth + 1);
      value.key_line = key.line;
      value.key_column = key.column;
      if (value.kind != YamlNode::Kind::kScalar) {
        value.line = key.line;
        value.column = key.column;
      }
      out.members.push_back({name, std::move(value)});
    }
  }

  Problems& problems_;
  std::size_t nodes_ = 0;
  bool limit_reported_ = false;
};

// Edit distance with neighbours swapped counting as one (the usual slip of fingers).
std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
  }
  return d[a.size()][b.size()];
}

}  // namespace

const YamlNode* YamlNode::Find(std::string_view key) const noexcept {
  for (const auto& [name, value] : members) {
    if (name == key) return &value;
  }
  return nullptr;
}

std::string_view Describe(YamlNode::Kind kind) noexcept {
  switch (kind) {
  case YamlNode::Kind::kNull:
    return "nothing";
  case YamlNode::Kind::kScalar:
    return "a single value";
  case YamlNode::Kind::kList:
    return "a list";
  case YamlNode::Kind::kMap:
    return "a map";
  }
  return "";
}

void Problems::AddAs(ErrorCode code, const YamlNode& at, std::string message) {
  const std::string where = file_ + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
  errors_.push_back(MakeError(code, where, (at.pointer.empty() ? "/" : at.pointer) + ": " + std::move(message)));
}

void Problems::AddAtKey(ErrorCode code, const YamlNode& at, std::string message) {
  YamlNode place;
  place.line = at.key_line;
  place.column = at.key_column;
  place.pointer = at.pointer;
  AddAs(code, place, std::move(message));
}

std::optional<YamlNode> ParseYaml(const std::string& text, Problems& problems) {
  YamlNode place;
  if (text.size() > kBytesMax) {
    problems.Add(place, "the file is larger than " + std::to_string(kBytesMax) + " bytes");
    return std::nullopt;
  }
  if (text.find('\0') != std::string::npos) {
    problems.Add(place, "the file holds a zero byte");
    return std::nullopt;
  }
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(ExchangeBraces(text, '{', '}', '<', '>'));
    if (documents.size() > 1) {
      problems.Add(place, "the file holds more than one YAML document");
      return std::nullopt;
    }
    if (documents.empty()) return YamlNode{};
    return Converter(problems).Convert(documents.front(), "", YAML::Mark::null_mark(), 0);
  } catch (const YAML::Exception& exception) {  // yaml-cpp throws what it cannot parse
    place.line = exception.mark.line + 1;
    place.column = exception.mark.column + 1;
    problems.Add(place, "not YAML: " + exception.msg);
    return std::nullopt;
  }
}

std::string NearestName(std::string_view name, const std::vector<std::string>& names) {
  std::string nearest;
  std::size_t best = std::max<std::size_t>(2, name.size() / 3) + 1;
  for (const std::string& candidate : names) {
    const std::size_t distance = Distance(name, candidate);
    if (distance < best) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

Result<std::string> ReadFile(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"), &std::fclose);
  if (!file) return MakeError(ErrorCode::kFileRead, path, std::generic_category().message(errno));
  std::string text;
  char buffer[16384];
  for (std::size_t read = 0; (read = std::fread(buffer, 1, sizeof buffer, file.get())) > 0;) text.append(buffer, read);
  if (std::ferror(file.get()) != 0) {
    return MakeError(ErrorCode::kFileRead, path, std::generic_category().message(errno));
  }
  return text;
}

}  // namespace facet::config

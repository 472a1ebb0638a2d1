#pragma once
// YAML (and with it JSON) as a small tree with positions: what the configuration and policy loaders check against their
// tables. Strict: one document, no duplicate keys, no tags, bounded in size.
//
// Thread: values. Errors: syntax, duplicates and limits are collected, each as "file:line:column" and "/pointer: ...".
#include "adapter/base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace facet::config {

struct YamlMember;

struct YamlNode {
  enum class Kind : std::uint8_t { kNull, kScalar, kList, kMap };
  Kind kind = Kind::kNull;
  std::string text;     // of a scalar
  bool quoted = false;  // a quoted scalar is text, never a number or a truth value
  int line = 1;         // 1-based
  int column = 1;
  int key_line = 1;  // of a member: where its key stands
  int key_column = 1;
  std::string pointer;  // "/intake/listen"; "" for the root
  std::vector<YamlNode> items;
  std::vector<YamlMember> members;  // in the order of the file; map and list values stand where their key does

  bool is_scalar() const noexcept { return kind == Kind::kScalar; }
  const YamlNode* Find(std::string_view key) const noexcept;
};

struct YamlMember {
  std::string name;
  YamlNode value;
};

// "a scalar", "a list", ...: for "(got ..., expected ...)".
std::string_view Describe(YamlNode::Kind kind) noexcept;

// Collects problems of one file.
class Problems {
 public:
  Problems(std::string file, ErrorCode code, std::vector<Error>& errors)
      : file_(std::move(file)), code_(code), errors_(errors), before_(errors.size()) {}
  void Add(const YamlNode& at, std::string message) { AddAs(code_, at, std::move(message)); }
  void AddAs(ErrorCode code, const YamlNode& at, std::string message);
  void AddAtKey(ErrorCode code, const YamlNode& at, std::string message);  // what is wrong is the key itself
  bool any() const noexcept { return errors_.size() > before_; }
  const std::string& file() const noexcept { return file_; }

 private:
  std::string file_;
  ErrorCode code_;
  std::vector<Error>& errors_;
  std::size_t before_;
};

// nullopt where the text is no YAML at all; a tree with problems reported otherwise.
std::optional<YamlNode> ParseYaml(const std::string& text, Problems& problems);

// The name that was probably meant, "" if none is near.
std::string NearestName(std::string_view name, const std::vector<std::string>& names);

// A whole file. Errors: file.read.
Result<std::string> ReadFile(const std::string& path);

}  // namespace facet::config

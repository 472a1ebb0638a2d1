#include "adapter/config/policy_file.hpp"

#include "adapter/base/digest.hpp"
#include "adapter/base/time.hpp"
#include "adapter/config/policy_keys.hpp"
#include "adapter/config/yaml_tree.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

namespace facet::config {
namespace {

using clinical::Policy;

bool IsFile(const std::string& policy) {
  return policy.find('/') != std::string::npos || policy.ends_with(".yaml") || policy.ends_with(".yml") ||
         policy.ends_with(".json");
}

class PolicyLoader {
 public:
  PolicyLoader(std::string mappings_dir, std::vector<Error>& errors)
      : presets_((std::filesystem::path(std::move(mappings_dir)) / "policy").string()), errors_(errors) {}

  // `from`: the directory that a relative file name of an `extends` starts at.
  void Load(const std::string& which, const std::string& from, const YamlNode* extends, Problems* asker) {
    std::string path = which;
    if (!IsFile(which)) {
      path = (std::filesystem::path(presets_) / (which + ".yaml")).string();
      if (!std::filesystem::exists(path)) return ReportUnknownPreset(extends, asker);
    } else if (!from.empty() && path[0] != '/') {
      path = (std::filesystem::path(from) / path).string();
    }
    if (!visited_.insert(std::filesystem::weakly_canonical(path).string()).second) {
      asker->Add(*extends, "the policy extends itself");
      return;
    }
    auto text = ReadFile(path);
    if (!text.ok()) {
      errors_.push_back(text.error());
      return;
    }
    Problems problems(path, ErrorCode::kPolicyInvalid, errors_);
    const std::optional<YamlNode> root = ParseYaml(*text, problems);
    if (!root) return;
    if (root->kind != YamlNode::Kind::kMap) return problems.Add(*root, "the file is empty, or not a map");
    if (const YamlNode* base = root->Find("extends"); base != nullptr) {
      if (base->is_scalar() && !base->text.empty()) {
        Load(base->text, std::filesystem::path(path).parent_path().string(), base, &problems);
      } else {
        problems.Add(*base, "wrong value (expected a preset's name or a file)");
      }
    }
    ReadHead(*root, IsFile(which) ? std::filesystem::path(path).stem().string() : which, problems);
    for (const auto& [name, value] : root->members) {
      if (name != "extends" && name != "name" && name != "version") Read(name, value, problems);
    }
    CheckTogether(*root, problems);
  }

  Policy policy;

 private:
  void ReportUnknownPreset(const YamlNode* extends, Problems* asker) {
    std::vector<std::string> names;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(presets_, ignored)) {
      if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
    }
    std::sort(names.begin(), names.end());
    std::string known;
    for (const std::string& preset : names) known += (known.empty() ? "" : ", ") + preset;
    const std::string message = "there is no such preset (expected " + known + ")";
    if (asker != nullptr) return asker->Add(*extends, message);
    errors_.push_back(MakeError(ErrorCode::kPolicyInvalid, "policy.preset", message));
  }

  void ReadHead(const YamlNode& root, const std::string& default_name, Problems& problems) {
    policy.name = default_name;
    for (const auto& [key, member] : {std::pair{"name", &Policy::name}, std::pair{"version", &Policy::version}}) {
      const YamlNode* node = root.Find(key);
      if (node == nullptr) continue;
      if (!node->is_scalar() || node->text.empty()) {
        problems.Add(*node, "wrong value (expected a text)");
      } else {
        policy.*member = node->text;
      }
    }
  }

  // "therapeutic: { success_percent: 50 }" and "therapeutic.success_percent: 50" say the same.
  void Read(const std::string& path, const YamlNode& node, Problems& problems) {
    const auto keys = PolicyKeys();
    const auto is_key = [&](const PolicyKey& key) { return key.path == path; };
    const auto key = std::find_if(keys.begin(), keys.end(), is_key);
    if (key != keys.end()) {
      if (key->read(policy, node)) return;
      // Never the value itself: it may have been meant for another place.
      return problems.Add(node, "wrong value (got " + std::string(Describe(node.kind)) + ", expected " +
                                    std::string(key->expected) + ")");
    }
    const auto is_group = [&](const PolicyKey& candidate) { return candidate.path.starts_with(path + "."); };
    if (node.kind == YamlNode::Kind::kMap && std::any_of(keys.begin(), keys.end(), is_group)) {
      for (const auto& [name, value] : node.members) Read(path + "." + name, value, problems);
      return;
    }
    std::vector<std::string> names;
    for (const PolicyKey& candidate : keys) names.emplace_back(candidate.path);
    const std::string nearest = NearestName(path, names);
    problems.AddAtKey(ErrorCode::kPolicyInvalid, node,
                      nearest.empty() ? "unknown key" : "unknown key (nearest key " + nearest + ")");
  }

  void CheckTogether(const YamlNode& root, Problems& problems) {
    const auto require = [&](bool good, const char* message) {
      if (!good) problems.Add(root, message);
    };
    require(policy.early_days.first >= policy.response_days.first &&
                policy.early_days.last <= policy.response_days.last,
            "therapeutic.early_days must lie within therapeutic.response_days");
    require(policy.peak_hours <= policy.diagnostic_window_hours.last,
            "diagnostic.peak_hours must lie within diagnostic.window_hours");
    require(policy.overdue_after_day >= policy.early_days.first,
            "therapeutic.overdue_after_day must not come before therapeutic.early_days");
  }

  const std::string presets_;
  std::vector<Error>& errors_;
  std::set<std::string> visited_;
};

}  // namespace

Result<Policy> LoadPolicy(const std::string& policy, const std::string& mappings_dir, std::vector<Error>& errors) {
  const std::size_t before = errors.size();
  PolicyLoader loader(mappings_dir, errors);
  loader.Load(policy, "", nullptr, nullptr);
  if (errors.size() > before) return errors[before];
  loader.policy.hash = Sha256Hex(CanonicalPolicy(loader.policy));
  return std::move(loader.policy);
}

std::string CanonicalPolicy(const Policy& policy) {
  std::string text = "name: " + policy.name + "\nversion: " + policy.version + "\n";
  for (const PolicyKey& key : PolicyKeys()) text.append(key.path).append(": ").append(key.print(policy)).append("\n");
  return text;
}

Result<bool> ApplyApproval(const std::string& path, Policy& policy, std::vector<Error>& errors) {
  auto text = ReadFile(path);
  if (!text.ok()) {
    errors.push_back(text.error());
    return std::move(text).error();
  }
  const std::size_t before = errors.size();
  Problems problems(path, ErrorCode::kPolicyInvalid, errors);
  const std::optional<YamlNode> root = ParseYaml(*text, problems);
  if (!root) return errors[before];
  for (const auto& [name, value] : root->members) {
    if (name != "approved_by" && name != "approved_on" && name != "policy_hash")
      problems.AddAtKey(ErrorCode::kPolicyInvalid, value, "unknown key");
  }
  const auto take = [&](const char* key) -> std::string {
    const YamlNode* node = root->Find(key);
    if (node != nullptr && node->is_scalar() && !node->text.empty()) return node->text;
    problems.Add(node == nullptr ? *root : *node, std::string(key) + " is missing");
    return {};
  };
  const std::string by = take("approved_by");
  const std::string on = take("approved_on");
  const std::string hash = take("policy_hash");
  if (!on.empty() && !FhirDateTime::Parse(on)) problems.Add(*root->Find("approved_on"), "approved_on must be a date");
  if (problems.any()) return errors[before];
  if (hash != policy.hash) return false;
  policy.approved_by = by;
  policy.approved_on = on;
  return true;
}

}  // namespace facet::config

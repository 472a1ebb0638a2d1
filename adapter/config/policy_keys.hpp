#pragma once
// The keys of a policy file: one table that reads, bounds and prints them (clinical specification, section 3).
// Thread: constant data. Errors: none.
#include "adapter/clinical/policy.hpp"
#include "adapter/config/yaml_tree.hpp"

#include <span>
#include <string>
#include <string_view>

namespace facet::config {

struct PolicyKey {
  std::string_view path;                             // "therapeutic.success_percent"
  std::string_view expected;                         // "a number from 0 to 100"
  bool (*read)(clinical::Policy&, const YamlNode&);  // false: not as expected
  std::string (*print)(const clinical::Policy&);
};
std::span<const PolicyKey> PolicyKeys();

}  // namespace facet::config

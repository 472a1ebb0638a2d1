#include "adapter/mapping/terminology/code_table.hpp"

#include "adapter/fhir/codings.hpp"

#include <algorithm>

namespace facet::mapping {

std::string CodeTable::SystemKey(std::string_view system) {
  std::string key = fhir::NormalizeSystem(system);
  if (key == fhir::kIcd10) key = fhir::kIcd10Cm;
  return key;
}

std::string CodeTable::System::KeyOf(std::string_view code) const {
  if (icd10) return fhir::Icd10Key(code);
  std::string key(fhir::CleanCode(code));
  if (undotted) std::erase(key, '.');
  return key;
}

void CodeTable::Add(std::string_view system, CodeMatch match, CodeEntry entry) {
  std::string key = SystemKey(system);
  System& table = systems_[key];
  if (table.spelling.empty()) {
    table.spelling = system.substr(0, system.find('|'));
    table.icd10 = fhir::IsIcd10(key);
  }
  if (match == CodeMatch::kUndotted && !table.undotted) {
    table.undotted = true;
    StringMap<std::vector<CodeEntry>> again;
    for (auto& [code, entries] : table.exact) {
      auto& list = again[table.KeyOf(code)];
      std::move(entries.begin(), entries.end(), std::back_inserter(list));
    }
    table.exact = std::move(again);
  }
  const bool prefix = match == CodeMatch::kPrefix || table.icd10;
  std::string code_key = table.KeyOf(entry.code);
  if (prefix) table.prefix_length_max = std::max(table.prefix_length_max, code_key.size());
  auto& list = (prefix ? table.prefixes : table.exact)[std::move(code_key)];
  list.push_back(std::move(entry));
}

void CodeTable::Collect(std::string_view system, std::string_view code, Entries& out) const {
  if (system.empty() || code.empty()) return;
  auto found = systems_.find(system);  // most servers write the canonical spelling
  if (found == systems_.end()) found = systems_.find(SystemKey(system));
  if (found == systems_.end()) return;
  const System& table = found->second;
  const std::string key = table.KeyOf(code);
  boost::container::small_vector<std::uint32_t, 8> spoken;
  const auto take = [&](const StringMap<std::vector<CodeEntry>>& map, std::string_view part) {
    const auto hit = map.find(part);
    if (hit == map.end()) return;
    const std::size_t before = spoken.size();
    for (const CodeEntry& entry : hit->second) {
      const auto known = spoken.begin() + static_cast<std::ptrdiff_t>(before);
      if (std::find(spoken.begin(), known, entry.owner) != known) continue;
      spoken.push_back(entry.owner);
      if (!entry.exclude) out.push_back(&entry);
    }
  };
  take(table.exact, key);
  for (std::size_t length = std::min(key.size(), table.prefix_length_max); length > 0; --length) {
    take(table.prefixes, std::string_view(key).substr(0, length));
  }
}

}  // namespace facet::mapping

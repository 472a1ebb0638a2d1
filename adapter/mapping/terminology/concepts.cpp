#include "adapter/mapping/terminology/concepts.hpp"

namespace facet::mapping {
namespace {

constexpr std::array<std::string_view, kTargetCount> kNames = {
    "fact",   "intervention-kind", "region",  "site",       "side",    "approach", "intent", "line",   "instrument",
    "screen", "finding",           "caution", "drug-class", "setting", "status",   "unit",   "number", "label",
};

}  // namespace

std::string_view NameOf(Target target) noexcept { return kNames[static_cast<std::size_t>(target)]; }

std::optional<Target> TargetOf(std::string_view code_system_url) noexcept {
  constexpr std::string_view kFolder = "CodeSystem/";
  if (!code_system_url.starts_with(kBaseUrl)) return std::nullopt;
  code_system_url.remove_prefix(kBaseUrl.size());
  if (!code_system_url.starts_with(kFolder)) return std::nullopt;
  code_system_url.remove_prefix(kFolder.size());
  for (std::size_t i = 0; i < kTargetCount; ++i) {
    if (kNames[i] == code_system_url) return static_cast<Target>(i);
  }
  return std::nullopt;
}

}  // namespace facet::mapping

#pragma once
// What the mapper asks of terminology: the closed list of questions ("targets"), each a code system of the adapter
// whose concepts are the possible answers. Which codes of the world lead to which answer is data.
//
// Thread: values. Owns: its text.
#include "adapter/base/decimal.hpp"
#include "adapter/base/result.hpp"
#include "adapter/mapping/terminology/pattern.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace facet::mapping {

inline constexpr std::string_view kBaseUrl = "https://facet-adapter.org/fhir/";

enum class Target : std::uint8_t {
  kFact,
  kInterventionKind,
  kRegion,
  kSite,
  kSide,
  kApproach,
  kIntent,
  kLine,
  kInstrument,
  kScreen,
  kFinding,
  kCaution,
  kDrugClass,
  kSetting,
  kStatus,
  kUnit,
  kNumber,
  kLabel,
};
inline constexpr std::size_t kTargetCount = 18;

std::string_view NameOf(Target target) noexcept;  // "intervention-kind"
// ".../CodeSystem/intervention-kind" -> kInterventionKind; nullopt for any other URL.
std::optional<Target> TargetOf(std::string_view code_system_url) noexcept;

// A concept of one of the targets.
struct Concept {
  std::string code;
  std::string display;
  std::uint16_t order = 0;  // place in its code system: the order of precedence
  std::vector<Pattern> patterns;
  // Instruments and screens.
  std::string fact;  // pain, relief, function, screen
  std::optional<Decimal> low;
  std::optional<Decimal> high;
  std::vector<std::string> units;
};

}  // namespace facet::mapping

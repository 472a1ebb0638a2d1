#pragma once
// The one table of configuration keys: it checks the file, fills Config, and writes the reference.
// Thread: constant data. Errors: none.
#include "adapter/config/config.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace facet::config {

enum class PropertyType : std::uint8_t {
  kText,
  kInt,
  kBool,
  kChoice,      // one of `choices`
  kChoiceList,  // some of `choices`
  kTextList,
  kSecret,     // ${ENV} or { file: path }
  kUrl,        // http or https, no query, no user
  kListen,     // host:port
  kDate,       // FHIR date or dateTime
  kReference,  // "Organization/1"
  kReferenceList,
  kPath,      // a file
  kPathList,  // directories
  kName,      // letters, digits, '.', '-', '_'
};

// A checked value, as its type says.
struct PropertyValue {
  std::string text;
  std::int64_t integer = 0;
  bool boolean = false;
  std::vector<std::string> list;
  ListenAddress listen;
  std::optional<FhirDateTime> date;
  bool given = false;  // false: the default
};

struct Property {
  std::string_view path{};  // "intake.sweep_interval_secs"
  PropertyType type = PropertyType::kText;
  std::string_view default_text{};  // as in YAML; "" = none
  bool required = false;
  std::int64_t min = 0;  // of a number; of a secret: its length
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
  std::string_view unit{};
  std::vector<std::string_view> choices{};
  std::vector<std::string_view> later{};  // choices of the operator's contract that this version does not support
  std::string_view example{};
  std::string_view since{};
  std::string_view doc{};
  void (*set)(Config&, const PropertyValue&) = nullptr;
};
std::span<const Property> Properties();

// Keys of the operator's contract that this version does not support (with everything below them).
std::span<const std::string_view> LaterKeys();

// The comment above each section of the reference.
struct Section {
  std::string_view name;
  std::string_view doc;
};
std::span<const Section> Sections();

}  // namespace facet::config

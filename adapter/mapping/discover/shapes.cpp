#include "adapter/mapping/discover/shapes.hpp"

#include "adapter/base/decimal.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace facet::mapping {
namespace {

// The closed list of value[x] of R4 beside those that are looked at more closely.
constexpr std::array<std::string_view, 7> kOthers = {"valueBoolean", "valueRange",    "valueRatio", "valueSampledData",
                                                     "valueTime",    "valueDateTime", "valuePeriod"};

std::string Band(const std::optional<Decimal>& number) {
  if (!number) return " (no number)";
  if (*number < Decimal(0)) return " below 0";
  if (!(Decimal(10) < *number)) return " 0..10";
  return Decimal(100) < *number ? " above 100" : " 10..100";
}

// Digits become "n", so that "7", "7/10" and "70 %" are shapes; any other text is just text.
std::string ShapeOfText(std::string_view text) {
  std::string shape;
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (std::isdigit(c) != 0) {
      const std::size_t begin = i;
      while (i < text.size() &&
             (std::isdigit(static_cast<unsigned char>(text[i])) != 0 || text[i] == '.' || text[i] == ','))
        ++i;
      const std::string_view number = text.substr(begin, i - begin);
      const bool scale = !shape.empty() && (number == "10" || number == "100");
      shape += scale ? std::string(number) : "n";
      continue;
    }
    if (std::isspace(c) == 0) shape += static_cast<char>(std::tolower(c));
    ++i;
  }
  static constexpr std::array<std::string_view, 8> kShapes = {"n",        "n/10",      "n/100", "nof10",
                                                              "noutof10", "noutof100", "n%",    "n-n"};
  const auto found = std::find(kShapes.begin(), kShapes.end(), shape);
  return found == kShapes.end() ? "text" : "\"" + std::string(*found) + "\"";
}

}  // namespace

std::string ValueShapeOf(json::Value row) {
  if (const json::Value quantity = row["valueQuantity"]; quantity.is_object()) {
    if (!quantity["comparator"].string().empty()) return "Quantity with comparator";
    return "Quantity" + Band(quantity["value"].decimal());
  }
  if (const json::Value integer = row["valueInteger"]; integer.is_number()) return "integer" + Band(integer.decimal());
  if (row["valueString"].is_string()) return "string " + ShapeOfText(row["valueString"].string());
  if (const json::Value answer = row["valueCodeableConcept"]; answer.is_object()) {
    if (answer["coding"].size() > 0) return "coded answer";
    return "answer text " + ShapeOfText(answer["text"].string());
  }
  for (const std::string_view other : kOthers) {
    if (row[other]) return std::string(other.substr(5));
  }
  if (row["dataAbsentReason"]) return "absent (dataAbsentReason)";
  return row["component"].size() > 0 ? "components" : "none";
}

}  // namespace facet::mapping

#include "adapter/fhir/search_query.hpp"

#include <charconv>

namespace facet::fhir {
namespace {

std::optional<std::string> DecodePercent(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    unsigned byte = 0;
    if (i + 2 >= text.size()) return std::nullopt;
    const char* const first = text.data() + i + 1;
    if (std::from_chars(first, first + 2, byte, 16).ptr != first + 2) return std::nullopt;
    out += static_cast<char>(byte);
    i += 2;
  }
  return out;
}

// "system|value" with FHIR's backslash escapes (FHIR R4 §3.1.1.4.0.1); nullopt for a list.
std::optional<IdentifierToken> ParseToken(std::string_view text) {
  IdentifierToken out;
  std::string part;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ',') return std::nullopt;
    if (text[i] == '|' && !out.system) {
      out.system = std::move(part);
      part.clear();
    } else {
      if (text[i] == '\\' && i + 1 < text.size()) ++i;
      part += text[i];
    }
  }
  if (part.empty()) return std::nullopt;
  out.value = std::move(part);
  return out;
}

}  // namespace

std::optional<SearchQuery> ParseSearchQuery(std::string_view query) {
  SearchQuery out;
  while (!query.empty()) {
    const std::string_view parameter = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(parameter.size() + 1, query.size()));
    const std::size_t equals = parameter.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view name = parameter.substr(0, equals);
    const auto value = DecodePercent(parameter.substr(equals + 1));
    if (!value) return std::nullopt;
    if (name == "_id" && out.id.empty() && value->find(',') == std::string::npos) {
      out.id = *value;
    } else if (name == "identifier") {
      auto token = ParseToken(*value);
      if (!token) return std::nullopt;
      out.identifiers.push_back(std::move(*token));
    } else {
      return std::nullopt;
    }
  }
  if (out.id.empty() && out.identifiers.empty()) return std::nullopt;
  return out;
}

}  // namespace facet::fhir

#pragma once
// The query of a conditional reference or a conditional delete ("Patient?identifier=sys|1"), as far as it can be
// answered from a set of files: identifiers and ids. Anything else is not understood, and so matches nothing.
//
// Thread: pure functions. Errors: nullopt.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace facet::fhir {

struct IdentifierToken {
  std::optional<std::string> system;  // nullopt: any; "": none (FHIR R4 §3.1.1.4.10)
  std::string value;
  friend bool operator==(const IdentifierToken&, const IdentifierToken&) = default;
};

struct SearchQuery {
  std::vector<IdentifierToken> identifiers;  // all of them
  std::string id;                            // "" if it was not asked for
  friend bool operator==(const SearchQuery&, const SearchQuery&) = default;
};

// nullopt if there is any other parameter, a modifier, a list of alternatives or a broken escape.
std::optional<SearchQuery> ParseSearchQuery(std::string_view query);

}  // namespace facet::fhir

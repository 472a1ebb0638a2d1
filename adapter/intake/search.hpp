#pragma once
// Searches: how code lists become queries and Subscription criteria, and how a page of results is read.
// Thread: pure functions. Errors: server.garbage where an answer is no searchset.
#include "adapter/base/result.hpp"
#include "adapter/base/time.hpp"
#include "adapter/intake/exchange.hpp"
#include "adapter/json/document.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace facet::intake {

// "system|code" values joined with "," in lists of at most chars_max characters (at least one code each): request lines
// beyond some 8 kB are refused by common servers. `plain` leaves "|" as it is (Subscription.criteria).
std::vector<std::string> JoinCodes(const std::vector<std::string>& codes, std::size_t chars_max, bool plain);

struct SearchPage {
  std::vector<json::Value> resources;  // matches and includes; borrowed from the answer's document
  std::optional<std::string> next;     // path of the next page
  bool next_refused = false;           // a next link that does not lie below our base
  std::optional<UtcInstant> server_now;
};
Result<SearchPage> ReadSearchPage(const Answer& answer, std::string_view server_base);

// The server's own time of an answer: its Date header, else Bundle.meta.lastUpdated.
std::optional<UtcInstant> ServerTime(const Answer& answer);
// meta.lastUpdated of a resource.
std::optional<UtcInstant> LastUpdated(json::Value resource);

}  // namespace facet::intake

#pragma once
// HTTP header values and URLs as FHIR servers send and want them: dates, Retry-After, ETag, Location, query encoding.
// Thread: pure functions. Errors: nullopt or "" for what cannot be understood.
#include "adapter/base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace facet::intake {

// "Sun, 06 Nov 1994 08:49:37 GMT" (IMF-fixdate, RFC 9110 §5.6.7).
std::optional<UtcInstant> ParseHttpDate(std::string_view text);
// Seconds, or an HTTP date that is compared with the answer's own Date (never with a local clock).
std::optional<std::int64_t> ParseRetryAfterMs(std::string_view text, std::string_view answer_date);
struct ResourceLocation {
  std::string type;
  std::string id;
  std::string version;  // "" where it has none
};
// "[base/]Type/id[/_history/version]", absolute or relative.
std::optional<ResourceLocation> ParseLocation(std::string_view location);

// A value in a URL's query: everything but unreserved characters and ":/,." is percent-encoded.
std::string EncodeQuery(std::string_view value);

// A paging link reduced to a path below the configured base. Only its path and query are used: whatever host a server
// (or a proxy before it) writes, our token goes nowhere but to the configured server. nullopt: it does not lie below
// the base.
std::optional<std::string> PathOfLink(std::string_view link, std::string_view server_base);

}  // namespace facet::intake

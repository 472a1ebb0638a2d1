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
// W/"3" or "3" -> 3
std::string VersionOfEtag(std::string_view etag);

struct ResourceLocation {
  std::string type;
  std::string id;
  std::string version;  // "" where it has none
};
// "[base/]Type/id[/_history/version]", absolute or relative.
std::optional<ResourceLocation> ParseLocation(std::string_view location);

// A value in a URL's query: everything but unreserved characters and ":/,." is percent-encoded.
std::string EncodeQuery(std::string_view value);

// "Patient/1" from "Patient/1", "Patient/1/_history/2" and "<server_base>/Patient/1"; "" for any other server, urn:,
// fragments and what is no literal reference (FHIR R4 §2.3.0.1).
std::string LocalReference(std::string_view reference, std::string_view server_base);

bool IsResourceType(std::string_view text) noexcept;  // [A-Z][A-Za-z]{1,63}
bool IsResourceId(std::string_view text) noexcept;    // [A-Za-z0-9-.]{1,64}, FHIR R4 §2.24.0.1

// A paging link reduced to a path below the configured base. Only its path and query are used: whatever host a server
// (or a proxy before it) writes, our token goes nowhere but to the configured server. nullopt: it does not lie below
// the base.
std::optional<std::string> PathOfLink(std::string_view link, std::string_view server_base);

}  // namespace facet::intake

#pragma once
// Bundles: entries and links, whatever the Bundle's type.
//
// In the flow: search answers, notifications, files -> EntriesOf -> intake, resource_set.hpp.
// Thread: pure functions. Owns: views borrow from the document. Errors: what is not there is empty; what is no Bundle
// has no entries.
#include "adapter/json/document.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace facet::fhir {

struct BundleEntry {
  std::size_t index = 0;  // Bundle.entry[index]
  std::string_view full_url;
  json::Value resource;
  std::string_view search_mode;     // match | include | outcome
  std::string_view request_method;  // GET | POST | PUT | DELETE | PATCH
  std::string_view request_url;
  std::string_view response_status;  // "201 Created"
  std::string_view response_location;
  std::string_view response_etag;
  std::string_view response_last_modified;
  json::Value response_outcome;
};

bool IsBundle(json::Value resource) noexcept;
std::vector<BundleEntry> EntriesOf(json::Value bundle);
// Bundle.link.url of a relation ("next", "self"); "" if there is none. R5 servers' "prev" is R4's "previous".
std::string_view LinkOf(json::Value bundle, std::string_view relation) noexcept;
std::optional<std::int64_t> TotalOf(json::Value bundle) noexcept;

}  // namespace facet::fhir

#include "adapter/fhir/bundle.hpp"

namespace facet::fhir {

bool IsBundle(json::Value resource) noexcept { return resource["resourceType"].string() == "Bundle"; }

std::vector<BundleEntry> EntriesOf(json::Value bundle) {
  std::vector<BundleEntry> out;
  if (!IsBundle(bundle)) return out;
  const json::Value entries = bundle["entry"];
  out.reserve(entries.size());
  for (const json::Value entry : entries.elements()) {
    const json::Value request = entry["request"];
    const json::Value response = entry["response"];
    out.push_back({.index = out.size(),
                   .full_url = entry["fullUrl"].string(),
                   .resource = entry["resource"],
                   .search_mode = entry["search"]["mode"].string(),
                   .request_method = request["method"].string(),
                   .request_url = request["url"].string(),
                   .response_status = response["status"].string(),
                   .response_location = response["location"].string(),
                   .response_etag = response["etag"].string(),
                   .response_last_modified = response["lastModified"].string(),
                   .response_outcome = response["outcome"]});
  }
  return out;
}

std::string_view LinkOf(json::Value bundle, std::string_view relation) noexcept {
  if (!IsBundle(bundle)) return {};
  for (const json::Value link : bundle["link"].elements()) {
    const std::string_view name = link["relation"].string();
    if (name == relation || (name == "prev" && relation == "previous")) return link["url"].string();
  }
  return {};
}

std::optional<std::int64_t> TotalOf(json::Value bundle) noexcept {
  const auto total = bundle["total"].decimal();
  return IsBundle(bundle) && total ? total->ToInt64() : std::nullopt;
}

}  // namespace facet::fhir

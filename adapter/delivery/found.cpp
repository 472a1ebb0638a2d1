#include "adapter/delivery/found.hpp"

#include "adapter/fhir/resource.hpp"
#include "adapter/intake/search.hpp"

namespace facet::delivery {

std::optional<Found> FoundOf(json::Value resource) {
  const std::string_view id = resource["id"].string();
  const std::string_view version = resource["meta"]["versionId"].string();
  if (!fhir::IsId(id) || (!version.empty() && !fhir::IsId(version))) return std::nullopt;
  return Found{std::string(id), std::string(version), std::string(resource["status"].string()),
               intake::LastUpdated(resource)};
}

bool IsMissing(const OutboxRow& row) {
  return !row.written_hash.empty() && row.last_error == ErrorCode::kServerNotFound && row.last_status == 404;
}

bool IsNumber(std::string_view version) {
  return !version.empty() && version.size() < 18 && version.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string Next(const std::string& version) { return std::to_string((version.empty() ? 0 : std::stoll(version)) + 1); }

}  // namespace facet::delivery

#include "adapter/fhir/resource.hpp"

#include "adapter/fhir/r4_types.hpp"

#include <algorithm>
#include <array>

namespace facet::fhir {
namespace {

constexpr auto kIdChars = [] {
  std::array<bool, 256> is{};
  for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.")) {
    is[static_cast<unsigned char>(c)] = true;
  }
  return is;
}();
bool IsIdChar(char c) { return kIdChars[static_cast<unsigned char>(c)]; }

// The digits without leading zeros ("0" stays); "" if it is no number.
std::string_view Digits(std::string_view version) {
  if (version.empty() || version.find_first_not_of("0123456789") != std::string_view::npos) return {};
  return version.substr(std::min(version.find_first_not_of('0'), version.size() - 1));
}

}  // namespace

bool IsResourceType(std::string_view name) noexcept {
  const TypeId type = FindType(name);
  return IsResource(type) && type != TypeId::kResource && type != TypeId::kDomainResource;  // those are abstract
}

bool IsId(std::string_view text) noexcept {
  constexpr std::size_t kIdSizeMax = 64;
  return !text.empty() && text.size() <= kIdSizeMax && std::all_of(text.begin(), text.end(), IsIdChar);
}

std::string_view TypeOf(json::Value resource) noexcept {
  const std::string_view type = resource["resourceType"].string();
  return IsResourceType(type) ? type : std::string_view{};
}

std::string_view IdOf(json::Value resource) noexcept {
  const std::string_view id = resource["id"].string();
  return IsId(id) ? id : std::string_view{};
}

std::string_view VersionOf(json::Value resource) noexcept { return resource["meta"]["versionId"].string(); }

std::optional<UtcInstant> LastUpdatedOf(json::Value resource) {
  const auto time = FhirDateTime::Parse(resource["meta"]["lastUpdated"].string());
  if (!time) return std::nullopt;
  return time->Earliest(TimeZone());
}

std::string ReferenceTo(json::Value resource) {
  const std::string_view type = TypeOf(resource);
  const std::string_view id = IdOf(resource);
  if (type.empty() || id.empty()) return {};
  return std::string(type) + "/" + std::string(id);
}

std::string_view VersionOfEtag(std::string_view etag) noexcept {
  if (etag.starts_with("W/")) etag.remove_prefix(2);
  if (etag.size() < 2 || etag.front() != '"' || etag.back() != '"') return {};
  const std::string_view version = etag.substr(1, etag.size() - 2);
  return IsId(version) ? version : std::string_view{};
}

bool IsHigherVersion(std::string_view a, std::string_view b) noexcept {
  const std::string_view left = Digits(a);
  const std::string_view right = Digits(b);
  return left.size() == right.size() ? left > right : left.size() > right.size();
}

}  // namespace facet::fhir

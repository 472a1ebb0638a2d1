#include "adapter/fhir/identity_index.hpp"

#include <algorithm>
#include <iterator>

namespace facet::fhir {
namespace {

// URNs compare without case (UUIDs, RFC 4122 §3); other URLs by scheme and host.
std::string UrlKey(std::string_view url) {
  std::string out = NormalizeBase(url);
  if (ParseReference(url).kind != ReferenceKind::kUrn) return out;
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

std::string OnlyOne(const std::set<std::string>& references) {
  return references.size() == 1 ? *references.begin() : std::string{};
}

}  // namespace

void IdentityIndex::AddUrl(std::string_view full_url, const std::string& reference, std::size_t document) {
  const Reference url = ParseReference(full_url);
  if (url.kind == ReferenceKind::kAbsolute) bases_.insert(NormalizeBase(url.base));
  if (url.kind != ReferenceKind::kUrn && url.kind != ReferenceKind::kUrl) return;
  const std::string key = UrlKey(full_url);
  local_urls_.insert_or_assign({document, key}, reference);
  const auto [found, added] = urls_.emplace(key, reference);
  if (!added && found->second != reference) found->second.clear();
}

void IdentityIndex::AddIdentifiers(json::Value resource, const std::string& reference) {
  const auto add = [&](json::Value identifier) {
    const std::string_view value = identifier["value"].string();
    if (!value.empty()) {
      by_value_[std::string(value)].push_back({std::string(identifier["system"].string()), reference});
    }
  };
  const json::Value identifiers = resource["identifier"];
  if (identifiers.is_object()) add(identifiers);  // some types have one, most a list
  for (const json::Value identifier : identifiers.elements()) add(identifier);
}

std::string IdentityIndex::FindUrl(std::string_view url, std::size_t document) const {
  const std::string key = UrlKey(url);
  const auto local = local_urls_.find({document, key});
  if (local != local_urls_.end()) return local->second;
  const auto found = urls_.find(key);
  return found == urls_.end() ? std::string{} : found->second;
}

std::set<std::string> IdentityIndex::FindToken(std::string_view type, const IdentifierToken& token) const {
  std::set<std::string> out;
  const auto found = by_value_.find(token.value);
  if (found == by_value_.end()) return out;
  for (const Named& named : found->second) {
    if ((type.empty() || named.type() == type) && (!token.system || *token.system == named.system)) {
      out.insert(named.reference);
    }
  }
  return out;
}

std::vector<std::string> IdentityIndex::FindMatches(std::string_view type, const SearchQuery& query) const {
  std::set<std::string> matches;
  if (!query.id.empty()) matches.insert(std::string(type) + "/" + query.id);
  for (std::size_t i = 0; i < query.identifiers.size(); ++i) {
    const std::set<std::string> found = FindToken(type, query.identifiers[i]);
    if (i == 0 && query.id.empty()) {
      matches = found;
      continue;
    }
    std::set<std::string> both;
    std::set_intersection(matches.begin(), matches.end(), found.begin(), found.end(), std::inserter(both, both.end()));
    matches = std::move(both);
  }
  return {matches.begin(), matches.end()};
}

std::string IdentityIndex::FindIdentifier(json::Value reference) const {
  const json::Value identifier = reference["identifier"];
  const std::string_view value = identifier["value"].string();
  if (value.empty()) return {};
  const IdentifierToken token{std::string(identifier["system"].string()), std::string(value)};
  // Reference.type is a type name, or the URL of one (FHIR R4 §2.3.0.1).
  std::string_view type = reference["type"].string();
  type.remove_prefix(type.rfind('/') + 1);  // npos + 1 is 0
  if (!type.empty()) return OnlyOne(FindToken(type, token));
  const std::set<std::string> patients = FindToken("Patient", token);
  return OnlyOne(patients.empty() ? FindToken("", token) : patients);
}

}  // namespace facet::fhir

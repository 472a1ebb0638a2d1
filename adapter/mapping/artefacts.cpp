#include "adapter/mapping/artefacts.hpp"

#include "adapter/base/digest.hpp"
#include "adapter/mapping/mapper.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace facet::mapping {
namespace {

using Key = std::pair<std::string, std::string>;  // type, URL

// One URL is one artefact: what refers to it must not find two.
void CheckTypes(const std::map<Key, FhirArtefact>& effective, std::vector<Error>& errors) {
  std::map<std::string_view, const FhirArtefact*> by_url;
  for (const auto& [key, artefact] : effective) {
    const auto [seen, fresh] = by_url.try_emplace(artefact.url, &artefact);
    if (fresh) continue;
    const FhirArtefact& other = *seen->second;
    errors.push_back(MakeError(ErrorCode::kMappingConflict, PlaceOf(artefact, "/url"),
                               "the " + artefact.type + " of " + artefact.origin + " has the url of the " + other.type +
                                   " of " + other.origin + " (" + other.path +
                                   "): give one of them another url, or retire it"));
  }
}

}  // namespace

std::string_view WithoutVersion(std::string_view canonical) noexcept {
  return canonical.substr(0, canonical.find('|'));
}

std::string PlaceOf(const FhirArtefact& artefact, std::string_view pointer) {
  return artefact.path + ":" + json::Locator(artefact.text).Find(pointer);
}

Result<FhirArtefact> ReadArtefact(const SourceFile& file) {
  auto parsed = json::Parse(file.text, json::Limits::ForFiles());
  if (!parsed.ok()) {
    Error error = std::move(parsed).error();
    error.where = file.path + ":" + (error.where.empty() ? "1:1" : error.where);
    return error;
  }
  FhirArtefact artefact{.type = {},
                        .url = {},
                        .path = file.path,
                        .origin = file.origin,
                        .document = std::move(parsed).value(),
                        .text = file.text};
  const json::Value root = artefact.root();
  artefact.type = root["resourceType"].string();
  if (artefact.type.empty()) {
    return MakeError(ErrorCode::kMappingInvalid, PlaceOf(artefact, "/resourceType"),
                     "a mapping file is one FHIR resource: resourceType is missing");
  }
  artefact.url = WithoutVersion(root["url"].string());
  if (artefact.url.empty() && !root["id"].string().empty()) {
    artefact.url = artefact.type + "/" + std::string(root["id"].string());
  }
  if (artefact.url.empty()) {
    return MakeError(ErrorCode::kMappingInvalid, PlaceOf(artefact, ""),
                     "the artefact has no canonical url (element \"url\"): it cannot be replaced or referred to");
  }
  return artefact;
}

std::vector<FhirArtefact> LoadArtefacts(const std::vector<SourceFile>& files, std::vector<Error>& errors) {
  std::map<Key, FhirArtefact> effective;
  std::map<Key, std::string> layer;  // artefacts of the layer being read: key -> path
  std::string_view origin;
  for (const SourceFile& file : files) {
    if (file.origin != origin) {
      origin = file.origin;
      layer.clear();
    }
    auto read = ReadArtefact(file);
    if (!read.ok()) {
      errors.push_back(std::move(read).error());
      continue;
    }
    FhirArtefact& artefact = *read;
    Key key(artefact.type, artefact.url);
    const auto [seen, fresh] = layer.try_emplace(key, artefact.path);
    if (!fresh) {
      errors.push_back(MakeError(ErrorCode::kMappingConflict, PlaceOf(artefact, "/url"),
                                 "two artefacts of the layer " + artefact.origin + " have this url: this one and " +
                                     seen->second +
                                     ". Keep one; to change what an earlier layer says, use its url once"));
      continue;
    }
    if (artefact.root()["status"].string() == "retired") {
      effective.erase(key);
    } else {
      effective.insert_or_assign(std::move(key), std::move(artefact));
    }
  }
  CheckTypes(effective, errors);
  std::vector<FhirArtefact> out;
  out.reserve(effective.size());
  for (auto& [key, artefact] : effective) out.push_back(std::move(artefact));
  return out;
}

std::string HashOf(const std::vector<FhirArtefact>& artefacts) {
  std::string all;
  for (const FhirArtefact& artefact : artefacts) {
    all += artefact.type + " " + artefact.url + " " + json::CanonicalHash(artefact.root()) + "\n";
  }
  return Sha256Hex(all);
}

}  // namespace facet::mapping

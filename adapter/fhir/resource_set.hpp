#pragma once
// A set of files (Bundles, NDJSON lines, single resources) as one world of resources: which version of each counts,
// what was deleted, and where references lead (architecture: "Identity in files").
//
// In the flow: replay, discover, bulk import -> Add() each document -> Finish() -> resources and a resolver -> mapping.
// Thread: one thread until Finish(); afterwards Resolve() from any thread.
// Owns: the documents; everything it hands out borrows from it.
// Errors: what cannot take part (no type, no id) is a problem with its place; nothing is dropped without one.
#include "adapter/base/result.hpp"
#include "adapter/fhir/references.hpp"
#include "adapter/json/document.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace facet::fhir {

struct SetResource {
  json::Value resource;
  std::string reference;  // "Observation/o1": its own id, or that of its fullUrl where it has none
  std::string version;    // meta.versionId, "" if it has none
};

class ResourceSet final : public ReferenceResolver {
 public:
  ResourceSet();
  ~ResourceSet() override;
  ResourceSet(const ResourceSet&) = delete;
  ResourceSet& operator=(const ResourceSet&) = delete;

  // A resource, or a Bundle of any type, in input order. `label` names its place in problems ("a.ndjson:12").
  void Add(json::Document document, std::string label);

  // Settles versions and deletions; once, after the last Add. Of several with the same type and id the highest numeric
  // versionId counts, else the latest lastUpdated, else the last one added. Ordered by type and id, so the order of the
  // input does not show.
  const std::vector<SetResource>& Finish();

  // Within the set, after Finish(): relative references as they are (what they name need not be in the set), absolute
  // ones whose base is that of some fullUrl, urn: and other URLs through fullUrl (of the same document first), and
  // conditional or identifier-only ones that exactly one resource matches. `reference` must be of an added document for
  // "the same document" to mean something.
  std::string Resolve(json::Value reference) const override;

  // What took no part, each with "label: Bundle.entry[3]".
  const std::vector<Error>& problems() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace facet::fhir

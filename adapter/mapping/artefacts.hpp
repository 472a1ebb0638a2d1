#pragma once
// Mapping files as FHIR artefacts, and how layers make one effective list: what is shipped first, then each overlay.
// A later layer adds an artefact, replaces one of the same canonical URL, or removes it (status "retired").
//
// In the flow: SourceFile (read by config) -> ArtefactList -> terminology, views, guide.
// Thread: immutable once loaded. Owns: its documents; `text` borrows from the SourceFile while loading.
// Errors: every problem, each at "file:line:column": mapping.invalid, mapping.conflict (one URL twice in one layer),
//         the json.* codes.
#include "adapter/base/result.hpp"
#include "adapter/json/document.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace facet::mapping {

struct SourceFile;

struct FhirArtefact {
  std::string type;    // "ValueSet"
  std::string url;     // canonical, without "|version"; "Type/id" for what has none
  std::string path;    // of the file
  std::string origin;  // layer it came from
  json::Document document;
  std::string_view text;  // of the file; only while loading
  json::Value root() const noexcept { return document.root(); }
};

// "file:line:column" of a JSON pointer in the artefact. Slow: for messages only.
std::string PlaceOf(const FhirArtefact& artefact, std::string_view pointer);

// A canonical reference without its "|version".
std::string_view WithoutVersion(std::string_view canonical) noexcept;

// One file as an artefact; an Error at "file:line:column" where it is none.
Result<FhirArtefact> ReadArtefact(const SourceFile& file);

// The effective artefacts, ordered by type, then URL.
std::vector<FhirArtefact> LoadArtefacts(const std::vector<SourceFile>& files, std::vector<Error>& errors);

// SHA-256 over type, URL and canonical form of every artefact: the same content has the same hash, however it was
// spread over files and layers.
std::string HashOf(const std::vector<FhirArtefact>& artefacts);

// The extensions of `element` with this URL.
template <class Body>
void ForEachExtension(json::Value element, std::string_view url, Body&& body) {
  for (const json::Value extension : element["extension"].elements()) {
    if (extension["url"].string() == url) body(extension);
  }
}

}  // namespace facet::mapping

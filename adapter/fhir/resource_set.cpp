#include "adapter/fhir/resource_set.hpp"

#include "adapter/fhir/bundle.hpp"
#include "adapter/fhir/identity_index.hpp"
#include "adapter/fhir/resource.hpp"

#include <algorithm>
#include <optional>
#include <unordered_map>

namespace facet::fhir {
namespace {

// When a state of a resource came to be, as far as the input says.
struct Age {
  std::string version;
  std::optional<UtcInstant> updated;
  std::size_t order = 0;     // position in the input
  std::size_t document = 0;  // position of its document
};

bool IsNewer(const Age& a, const Age& b) {
  if (IsHigherVersion(a.version, b.version)) return true;
  if (IsHigherVersion(b.version, a.version)) return false;
  if (a.updated != b.updated) return a.updated > b.updated;  // one without a time is older
  return a.order > b.order;
}

bool IsNumber(const std::string& version) { return IsHigherVersion(version, ""); }

// Whether a deletion ends a state. Compared by what both have; a deletion that says nothing of its age ends what stands
// in its own document and in those before it.
bool Deletes(const Age& deletion, const Age& state) {
  if (IsNumber(deletion.version) && IsNumber(state.version)) return !IsHigherVersion(state.version, deletion.version);
  if (deletion.updated && state.updated) return *deletion.updated >= *state.updated;
  return deletion.document >= state.document;
}

struct Candidate {
  SetResource state;
  Age age;
};

struct Deletion {
  std::string reference;  // "" for a conditional one
  std::string type;       // of a conditional one
  SearchQuery query;      // of a conditional one
  std::string label;
  Age age;
};

bool NamesResource(const Reference& reference) {
  return reference.kind == ReferenceKind::kRelative || reference.kind == ReferenceKind::kAbsolute;
}

// The id that a fullUrl gives to a resource without one. "" if it gives none.
std::string_view IdOfUrl(std::string_view full_url, std::string_view type) {
  const Reference url = ParseReference(full_url);
  if (NamesResource(url) && url.type == type) return url.id;
  if (url.kind != ReferenceKind::kUrn) return {};
  const std::string_view id = full_url.substr(full_url.rfind(':') + 1);  // urn:uuid:<id>, urn:oid:<id>
  return IsId(id) ? id : std::string_view{};
}

}  // namespace

struct ResourceSet::Impl {
  struct Place {
    std::size_t document = 0;
    std::string label;
  };

  std::vector<json::Document> documents;
  std::unordered_map<const json::Tape*, std::size_t> document_of;  // looked up only
  std::vector<Candidate> candidates;
  std::vector<Deletion> deletions;
  IdentityIndex index;
  std::vector<SetResource> resources;
  std::vector<Error> problems;
  std::size_t order = 0;
  bool finished = false;

  void AddValue(json::Value resource, const Place& place, std::size_t depth);
  void AddResource(json::Value resource, std::string_view full_url, const Place& place);
  void AddDeletion(const BundleEntry& entry, const Place& place);
  void Report(const std::string& label, std::string detail) {
    problems.push_back(MakeError(ErrorCode::kFhirInvalid, label, std::move(detail)));
  }
  void KeepNewest();
  void SettleConditionalDeletions();
  void IndexIdentifiers();
};

void ResourceSet::Impl::AddValue(json::Value resource, const Place& place, std::size_t depth) {
  constexpr std::size_t kBundleDepthMax = 8;
  if (!IsBundle(resource)) return AddResource(resource, {}, place);
  if (depth == kBundleDepthMax) return Report(place.label, "Bundles are nested too deeply");
  for (const BundleEntry& entry : EntriesOf(resource)) {
    const Place at{place.document, place.label + ": Bundle.entry[" + std::to_string(entry.index) + "]"};
    if (entry.request_method == "DELETE") {
      AddDeletion(entry, at);
    } else if (IsBundle(entry.resource)) {
      AddValue(entry.resource, at, depth + 1);
    } else if (entry.resource && entry.search_mode != "outcome") {  // an outcome is about the search itself
      AddResource(entry.resource, entry.full_url, at);
    }
  }
}

void ResourceSet::Impl::AddResource(json::Value resource, std::string_view full_url, const Place& place) {
  const std::string_view type = TypeOf(resource);
  if (type.empty()) return Report(place.label, "resourceType is missing or is not of FHIR R4");
  const std::string_view id = resource["id"].missing() ? IdOfUrl(full_url, type) : IdOf(resource);
  // These answer something, or are the status of a subscription; they have no identity and need none.
  if (id.empty() && (type == "OperationOutcome" || type == "Parameters")) return;
  if (id.empty()) return Report(place.label, "the resource has no valid id, and no fullUrl that gives it one");
  std::string reference = std::string(type) + "/" + std::string(id);
  index.AddUrl(full_url, reference, place.document);
  const std::string version(VersionOf(resource));
  candidates.push_back(
      {.state = {.resource = resource, .reference = std::move(reference), .version = version},
       .age = {.version = version, .updated = LastUpdatedOf(resource), .order = order++, .document = place.document}});
}

void ResourceSet::Impl::AddDeletion(const BundleEntry& entry, const Place& place) {
  const Reference target = ParseReference(entry.request_url);
  const Reference full_url = ParseReference(entry.full_url);
  const std::string_view version = VersionOfEtag(entry.response_etag);
  const auto time = FhirDateTime::Parse(entry.response_last_modified);
  Deletion deletion;
  deletion.label = place.label;
  deletion.age = {.version = std::string(version.empty() ? full_url.version : version),
                  .updated = time ? std::optional(time->Earliest(TimeZone())) : std::nullopt,
                  .order = order++,
                  .document = place.document};
  if (target.kind == ReferenceKind::kConditional) {
    auto query = ParseSearchQuery(target.query);
    if (!query) return Report(place.label, "a conditional DELETE asks for more than identifier and _id");
    deletion.type = target.type;
    deletion.query = std::move(*query);
  } else if (NamesResource(target) || NamesResource(full_url)) {
    const Reference& named = NamesResource(target) ? target : full_url;
    deletion.reference = std::string(named.type) + "/" + std::string(named.id);
  } else {
    return Report(place.label, "a DELETE does not say what it deletes");
  }
  deletions.push_back(std::move(deletion));
}

// Leaves the newest state of each resource, ordered by reference.
void ResourceSet::Impl::KeepNewest() {
  std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    const auto by_name = a.state.reference <=> b.state.reference;
    return by_name == 0 ? IsNewer(a.age, b.age) : by_name < 0;
  });
  const auto same = [](const Candidate& a, const Candidate& b) { return a.state.reference == b.state.reference; };
  candidates.erase(std::unique(candidates.begin(), candidates.end(), same), candidates.end());
}

void ResourceSet::Impl::SettleConditionalDeletions() {
  for (Deletion& deletion : deletions) {
    if (!deletion.reference.empty()) continue;
    const std::vector<std::string> matches = index.FindMatches(deletion.type, deletion.query);
    if (matches.size() == 1) deletion.reference = matches.front();
    // What a server does with several is its own choice (FHIR R4 §3.1.0.7.1).
    if (matches.size() > 1) Report(deletion.label, "a conditional DELETE matches several resources: none is deleted");
  }
}

void ResourceSet::Impl::IndexIdentifiers() {
  index.ClearIdentifiers();
  for (const Candidate& candidate : candidates) {
    index.AddIdentifiers(candidate.state.resource, candidate.state.reference);
  }
}

ResourceSet::ResourceSet() : impl_(std::make_unique<Impl>()) {}
ResourceSet::~ResourceSet() = default;

void ResourceSet::Add(json::Document document, std::string label) {
  ADAPTER_CHECK(!impl_->finished);
  const std::size_t position = impl_->documents.size();
  impl_->documents.push_back(std::move(document));
  const json::Document& kept = impl_->documents.back();
  impl_->document_of.emplace(kept.tape().get(), position);
  impl_->AddValue(kept.root(), {position, std::move(label)}, 0);
}

const std::vector<SetResource>& ResourceSet::Finish() {
  ADAPTER_CHECK(!impl_->finished);
  Impl& impl = *impl_;
  impl.finished = true;
  impl.KeepNewest();
  impl.IndexIdentifiers();
  impl.SettleConditionalDeletions();
  std::sort(impl.deletions.begin(), impl.deletions.end(),
            [](const Deletion& a, const Deletion& b) { return a.reference < b.reference; });
  const std::size_t deleted = std::erase_if(impl.candidates, [&](const Candidate& candidate) {
    const auto less = [](const Deletion& d, const std::string& reference) { return d.reference < reference; };
    auto at = std::lower_bound(impl.deletions.begin(), impl.deletions.end(), candidate.state.reference, less);
    while (at != impl.deletions.end() && at->reference == candidate.state.reference) {
      if (Deletes((at++)->age, candidate.age)) return true;
    }
    return false;
  });
  if (deleted > 0) impl.IndexIdentifiers();  // what was deleted matches nothing
  impl.resources.reserve(impl.candidates.size());
  for (Candidate& candidate : impl.candidates) impl.resources.push_back(std::move(candidate.state));
  impl.candidates = {};
  return impl.resources;
}

std::string ResourceSet::Resolve(json::Value reference) const {
  ADAPTER_CHECK(impl_->finished);
  const std::string_view literal = LiteralOf(reference);
  const Reference parsed = ParseReference(literal);
  const bool on_base = parsed.base.empty() || impl_->index.KnowsBase(parsed.base);
  switch (parsed.kind) {
  case ReferenceKind::kNone:
    return impl_->index.FindIdentifier(reference);
  case ReferenceKind::kRelative:
  case ReferenceKind::kAbsolute:
    return on_base ? std::string(parsed.type) + "/" + std::string(parsed.id) : std::string{};
  case ReferenceKind::kUrl:
  case ReferenceKind::kUrn: {
    const auto document = impl_->document_of.find(reference.tape());
    return impl_->index.FindUrl(literal,
                                document == impl_->document_of.end() ? impl_->documents.size() : document->second);
  }
  case ReferenceKind::kConditional: {
    const auto query = ParseSearchQuery(parsed.query);
    if (!on_base || !query) return {};
    const std::vector<std::string> matches = impl_->index.FindMatches(parsed.type, *query);
    return matches.size() == 1 ? matches.front() : std::string{};
  }
  case ReferenceKind::kContained:
  case ReferenceKind::kInvalid:
    break;
  }
  return {};
}

const std::vector<Error>& ResourceSet::problems() const noexcept { return impl_->problems; }

}  // namespace facet::fhir

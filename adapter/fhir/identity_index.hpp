#pragma once
// How a set of files names its resources: by fullUrl, by the bases of fullUrls, by identifier. The look-ups behind
// ResourceSet::Resolve.
//
// Thread: filled by one thread, then read by any. Owns: copies. Errors: "" where a name leads to none or to several.
#include "adapter/fhir/references.hpp"
#include "adapter/fhir/search_query.hpp"
#include "adapter/json/document.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace facet::fhir {

class IdentityIndex {
 public:
  // A fullUrl of a document (by its position in the input) and the "Type/id" it stands for.
  void AddUrl(std::string_view full_url, const std::string& reference, std::size_t document);
  // The identifiers of a resource; a resource is added at most once.
  void AddIdentifiers(json::Value resource, const std::string& reference);
  void ClearIdentifiers() { by_value_.clear(); }

  bool KnowsBase(std::string_view base) const { return bases_.contains(NormalizeBase(base)); }
  // `document`'s own fullUrl first; else the only one that any document has.
  std::string FindUrl(std::string_view url, std::size_t document) const;
  // Every "Type/id" that a search within the set would find, in order.
  std::vector<std::string> FindMatches(std::string_view type, const SearchQuery& query) const;
  // The only resource with the identifier of a Reference element. Without Reference.type a Patient comes before
  // others: references of clinical resources mean their subject.
  std::string FindIdentifier(json::Value reference) const;

 private:
  struct Named {
    std::string system;
    std::string reference;
    std::string_view type() const { return std::string_view(reference).substr(0, reference.find('/')); }
  };

  std::set<std::string> FindToken(std::string_view type, const IdentifierToken& token) const;

  std::set<std::string> bases_;
  std::map<std::pair<std::size_t, std::string>, std::string> local_urls_;
  std::unordered_map<std::string, std::string> urls_;             // "" where documents disagree; looked up only
  std::unordered_map<std::string, std::vector<Named>> by_value_;  // looked up only
};

}  // namespace facet::fhir

#pragma once
// system|code -> entries, by hash; prefixes by one look-up a length. The engine of Terminology.
//
// Thread: immutable once filled. Owns: its strings. Errors: none.
#include "adapter/mapping/terminology/terminology.hpp"

#include <boost/container/small_vector.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace facet::mapping {

// How the code of an artefact is compared. ICD-10 codes are always prefixes without dot.
enum class CodeMatch : std::uint8_t { kExact, kPrefix, kUndotted };

// What one artefact says of one code or prefix.
struct CodeEntry {
  std::uint32_t owner = 0;  // the value set or map group it is from: its longest match speaks
  bool exclude = false;     // the owner leaves this code out
  std::string code;         // as written
  std::string label;
  std::vector<const Meaning*> meanings;
  std::vector<std::pair<std::string, std::string>> translations;  // system, code
};

struct StringHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
};
template <class Value>
using StringMap = std::unordered_map<std::string, Value, StringHash, std::equal_to<>>;

class CodeTable {
 public:
  struct System {
    std::string spelling;  // as the artefacts write it
    bool icd10 = false;
    bool undotted = false;
    std::size_t prefix_length_max = 0;
    StringMap<std::vector<CodeEntry>> exact;
    StringMap<std::vector<CodeEntry>> prefixes;
    std::string KeyOf(std::string_view code) const;
  };

  void Add(std::string_view system, CodeMatch match, CodeEntry entry);
  // Calls body(const CodeEntry&) with what speaks for a code: of each owner the longest match only, exclusions not.
  template <class Body>
  void ForEach(std::string_view system, std::string_view code, Body&& body) const {
    Entries entries;
    Collect(system, code, entries);
    for (const CodeEntry* entry : entries) body(*entry);
  }
  // Normalised system -> its codes. Unordered: callers sort what they make of it.
  const StringMap<System>& systems() const noexcept { return systems_; }

  // ICD-10 and ICD-10-CM are one system here (clinical specification, section 1).
  static std::string SystemKey(std::string_view system);

 private:
  using Entries = boost::container::small_vector<const CodeEntry*, 8>;  // most codes have one or two
  void Collect(std::string_view system, std::string_view code, Entries& out) const;
  StringMap<System> systems_;
};

}  // namespace facet::mapping

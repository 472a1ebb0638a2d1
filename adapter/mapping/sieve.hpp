#pragma once
// What of a bulk file can matter, told from the bytes of a line: built from the effective views, value sets and concept
// maps, and only ever wrong in one direction (it lets through what turns out to be nothing). Its only effect is speed.
//
// In the flow: lines of NDJSON -> Sieve::Look -> parse and Mapper::Extract, or nothing.
// Thread: a Sieve is immutable; Look may be called from any thread. Owns: its tables; a Glance borrows from the line.
// Errors: none; what the sieve cannot tell is kUnsure: parse it.
#include "adapter/json/key_bits.hpp"
#include "adapter/mapping/mapper.hpp"
#include "adapter/mapping/terminology/code_table.hpp"

#include <array>
#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace facet::mapping {

class Sieve {
 public:
  explicit Sieve(const Mapper& mapper);

  enum class Need : std::uint8_t {
    kNothing,  // sound, of a type that views read, and can become neither fact nor rejection
    kUnread,   // sound, of a type that no view reads
    kContext,  // makes a fact whatever its own codes say: of interest where its patient is followed
    kFacts,    // has a code or a word that may make a fact
    kUnsure    // must be parsed to be known
  };
  struct Glance {
    Need need = Need::kUnsure;
    std::string_view type;
    std::string_view id;
    std::string_view patient;  // the id of the only one that the resource names, or is
  };
  Glance Look(std::string_view line) const;

  // Whether some view reads this type.
  bool Reads(std::string_view resource_type) const { return RuleOf(resource_type) != nullptr; }

 private:
  friend struct SieveVisitor;
  struct Rule {
    std::string type;
    TypeMask bit = 0;       // of this sieve
    TypeMask known_as = 0;  // of the terminology
    bool always = false;
    bool context = false;
    std::uint32_t words = 0;  // bits of the keys whose strings are searched for words
    bool patient = false;
    bool drug_reference = false;
    std::vector<Target> targets;
  };
  const Rule* RuleOf(std::string_view type) const noexcept;
  void AddWords(Rule& rule, std::string_view key);
  void AddView(const FhirArtefact& artefact);
  void AddCodes();
  TypeMask TypesOf(std::string_view code) const;

  const Terminology& terminology_;
  std::vector<Rule> rules_;
  json::KeyBits sought_;  // what is sought under a key
  std::uint32_t next_word_;
  StringMap<TypeMask> exact_;  // codes without dots -> the types in which they make a fact
  StringMap<TypeMask> prefixes_;
  std::size_t prefix_length_max_ = 0;
  std::size_t prefix_length_min_ = 0;
  std::bitset<256> prefix_begins_;                 // first bytes
  std::array<std::bitset<256>, 32> exact_begins_;  // first bytes by length; the last: of that length or more
};

}  // namespace facet::mapping

#pragma once
// Patterns of words, as mappings give them: a small regular expression language in which every match takes linear
// time, whatever the text (a note of a patient may be long and hostile).
//
// Language: literals, . [a-z] [^a-z] \d \w \s \b ( ) | ? * + {m,n} ^ $ and \ before punctuation. Letters of ASCII match
// without regard to case. No back references, no look-around, no captures.
// Thread: immutable. Errors: what is wrong, with its column (1-based).
#include "adapter/base/result.hpp"

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace facet::mapping {

class Pattern {
 public:
  static Result<Pattern> Compile(std::string_view text);

  bool Search(std::string_view text) const;   // matches somewhere; ^ and $ are the ends of the text
  bool Matches(std::string_view text) const;  // matches as a whole

  // "M47\\.1.*" says "begins with M47.1": the literal prefix, where the pattern is nothing else.
  static std::optional<std::string> PurePrefix(std::string_view text);

 private:
  friend class PatternCompiler;
  enum class Op : std::uint8_t { kSet, kSplit, kJump, kBegin, kEnd, kWordEdge, kMatch };
  struct Instruction {
    Op op = Op::kMatch;
    std::uint32_t first = 0;   // kSplit, kJump: target; kSet: index of the set
    std::uint32_t second = 0;  // kSplit: other target
  };
  bool Run(std::string_view text, bool anchored) const;

  std::vector<Instruction> program_;
  std::vector<std::bitset<256>> sets_;
};

}  // namespace facet::mapping

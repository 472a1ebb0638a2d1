#pragma once
// Regular expressions in linear time: compiled to a small program that is run on all alternatives at once, so no
// pattern can make matching explode (std::regex backtracks and recurses).
//
// Understands: | ( ) (?: ) (?<name> ) [ ] . * + ? {n,m} and lazy forms, ^ $ \b \B \A \z, \d \w \s \p{L} and their
// opposites, \t \n \r \f \v \xHH \uHHHH, (?i). Not: back references, look-around, possessive forms.
//
// Thread: a compiled Regex is immutable. Errors: a text that says what is not understood.
#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace facet::fhirpath {

struct RegexFlags {
  bool ignore_case = false;
  bool multi_line = false;  // ^ and $ also match at line ends
};

class Regex {
 public:
  static std::optional<Regex> Compile(std::string_view pattern, const RegexFlags& flags, std::string& error);

  bool Search(std::string_view text) const;     // somewhere
  bool MatchFull(std::string_view text) const;  // the whole text
  // Every match by the replacement: $1 ${1} ${name} are groups, \$ is a dollar. An empty pattern changes nothing.
  // The search begins anew behind each match: nullopt when all searches together read more than `read_max` characters,
  // or the result is longer than `bytes_max`.
  std::optional<std::string> Replace(std::string_view text, std::string_view replacement, std::size_t read_max,
                                     std::size_t bytes_max) const;
  // How many instructions a character can cost.
  std::size_t cost() const { return program_.size(); }

  enum class Code : std::uint8_t {
    kCharacter,
    kAny,
    kSet,
    kSplit,  // first x, then y
    kJump,
    kSave,
    kBegin,
    kEnd,
    kLineBegin,
    kLineEnd,
    kWordEdge,
    kNoWordEdge,
    kMatch,
  };
  struct Instruction {
    Code code = Code::kMatch;
    std::uint32_t x = 0;  // target, code point, set or slot
    std::uint32_t y = 0;
  };
  struct Set {
    bool negated = false;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> ranges;
    std::vector<std::pair<char, bool>> classes;  // 'd', 'w', 's', 'L', 'U', 'l', 'N', 'P'; true: their opposite
  };

 private:
  friend class RegexCompiler;
  friend class RegexRun;
  std::vector<Instruction> program_;
  std::vector<Set> sets_;
  std::vector<std::string> group_names_;  // of group 1, 2, ...
  void NoteFirstBytes();                  // once the program is complete
  // Offset from `at` on of the first byte that a match can begin with; npos where there is none.
  std::size_t FindFirst(std::string_view text, std::size_t at) const;

  std::bitset<256> first_bytes_;
  bool first_is_open_ = false;  // a match may begin with anything, or with nothing
  bool ignore_case_ = false;
  bool is_empty_ = false;
};

}  // namespace facet::fhirpath

#include "adapter/fhirpath/regex.hpp"
#include "adapter/fhirpath/text.hpp"

#include <algorithm>

namespace facet::fhirpath {

namespace {
constexpr std::size_t kInstructionsMax = 10'000;
constexpr int kDepthMax = 60;
constexpr int kRepeatMax = 1000;
constexpr std::size_t kGroupsMax = 30;
}  // namespace

// Recursive descent straight into instructions; a piece that is repeated is copied.
class RegexCompiler {
 public:
  using Code = Regex::Code;
  RegexCompiler(std::string_view pattern, const RegexFlags& flags) : pattern_(pattern), flags_(flags) {}

  std::optional<Regex> Run(std::string& error) {
    regex_.is_empty_ = pattern_.empty();
    if (Take("(?i)")) flags_.ignore_case = true;
    regex_.ignore_case_ = flags_.ignore_case;
    Emit({Code::kSave, 0, 0});
    const bool good = Alternatives(0) && (at_ == pattern_.size() || Refuse("a ')' has no '('"));
    if (!good) {
      error = error_;
      return std::nullopt;
    }
    Emit({Code::kSave, 1, 0});
    Emit({Code::kMatch, 0, 0});
    return std::move(regex_);
  }

 private:
  bool Refuse(std::string_view text) {
    if (error_.empty()) error_ = std::string(text);
    return false;
  }
  bool More() const { return at_ < pattern_.size(); }
  bool At(char c) const { return More() && pattern_[at_] == c; }
  bool Take(std::string_view text) {
    if (!pattern_.substr(at_).starts_with(text)) return false;
    at_ += text.size();
    return true;
  }
  std::uint32_t Here() const { return static_cast<std::uint32_t>(regex_.program_.size()); }
  void Emit(Regex::Instruction instruction) { regex_.program_.push_back(instruction); }
  bool Fits() { return regex_.program_.size() <= kInstructionsMax || Refuse("it is too large"); }

  void Insert(std::uint32_t at, Regex::Instruction instruction) {
    auto& program = regex_.program_;
    for (auto& each : program) {
      if (each.code == Code::kSplit || each.code == Code::kJump) {
        if (each.x >= at) ++each.x;
        if (each.code == Code::kSplit && each.y >= at) ++each.y;
      }
    }
    program.insert(program.begin() + at, instruction);
  }

  // One branch after the other: split, branch, jump to the end; split, branch, ...
  bool Alternatives(int depth) {
    if (depth > kDepthMax) return Refuse("it is nested too deeply");
    struct Branch {
      std::uint32_t split;
      std::uint32_t jump;
    };
    std::vector<Branch> branches;
    std::uint32_t begin = Here();
    while (true) {
      if (!Sequence(depth) || !Fits()) return false;
      if (!At('|')) break;
      ++at_;
      Insert(begin, {Code::kSplit, begin + 1, 0});
      branches.push_back({begin, Here()});
      Emit({Code::kJump, 0, 0});
      begin = Here();
    }
    // Set last: inserting a split moves what points to its place.
    for (const Branch& branch : branches) {
      regex_.program_[branch.split].y = branch.jump + 1;
      regex_.program_[branch.jump].x = Here();
    }
    return true;
  }

  bool Sequence(int depth) {
    while (More() && !At('|') && !At(')')) {
      const std::uint32_t begin = Here();
      if (!Atom(depth) || !Quantifier(begin) || !Fits()) return false;
    }
    return true;
  }

  bool Atom(int depth) {
    switch (pattern_[at_]) {
    case '(':
      ++at_;
      return Group(depth);
    case '[':
      ++at_;
      return Bracket();
    case '.':
      ++at_;
      Emit({Code::kAny, 0, 0});
      return true;
    case '^':
      ++at_;
      Emit({flags_.multi_line ? Code::kLineBegin : Code::kBegin, 0, 0});
      return true;
    case '$':
      ++at_;
      Emit({flags_.multi_line ? Code::kLineEnd : Code::kEnd, 0, 0});
      return true;
    case '*':
    case '+':
    case '?':
      return Refuse("a quantifier has nothing to repeat");
    case '\\':
      ++at_;
      return Escape();
    default:
      EmitCharacter(NextCodePoint(pattern_, at_));
      return true;
    }
  }

  void EmitCharacter(std::uint32_t c) { Emit({Code::kCharacter, flags_.ignore_case ? LowerCodePoint(c) : c, 0}); }

  bool Group(int depth) {
    std::uint32_t slot = 0;
    if (!Take("?:")) {
      std::string name;
      if (Take("?<") || Take("?P<")) {
        const std::size_t close = pattern_.find('>', at_);
        if (At('=') || At('!') || close == std::string_view::npos) return Refuse("look-around is not supported");
        name = std::string(pattern_.substr(at_, close - at_));
        at_ = close + 1;
      } else if (At('?')) {
        return Refuse("look-around and inline flags are not supported");
      }
      if (regex_.group_names_.size() >= kGroupsMax) return Refuse("it has too many groups");
      regex_.group_names_.push_back(std::move(name));
      slot = static_cast<std::uint32_t>(regex_.group_names_.size());
      Emit({Code::kSave, slot * 2, 0});
    }
    if (!Alternatives(depth + 1)) return false;
    if (!Take(")")) return Refuse("a '(' is not closed");
    if (slot != 0) Emit({Code::kSave, slot * 2 + 1, 0});
    return true;
  }

  // {n}, {n,}, {n,m}; false if the braces are no quantifier (then they are characters).
  bool Braces(int& low, int& high) {
    std::size_t i = at_ + 1;
    const auto number = [&](int& out) {
      const std::size_t begin = i;
      int value = 0;
      while (i < pattern_.size() && pattern_[i] >= '0' && pattern_[i] <= '9') {
        value = std::min(value * 10 + (pattern_[i] - '0'), kRepeatMax + 1);
        ++i;
      }
      if (i > begin) out = value;
      return i > begin;
    };
    if (!number(low)) return false;
    high = low;
    if (i < pattern_.size() && pattern_[i] == ',') {
      ++i;
      high = -1;
      number(high);
    }
    if (i >= pattern_.size() || pattern_[i] != '}') return false;
    at_ = i + 1;
    return true;
  }

  bool Quantifier(std::uint32_t begin) {
    int low = 0;
    int high = -1;
    if (Take("*")) {
    } else if (Take("+")) {
      low = 1;
    } else if (Take("?")) {
      high = 1;
    } else if (!At('{') || !Braces(low, high)) {
      return true;
    }
    const bool lazy = Take("?");
    if (At('+')) return Refuse("possessive quantifiers are not supported");
    if (At('*') || At('?')) return Refuse("a quantifier has nothing to repeat");
    if (low > kRepeatMax || high > kRepeatMax || (high >= 0 && high < low))
      return Refuse("a quantifier is out of range");
    return Repeat(begin, low, high, lazy);
  }

  // A copy of program [from, to) at the end, its targets moved along.
  void CopyPiece(const std::vector<Regex::Instruction>& piece, std::uint32_t from) {
    const std::uint32_t shift = Here() - from;
    for (Regex::Instruction each : piece) {
      if (each.code == Code::kSplit || each.code == Code::kJump) each.x += shift;
      if (each.code == Code::kSplit) each.y += shift;
      Emit(each);
    }
  }

  bool Repeat(std::uint32_t begin, int low, int high, bool lazy) {
    const std::vector<Regex::Instruction> piece(regex_.program_.begin() + begin, regex_.program_.end());
    const auto copies = static_cast<std::size_t>(std::max(low, high) + 1);
    if (piece.size() * copies > kInstructionsMax) return Refuse("it is too large");
    regex_.program_.resize(begin);
    for (int i = 0; i < low; ++i) CopyPiece(piece, begin);
    const auto split = [lazy](std::uint32_t enter, std::uint32_t leave) {
      return lazy ? Regex::Instruction{Code::kSplit, leave, enter} : Regex::Instruction{Code::kSplit, enter, leave};
    };
    if (high < 0) {
      const std::uint32_t loop = Here();
      Emit({});
      CopyPiece(piece, begin);
      Emit({Code::kJump, loop, 0});
      regex_.program_[loop] = split(loop + 1, Here());
      return true;
    }
    std::vector<std::uint32_t> exits;
    for (int i = low; i < high; ++i) {
      exits.push_back(Here());
      Emit({});
      CopyPiece(piece, begin);
    }
    for (const std::uint32_t exit : exits) regex_.program_[exit] = split(exit + 1, Here());
    return true;
  }

  std::optional<std::uint32_t> Hex(std::size_t digits) {
    if (at_ + digits > pattern_.size()) return std::nullopt;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      const char c = pattern_[at_ + i];
      const int digit = c >= '0' && c <= '9'   ? c - '0'
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                               : -1;
      if (digit < 0) return std::nullopt;
      value = value * 16 + static_cast<std::uint32_t>(digit);
    }
    at_ += digits;
    return value;
  }

  // What an escape means: a class (in `kind`), or one character.
  bool ReadEscape(std::uint32_t& character, std::optional<std::pair<char, bool>>& kind) {
    if (!More()) return Refuse("it ends with a backslash");
    const char c = pattern_[at_++];
    constexpr std::string_view kClasses = "dDwWsS";
    constexpr std::string_view kControls = "tnrfv";
    if (kClasses.find(c) != std::string_view::npos) {
      kind = {static_cast<char>(c | 0x20), c < 'a'};
      return true;
    }
    if (c == 'p' || c == 'P') return Property(c == 'P', kind);
    if (const std::size_t which = kControls.find(c); which != std::string_view::npos) {
      character = static_cast<std::uint32_t>("\t\n\r\f\v"[which]);
      return true;
    }
    if (c == 'x' || c == 'u') {
      const auto value = Hex(c == 'x' ? 2 : 4);
      if (!value) return Refuse("an escape of a character lacks its hexadecimal digits");
      character = *value;
      return true;
    }
    if (c >= '0' && c <= '9') return Refuse("back references are not supported");
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return Refuse("an escape is not known");
    --at_;
    character = NextCodePoint(pattern_, at_);
    return true;
  }

  bool Property(bool negated, std::optional<std::pair<char, bool>>& kind) {
    const std::size_t close = pattern_.find('}', at_);
    if (!At('{') || close == std::string_view::npos) return Refuse("\\p needs a category in braces");
    const std::string_view name = pattern_.substr(at_ + 1, close - at_ - 1);
    at_ = close + 1;
    const char code = name == "L"                   ? 'L'
                      : name == "Lu"                ? 'U'
                      : name == "Ll"                ? 'l'
                      : name == "N" || name == "Nd" ? 'N'
                      : name == "P"                 ? 'P'
                                                    : '\0';
    if (code == '\0') return Refuse("\\p knows L, Lu, Ll, N, Nd and P");
    kind = {code, negated};
    return true;
  }

  void EmitSet(Regex::Set set) {
    Emit({Code::kSet, static_cast<std::uint32_t>(regex_.sets_.size()), 0});
    regex_.sets_.push_back(std::move(set));
  }

  bool Escape() {
    if (At('b') || At('B') || At('A') || At('z') || At('Z')) {
      const char c = pattern_[at_++];
      Emit({c == 'b' ? Code::kWordEdge : c == 'B' ? Code::kNoWordEdge : c == 'A' ? Code::kBegin : Code::kEnd, 0, 0});
      return true;
    }
    std::uint32_t character = 0;
    std::optional<std::pair<char, bool>> kind;
    if (!ReadEscape(character, kind)) return false;
    if (kind) {
      EmitSet({.negated = false, .ranges = {}, .classes = {*kind}});
    } else {
      EmitCharacter(character);
    }
    return true;
  }

  // One end of a range, or a class.
  bool SetPart(std::uint32_t& character, std::optional<std::pair<char, bool>>& kind) {
    kind.reset();
    if (!At('\\')) {
      character = NextCodePoint(pattern_, at_);
      return true;
    }
    ++at_;
    if (Take("b")) {
      character = '\b';
      return true;
    }
    return ReadEscape(character, kind);
  }

  bool Bracket() {
    Regex::Set set;
    if (Take("^")) set.negated = true;
    bool first = true;
    while (first || !At(']')) {
      if (!More()) return Refuse("a '[' is not closed");
      first = false;
      std::uint32_t low = 0;
      std::optional<std::pair<char, bool>> kind;
      if (!SetPart(low, kind)) return false;
      if (kind) {
        set.classes.push_back(*kind);
        continue;
      }
      std::uint32_t high = low;
      if (At('-') && at_ + 1 < pattern_.size() && pattern_[at_ + 1] != ']') {
        ++at_;
        if (!SetPart(high, kind)) return false;
        if (kind || high < low) return Refuse("a range in brackets is the wrong way round");
      }
      set.ranges.emplace_back(low, high);
    }
    ++at_;
    EmitSet(std::move(set));
    return true;
  }

  std::string_view pattern_;
  RegexFlags flags_;
  std::size_t at_ = 0;
  Regex regex_;
  std::string error_;
};

std::optional<Regex> Regex::Compile(std::string_view pattern, const RegexFlags& flags, std::string& error) {
  auto regex = RegexCompiler(pattern, flags).Run(error);
  if (regex) regex->NoteFirstBytes();
  return regex;
}

}  // namespace facet::fhirpath

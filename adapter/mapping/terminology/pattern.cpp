#include "adapter/mapping/terminology/pattern.hpp"

#include <algorithm>
#include <utility>

namespace facet::mapping {
namespace {

constexpr std::size_t kInstructionsMax = 4000;
constexpr unsigned kRepeatMax = 100;
constexpr unsigned kDepthMax = 50;

using Set = std::bitset<256>;

std::size_t Index(char c) { return static_cast<unsigned char>(c); }
bool IsAlpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsWord(char c) { return IsAlpha(c) || IsDigit(c) || c == '_' || Index(c) >= 0x80; }

void AddChar(Set& set, char c) {
  set.set(Index(c));
  if (IsAlpha(c)) set.set(Index(static_cast<char>(c ^ 0x20)));
}

// The set of \d, \w, \s; false for another letter.
bool AddClass(Set& set, char name) {
  switch (name) {
  case 'd':
    for (char c = '0'; c <= '9'; ++c) set.set(Index(c));
    return true;
  case 'w':
    for (std::size_t i = 0; i < 256; ++i) set.set(i, set.test(i) || IsWord(static_cast<char>(i)));
    return true;
  case 's':
    for (const char c : {' ', '\t', '\n', '\r', '\f', '\v'}) set.set(Index(c));
    return true;
  default:
    return false;
  }
}

}  // namespace

// Recursive descent; a repeated atom is copied for each repetition.
class PatternCompiler {
 public:
  explicit PatternCompiler(std::string_view text) : text_(text) {}

  Result<Pattern> Compile() {
    Alternatives(0);
    if (error_.empty() && at_ < text_.size()) Fail("unexpected ')'");
    if (!error_.empty()) {
      return MakeError(ErrorCode::kMappingInvalid, "", error_ + " at column " + std::to_string(at_ + 1));
    }
    Emit(Pattern::Op::kMatch);
    return std::move(out_);
  }

 private:
  using Op = Pattern::Op;

  void Fail(std::string what) {
    if (error_.empty()) error_ = std::move(what);
  }
  bool ok() const { return error_.empty(); }
  bool More() const { return ok() && at_ < text_.size(); }
  bool Eat(char c) {
    if (!More() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::uint32_t here() const { return static_cast<std::uint32_t>(out_.program_.size()); }
  std::uint32_t Emit(Op op, std::uint32_t first = 0, std::uint32_t second = 0) {
    if (out_.program_.size() >= kInstructionsMax) Fail("the pattern is too large");
    out_.program_.push_back({op, first, second});
    return here() - 1;
  }
  void EmitSet(const Set& set) {
    out_.sets_.push_back(set);
    Emit(Op::kSet, static_cast<std::uint32_t>(out_.sets_.size() - 1));
  }

  void Alternatives(unsigned depth) {
    if (depth > kDepthMax) return Fail("the pattern is nested too deeply");
    std::vector<std::uint32_t> jumps;
    for (;;) {
      const std::uint32_t split = Emit(Op::kSplit, here() + 1, 0);
      Sequence(depth);
      if (!Eat('|')) {
        out_.program_[split].op = Op::kJump;  // the last alternative has no other
        out_.program_[split].first = split + 1;
        break;
      }
      jumps.push_back(Emit(Op::kJump));
      out_.program_[split].second = here();
      if (!ok()) return;
    }
    for (const std::uint32_t jump : jumps) out_.program_[jump].first = here();
  }

  void Sequence(unsigned depth) {
    while (More() && text_[at_] != '|' && text_[at_] != ')') Repeated(depth);
  }

  void Repeated(unsigned depth) {
    const std::uint32_t start = here();
    Atom(depth);
    unsigned least = 1;
    std::optional<unsigned> most = 1;
    if (Eat('?')) {
      least = 0;
    } else if (Eat('*')) {
      least = 0;
      most.reset();
    } else if (Eat('+')) {
      most.reset();
    } else if (Eat('{')) {
      if (!Bounds(least, most)) return Fail("expected {m}, {m,} or {m,n}");
    } else {
      return;
    }
    if (!ok()) return;
    if (least > kRepeatMax || (most && (*most > kRepeatMax || *most < least))) return Fail("bad number of repetitions");
    const std::vector<Pattern::Instruction> atom(out_.program_.begin() + start, out_.program_.end());
    out_.program_.resize(start);
    for (unsigned i = 0; i < least; ++i) EmitAgain(atom, start);
    if (most) {
      std::vector<std::uint32_t> splits;
      for (unsigned i = least; i < *most && ok(); ++i) {
        splits.push_back(Emit(Op::kSplit, here() + 1, 0));
        EmitAgain(atom, start);
      }
      for (const std::uint32_t split : splits) out_.program_[split].second = here();
    } else {
      const std::uint32_t split = Emit(Op::kSplit, here() + 1, 0);
      EmitAgain(atom, start);
      Emit(Op::kJump, split);
      out_.program_[split].second = here();
    }
  }

  // A copy of an atom that was compiled at `start`; its targets move with it.
  void EmitAgain(const std::vector<Pattern::Instruction>& atom, std::uint32_t start) {
    const std::uint32_t shift = here() - start;
    for (const Pattern::Instruction& instruction : atom) {
      const bool is_set = instruction.op == Op::kSet;
      Emit(instruction.op, is_set ? instruction.first : instruction.first + shift, instruction.second + shift);
      if (!ok()) return;
    }
  }

  bool Number(unsigned& value) {
    const std::size_t from = at_;
    value = 0;
    while (More() && IsDigit(text_[at_]) && value <= kRepeatMax) {
      value = value * 10 + static_cast<unsigned>(text_[at_++] - '0');
    }
    return at_ > from;
  }

  bool Bounds(unsigned& least, std::optional<unsigned>& most) {
    if (!Number(least)) return false;
    most = least;
    if (Eat(',')) {
      unsigned value = 0;
      most.reset();
      if (Number(value)) most = value;
    }
    return Eat('}');
  }

  void Atom(unsigned depth) {
    const char c = text_[at_++];
    Set set;
    switch (c) {
    case '(':
      if (text_.substr(at_).starts_with("?:")) at_ += 2;
      Alternatives(depth + 1);
      if (!Eat(')')) Fail("expected ')'");
      return;
    case '[':
      return Bracket();
    case '.':
      set.set();
      return EmitSet(set);
    case '^':
      Emit(Op::kBegin);
      return;
    case '$':
      Emit(Op::kEnd);
      return;
    case '*':
    case '+':
    case '?':
    case '{':
      return Fail("nothing to repeat");
    case '\\':
      if (!More()) return Fail("a \\ at the end");
      if (text_[at_] == 'b') {
        ++at_;
        Emit(Op::kWordEdge);
        return;
      }
      return Escape(set) ? EmitSet(set) : Fail("unknown escape");
    default:
      AddChar(set, c);
      return EmitSet(set);
    }
  }

  bool Escape(Set& set) {
    const char c = text_[at_++];
    if (AddClass(set, c)) return true;
    if (IsAlpha(c) || IsDigit(c)) return false;
    AddChar(set, c);
    return true;
  }

  void Bracket() {
    Set set;
    const bool negated = Eat('^');
    while (More() && text_[at_] != ']') {
      const char c = text_[at_++];
      if (c == '\\') {
        if (!More() || !Escape(set)) return Fail("unknown escape");
        continue;
      }
      if (at_ + 1 < text_.size() && text_[at_] == '-' && text_[at_ + 1] != ']') {
        const char last = text_[at_ + 1];
        at_ += 2;
        if (Index(last) < Index(c)) return Fail("a range that ends before it begins");
        for (std::size_t i = Index(c); i <= Index(last); ++i) AddChar(set, static_cast<char>(i));
      } else {
        AddChar(set, c);
      }
    }
    if (!Eat(']')) return Fail("expected ']'");
    EmitSet(negated ? ~set : set);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string error_;
  Pattern out_;
};

Result<Pattern> Pattern::Compile(std::string_view text) { return PatternCompiler(text).Compile(); }

bool Pattern::Search(std::string_view text) const { return Run(text, false); }
bool Pattern::Matches(std::string_view text) const { return Run(text, true); }

// Simulates all threads of the program at once (Thompson): each byte is looked at once.
bool Pattern::Run(std::string_view text, bool anchored) const {
  const std::size_t size = program_.size();
  std::vector<std::uint32_t> current;
  std::vector<std::uint32_t> next;
  std::vector<std::uint32_t> pending;
  std::vector<std::size_t> seen(size, text.size() + 1);  // position at which an instruction was last added
  bool matched = false;
  const auto add = [&](std::vector<std::uint32_t>& threads, std::uint32_t start, std::size_t position) {
    pending.push_back(start);
    while (!pending.empty()) {
      const std::uint32_t at = pending.back();
      pending.pop_back();
      if (seen[at] == position) continue;
      seen[at] = position;
      const Instruction& instruction = program_[at];
      const bool word_before = position > 0 && IsWord(text[position - 1]);
      const bool word_behind = position < text.size() && IsWord(text[position]);
      switch (instruction.op) {
      case Op::kSet:
        threads.push_back(at);
        break;
      case Op::kSplit:
        pending.push_back(instruction.second);
        pending.push_back(instruction.first);
        break;
      case Op::kJump:
        pending.push_back(instruction.first);
        break;
      case Op::kBegin:
        if (position == 0) pending.push_back(at + 1);
        break;
      case Op::kEnd:
        if (position == text.size()) pending.push_back(at + 1);
        break;
      case Op::kWordEdge:
        if (word_before != word_behind) pending.push_back(at + 1);
        break;
      case Op::kMatch:
        matched = matched || !anchored || position == text.size();
        break;
      }
    }
  };
  for (std::size_t position = 0;; ++position) {
    if (!anchored || position == 0) add(current, 0, position);
    if (matched) return true;
    if (position == text.size()) return false;
    next.clear();
    for (const std::uint32_t at : current) {
      if (sets_[program_[at].first].test(Index(text[position]))) add(next, at + 1, position + 1);
    }
    if (matched) return true;
    std::swap(current, next);
    if (anchored && current.empty()) return false;
  }
}

std::optional<std::string> Pattern::PurePrefix(std::string_view text) {
  if (text.starts_with('^')) text.remove_prefix(1);
  if (!text.ends_with(".*")) return std::nullopt;
  text.remove_suffix(2);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '\\') {
      if (++i == text.size() || IsAlpha(text[i]) || IsDigit(text[i])) return std::nullopt;
      c = text[i];
    } else if (!IsAlpha(c) && !IsDigit(c) && c != '-' && c != '_' && c != ' ' && c != ':') {
      return std::nullopt;
    }
    out += c;
  }
  if (out.empty()) return std::nullopt;
  return out;
}

}  // namespace facet::mapping

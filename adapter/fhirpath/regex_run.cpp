#include "adapter/fhirpath/regex.hpp"
#include "adapter/fhirpath/text.hpp"

#include <algorithm>

namespace facet::fhirpath {

namespace {

constexpr std::size_t kNowhere = std::string_view::npos;

bool IsDigit(std::uint32_t c) { return c >= '0' && c <= '9'; }
bool IsWord(std::uint32_t c) { return IsDigit(c) || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool IsLetter(std::uint32_t c) {
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  // Letters from Latin-1 on, without the blocks of punctuation, symbols and private use.
  return c >= 0xC0 ? c != 0xD7 && c != 0xF7 && !(c >= 0x2000 && c <= 0x2BFF) && !(c >= 0x3000 && c <= 0x303F) &&
                         !(c >= 0xD800 && c <= 0xF8FF) && !(c >= 0x1F000 && c <= 0x1FAFF)
                   : c == 0xAA || c == 0xB5 || c == 0xBA;
}

bool IsOfClass(std::uint32_t c, char kind) {
  switch (kind) {
  case 'd':
  case 'N':
    return IsDigit(c);
  case 'w':
    return IsWord(c);
  case 's':
    return IsWhiteSpace(c);
  case 'L':
    return IsLetter(c);
  case 'U':
    return IsLetter(c) && LowerCodePoint(c) != c;
  case 'l':
    return IsLetter(c) && LowerCodePoint(c) == c;
  default:  // P
    return c < 0x80 ? c > ' ' && c != 0x7F && !IsDigit(c) && !IsLetter(c) : c >= 0x2000 && c <= 0x206F;
  }
}

bool Contains(const Regex::Set& set, std::uint32_t c) {
  const auto in_range = [c](const auto& range) { return c >= range.first && c <= range.second; };
  const auto in_class = [c](const auto& kind) { return IsOfClass(c, kind.first) != kind.second; };
  return std::any_of(set.ranges.begin(), set.ranges.end(), in_range) ||
         std::any_of(set.classes.begin(), set.classes.end(), in_class);
}

// The other case of a letter, for sets without regard to case.
std::uint32_t OtherCase(std::uint32_t c) {
  const std::uint32_t lower = LowerCodePoint(c);
  if (lower != c) return lower;
  if (c >= 'a' && c <= 'z') return c - 32;
  return c >= 0xE0 && c <= 0xFE && c != 0xF7 ? c - 32 : c;
}

}  // namespace

// All threads of a program step through the text together (Thompson, with Pike's slots for groups).
class RegexRun {
 public:
  // Without groups only the answer counts, and the first match ends the run.
  RegexRun(const Regex& regex, std::string_view text, bool groups)
      : regex_(regex), text_(text), slots_(groups ? 2 * (regex.group_names_.size() + 1) : 0),
        seen_(regex.program_.size(), 0) {}

  // The first match from `start` on (or exactly there); its groups are in slots().
  bool Find(std::size_t start, bool anchored, bool to_end) {
    bool found = false;
    current_.clear();
    for (std::size_t at = start;;) {
      if (current_.empty() && !found && !anchored && !regex_.first_is_open_) {
        at = regex_.FindFirst(text_, at);
        if (at == kNowhere) break;
      }
      if (!found && (!anchored || at == start)) {
        scratch_.assign(slots_, kNowhere);
        NextMark();
        for (const Thread& thread : current_) seen_[thread.pc] = mark_;
        Add(current_, 0, at);
      }
      if (current_.empty() && (anchored || found)) break;
      const bool at_end = at >= text_.size();
      ++read_;
      std::size_t next = at;
      const std::uint32_t c = at_end ? 0 : NextCodePoint(text_, next);
      NextMark();
      next_.clear();
      for (Thread& thread : current_) {
        const Regex::Instruction& instruction = regex_.program_[thread.pc];
        if (instruction.code == Regex::Code::kMatch) {
          if (to_end && !at_end) continue;
          found = true;
          if (slots_ == 0) return true;
          best_ = thread.slots;
          break;  // threads behind this one have lower priority
        }
        if (at_end || !Accepts(instruction, c)) continue;
        scratch_ = thread.slots;
        Add(next_, thread.pc + 1, next);
      }
      current_.swap(next_);
      if (at_end) break;
      at = next;
    }
    return found;
  }

  const std::vector<std::size_t>& slots() const { return best_; }
  std::size_t read() const { return read_; }  // characters so far, over all searches

 private:
  struct Thread {
    std::uint32_t pc;
    std::vector<std::size_t> slots;
  };
  struct Pending {
    std::uint32_t pc;
    std::size_t slot;  // != kNowhere: put `value` back instead
    std::size_t value;
  };

  void NextMark() { ++mark_; }

  bool Accepts(const Regex::Instruction& instruction, std::uint32_t c) const {
    switch (instruction.code) {
    case Regex::Code::kAny:
      return true;
    case Regex::Code::kCharacter:
      return (regex_.ignore_case_ ? LowerCodePoint(c) : c) == instruction.x;
    default: {
      const Regex::Set& set = regex_.sets_[instruction.x];
      const bool in = Contains(set, c) || (regex_.ignore_case_ && Contains(set, OtherCase(c)));
      return in != set.negated;
    }
    }
  }

  bool Holds(Regex::Code code, std::size_t at) const {
    const auto word_at = [this](std::size_t i) {
      return i < text_.size() && IsWord(static_cast<unsigned char>(text_[i]));
    };
    switch (code) {
    case Regex::Code::kBegin:
      return at == 0;
    case Regex::Code::kEnd:
      return at == text_.size();
    case Regex::Code::kLineBegin:
      return at == 0 || text_[at - 1] == '\n';
    case Regex::Code::kLineEnd:
      return at == text_.size() || text_[at] == '\n';
    default: {
      const bool edge = (at > 0 && word_at(at - 1)) != word_at(at);
      return edge == (code == Regex::Code::kWordEdge);
    }
    }
  }

  // Follows everything that consumes nothing, in order of priority; scratch_ holds the slots on the way.
  void Add(std::vector<Thread>& list, std::uint32_t start, std::size_t at) {
    using Code = Regex::Code;
    pending_.clear();
    pending_.push_back({start, kNowhere, 0});
    while (!pending_.empty()) {
      const Pending here = pending_.back();
      pending_.pop_back();
      if (here.slot != kNowhere) {
        scratch_[here.slot] = here.value;
        continue;
      }
      if (seen_[here.pc] == mark_) continue;
      seen_[here.pc] = mark_;
      const Regex::Instruction& instruction = regex_.program_[here.pc];
      switch (instruction.code) {
      case Code::kJump:
        pending_.push_back({instruction.x, kNowhere, 0});
        break;
      case Code::kSplit:
        pending_.push_back({instruction.y, kNowhere, 0});
        pending_.push_back({instruction.x, kNowhere, 0});
        break;
      case Code::kSave:
        if (slots_ == 0) {
          pending_.push_back({here.pc + 1, kNowhere, 0});
          break;
        }
        pending_.push_back({0, instruction.x, scratch_[instruction.x]});
        scratch_[instruction.x] = at;
        pending_.push_back({here.pc + 1, kNowhere, 0});
        break;
      case Code::kCharacter:
      case Code::kAny:
      case Code::kSet:
      case Code::kMatch:
        list.push_back({here.pc, scratch_});
        break;
      default:
        if (Holds(instruction.code, at)) pending_.push_back({here.pc + 1, kNowhere, 0});
        break;
      }
    }
  }

  const Regex& regex_;
  std::string_view text_;
  std::size_t slots_;
  std::vector<std::uint32_t> seen_;
  std::uint32_t mark_ = 0;
  std::size_t read_ = 0;
  std::vector<Thread> current_;
  std::vector<Thread> next_;
  std::vector<Pending> pending_;
  std::vector<std::size_t> scratch_;
  std::vector<std::size_t> best_;
};

void Regex::NoteFirstBytes() {
  std::vector<std::uint32_t> open = {0};
  std::vector<bool> seen(program_.size());
  const auto add = [this](std::uint32_t c) {
    if (c < 0x80) first_bytes_.set(c);
    if (ignore_case_ && c >= 'a' && c <= 'z') first_bytes_.set(c - 'a' + 'A');
    // A letter may have a spelling outside ASCII (the Kelvin sign is a k).
    if (c >= 0x80 || ignore_case_) {
      for (std::size_t byte = 0x80; byte < first_bytes_.size(); ++byte) first_bytes_.set(byte);
    }
  };
  while (!open.empty()) {
    const std::uint32_t pc = open.back();
    open.pop_back();
    if (pc >= program_.size() || seen[pc]) continue;
    seen[pc] = true;
    const Instruction& instruction = program_[pc];
    switch (instruction.code) {
    case Code::kCharacter:
      add(instruction.x);
      break;
    case Code::kAny:
    case Code::kSet:
    case Code::kMatch:
      first_is_open_ = true;
      break;
    case Code::kSplit:
      open.push_back(instruction.y);
      open.push_back(instruction.x);
      break;
    case Code::kJump:
      open.push_back(instruction.x);
      break;
    default:  // what is true of a place, and marks of groups
      open.push_back(pc + 1);
      break;
    }
  }
}

std::size_t Regex::FindFirst(std::string_view text, std::size_t at) const {
  while (at < text.size() && !first_bytes_.test(static_cast<unsigned char>(text[at]))) ++at;
  return at < text.size() ? at : kNowhere;
}

bool Regex::Search(std::string_view text) const {
  const std::size_t at = first_is_open_ ? 0 : FindFirst(text, 0);
  return at != kNowhere && RegexRun(*this, text, false).Find(at, false, false);
}

bool Regex::MatchFull(std::string_view text) const { return RegexRun(*this, text, false).Find(0, true, true); }

std::optional<std::string> Regex::Replace(std::string_view text, std::string_view replacement, std::size_t read_max,
                                          std::size_t bytes_max) const {
  if (is_empty_) return std::string(text);
  std::string out;
  RegexRun run(*this, text, true);
  const auto append_group = [&](const std::vector<std::size_t>& slots, std::size_t group) {
    if (group * 2 + 1 >= slots.size() || slots[group * 2] == kNowhere || slots[group * 2 + 1] == kNowhere) return;
    out += text.substr(slots[group * 2], slots[group * 2 + 1] - slots[group * 2]);
  };
  const auto append_replacement = [&](const std::vector<std::size_t>& slots) {
    for (std::size_t i = 0; i < replacement.size(); ++i) {
      const char c = replacement[i];
      const bool more = i + 1 < replacement.size();
      if (c == '\\' && more) {
        out += replacement[++i];
      } else if (c == '$' && more && IsDigit(static_cast<unsigned char>(replacement[i + 1]))) {
        append_group(slots, static_cast<std::size_t>(replacement[++i] - '0'));
      } else if (const std::size_t close = replacement.find('}', i);
                 c == '$' && more && replacement[i + 1] == '{' && close != kNowhere) {
        const std::string_view name = replacement.substr(i + 2, close - i - 2);
        const auto found = std::find(group_names_.begin(), group_names_.end(), name);
        if (name.size() == 1 && IsDigit(static_cast<unsigned char>(name[0]))) {
          append_group(slots, static_cast<std::size_t>(name[0] - '0'));
        } else if (found != group_names_.end()) {
          append_group(slots, static_cast<std::size_t>(found - group_names_.begin()) + 1);
        }
        i = close;
      } else {
        out += c;
      }
    }
  };
  std::size_t at = 0;
  while (at <= text.size()) {
    const bool found = run.Find(at, false, false);
    if (run.read() > read_max || out.size() > bytes_max) return std::nullopt;
    if (!found) break;
    const std::vector<std::size_t> slots = run.slots();
    out += text.substr(at, slots[0] - at);
    append_replacement(slots);
    std::size_t next = slots[1];
    if (slots[1] == slots[0]) {  // an empty match: the next character stays
      if (next >= text.size()) return out;
      NextCodePoint(text, next);
      out += text.substr(slots[1], next - slots[1]);
    }
    at = next;
  }
  return out += at <= text.size() ? text.substr(at) : std::string_view{};
}

}  // namespace facet::fhirpath

#pragma once
// Reads over a JSON text once, without looking back: whether Parse() would accept it, and what is in it. Most resources
// of a bulk file need no more, for they are of no interest; of the others Parse() makes its tape this way.
//
// In the flow: bulk files, line by line -> Skim() -> mapping's sieve decides which lines are parsed.
// Thread: values. Owns: nothing; what a visitor is given borrows from the text.
// Errors: none. kUnsure: this text holds something that only Parse() decides (an escape, a long array or number, or a
//         mistake); it is no verdict. kSound is one: Parse() with Limits::ForFiles() accepts the text.
#include "adapter/json/skim_scan.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace facet::json {

enum class SkimVerdict : std::uint8_t { kSound, kUnsure };

// A sound text keeps to these.
inline constexpr std::size_t kSkimDepthMax = 30;
inline constexpr std::size_t kSkimElementsMax = 10'000;

// What a skimmer tells; a visitor derives from this and hides what it wants to know. `bits` of a member are those that
// BitsOf() gave for its key; elements of an array come with the key and the bits of the array. Tokens are the visitor's
// own: what OnBegin() and OnKey() answer is handed to the end of the same value or member.
struct SkimVisitor {
  using Token = std::uint32_t;
  static std::uint32_t BitsOf(std::uint64_t /*key_number*/) { return 0; }
  static Token OnBegin(bool /*object*/) { return 0; }
  // `bits`: of all members of an object together. Depth 1 is the outermost object.
  static void OnEnd(Token, bool /*object*/, std::uint32_t /*count*/, std::uint32_t /*bits*/, std::size_t /*depth*/) {}
  static Token OnKey(std::string_view) { return 0; }
  static void OnMemberEnd(Token) {}
  // Only where `bits` are not 0.
  static void OnString(std::string_view /*key*/, std::uint32_t /*bits*/, std::string_view, std::size_t /*depth*/) {}
  static void OnNumber(std::string_view) {}
  static void OnWord(std::string_view) {}  // true, false, null
};

template <class Visitor>
class Skimmer {
 public:
  Skimmer(std::string_view text, Visitor& visitor) : end_(text.data() + text.size()), visitor_(visitor) {}

  SkimVerdict Run(const char* begin) {
    const char* at = Blanks(begin);
    if (Peek(at) != '{') return SkimVerdict::kUnsure;
    at = Object(at, 1);
    return at != nullptr && Blanks(at) == end_ ? SkimVerdict::kSound : SkimVerdict::kUnsure;
  }

 private:
  static constexpr std::size_t kKeysMax = 48;  // of one object

  struct Key {
    std::string_view text;
    std::uint32_t bits = 0;
  };
  // The keys of an object so far. One bit of each tells nearly always that a key is new.
  class KeySet {
   public:
    bool Add(std::uint64_t number) {
      const std::uint64_t bit = std::uint64_t{1} << ((number * 0x9E3779B97F4A7C15U) >> 58U);
      if ((seen_ & bit) != 0) {
        for (std::uint32_t i = 0; i < size_; ++i) {
          if (numbers_[i] == number) return false;  // twice, or nearly
        }
      }
      if (size_ == kKeysMax) return false;
      seen_ |= bit;
      numbers_[size_++] = number;
      return true;
    }
    std::uint32_t size() const { return size_; }

   private:
    std::uint64_t seen_ = 0;
    std::uint32_t size_ = 0;
    std::uint64_t numbers_[kKeysMax];  // NOLINT: filled as far as size_ says
  };

  // NUL, which is nowhere allowed, at the end of the text.
  char Peek(const char* at) const { return at == end_ ? '\0' : *at; }

  // Most JSON between machines has no blanks.
  const char* Blanks(const char* at) const {
    return at != end_ && static_cast<unsigned char>(*at) > ' ' ? at : SkipBlanks(at);
  }
  [[gnu::noinline]] const char* SkipBlanks(const char* at) const {
    while (at != end_ && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n')) ++at;
    return at;
  }

  // What follows reads something from its first byte on, and answers what is behind it, or nullptr.

  const char* Object(const char* at, std::size_t depth) {
    if (depth > kSkimDepthMax) return nullptr;
    const auto token = visitor_.OnBegin(true);
    KeySet keys;
    std::uint32_t bits = 0;
    at = Blanks(at + 1);
    while (Peek(at) == '"') {
      at = Member(at, depth, keys, bits);
      if (at == nullptr) return nullptr;
      at = Blanks(at);
      if (Peek(at) != ',') break;
      at = Blanks(at + 1);
      if (Peek(at) != '"') return nullptr;
    }
    if (Peek(at) != '}') return nullptr;
    visitor_.OnEnd(token, true, keys.size(), bits, depth);
    return at + 1;
  }

  [[gnu::always_inline]] const char* Member(const char* at, std::size_t depth, KeySet& keys, std::uint32_t& bits) {
    const char* const begin = at + 1;
    at = impl::EndOfPlainString(begin, end_);
    if (at == nullptr) return nullptr;
    const std::uint64_t number = impl::KeyNumberIn(begin, at, end_);
    if (!keys.Add(number)) return nullptr;
    const Key key{{begin, static_cast<std::size_t>(at - begin)}, visitor_.BitsOf(number)};
    bits |= key.bits;
    const auto token = visitor_.OnKey(key.text);
    at = Blanks(at + 1);
    if (Peek(at) != ':') return nullptr;
    at = Value(Blanks(at + 1), depth, key);
    if (at != nullptr) visitor_.OnMemberEnd(token);
    return at;
  }

  const char* Array(const char* at, std::size_t depth, const Key& key) {
    if (depth > kSkimDepthMax) return nullptr;
    const auto token = visitor_.OnBegin(false);
    std::uint32_t count = 0;
    at = Blanks(at + 1);
    while (count > 0 || Peek(at) != ']') {
      at = Value(at, depth, key);
      if (at == nullptr || ++count > kSkimElementsMax) return nullptr;
      at = Blanks(at);
      if (Peek(at) != ',') break;
      at = Blanks(at + 1);
    }
    if (Peek(at) != ']') return nullptr;
    visitor_.OnEnd(token, false, count, 0, depth);
    return at + 1;
  }

  [[gnu::always_inline]] const char* Value(const char* at, std::size_t depth, const Key& key) {
    switch (Peek(at)) {
    case '"': {
      const char* const begin = at + 1;
      at = impl::EndOfPlainString(begin, end_);
      if (at == nullptr) return nullptr;
      if (key.bits != 0) {
        visitor_.OnString(key.text, key.bits, {begin, static_cast<std::size_t>(at - begin)}, depth);
      }
      return at + 1;
    }
    case '{':
      return Object(at, depth + 1);
    case '[':
      return Array(at, depth + 1, key);
    case 't':
      return Word(at, "true");
    case 'f':
      return Word(at, "false");
    case 'n':
      return Word(at, "null");
    default: {
      const char* const begin = at;
      at = impl::EndOfPlainNumber(begin, end_);
      if (at != nullptr) visitor_.OnNumber({begin, static_cast<std::size_t>(at - begin)});
      return at;
    }
    }
  }

  const char* Word(const char* at, std::string_view word) {
    if (!std::string_view(at, static_cast<std::size_t>(end_ - at)).starts_with(word)) return nullptr;
    visitor_.OnWord(word);
    return at + word.size();
  }

  const char* end_;
  Visitor& visitor_;
};

template <class Visitor>
SkimVerdict Skim(std::string_view text, Visitor& visitor) {
  return Skimmer<Visitor>(text, visitor).Run(text.data());
}

}  // namespace facet::json

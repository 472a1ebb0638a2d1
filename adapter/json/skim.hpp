#pragma once
// Reads over a JSON text without building anything: whether Parse() would accept it, and what its strings are. What
// most resources of a bulk file need, for they are of no interest.
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

// Visitor: void OnString(std::string_view key, std::uint64_t key_number, std::string_view value, std::size_t depth)
// for every string that is a member (depth 1: of the outermost object; elements of an array come with its key), and
// void OnObjectEnd(std::uint32_t marks, std::size_t depth), where `marks` has the bits that the visitor's
// std::uint32_t MarkOf(std::uint64_t key_number) gave for its keys.
template <class Visitor>
class Skimmer {
 public:
  Skimmer(std::string_view text, Visitor& visitor) : text_(text), visitor_(visitor) {}

  SkimVerdict Run() {
    const bool sound = SkipBlanks() && text_[at_] == '{' && Object() && Loop();
    return sound ? SkimVerdict::kSound : SkimVerdict::kUnsure;
  }

 private:
  static constexpr std::size_t kDepthMax = 30;
  static constexpr std::size_t kKeysMax = 48;       // of one object
  static constexpr std::size_t kOpenKeysMax = 256;  // of all open objects
  static constexpr std::uint32_t kElementsMax = 10'000;

  struct Frame {
    bool object = false;
    std::uint32_t marks = 0;
    std::uint32_t elements = 0;
    std::size_t first_key = 0;
    std::string_view key;  // of the member that is being read, or of the array
    std::uint64_t key_number = 0;
  };

  // False at the end of the text. Most JSON between machines has no blanks.
  bool SkipBlanks() {
    if (at_ < text_.size() && static_cast<unsigned char>(text_[at_]) > ' ') return true;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c != ' ' && c != '\t' && c != '\r' && c != '\n') return true;
      ++at_;
    }
    return false;
  }

  bool Push(bool object) {
    if (depth_ == kDepthMax) return false;
    const Frame& outer = frames_[depth_];
    Frame& frame = frames_[++depth_];
    frame.object = object;
    frame.marks = 0;
    frame.elements = 0;
    frame.first_key = keys_;
    frame.key = outer.key;
    frame.key_number = outer.key_number;
    ++at_;
    return true;
  }

  // At '{': opens it and goes to the value of its first member, or leaves an empty one.
  bool Object() {
    if (!Push(true) || !SkipBlanks()) return false;
    if (text_[at_] != '}') return Key();
    return Pop();
  }

  bool Array() {
    if (!Push(false) || !SkipBlanks()) return false;
    if (text_[at_] == ']') return Pop();
    pending_ = true;
    return true;
  }

  bool Pop() {
    const Frame& frame = frames_[depth_];
    if (frame.object) visitor_.OnObjectEnd(frame.marks, depth_);
    keys_ = frame.first_key;
    --depth_;
    ++at_;
    pending_ = false;
    return true;
  }

  // At the quote of a key: reads it up to the value behind its colon.
  bool Key() {
    if (at_ >= text_.size() || text_[at_] != '"') return false;
    const std::size_t end = impl::EndOfPlainString(text_, at_ + 1);
    if (end == std::string_view::npos) return false;
    Frame& frame = frames_[depth_];
    frame.key = {text_.data() + at_ + 1, end - at_ - 1};
    frame.key_number = impl::KeyNumberIn(text_, at_ + 1, end);
    if (keys_ == kOpenKeysMax || keys_ - frame.first_key == kKeysMax) return false;
    for (std::size_t i = frame.first_key; i < keys_; ++i) {
      if (key_numbers_[i] == frame.key_number) return false;  // twice, or nearly
    }
    key_numbers_[keys_++] = frame.key_number;
    frame.marks |= visitor_.MarkOf(frame.key_number);
    at_ = end + 1;
    if (!SkipBlanks() || text_[at_] != ':') return false;
    ++at_;
    pending_ = true;
    return SkipBlanks();
  }

  bool Literal(std::string_view word) {
    if (text_.compare(at_, word.size(), word) != 0) return false;
    at_ += word.size();
    return true;
  }

  bool Scalar() {
    const char c = text_[at_];
    if (c == '"') {
      const std::size_t end = impl::EndOfPlainString(text_, at_ + 1);
      if (end == std::string_view::npos) return false;
      const Frame& frame = frames_[depth_];
      visitor_.OnString(frame.key, frame.key_number, {text_.data() + at_ + 1, end - at_ - 1}, depth_);
      at_ = end + 1;
      return true;
    }
    if (c == 't') return Literal("true");
    if (c == 'f') return Literal("false");
    if (c == 'n') return Literal("null");
    at_ = impl::EndOfPlainNumber(text_, at_);
    return at_ != std::string_view::npos;
  }

  // A value, then what may stand behind it, until the outermost object has ended.
  bool Loop() {
    while (depth_ > 0) {
      if (pending_) {
        if (!SkipBlanks()) return false;
        pending_ = false;
        const char c = text_[at_];
        if (c == '{') {
          if (!Object()) return false;
          continue;
        }
        if (c == '[') {
          if (!Array()) return false;
          continue;
        }
        if (!Scalar()) return false;
      }
      if (!SkipBlanks()) return false;
      Frame& frame = frames_[depth_];
      const char c = text_[at_];
      if (c == ',') {
        ++at_;
        if (!SkipBlanks()) return false;
        if (frame.object ? !Key() : ++frame.elements == kElementsMax) return false;
        pending_ = true;
      } else if (c != (frame.object ? '}' : ']') || !Pop()) {
        return false;
      }
    }
    return !SkipBlanks();  // nothing follows
  }

  std::string_view text_;
  Visitor& visitor_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  std::size_t keys_ = 0;
  bool pending_ = false;  // a value is due
  std::array<Frame, kDepthMax + 1> frames_{};
  std::array<std::uint64_t, kOpenKeysMax> key_numbers_;
};

template <class Visitor>
SkimVerdict Skim(std::string_view text, Visitor& visitor) {
  return Skimmer<Visitor>(text, visitor).Run();
}

}  // namespace facet::json

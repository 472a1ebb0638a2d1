#pragma once
// Keys -> bits, by the keys' numbers: what of an object somebody looks for, told without comparing text. Now and then a
// key has the bits of another one too: use it where a bit too many only costs time.
//
// Thread: immutable once filled. Owns: its table. Errors: none.
#include "adapter/json/skim_scan.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace facet::json {

class KeyBits {
 public:
  static constexpr std::size_t kKeysMax = 200;

  // False when there are too many keys.
  bool Add(std::string_view key, std::uint64_t bits) {
    const std::uint64_t number = impl::KeyNumber(key);
    std::size_t at = PlaceOf(number);
    while (slots_[at].bits != 0 && slots_[at].number != number) at = Behind(at);
    if (slots_[at].bits == 0 && used_ == kKeysMax) return false;
    if (slots_[at].bits == 0) ++used_;
    slots_[at].number = number;
    slots_[at].bits |= bits;
    return true;
  }

  std::uint64_t BitsOf(std::uint64_t key_number) const noexcept {
    std::size_t at = PlaceOf(key_number);
    while (slots_[at].bits != 0 && slots_[at].number != key_number) at = Behind(at);
    return slots_[at].bits;
  }

 private:
  struct Slot {
    std::uint64_t number = 0;
    std::uint64_t bits = 0;  // 0: free
  };
  static constexpr std::size_t kSlots = 256;
  static std::size_t PlaceOf(std::uint64_t number) noexcept { return (number * 0x9E3779B97F4A7C15U) >> 56U; }
  static std::size_t Behind(std::size_t at) noexcept { return (at + 1) % kSlots; }

  std::array<Slot, kSlots> slots_{};
  std::size_t used_ = 0;
};

}  // namespace facet::json

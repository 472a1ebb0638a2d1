#pragma once
// Memory for computed values: grows by blocks, is given back all at once. Blocks are kept for the next use.
//
// Thread: one. Owns: its blocks; values in it must need no destructor.
#include "adapter/base/check.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>
#include <vector>

namespace facet::fhirpath {

class Arena {
 public:
  template <class T>
  const T* Make(const T& value) {
    static_assert(std::is_trivially_destructible_v<T>);
    return new (Allocate(sizeof(T), alignof(T))) T(value);
  }

  std::string_view Copy(std::string_view text) {
    if (text.empty()) return {};
    char* bytes = AllocateText(text.size());
    std::memcpy(bytes, text.data(), text.size());
    return {bytes, text.size()};
  }
  char* AllocateText(std::size_t size) { return static_cast<char*>(Allocate(size, 1)); }

  std::size_t used() const { return used_; }

  void Reset() {
    block_ = 0;
    offset_ = 0;
    used_ = 0;
  }

  struct Mark {
    std::size_t block;
    std::size_t offset;
    std::size_t used;
  };
  Mark Here() const { return {block_, offset_, used_}; }
  void Rewind(const Mark& mark) {
    block_ = mark.block;
    offset_ = mark.offset;
    used_ = mark.used;
  }

 private:
  struct Block {
    std::unique_ptr<std::byte[]> bytes;
    std::size_t size;
  };
  static constexpr std::size_t kBlockSize = 16U << 10U;

  void* Allocate(std::size_t size, std::size_t alignment) {
    used_ += size;
    while (true) {
      if (block_ < blocks_.size()) {
        const std::size_t at = (offset_ + alignment - 1) / alignment * alignment;
        if (at + size <= blocks_[block_].size) {
          offset_ = at + size;
          return blocks_[block_].bytes.get() + at;
        }
        ++block_;
        offset_ = 0;
        continue;
      }
      // operator new[] aligns enough for every fundamental type, the 128-bit integer of Decimal included.
      const std::size_t wanted = std::max(kBlockSize, size + alignment);
      blocks_.push_back({std::make_unique_for_overwrite<std::byte[]>(wanted), wanted});
    }
  }

  std::vector<Block> blocks_;
  std::size_t block_ = 0;
  std::size_t offset_ = 0;
  std::size_t used_ = 0;
};

}  // namespace facet::fhirpath

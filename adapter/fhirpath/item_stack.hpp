#pragma once
// The evaluator's stack: a vector of items whose push is a few instructions where it is used. An evaluation pushes an
// item for every step; with std::vector the copies cost a fifth of the time (tests/bench).
//
// Thread: one. Owns: its memory, which is kept for the next evaluation.
#include "adapter/base/check.hpp"
#include "adapter/fhirpath/item.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <type_traits>

namespace facet::fhirpath {

class ItemStack {
 public:
  static_assert(std::is_trivially_copyable_v<Item>);

  std::size_t size() const { return size_; }
  Item& operator[](std::size_t i) { return items_[i]; }
  const Item& operator[](std::size_t i) const { return items_[i]; }
  Item& back() { return items_[size_ - 1]; }
  std::span<const Item> items() const { return {items_.get(), size_}; }

  // `item` may lie in this stack.
  void push_back(const Item& item) {
    const Item copy = item;
    if (size_ == capacity_) Grow();
    items_[size_++] = copy;
  }
  void pop_back() { --size_; }
  void Shrink(std::size_t size) {
    ADAPTER_CHECK(size <= size_);
    size_ = size;
  }
  void Erase(std::size_t from, std::size_t to) {
    std::copy(items_.get() + to, items_.get() + size_, items_.get() + from);
    size_ -= to - from;
  }

 private:
  static constexpr std::size_t kFirstCapacity = 64;

  [[gnu::noinline]] void Grow() {
    const std::size_t capacity = std::max(kFirstCapacity, capacity_ * 2);
    auto larger = std::make_unique<Item[]>(capacity);
    std::copy(items_.get(), items_.get() + size_, larger.get());
    items_ = std::move(larger);
    capacity_ = capacity;
  }

  std::unique_ptr<Item[]> items_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace facet::fhirpath

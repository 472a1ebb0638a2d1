#pragma once
// A secret of the configuration. It has no operator<<, is no event field, and wipes itself.
// Thread: a value. Errors: none.
#include <string>
#include <utility>

namespace facet::config {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  Secret(const Secret&) = default;
  Secret& operator=(const Secret& other) {
    if (this != &other) {
      Wipe();
      value_ = other.value_;
    }
    return *this;
  }
  ~Secret() { Wipe(); }

  bool empty() const noexcept { return value_.empty(); }
  // For the one place that sends or compares it.
  const std::string& Reveal() const noexcept { return value_; }

 private:
  void Wipe() noexcept {
    // volatile: a plain loop over memory that is freed next would be removed by the compiler.
    volatile char* bytes = value_.data();
    for (std::size_t i = 0; i < value_.size(); ++i) bytes[i] = '\0';
  }
  std::string value_;
};

}  // namespace facet::config

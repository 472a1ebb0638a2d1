#pragma once
// Seeded random numbers with the same output everywhere (std distributions differ between libraries).
// The seed is given by the shell or a test; pure rooms only ever see a Prng that was handed to them.
#include <cstdint>
#include <random>

namespace facet {

class Prng {
 public:
  explicit Prng(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t Next() { return engine_(); }
  // Uniform in [0, bound); bound > 0. Rejection keeps it unbiased.
  std::uint64_t Below(std::uint64_t bound) {
    const std::uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
    std::uint64_t draw = Next();
    while (draw >= limit) draw = Next();
    return draw % bound;
  }
  std::int64_t Between(std::int64_t low, std::int64_t high) {  // both ends included
    return low + static_cast<std::int64_t>(Below(static_cast<std::uint64_t>(high - low) + 1));
  }
  bool Chance(std::uint32_t per_thousand) { return Below(1000) < per_thousand; }

 private:
  std::mt19937_64 engine_;
};

}  // namespace facet

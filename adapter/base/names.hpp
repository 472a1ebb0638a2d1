#pragma once
// Enumerators by their names: a table holds the names in the order of the enumerators.
// Thread: pure. Owns: nothing. Errors: nullopt for a name that is in no table.
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace facet {

template <class Enum, std::size_t N>
constexpr std::string_view NameIn(const std::array<std::string_view, N>& names, Enum value) noexcept {
  return names[static_cast<std::size_t>(value)];
}

template <class Enum, std::size_t N>
constexpr std::optional<Enum> EnumIn(const std::array<std::string_view, N>& names, std::string_view name) noexcept {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == name) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace facet

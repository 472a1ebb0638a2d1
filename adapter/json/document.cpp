#include "adapter/json/document.hpp"

namespace facet::json {

Limits Limits::ForFiles() {
  return {.bytes_max = std::size_t{1} << 30U,
          .depth_max = 128,
          .array_length_max = 5'000'000,
          .string_bytes_max = std::size_t{64} << 20U};
}

Limits Limits::ForNotifications() {
  Limits limits;
  limits.bytes_max = std::size_t{1} << 20U;
  return limits;
}

namespace {

std::string_view TextOf(const Tape& tape, const Cell& cell) {
  return std::string_view(tape.text).substr(cell.text, cell.size);
}

}  // namespace

std::string_view Value::string() const noexcept { return is_string() ? TextOf(*tape_, cell()) : std::string_view{}; }

std::string_view Value::number_text() const noexcept {
  return is_number() ? TextOf(*tape_, cell()) : std::string_view{};
}

std::optional<Decimal> Value::decimal() const noexcept {
  return is_number() ? Decimal::Parse(number_text()) : std::nullopt;
}

std::size_t Value::size() const noexcept { return is_object() || is_array() ? cell().size : 0; }

Value Value::operator[](std::string_view key) const noexcept {
  if (!is_object()) return {};
  const std::uint32_t end = cell().next;
  for (std::uint32_t at = index_ + 1; at < end; at = tape_->cells[at].next) {
    if (TextOf(*tape_, tape_->cells[at]) == key) return {tape_, at + 1};
  }
  return {};
}

Value Value::at(std::size_t element) const noexcept {
  if (!is_array() || element >= cell().size) return {};
  std::uint32_t at = index_ + 1;
  for (; element > 0; --element) at = tape_->cells[at].next;
  return {tape_, at};
}

Members Value::members() const noexcept {
  return is_object() ? Members{tape_, index_ + 1, cell().next} : Members{tape_, 0, 0};
}

Elements Value::elements() const noexcept {
  return is_array() ? Elements{tape_, index_ + 1, cell().next} : Elements{tape_, 0, 0};
}

Member Members::Iterator::operator*() const noexcept {
  return {TextOf(*tape_, tape_->cells[index_]), Value{tape_, index_ + 1}};
}

Members::Iterator& Members::Iterator::operator++() noexcept {
  index_ = tape_->cells[index_].next;
  return *this;
}

}  // namespace facet::json

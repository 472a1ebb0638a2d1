// Any bytes as JSON: refused with a place, or read, written and read again as the same.
#include "tests/fuzz/fuzz_check.hpp"

#include "adapter/json/document.hpp"
#include "adapter/json/writer.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace {

using facet::json::Canonical;
using facet::json::Limits;
using facet::json::Parse;
using facet::json::Value;
using facet::json::Writer;

// Every accessor on every value, and look-ups that agree with iteration.
std::size_t Visit(Value value) {
  std::size_t count = 1 + (value.decimal() ? 1U : 0U) + value.string().size() + value.number_text().size();
  std::size_t seen = 0;
  for (const Value element : value.elements()) {
    FUZZ_CHECK(value.at(seen) == element);
    ++seen;
    count += Visit(element);
  }
  for (const auto& [key, member] : value.members()) {
    FUZZ_CHECK(value[key] == member);
    ++seen;
    count += Visit(member);
  }
  FUZZ_CHECK(seen == value.size());
  FUZZ_CHECK(value.at(seen).missing());
  return count;
}

void CheckPlace(const std::string& where, std::string_view text) {
  const std::size_t colon = where.find(':');
  FUZZ_CHECK(colon != std::string::npos);
  FUZZ_CHECK(std::stoul(where) >= 1 && std::stoul(where) <= text.size() + 1);
  FUZZ_CHECK(std::stoul(where.substr(colon + 1)) >= 1 && std::stoul(where.substr(colon + 1)) <= text.size() + 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Limits tight;
  tight.depth_max = 3;
  tight.array_length_max = 4;
  tight.string_bytes_max = 8;
  const auto document = Parse(text);
  const auto strict = Parse(text, tight);
  FUZZ_CHECK(document.ok() || !strict.ok());
  if (!strict.ok()) CheckPlace(strict.error().where, text);
  if (!document.ok()) {
    CheckPlace(document.error().where, text);
    return 0;
  }
  Visit(document->root());
  const std::string copy = std::move(Writer().Copy(document->root())).Take();
  const auto again = Parse(copy);
  FUZZ_CHECK(again.ok());
  FUZZ_CHECK(std::move(Writer().Copy(again->root())).Take() == copy);
  const std::string canonical = Canonical(document->root());
  FUZZ_CHECK(Canonical(again->root()) == canonical);
  FUZZ_CHECK(Canonical(Parse(canonical)->root()) == canonical);
  CheckPlace(facet::json::Locator(text).Find("/0/a/entry/1"), text);
  return 0;
}

// Any text as NDJSON or Bundles. Skim never calls sound what the parser refuses; a set of files settles whatever it
// holds, and each of its lines is read the same whatever stands around it.
#include "tests/fuzz/fuzz_check.hpp"

#include "adapter/fhir/references.hpp"
#include "adapter/fhir/resource_set.hpp"
#include "adapter/json/document.hpp"
#include "adapter/json/skim.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

namespace json = facet::json;

struct Counter : json::SkimVisitor {
  std::size_t bytes = 0;
  static std::uint32_t BitsOf(std::uint64_t key) { return static_cast<std::uint32_t>(key & 1U) + 1; }
  void OnString(std::string_view key, std::uint32_t, std::string_view value, std::size_t depth) {
    FUZZ_CHECK(depth > 0);
    bytes += key.size() + value.size();
  }
  static void OnEnd(Token, bool, std::uint32_t, std::uint32_t, std::size_t depth) { FUZZ_CHECK(depth > 0); }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  facet::fhir::ResourceSet set;
  std::size_t number = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    begin = end + 1;
    Counter counter;
    const bool sound = json::Skim(line, counter) == json::SkimVerdict::kSound;
    auto document = json::Parse(line, json::Limits::ForFiles());
    FUZZ_CHECK(document.ok() || !sound);
    // In an array nothing is skimmed: the parser has the last word, and says the same.
    const auto parsed = json::Parse("[" + std::string(line) + "]", json::Limits::ForFiles());
    if (sound) {
      FUZZ_CHECK(document->root().is_object());
      FUZZ_CHECK(parsed.ok() && parsed->root().size() == 1);
      FUZZ_CHECK(json::Canonical(parsed->root().at(0)) == json::Canonical(document->root()));
    }
    if (document.ok()) set.Add(std::move(*document), "f:" + std::to_string(++number));
  }
  std::string before;
  for (const auto& resource : set.Finish()) {
    FUZZ_CHECK(before.empty() || before < resource.reference);
    before = resource.reference;
    FUZZ_CHECK(facet::fhir::ParseReference(resource.reference).kind == facet::fhir::ReferenceKind::kRelative);
    static_cast<void>(set.Resolve(resource.resource["subject"]));
  }
  return 0;
}

// Any JSON as a ViewDefinition: refused with a place, or run over a resource within limits, twice with the same rows,
// each of them JSON. Behind the first NUL stands the resource; else one of our own.
#include "tests/fuzz/fuzz_check.hpp"

#include "adapter/json/document.hpp"
#include "adapter/mapping/views/output.hpp"
#include "adapter/mapping/views/view.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace views = facet::mapping::views;
namespace json = facet::json;

constexpr std::size_t kRowsMax = 2'000;
constexpr std::string_view kResource = R"({"resourceType":"Patient","id":"p1","active":true,"birthDate":"1970-03",
  "name":[{"use":"official","family":"F","given":["A","B"]},{"given":["C"]}],"contact":[{"telecom":[{"value":"1"}]}],
  "generalPractitioner":[{"reference":"Practitioner/x"}],"multipleBirthInteger":2})";

void CheckPlaces(const std::vector<facet::Error>& errors) {
  FUZZ_CHECK(!errors.empty());
  for (const facet::Error& error : errors) {
    FUZZ_CHECK(error.where.starts_with("v:"));
    FUZZ_CHECK(std::stoul(error.where.substr(2)) >= 1);
  }
}

std::string RowsOf(const views::View& view, json::Value resource, views::Runner& runner) {
  std::string out;
  std::size_t rows = 0;
  const facet::Status status = runner.Run(view, resource, [&](std::span<const views::Cell> row) {
    FUZZ_CHECK(row.size() == view.columns().size());
    if (++rows <= kRowsMax) views::AppendRow(view, row, views::Format::kNdjson, out);
  });
  return status.ok() ? out : "error " + status.error().ToString();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t split = std::min(input.find('\0'), input.size());
  const std::string_view body = split < input.size() ? input.substr(split + 1) : kResource;
  std::vector<facet::Error> errors;
  const auto view = views::LoadViewText(input.substr(0, split), "v", errors);
  if (view == nullptr) {
    CheckPlaces(errors);
    return 0;
  }
  const auto document = json::Parse(body);
  if (!document.ok()) return 0;
  views::Runner runner;
  const std::string rows = RowsOf(*view, document->root(), runner);
  FUZZ_CHECK(RowsOf(*view, document->root(), runner) == rows);
  if (!rows.starts_with("error ") && !rows.empty()) {
    json::Limits generous = json::Limits::ForFiles();
    FUZZ_CHECK(json::Parse(rows.substr(0, rows.find('\n')), generous).ok());
  }
  return 0;
}

// Any bytes as an expression, and, behind the first NUL, as the resource that it is evaluated on: refused with a place,
// or evaluated within its limits, twice with the same result, which can be written.
#include "tests/fuzz/fuzz_check.hpp"

#include "adapter/fhirpath/evaluator.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fp = facet::fhirpath;
namespace json = facet::json;

constexpr std::string_view kResource = R"({"resourceType":"Observation","id":"o1","status":"final","_status":{"id":"s"},
  "code":{"coding":[{"system":"http://loinc.org","code":"72514-3"},{"code":"x"}],"text":"Pain"},
  "subject":{"reference":"#p"},"contained":[{"resourceType":"Patient","id":"p","name":[{"given":["A",null],
  "_given":[null,{"extension":[{"url":"u","valueCode":"masked"}]}]}],"birthDate":"1970-03"}],
  "effectiveDateTime":"2026-03-05T10:00:00.5+01:00","valueQuantity":{"value":7.50,"code":"mg",
  "system":"http://unitsofmeasure.org"},"component":[{"valueInteger":3},{"valueString":"3"},{"valueBoolean":true},
  {"valueTime":"10:30"},{"valuePeriod":{"start":"2026"}}]})";

void CheckPlace(const facet::Error& error, std::string_view text) {
  const std::size_t colon = error.where.find(':');
  FUZZ_CHECK(colon != std::string::npos);
  const std::size_t line = std::stoul(error.where);
  const std::size_t column = std::stoul(error.where.substr(colon + 1));
  FUZZ_CHECK(line >= 1 && line <= text.size() + 1 && column >= 1 && column <= text.size() + 1);
}

std::string Written(const std::vector<fp::Item>& items) {
  json::Writer writer;
  writer.BeginArray();
  for (const fp::Item& item : items) WriteItem(writer, item);
  writer.EndArray();
  return writer.text();
}

class Surroundings : public fp::Host {
 public:
  std::optional<bool> MemberOf(std::string_view, std::string_view, std::string_view code) override {
    return code.size() % 2 == 0;
  }
  void OnStep(std::string_view, std::string_view where, std::span<const fp::Item>) override {
    FUZZ_CHECK(where.find(':') != std::string_view::npos);
  }
};

void EvaluateTwice(const fp::Expression& expression, std::string_view text, json::Value resource) {
  Surroundings host;
  fp::Context context;
  context.focus = fp::Item::Node(resource);
  context.now = facet::UtcInstant{1'772'704'800'123};
  context.host = &host;
  context.limits = {.steps_max = 20'000, .items_max = 2'000, .bytes_max = 1U << 20U};
  fp::Evaluator evaluator;
  std::vector<fp::Item> items;
  const facet::Status status = evaluator.Evaluate(expression, context, items);
  if (!status.ok()) {
    CheckPlace(status.error(), text);
    return;
  }
  json::Limits generous = json::Limits::ForFiles();
  generous.bytes_max = generous.string_bytes_max = 1U << 30U;
  generous.array_length_max = 1U << 20U;
  const std::string first = Written(items);
  FUZZ_CHECK(json::Parse(first, generous).ok());
  context.trace_steps = true;
  std::vector<fp::Item> again;
  FUZZ_CHECK(evaluator.Evaluate(expression, context, again).ok());
  FUZZ_CHECK(Written(again) == first);
  if (items.size() <= 1) FUZZ_CHECK(evaluator.EvaluateBool(expression, context).ok());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t split = std::min(input.find('\0'), input.size());
  const std::string_view text = input.substr(0, split);
  const std::string_view body = split < input.size() ? input.substr(split + 1) : kResource;
  const auto document = json::Parse(body);
  if (!document.ok()) return 0;
  const std::string type(document->root()["resourceType"].string());
  const auto strict = fp::Compile(text, {.root_type = type});
  const auto lenient = fp::Compile(text, {.root_type = type, .strict = false});
  FUZZ_CHECK(lenient.ok() || !strict.ok());
  if (!strict.ok()) CheckPlace(strict.error(), text);
  if (!lenient.ok()) return 0;
  FUZZ_CHECK(lenient->text() == text);
  EvaluateTwice(*lenient, text, document->root());
  return 0;
}

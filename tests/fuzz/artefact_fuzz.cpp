// Any text as a mapping file (ValueSet, ConceptMap, CodeSystem, ViewDefinition) beside two shipped ones: refused with
// places, or loaded; what is loaded answers every question without failing.
#include "tests/fuzz/fuzz_check.hpp"

#include "adapter/json/document.hpp"
#include "adapter/mapping/lint.hpp"
#include "adapter/mapping/mapper.hpp"
#include "adapter/mapping/terminology/terminology.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace {

using facet::mapping::Mapper;
using facet::mapping::SourceFile;

constexpr const char* kSystem = R"({"resourceType":"CodeSystem","url":"https://facet-adapter.org/fhir/CodeSystem/fact",
  "status":"active","content":"complete","concept":[{"code":"facet-procedure"},{"code":"nerve-block-guidance"}]})";
constexpr const char* kOther = R"({"resourceType":"CodeSystem","url":"https://s.example/cs","status":"active",
  "content":"complete","property":[{"code":"kind","type":"string"}],"concept":[{"code":"a","concept":[{"code":"a.1",
  "property":[{"code":"kind","valueString":"x"}]}]},{"code":"b"}]})";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<SourceFile> files = {{"a.json", "shipped", kSystem},
                                         {"b.json", "shipped", kOther},
                                         {"c.json", "site", std::string(reinterpret_cast<const char*>(data), size)}};
  std::vector<facet::Error> errors;
  const auto mapper = Mapper::Load(files, errors);
  if (!mapper.ok()) {
    FUZZ_CHECK(!errors.empty());
    for (const facet::Error& error : errors) {
      FUZZ_CHECK(error.where.find(".json:") != std::string::npos);
    }
    return 0;
  }
  FUZZ_CHECK(errors.empty());
  FUZZ_CHECK(!(*mapper)->hash().empty());
  for (const char* type : {"Procedure", "Observation", "Condition"}) {
    for (const std::string& code : (*mapper)->SearchCodes(type)) FUZZ_CHECK(code.find('|') != std::string::npos);
  }
  static_cast<void>(Lint(**mapper));
  static_cast<void>((*mapper)->terminology().IsMember("https://s.example/vs", "https://s.example/cs", "a.1"));
  return 0;
}

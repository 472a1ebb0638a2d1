// Any request to a hook: "method\ntail\nbody". Refused as invalid, or a hint that names a resource properly.
#include "tests/fuzz/fuzz_check.hpp"

#include "adapter/fhir/references.hpp"
#include "adapter/fhir/resource.hpp"
#include "adapter/intake/notification.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const auto take_line = [&rest] {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    return line;
  };
  const std::string_view method = take_line();
  const std::string_view tail = take_line();
  const auto hint =
      facet::intake::ParseNotification(method, tail, rest, "https://h.example/fhir", [](facet::json::Value resource) {
        return resource["code"]["coding"].size() > 1;
      });
  if (!hint.ok()) {
    FUZZ_CHECK(hint.error().code == facet::ErrorCode::kHookInvalid);
    return 0;
  }
  if (hint->kind == facet::intake::HintKind::kWake) {
    FUZZ_CHECK(hint->type.empty() && hint->id.empty());
  } else {
    FUZZ_CHECK(!hint->type.empty() && hint->type.find_first_of("/?# ") == std::string::npos);
    FUZZ_CHECK(facet::fhir::IsId(hint->id));
  }
  const std::string& patient = hint->patient.get();
  FUZZ_CHECK(patient.empty() || facet::fhir::ParseReference(patient).kind == facet::fhir::ReferenceKind::kRelative);
  return 0;
}

// Any text as a FHIR date or time: refused, or an interval that is not empty, whatever the zone.
#include "tests/fuzz/fuzz_check.hpp"

#include "adapter/base/decimal.hpp"
#include "adapter/base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using facet::Decimal;
  using facet::FhirDateTime;
  using facet::TimeZone;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto time = FhirDateTime::Parse(text)) {
    FUZZ_CHECK(time->text == text);
    FUZZ_CHECK(time->date.valid());
    for (const TimeZone& zone :
         {TimeZone(), TimeZone::Fixed(14 * 3600), TimeZone("x", -18'000, {{1'772'956'800, -21'600}})}) {
      FUZZ_CHECK(time->Earliest(zone) < time->Latest(zone));
    }
    const auto again = FhirDateTime::Parse(time->Earliest(TimeZone()).ToString());
    FUZZ_CHECK(!again || again->Earliest(TimeZone()) == time->Earliest(TimeZone()));
  }
  if (const auto number = Decimal::Parse(text)) {
    const auto again = Decimal::Parse(number->ToString());
    FUZZ_CHECK(again && *again == *number && again->scale() == number->scale());
    FUZZ_CHECK(number->Normalized() == *number);
    FUZZ_CHECK(number->Rounded(Decimal::kScaleMax) == *number);
  }
  return 0;
}

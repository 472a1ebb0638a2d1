#pragma once
// What is read of a followed patient, as a table: patient-scoped searches that every server has. Hydration reads what a
// judgement needs; gathering reads the context of a failed episode, and says of each kind whether it was available.
// Thread: pure. Units: dates in the site's time zone.
#include "adapter/base/time.hpp"
#include "adapter/guide/proposal.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace facet::engine {

enum class QueryPhase : std::uint8_t { kHydrate, kGather };

struct QuerySpec {
  const char* name;  // key of PatientState::queries
  const char* type;
  QueryPhase phase = QueryPhase::kHydrate;
  // Parameters beside patient=; $since and $recent are replaced by dates; nullptr: a read of the patient itself.
  const char* parameters;
  bool with_codes = false;  // restricted to the codes of the mappings
  bool required = false;    // nothing is judged without it: tried until it is answered
  // Which kind of evidence is not available where it fails; nullptr: only adds to what others give.
  bool guide::Availability::*kind = nullptr;
};
std::span<const QuerySpec> QueryTable() noexcept;
const QuerySpec* FindQuery(std::string_view name) noexcept;

struct QueryDates {
  CivilDate since;   // facts from here on
  CivilDate recent;  // imaging from here on
};
// `patient`: "Patient/p1"; `codes`: one joined list, used by queries with codes.
std::string QueryPath(const QuerySpec& spec, const std::string& patient, const QueryDates& dates,
                      const std::string& codes, int page_size);

}  // namespace facet::engine

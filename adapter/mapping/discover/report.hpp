#pragma once
// A DiscoveryReport for people (a table), for programs (NDJSON), and as a draft overlay to begin with.
//
// Thread: pure. Errors: none. What is written is what the report tells: no PHI.
#include "adapter/mapping/discover/discovery.hpp"

#include <string>
#include <vector>

namespace facet::mapping {

std::string DiscoveryText(const DiscoveryReport& report);
std::string DiscoveryLines(const DiscoveryReport& report);

struct DraftFile {
  std::string path;  // below the overlay's directory
  std::string text;
};
// An overlay that loads and maps nothing: the candidates are targets with the equivalence "unmatched" and a comment
// that says why they are there; whoever confirms one makes it "equivalent". With a README and an example to test.
// Empty where there is no candidate that could be mapped. Ordered by path.
std::vector<DraftFile> DraftOverlay(const DiscoveryReport& report);

// "312 of 300 patients; values Quantity 0..10 (312); units score (312)": what is known of a code beside its name.
std::string DiscoveredDetails(const DiscoveredCode& code);

}  // namespace facet::mapping

#pragma once
// Compares what `replay --format json` says with what a scenario expects.
//
// Judgement and rejected lines are compared completely, but for a `decided_at` that the expectation leaves out.
// Proposal lines are compared by the members that the expectation has; its `rules` groups the rules by their state
// ("suggested", "withheld by G18", ...) where the output lists each in `suggestions`, and its `cautions`, which are all
// there are, by kind and evidence ("anticoagulant: MedicationRequest/m1", "could not check medications"). Numbers are compared by value.
// Thread: pure. Errors: part of the answer, as a difference.
#include <string>
#include <string_view>
#include <vector>

namespace facet::scenarios {

// One message a difference, each with its line and path; empty where the output is as expected.
std::vector<std::string> Compare(std::string_view expected, std::string_view actual);

}  // namespace facet::scenarios

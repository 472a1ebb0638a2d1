#pragma once
// NDJSON to facts, line by line: the way of replay_facts.hpp that keeps nothing it does not need.
//
// First all lines: what can make a fact by its codes is extracted, of the rest only the place is noted, by patient.
// Then the resources that occur more than once (their newest state counts), then the noted lines of the patients with a
// facet procedure. Thread: one. Errors: as replay_facts.hpp; nullopt where the input must be read as a whole.
#include "adapter/app/replay_facts.hpp"

#include <optional>

namespace facet::app {

// The facts by patient as they were written: merged patients are still two.
Result<std::optional<ReplayFacts>> ReadStream(const std::vector<ReplayInput>& inputs, const Rulebook& rules,
                                              bool sieved, std::vector<Error>& errors);

}  // namespace facet::app

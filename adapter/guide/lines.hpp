#pragma once
// The lines of `replay --format json` and of the history that `explain` shows: one JSON object each, keys never
// omitted, what is absent is null (operator's contract in the README of `app`; changing it is a breaking change).
// Thread: pure.
#include "adapter/clinical/facts.hpp"
#include "adapter/clinical/judgement.hpp"
#include "adapter/guide/proposal.hpp"

#include <string>

namespace facet::guide {

std::string JudgementLine(const std::string& patient, const clinical::Judgement& judgement);
std::string ProposalLine(const std::string& patient, const clinical::Judgement& judgement,
                         const guide::Proposal& proposal);
std::string RejectedLine(const clinical::Rejection& rejection);

}  // namespace facet::guide

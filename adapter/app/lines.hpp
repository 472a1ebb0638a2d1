#pragma once
// The lines of `replay --format json`: one JSON object each, keys never omitted, what is absent is null
// (operator's contract in the README of `app`; changing it is a breaking change).
// Thread: pure.
#include <string>

#include "adapter/clinical/facts.hpp"
#include "adapter/clinical/judgement.hpp"
#include "adapter/guide/proposal.hpp"

namespace facet::app {

std::string JudgementLine(const std::string& patient, const clinical::Judgement& judgement);
std::string ProposalLine(const std::string& patient, const clinical::Judgement& judgement,
                         const guide::Proposal& proposal);
std::string RejectedLine(const clinical::Rejection& rejection);

}  // namespace facet::app

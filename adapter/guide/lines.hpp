#pragma once
// Judgements, proposals and rejections as JSON lines: what `replay` prints and what the store's history keeps. One
// object each, keys never omitted, what is absent is null. Changing it is a breaking change (operator's contract).
// Thread: pure.
#include "adapter/clinical/facts.hpp"
#include "adapter/clinical/judgement.hpp"
#include "adapter/guide/proposal.hpp"

#include <string>

namespace facet::guide {

std::string JudgementLine(const std::string& patient, const clinical::Judgement& judgement);
std::string ProposalLine(const std::string& patient, const clinical::Judgement& judgement, const Proposal& proposal);
std::string RejectedLine(const clinical::Rejection& rejection);

}  // namespace facet::guide

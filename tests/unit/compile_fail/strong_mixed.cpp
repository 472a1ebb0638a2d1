// Must not compile: two strong types are not compared.
// Error: no match for .operator==. .operand types are .facet::EpisodeId. .* and .facet::ProposalId.
// Error: invalid operands to binary expression ..facet::EpisodeId. .* and .facet::ProposalId.
#include "adapter/base/events.hpp"
#include "adapter/base/result.hpp"
#include "adapter/base/strong.hpp"

bool same = facet::EpisodeId("a") == facet::ProposalId("a");

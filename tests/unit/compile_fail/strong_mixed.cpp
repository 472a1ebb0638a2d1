// Must not compile: two strong types are not compared.
#include "adapter/base/events.hpp"
#include "adapter/base/result.hpp"
#include "adapter/base/strong.hpp"

bool same = facet::EpisodeId("a") == facet::ProposalId("a");

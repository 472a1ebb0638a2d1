#pragma once
// The lines of a replay (or of the store's history) for people: plain text, or one HTML page.
// Thread: pure. Errors: none; a line that is no object is left out.
#include "adapter/json/document.hpp"

#include <string>
#include <string_view>

namespace facet::app {

std::string TextReport(std::string_view lines);
std::string HtmlReport(std::string_view lines);

// One judgement, or one proposal, as text; also used by `explain`.
void AppendJudgementText(std::string& out, json::Value judgement);
void AppendProposalText(std::string& out, json::Value proposal);

}  // namespace facet::app

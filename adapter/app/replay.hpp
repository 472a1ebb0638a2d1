#pragma once
// The offline run: Bundles and NDJSON in, one judgement a session and one proposal a failed episode out.
//
// In the flow: inputs -> ReadFacts -> clinical::JudgePatient -> guide::Guide -> NDJSON
// lines. Thread: pure, but for the mapping and policy files that it loads. Same input and options, same bytes. Errors:
// what cannot be read or parsed is in `errors`, each with its place; the first is also the Result's.
#include "adapter/app/replay_facts.hpp"
#include "adapter/base/result.hpp"

#include <string>
#include <vector>

namespace facet::app {

struct ReplayOptions {
  RulebookSources rules;
  std::string as_of;  // instant, or a date (the end of that site-local day); required
  Reading reading = Reading::kSieved;
};

Result<std::string> Replay(const ReplayOptions& options, const std::vector<ReplayInput>& inputs,
                           std::vector<Error>& errors);
// The same with rules that are loaded already; `options.rules` is not looked at.
Result<std::string> Replay(const Rulebook& rules, const ReplayOptions& options, const std::vector<ReplayInput>& inputs,
                           std::vector<Error>& errors);

}  // namespace facet::app

// matches(), matchesFull(), replaceMatches(). Compiled patterns are kept by the Evaluator.
#include "adapter/fhirpath/machine.hpp"

#include <algorithm>

namespace facet::fhirpath {
namespace {

constexpr std::size_t kPatternsKept = 32;
constexpr std::size_t kInstructionsPerStep = 64;
constexpr std::size_t kCharactersPerStep = 8;

}  // namespace

const Regex* Machine::FindRegex(const Node& node, std::string_view pattern, std::string_view flags) {
  for (const CompiledPattern& known : state.patterns) {
    if (known.pattern == pattern && known.flags == flags) return &known.regex;
  }
  RegexFlags parsed;
  for (const char flag : flags) {
    if (flag != 'i' && flag != 'm') {
      FailType(node, "the flags of a regular expression are 'i' and 'm'");
      return nullptr;
    }
    (flag == 'i' ? parsed.ignore_case : parsed.multi_line) = true;
  }
  std::string problem;
  auto regex = Regex::Compile(pattern, parsed, problem);
  if (!regex) {
    FailType(node, "the regular expression is not understood: " + problem);
    return nullptr;
  }
  if (state.patterns.size() >= kPatternsKept) state.patterns.erase(state.patterns.begin());
  state.patterns.push_back({std::string(pattern), std::string(flags), std::move(*regex)});
  return &state.patterns.back().regex;
}

bool Machine::CallMatch(const Node& node, const Frame& frame, Range input) {
  std::optional<std::string_view> text;
  if (!SingleString(input, node, text)) return false;
  std::optional<std::string_view> words[3];
  for (std::size_t i = 0; i < node.child_count; ++i) {
    Range range;
    if (!EvalChild(node, i, frame, range) || !SingleString(range, node, words[i])) return false;
    if (!words[i]) text.reset();
  }
  Drop(input.begin);
  if (!text) return true;
  const bool replaces = node.function == Function::kReplaceMatches;
  const Regex* regex = FindRegex(node, *words[0], words[replaces ? 2 : 1].value_or(""));
  if (regex == nullptr) return false;
  const std::size_t cost = regex->cost() / kInstructionsPerStep + 1;
  if (!Step(node, cost * (text->size() / kCharactersPerStep + 1))) return false;
  if (!replaces) {
    Push(Item::Boolean(node.function == Function::kMatches ? regex->Search(*text) : regex->MatchFull(*text)));
    return true;
  }
  const std::size_t read_max = (context.limits.steps_max - steps) / cost * kCharactersPerStep;
  const auto replaced = regex->Replace(*text, *words[1], read_max, context.limits.bytes_max);
  if (!replaced) return Fail(ErrorCode::kPathLimit, node, "replacing in this text takes too many steps");
  Push(MakeString(*replaced));
  return Step(node);
}

}  // namespace facet::fhirpath

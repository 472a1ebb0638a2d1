#include "adapter/config/policy_keys.hpp"

#include "adapter/clinical/judgement.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace facet::config {
namespace {

using clinical::Confirm;
using clinical::Doubt;
using clinical::Policy;
using clinical::Window;

std::optional<int> ToInt(const YamlNode& node) {
  if (!node.is_scalar() || node.quoted) return std::nullopt;
  int value = 0;
  const char* end = node.text.data() + node.text.size();
  const auto [stop, error] = std::from_chars(node.text.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

template <int Max>
bool ReadDecimal(Decimal& into, const YamlNode& node) {
  if (!node.is_scalar() || node.quoted) return false;
  const std::optional<Decimal> value = Decimal::Parse(node.text);
  if (!value || *value < Decimal(0) || *value > Decimal(Max)) return false;
  into = *value;
  return true;
}

template <int Min, int Max>
bool ReadInt(int& into, const YamlNode& node) {
  const std::optional<int> value = ToInt(node);
  if (!value || *value < Min || *value > Max) return false;
  into = *value;
  return true;
}

template <int Max>
bool ReadWindow(Window& into, const YamlNode& node) {
  if (node.kind != YamlNode::Kind::kList || node.items.size() != 2) return false;
  const std::optional<int> first = ToInt(node.items[0]);
  const std::optional<int> last = ToInt(node.items[1]);
  if (!first || !last || *first < 0 || *first > *last || *last > Max) return false;
  into = {*first, *last};
  return true;
}

bool ReadBool(bool& into, const YamlNode& node) {
  if (!node.is_scalar() || node.quoted || (node.text != "true" && node.text != "false")) return false;
  into = node.text == "true";
  return true;
}

constexpr std::array kConfirmNames = {"settled", "first", "two-readings", "window-end"};

bool ReadConfirm(Policy& policy, const YamlNode& node) {
  const auto found = std::find(kConfirmNames.begin(), kConfirmNames.end(), node.text);
  if (!node.is_scalar() || found == kConfirmNames.end()) return false;
  policy.confirm = static_cast<Confirm>(found - kConfirmNames.begin());
  return true;
}

// A list of words of a closed set, each once.
template <class IsKnown>
bool ReadWords(std::vector<std::string>& into, const YamlNode& node, IsKnown known) {
  if (node.kind != YamlNode::Kind::kList) return false;
  std::vector<std::string> words;
  for (const YamlNode& item : node.items) {
    if (!item.is_scalar() || !known(item.text)) return false;
    if (std::find(words.begin(), words.end(), item.text) != words.end()) return false;
    words.push_back(item.text);
  }
  into = std::move(words);
  return true;
}

bool IsDoubt(std::string_view word) {
  for (int i = 0; i <= static_cast<int>(Doubt::kNotChecked); ++i) {
    if (clinical::NameOf(static_cast<Doubt>(i)) == word) return true;
  }
  return false;
}

bool IsGate(std::string_view word) {
  const std::vector<std::string> gates = Policy().gates;
  return std::find(gates.begin(), gates.end(), word) != gates.end();
}

bool IsRule(std::string_view word) {
  return word.size() == 3 && word[0] == 'G' && word >= "G01" && word <= "G41" && word[1] >= '0' && word[1] <= '9' &&
         word[2] >= '0' && word[2] <= '9';
}

bool ReadAnnotations(Policy& policy, const YamlNode& node) {
  if (node.kind != YamlNode::Kind::kList) return false;
  std::vector<Policy::Annotation> annotations;
  for (const YamlNode& item : node.items) {
    const YamlNode* rule = item.Find("rule");
    const YamlNode* text = item.Find("text");
    if (item.members.size() != 2 || rule == nullptr || text == nullptr || !IsRule(rule->text) || text->text.empty()) {
      return false;
    }
    annotations.push_back({rule->text, text->text});
  }
  policy.annotations = std::move(annotations);
  return true;
}

std::string Print(const Decimal& value) { return value.Normalized().ToString(); }
std::string Print(int value) { return std::to_string(value); }
std::string Print(bool value) { return value ? "true" : "false"; }
std::string Print(const Window& value) {
  return "[" + std::to_string(value.first) + ", " + std::to_string(value.last) + "]";
}
std::string Print(Confirm value) { return kConfirmNames[static_cast<std::size_t>(value)]; }
std::string Print(const std::vector<std::string>& words) {
  std::string text = "[";
  for (const std::string& word : words) text.append(text.size() > 1 ? ", " : "").append(word);
  return text + "]";
}
std::string Print(const std::vector<Policy::Annotation>& annotations) {
  std::string text = "[";
  for (const Policy::Annotation& annotation : annotations) {
    text.append(text.size() > 1 ? ", " : "").append(annotation.rule).append(": ").append(annotation.text);
  }
  return text + "]";
}

#define READ(reader, member) [](Policy& policy, const YamlNode& node) { return reader(policy.member, node); }
#define PRINT(member) [](const Policy& policy) { return Print(policy.member); }
#define PERCENT(path, member)                                                                                          \
  { path, "a number from 0 to 100", READ(ReadDecimal<100>, member), PRINT(member) }
#define TEN(path, member)                                                                                              \
  { path, "a number from 0 to 10", READ(ReadDecimal<10>, member), PRINT(member) }
#define WHOLE(path, member, low, high)                                                                                 \
  { path, "a whole number from " #low " to " #high, READ((ReadInt<low, high>), member), PRINT(member) }
#define WINDOW(path, member, high)                                                                                     \
  {                                                                                                                    \
    path, "a list of two whole numbers, first and last, from 0 to " #high, READ(ReadWindow<high>, member),             \
        PRINT(member)                                                                                                  \
  }
#define TRUTH(path, member)                                                                                            \
  { path, "true or false", READ(ReadBool, member), PRINT(member) }

// Sorted by path.
constexpr PolicyKey kKeys[] = {
    WHOLE("activities_max", activities_max, 1, 41),
    {"annotations", "a list of { rule: G.., text: ... }", ReadAnnotations, PRINT(annotations)},
    TRUTH("approach_and_intent_required", approach_and_intent_required),
    WHOLE("baseline.max_age_days", baseline_max_age_days, 0, 365),
    TEN("baseline.min_score", baseline_min_score),
    WHOLE("baseline.quiet_hours", baseline_quiet_hours, 0, 720),
    WHOLE("course.gap_days", course_gap_days, 1, 3650),
    WHOLE("diagnostic.block_valid_days", block_valid_days, 1, 3650),
    WHOLE("diagnostic.blocks_required", blocks_required, 1, 5),
    WHOLE("diagnostic.peak_hours", peak_hours, 0, 168),
    PERCENT("diagnostic.positive_percent", positive_percent),
    WINDOW("diagnostic.window_hours", diagnostic_window_hours, 168),
    WHOLE("function.baseline_percent", function_baseline_percent, 0, 100),
    {"gates", "a list of deceased, inactive, test-patient, under-18, restricted, opt-out",
     [](Policy& policy, const YamlNode& node) { return ReadWords(policy.gates, node, IsGate); }, PRINT(gates)},
    {"hold_on", "a list of names of doubts, each once",
     [](Policy& policy, const YamlNode& node) { return ReadWords(policy.hold_on, node, IsDoubt); }, PRINT(hold_on)},
    WHOLE("imaging.recent_months", imaging_recent_months, 1, 120),
    TRUTH("repeat.allowed", repeat_allowed),
    PERCENT("repeat.no_relief_percent", repeat_no_relief_percent),
    WINDOW("rfa.expected_months", rfa_expected_months, 120),
    WHOLE("scores_disagree_points", scores_disagree_points, 0, 100),
    PERCENT("scs.trial_success_percent", scs_trial_success_percent),
    PERCENT("sij.positive_percent", sij_positive_percent),
    {"therapeutic.confirm", "settled, first, two-readings or window-end", ReadConfirm, PRINT(confirm)},
    WHOLE("therapeutic.durable_days", durable_days, 1, 365),
    WINDOW("therapeutic.durable_window", durable_window, 365),
    WINDOW("therapeutic.early_days", early_days, 365),
    TEN("therapeutic.min_absolute_change", min_absolute_change),
    WHOLE("therapeutic.overdue_after_day", overdue_after_day, 1, 365),
    WINDOW("therapeutic.response_days", response_days, 365),
    WHOLE("therapeutic.settle_days", settle_days, 0, 90),
    PERCENT("therapeutic.success_percent", success_percent),
};

#undef READ
#undef PRINT
#undef PERCENT
#undef TEN
#undef WHOLE
#undef WINDOW
#undef TRUTH

}  // namespace

std::span<const PolicyKey> PolicyKeys() { return kKeys; }

}  // namespace facet::config

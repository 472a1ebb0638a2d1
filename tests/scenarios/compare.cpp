#include "tests/scenarios/compare.hpp"

#include "adapter/json/document.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace facet::scenarios {
namespace {

using json::Value;

struct Line {
  std::string text;
  json::Document document;
};

std::vector<Line> LinesOf(std::string_view text, const std::string& name, std::vector<std::string>& differences) {
  std::vector<Line> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    auto document = json::Parse(line, json::Limits::ForFiles());
    if (!document.ok()) {
      differences.push_back(name + " line is no JSON: " + document.error().ToString());
      continue;
    }
    lines.push_back({std::string(line), std::move(document).value()});
  }
  return lines;
}

std::string Show(Value value) { return value.missing() ? "nothing" : json::Canonical(value); }

class Comparison {
 public:
  Comparison(std::string where, std::vector<std::string>& differences)
      : where_(std::move(where)), differences_(differences) {}

  // Every member of both.
  void Whole(Value expected, Value actual, const std::string& path) {
    if (expected.is_number() && actual.is_number()) {
      if (expected.decimal() != actual.decimal()) Differ(path, expected, actual);
    } else if (expected.is_object() && actual.is_object()) {
      Members(expected, actual, path);
    } else if (expected.is_array() && actual.is_array()) {
      for (std::size_t i = 0; i < std::max(expected.size(), actual.size()); ++i) {
        Whole(expected.at(i), actual.at(i), path + "[" + std::to_string(i) + "]");
      }
    } else if (Show(expected) != Show(actual)) {
      Differ(path, expected, actual);
    }
  }

  // The expectation's members; `decided_at` may be left out of a judgement, anything of a proposal.
  void Top(Value expected, Value actual) {
    const bool proposal = expected["kind"].string() == "proposal";
    for (const auto& member : expected.members()) {
      if (proposal && member.key == "rules") {
        Groups("rules", member.value, ByState(actual["suggestions"]));
      } else if (proposal && member.key == "cautions") {
        Groups("cautions", member.value, ByCaution(actual["suggestions"]));
      } else {
        Whole(member.value, actual[member.key], std::string(member.key));
      }
    }
    if (proposal) return;
    for (const auto& member : actual.members()) {
      if (expected[member.key].missing() && member.key != "decided_at") {
        Differ(std::string(member.key), Value(), member.value);
      }
    }
  }

 private:
  void Differ(const std::string& path, Value expected, Value actual) {
    differences_.push_back(where_ + " " + path + ": expected " + Show(expected) + ", got " + Show(actual));
  }

  void Members(Value expected, Value actual, const std::string& path) {
    for (const auto& member : expected.members()) {
      Whole(member.value, actual[member.key], path + "." + std::string(member.key));
    }
    for (const auto& member : actual.members()) {
      if (expected[member.key].missing()) Differ(path + "." + std::string(member.key), Value(), member.value);
    }
  }

  static std::string Join(const std::set<std::string>& rules) {
    std::string text;
    for (const std::string& rule : rules) text += (text.empty() ? "" : " ") + rule;
    return text.empty() ? "none" : text;
  }

  using RuleGroups = std::map<std::string, std::set<std::string>>;

  static RuleGroups ByState(Value suggestions) {
    RuleGroups groups;
    for (const Value suggestion : suggestions.elements()) {
      std::string state(suggestion["state"].string());
      if (state == "withheld") state += " by " + std::string(suggestion["guard"].string());
      groups[state].insert(std::string(suggestion["rule"].string()));
    }
    return groups;
  }

  // "anticoagulant: MedicationRequest/m1", "could not check medications".
  static RuleGroups ByCaution(Value suggestions) {
    RuleGroups groups;
    for (const Value suggestion : suggestions.elements()) {
      for (const Value caution : suggestion["cautions"].elements()) {
        const bool unchecked = caution["kind"].string() == "not-checked";
        const std::string kind(caution["kind"].string());
        const std::string key =
            unchecked ? std::string(caution["text"].string()) : kind + ": " + std::string(caution["evidence"].string());
        groups[key].insert(std::string(suggestion["rule"].string()));
      }
    }
    return groups;
  }

  // The expectation's groups; of cautions there must be no other.
  void Groups(const std::string& name, Value expected, RuleGroups groups) {
    for (const auto& member : expected.members()) {
      std::set<std::string> rules;
      for (const Value rule : member.value.elements()) rules.insert(std::string(rule.string()));
      const std::set<std::string> got = groups[std::string(member.key)];
      if (name == "cautions") groups.erase(std::string(member.key));
      if (rules == got) continue;
      differences_.push_back(where_ + " " + name + "." + std::string(member.key) + ": expected " + Join(rules) +
                             ", got " + Join(got));
    }
    if (name != "cautions") return;
    for (const auto& [key, rules] : groups) differences_.push_back(where_ + " cautions." + key + ": not expected");
  }

  std::string where_;
  std::vector<std::string>& differences_;
};

}  // namespace

std::vector<std::string> Compare(std::string_view expected, std::string_view actual) {
  std::vector<std::string> differences;
  const std::vector<Line> want = LinesOf(expected, "expected", differences);
  const std::vector<Line> got = LinesOf(actual, "actual", differences);
  for (std::size_t i = 0; i < std::max(want.size(), got.size()); ++i) {
    const std::string where = "line " + std::to_string(i + 1);
    if (i >= want.size()) {
      differences.push_back(where + ": not expected: " + got[i].text);
    } else if (i >= got.size()) {
      differences.push_back(where + ": missing: " + want[i].text);
    } else {
      Comparison(where, differences).Top(want[i].document.root(), got[i].document.root());
    }
  }
  return differences;
}

}  // namespace facet::scenarios

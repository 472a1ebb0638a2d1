// The draft overlay: candidates as a ConceptMap that maps nothing until somebody confirms them.
#include "adapter/json/writer.hpp"
#include "adapter/mapping/discover/report.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace facet::mapping {
namespace {

constexpr std::string_view kCodeSystems = "https://facet-adapter.org/fhir/CodeSystem/";

struct Target {
  std::string code;
  std::string display;
};
struct Element {
  const DiscoveredCode* code = nullptr;
  std::vector<Target> targets;
  std::string comment;
};
using Groups = std::map<std::pair<std::string, std::string>, std::vector<Element>>;  // source, target system

void AddTarget(Groups& groups, const DiscoveredCode& code, const std::string& system, Target target,
               const std::string& comment) {
  auto& elements = groups[{code.system, system}];
  if (elements.empty() || elements.back().code != &code) elements.push_back({&code, {}, comment});
  elements.back().targets.push_back(std::move(target));
}

std::vector<const DiscoveredCode*> Candidates(const DiscoveryReport& report) {
  std::vector<const DiscoveredCode*> out;
  for (const DiscoveredCode& code : report.codes) {
    // A coding without a system matches nothing, so it cannot be mapped.
    const bool candidate = code.state == DiscoveredCode::State::kCandidate && code.topic != nullptr;
    if (candidate && !code.system.empty() && !code.topic->suggest.empty()) out.push_back(&code);
  }
  return out;
}

Groups GroupsOf(const std::vector<const DiscoveredCode*>& candidates) {
  Groups groups;
  for (const DiscoveredCode* code : candidates) {
    std::string comment = std::to_string(code->resources) + " " + code->type + " resources of " +
                          std::to_string(code->patients) + " patients; words:";
    for (const std::string& word : code->words) comment += " " + word;
    if (const std::string details = DiscoveredDetails(*code); !details.empty()) comment += "; " + details;
    if (!code->topic->hint.empty()) comment += ". " + code->topic->hint;
    for (const TopicCoding& to : code->topic->suggest) {
      AddTarget(groups, *code, to.system, {to.code, to.display}, comment);
    }
    for (const std::string& says : code->region_says) {  // "region lumbar"
      const std::size_t blank = says.find(' ');
      AddTarget(groups, *code, std::string(kCodeSystems) + says.substr(0, blank), {says.substr(blank + 1), {}},
                "Its display says so.");
    }
  }
  return groups;
}

// JSON for people who edit it: the layout of the shipped files.
class Layout {
 public:
  void Line(std::size_t depth, const std::string& text) { out_ += std::string(2 * depth, ' ') + text + "\n"; }
  std::string Take() { return std::move(out_); }

 private:
  std::string out_;
};

std::string Quoted(std::string_view text) {
  std::string out;
  json::AppendQuoted(out, text);
  return out;
}

std::string MapText(const Groups& groups) {
  Layout out;
  out.Line(0, "{");
  out.Line(1, "\"resourceType\": \"ConceptMap\",");
  out.Line(1, "\"url\": \"https://site.example/fhir/ConceptMap/candidates\",");
  out.Line(1, "\"status\": \"draft\",");
  out.Line(1, "\"description\": \"Candidates found by facet-adapter discover. None is in effect: confirm one by the "
              "equivalence equivalent, remove the others, then say status active.\",");
  out.Line(1, "\"group\": [");
  std::size_t group_index = 0;
  for (const auto& [systems, elements] : groups) {
    out.Line(2, "{");
    out.Line(3, "\"source\": " + Quoted(systems.first) + ",");
    out.Line(3, "\"target\": " + Quoted(systems.second) + ",");
    out.Line(3, "\"element\": [");
    for (std::size_t i = 0; i < elements.size(); ++i) {
      const Element& element = elements[i];
      out.Line(4, "{");
      out.Line(5, "\"code\": " + Quoted(element.code->code) + ",");
      if (!element.code->display.empty()) out.Line(5, "\"display\": " + Quoted(element.code->display) + ",");
      out.Line(5, "\"target\": [");
      for (std::size_t j = 0; j < element.targets.size(); ++j) {
        const Target& target = element.targets[j];
        out.Line(6, "{");
        out.Line(7, "\"code\": " + Quoted(target.code) + ",");
        if (!target.display.empty()) out.Line(7, "\"display\": " + Quoted(target.display) + ",");
        out.Line(7, "\"equivalence\": \"unmatched\",");
        out.Line(7, "\"comment\": " + Quoted(element.comment));
        out.Line(6, j + 1 < element.targets.size() ? "}," : "}");
      }
      out.Line(5, "]");
      out.Line(4, i + 1 < elements.size() ? "}," : "}");
    }
    out.Line(3, "]");
    out.Line(2, ++group_index < groups.size() ? "}," : "}");
  }
  out.Line(1, "]");
  out.Line(0, "}");
  return out.Take();
}

std::string MostOf(const Counts& counts) {
  const auto most =
      std::max_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == counts.end() ? std::string() : most->first;
}

// A made-up value in the shape that is most frequent.
void WriteValue(json::Writer& w, const DiscoveredCode& code) {
  const std::string shape = MostOf(code.shapes);
  const std::string unit = MostOf(code.units);
  const bool percent = shape.find("10..100") != std::string::npos;
  const int value = percent ? 40 : 7;
  if (shape.starts_with("Quantity")) {
    w.Key("valueQuantity").Object([&] {
      w.Member("value", value);
      if (!unit.empty() && unit != "(none)") w.Member("unit", unit);
    });
  } else if (shape.starts_with("integer")) {
    w.Member("valueInteger", value);
  } else if (shape.find("/10\"") != std::string::npos) {
    w.Member("valueString", "7/10");
  } else {
    w.Member("valueString", std::to_string(value));
  }
}

std::string ExampleText(const std::vector<const DiscoveredCode*>& candidates) {
  json::Writer w;
  w.Object([&] {
    w.Member("resourceType", "Bundle").Member("type", "collection");
    w.Key("entry").Array([&] {
      for (std::size_t i = 0; i < candidates.size(); ++i) {
        const DiscoveredCode& code = *candidates[i];
        w.Object([&] {
          w.Key("resource").Object([&] {
            const bool procedure = code.type == "Procedure";
            w.Member("resourceType", code.type).Member("id", "candidate-" + std::to_string(i + 1));
            w.Member("status", procedure ? "completed" : "final");
            w.Key("code").Object([&] {
              w.Key("coding").Array(
                  [&] { w.Object([&] { w.Member("system", code.system).Member("code", code.code); }); });
            });
            w.Key("subject").Object([&] { w.Member("reference", "Patient/example"); });
            w.Member(procedure ? "performedDateTime" : "effectiveDateTime", "2026-01-15T10:00:00Z");
            if (!procedure) WriteValue(w, code);
          });
        });
      }
    });
  });
  // One resource a line.
  std::string text = std::move(w).Take();
  for (std::size_t at = text.find("{\"resource\":"); at != std::string::npos;
       at = text.find("{\"resource\":", at + 3)) {
    text.insert(at, "\n");
  }
  return text + "\n";
}

std::string ReadmeText(const DiscoveryReport& report, std::size_t candidates) {
  std::string out =
      "# Draft overlay\n\nWritten by `facet-adapter discover`: " + std::to_string(candidates) +
      " codes that look relevant and are not mapped. As it is, it maps nothing.\n\n"
      "1. `candidates.json`: for each code that is what it looks like, say `\"equivalence\": \"equivalent\"`; remove "
      "the\n"
      "   others, and of alternatives all but one. The comments tell what was seen. Give the map a `url` of your own "
      "and\n"
      "   the status `active`.\n"
      "2. `facet-adapter mappings lint .`: errors, and candidates that still wait.\n"
      "3. `facet-adapter mappings test --update .` writes what the made-up resources of `examples/candidates` become;\n"
      "   read `expected.ndjson`, line by line. From then on `facet-adapter mappings test .` holds it to that.\n"
      "4. `mappings: { overlay: [ /path/to/this ] }` in the configuration, or `--overlay` of `replay` and "
      "`discover`.\n";
  if (report.texts.empty()) return out;
  out += "\nTexts without a code cannot be mapped. By their words:\n\n";
  for (const DiscoveredText& text : report.texts) {
    out += "- " + std::to_string(text.resources) + " " + text.type + " resources of " + std::to_string(text.patients) +
           " patients look like " + text.topic->code + "\n";
  }
  return out;
}

}  // namespace

std::vector<DraftFile> DraftOverlay(const DiscoveryReport& report) {
  const auto candidates = Candidates(report);
  if (candidates.empty()) return {};
  return {{"README.md", ReadmeText(report, candidates.size())},
          {"candidates.json", MapText(GroupsOf(candidates))},
          {"examples/candidates/input.json", ExampleText(candidates)}};
}

}  // namespace facet::mapping

// The narrative, in the order of the clinical specification, section 5, so that a clinician can check the basis alone.
#include "adapter/guide/content.hpp"

#include <algorithm>

namespace facet::guide {

namespace {

// Escapes for XHTML text and attributes; control characters that XML 1.0 does not know are dropped.
std::string Escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (byte >= 0x20 || c == '\t' || c == '\n') {
      out += c;
    }
  }
  return out;
}

std::string Element(std::string_view name, std::string_view inner) {
  std::string out = "<";
  out.append(name).append(">").append(inner).append("</").append(name).append(">");
  return out;
}

std::string Text(std::string_view name, std::string_view text) { return Element(name, Escape(text)); }

std::string Row(std::string_view label, const std::optional<clinical::Reading>& reading, bool relief) {
  std::string cells = Text("th", label);
  if (!reading) return Element("tr", cells + "<td>none</td><td></td><td></td><td></td><td></td>");
  cells += Text("td", ValueText(*reading));
  cells += Text("td", reading->time.written.text);
  cells += Text("td", relief && reading->relief_percent ? reading->relief_percent->Normalized().ToString() + " %" : "");
  cells += Text("td", SettingText(reading->setting));
  cells += Text("td", VersionedReference(reading->source));
  return Element("tr", cells);
}

std::string Readings(const clinical::Judgement& judgement) {
  return "<table><thead><tr><th></th><th>Value</th><th>Date</th><th>Relief</th><th>Setting</th><th>Source</th></tr>"
         "</thead><tbody>" +
         Row("Baseline", judgement.baseline, false) + Row("Best", judgement.best, true) +
         Row("Latest", judgement.latest, true) + "</tbody></table>";
}

std::string Doubts(const Content& content) {
  std::string items;
  for (const std::string& doubt : content.doubts) {
    items += Text("li", doubt + ": " + std::string(DoubtText(doubt)));
  }
  for (const std::string& kind : content.not_available) items += Text("li", "could not be checked: " + kind);
  if (items.empty()) items = "<li>none</li>";
  return "<h3>Doubts, and what could not be checked</h3>" + Element("ul", items);
}

std::string Cautions(const std::vector<const Suggestion*>& suggestions) {
  std::vector<std::string> seen;
  std::string items;
  for (const Suggestion* suggestion : suggestions) {
    for (const CautionText& caution : suggestion->cautions) {
      std::string text = "Caution: " + caution.text;
      if (!caution.evidence.empty()) text += " [" + caution.evidence + "]";
      if (std::find(seen.begin(), seen.end(), text) != seen.end()) continue;
      items += Text("li", text);
      seen.push_back(std::move(text));
    }
    for (const std::string& annotation : suggestion->annotations) {
      const std::string text = "Policy note on " + suggestion->rule + ": " + annotation;
      if (std::find(seen.begin(), seen.end(), text) != seen.end()) continue;
      items += Text("li", text);
      seen.push_back(text);
    }
  }
  return items;
}

// Resources of the table above need not be named again.
std::string Elsewhere(const Content& content, const References& references) {
  References shown;
  for (const clinical::Source& source : content.judgement.session.procedures) {
    shown.push_back(VersionedReference(source));
  }
  for (const auto* reading : {&content.judgement.baseline, &content.judgement.best, &content.judgement.latest}) {
    if (*reading) shown.push_back(VersionedReference((*reading)->source));
  }
  std::string text;
  for (const std::string& reference : references) {
    if (std::find(shown.begin(), shown.end(), reference) == shown.end()) text += " [" + reference + "]";
  }
  return text;
}

// One entry for each reason, with the rules that give it.
std::string Reasons(const Content& content, const ActivityUse& use) {
  struct Reason {
    std::string text;
    std::string rules;
    References references;
  };
  std::vector<Reason> reasons;
  for (const Suggestion* suggestion : use.suggestions) {
    const Rule* rule = content.model.FindRule(suggestion->rule);
    ADAPTER_CHECK(rule != nullptr);
    const std::string name = rule->id + ", " + rule->title + " (guide, " + rule->section + ")";
    const auto same = std::find_if(reasons.begin(), reasons.end(),
                                   [&](const Reason& reason) { return reason.text == suggestion->reason; });
    if (same == reasons.end()) {
      reasons.push_back({suggestion->reason, name, suggestion->evidence});
    } else {
      same->rules += "; " + name;
      Merge(same->references, suggestion->evidence);
    }
  }
  std::string items;
  for (const Reason& reason : reasons) {
    items += Text("li", "Because " + reason.text + Elsewhere(content, reason.references) + ": " + reason.rules);
  }
  return items;
}

std::string Suggested(const Content& content) {
  std::string items;
  std::size_t count = 0;
  for (const ActivityUse& use : content.activities) {
    std::string inner = Text("b", use.activity->title) + ". " + Escape(use.activity->description);
    inner += Element("ul", Reasons(content, use) + Cautions(use.suggestions));
    if (++count > static_cast<std::size_t>(std::max(0, content.policy.activities_max))) {
      inner += "<p>Beyond the policy's number of activities: named here only.</p>";
    }
    items += Element("li", inner);
  }
  return "<h3>Suggestions</h3>" + (items.empty() ? "<p>none</p>" : Element("ol", items));
}

const Suggestion* Find(const Content& content, std::string_view rule) {
  for (const Suggestion& suggestion : content.suggestions) {
    if (suggestion.rule == rule) return &suggestion;
  }
  return nullptr;
}

std::string_view Words(State state) noexcept {
  return state == State::kNotApplicable ? std::string_view("not applicable") : NameOf(state);
}

// RFA and surgery, whatever became of them: one entry for each state, with the reasons of its rules.
std::string Stated(const Content& content, const AlwaysStated& stated) {
  struct Reason {
    std::string state;
    std::string text;
    std::string rules;
  };
  std::vector<Reason> reasons;
  for (const std::string& id : stated.rules) {
    const Suggestion* suggestion = Find(content, id);
    const Rule* rule = content.model.FindRule(id);
    if (suggestion == nullptr || rule == nullptr) continue;
    std::string state(Words(suggestion->state));
    if (suggestion->guard) state += " by " + *suggestion->guard;
    const std::string name = rule->activity.empty() ? id + ", " + rule->title : id;
    const auto same = std::find_if(reasons.begin(), reasons.end(), [&](const Reason& reason) {
      return reason.state == state && reason.text == suggestion->reason;
    });
    if (same == reasons.end()) {
      reasons.push_back({state, suggestion->reason, name});
    } else {
      same->rules += ", " + name;
    }
  }
  std::string items;
  for (std::size_t i = 0; i < reasons.size();) {
    std::string line = stated.title + ": " + reasons[i].state + ": ";
    const std::string state = reasons[i].state;
    for (bool first = true; i < reasons.size() && reasons[i].state == state; ++i, first = false) {
      line += (first ? "" : "; ") + reasons[i].text + " (" + reasons[i].rules + ")";
    }
    items += Text("li", line);
  }
  return items;
}

std::string Withheld(const Content& content) {
  std::string items;
  for (const AlwaysStated& stated : content.model.always_stated) items += Stated(content, stated);
  std::vector<std::pair<std::string, std::string>> groups;  // reason, titles
  for (const Suggestion& suggestion : content.suggestions) {
    if (suggestion.state != State::kWithheld) continue;
    const bool stated = std::any_of(
        content.model.always_stated.begin(), content.model.always_stated.end(), [&](const AlwaysStated& entry) {
          return std::find(entry.rules.begin(), entry.rules.end(), suggestion.rule) != entry.rules.end();
        });
    if (stated) continue;
    const Rule* rule = content.model.FindRule(suggestion.rule);
    ADAPTER_CHECK(rule != nullptr);
    const std::string reason = suggestion.guard.value_or("") + ": " + suggestion.reason;
    const std::string title = rule->title + " (" + rule->id + ")";
    const auto same = std::find_if(groups.begin(), groups.end(), [&](const auto& g) { return g.first == reason; });
    if (same == groups.end()) {
      groups.emplace_back(reason, title);
    } else {
      same->second += "; " + title;
    }
  }
  for (const auto& [reason, titles] : groups) items += Text("li", "withheld by " + reason + ": " + titles);
  return "<h3>Withheld, and why</h3>" + Element("ul", items.empty() ? "<li>nothing</li>" : items);
}

std::string AlsoPossible(const Content& content) {
  std::string line;
  for (const Suggestion& suggestion : content.suggestions) {
    if (suggestion.state != State::kConsider) continue;
    const Rule* rule = content.model.FindRule(suggestion.rule);
    ADAPTER_CHECK(rule != nullptr);
    line += (line.empty() ? "" : "; ") + rule->title + " (" + rule->id + ": " + suggestion.reason;
    for (const std::string& annotation : suggestion.annotations) line += "; policy note: " + annotation;
    line += ")";
  }
  return Text("p", "Also possible: " + (line.empty() ? "nothing else" : line) + ".");
}

std::string Basis(const Content& content) {
  const clinical::Policy& policy = content.policy;
  std::string out = Text("p", "Data as of " + content.as_of + ".");
  out +=
      Text("p", "Policy " + policy.name + " " + policy.version + (policy.hash.empty() ? "" : ", hash " + policy.hash) +
                    (policy.approved_by.empty()
                         ? ", not approved by anyone: no approval file names a clinical owner."
                         : ", approved by " + policy.approved_by + " on " + policy.approved_on + "."));
  out += Text("p", "Guide: " + content.model.citation +
                       " Thresholds, time windows, cautions and red flags are the "
                       "adapter's own. " +
                       content.model.canonical);
  out += "<p>For a clinician, who decides; not for the patient. This is a proposal by software, not an order. "
         "The adapter is not a certified medical device.</p>";
  out += "<p>To dismiss: set the status of this care plan to revoked, or delete it; the adapter notes it and leaves "
         "it alone.</p>";
  return out;
}

}  // namespace

std::string WriteNarrative(const Content& content) {
  std::string out = "<div xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\" xml:lang=\"en\">";
  out += Text("h2", TitleOf(content));
  out += Text("p", SummaryOf(content));
  out += Readings(content.judgement) + Doubts(content) + Suggested(content) + Withheld(content);
  out += AlsoPossible(content) + Basis(content);
  return out + "</div>";
}

}  // namespace facet::guide

#include "adapter/mapping/discover/report.hpp"

#include "adapter/json/writer.hpp"

#include <algorithm>
#include <utility>

namespace facet::mapping {
namespace {

using State = DiscoveredCode::State;

constexpr std::size_t kCodeWidthMax = 60;
constexpr std::size_t kDisplayWidthMax = 44;

std::string Joined(const std::vector<std::string>& list) {
  std::string out;
  for (const std::string& one : list) out += (out.empty() ? "" : ", ") + one;
  return out;
}

// The most frequent first.
std::string Joined(const Counts& counts) {
  std::vector<std::pair<std::string, std::int64_t>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string out;
  for (const auto& [name, count] : sorted) out += (out.empty() ? "" : ", ") + name + " " + std::to_string(count);
  return out;
}

std::string Padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

std::string Right(std::int64_t number, std::size_t width) {
  std::string text = std::to_string(number);
  return text.size() < width ? std::string(width - text.size(), ' ') + text : text;
}

std::string CodingText(const DiscoveredCode& code) {
  return (code.system.empty() ? "(no system)" : code.system) + "|" + code.code;
}

std::string Remark(const DiscoveredCode& code) {
  if (code.state == State::kLeftOut) return code.why;
  if (code.topic != nullptr) return "looks like " + code.topic->code + " (" + Joined(code.words) + ")";
  return code.meanings.empty() ? "not mapped" : Joined(code.meanings);
}

std::string Shortened(const std::string& text, std::size_t width) {
  if (text.size() <= width) return text;
  std::size_t end = width - 2;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "..";
}

struct Section {
  std::string title;
  std::vector<const DiscoveredCode*> rows;
  bool details = false;
};

void AppendSection(std::string& out, const Section& section) {
  if (section.rows.empty()) return;
  std::size_t code_width = 4;
  std::size_t display_width = 7;
  for (const DiscoveredCode* row : section.rows) {
    code_width = std::max(code_width, std::min(CodingText(*row).size(), kCodeWidthMax));
    display_width = std::max(display_width, std::min(row->display.size(), kDisplayWidthMax));
  }
  out += "\n" + section.title + "\n";
  out += "   count patients  " + Padded("code", code_width) + "  " + Padded("display", display_width) + "  says\n";
  for (const DiscoveredCode* row : section.rows) {
    out += Right(row->resources, 8) + " " + Right(row->patients, 8) + "  " + Padded(CodingText(*row), code_width) +
           "  " + Padded(Shortened(row->display, kDisplayWidthMax), display_width) + "  " + Remark(*row) + "\n";
    const std::string details = section.details ? DiscoveredDetails(*row) : std::string();
    if (!details.empty()) out += std::string(19, ' ') + details + "\n";
  }
}

std::vector<const DiscoveredCode*> Rows(const std::vector<DiscoveredCode>& codes, const std::string& type,
                                        State state) {
  std::vector<const DiscoveredCode*> out;
  for (const DiscoveredCode& code : codes) {
    if (code.type == type && code.state == state) out.push_back(&code);
  }
  return out;
}

void AppendSummary(std::string& out, const DiscoveryReport& report) {
  out += "              resources  patients  relevant  other codes  rare codes\n";
  for (const DiscoverySummary& one : report.summaries) {
    out += Padded(one.type, 12) + Right(one.resources, 11) + Right(one.patients, 10);
    if (one.type == "Encounter") {
      out += "\n";
      continue;
    }
    out += Right(one.relevant, 10) + Right(one.other_codes, 13) + Right(one.rare_codes, 12) + "\n";
  }
  out += "Told is what occurs in at least " + std::to_string(report.options.occurrences_min) +
         " resources of at least " + std::to_string(report.options.patients_min) +
         " patients; of texts only our own words.\n";
}

void WriteCounts(json::Writer& w, const char* key, const Counts& counts) {
  w.Key(key).Object([&] {
    for (const auto& [name, count] : counts) w.Member(name, count);
  });
}

void WriteList(json::Writer& w, const char* key, const std::vector<std::string>& list) {
  w.Key(key).Array([&] {
    for (const std::string& one : list) w.String(one);
  });
}

void WriteTextOrNull(json::Writer& w, const char* key, const std::string& text) {
  w.Key(key);
  if (text.empty()) {
    w.Null();
  } else {
    w.String(text);
  }
}

std::string_view NameOf(State state, bool of_code) {
  if (state == State::kMapped) return "mapped";
  if (state == State::kLeftOut) return "left-out";
  return of_code ? "candidate" : "unmapped";
}

void AppendCodeLine(std::string& out, const DiscoveredCode& code, bool of_code) {
  json::Writer w;
  w.Object([&] {
    w.Member("kind", of_code ? "code" : "other").Member("in", code.type).Member("state", NameOf(code.state, of_code));
    WriteTextOrNull(w, "system", code.system);
    w.Member("code", code.code);
    WriteTextOrNull(w, "display", code.display);
    w.Member("count", code.resources).Member("patients", code.patients);
    WriteList(w, "means", code.meanings);
    WriteTextOrNull(w, "looks_like", code.topic == nullptr ? "" : code.topic->code);
    WriteList(w, "words", code.words);
    WriteTextOrNull(w, "why", code.why);
    WriteCounts(w, "outcomes", code.outcomes);
    WriteCounts(w, "values", code.shapes);
    WriteCounts(w, "units", code.units);
  });
  out += w.text() + "\n";
}

}  // namespace

std::string DiscoveredDetails(const DiscoveredCode& code) {
  std::string out;
  const auto add = [&out](const char* name, const std::string& text) {
    if (!text.empty()) out += (out.empty() ? "" : "; ") + std::string(name) + " " + text;
  };
  if (code.state == State::kMapped) add("gave", Joined(code.outcomes));
  add("values", Joined(code.shapes));
  add("units", Joined(code.units));
  add("its display says", Joined(code.region_says));
  return out;
}

std::string DiscoveryText(const DiscoveryReport& report) {
  std::string out;
  AppendSummary(out, report);
  for (const char* type : {"Procedure", "Observation"}) {
    const std::string name = type;
    AppendSection(out, {name + " codes that look relevant and are not mapped",
                        Rows(report.codes, name, State::kCandidate), true});
    AppendSection(out, {name + " codes that are mapped", Rows(report.codes, name, State::kMapped), true});
    AppendSection(out,
                  {name + " codes that are left out on purpose", Rows(report.codes, name, State::kLeftOut), false});
  }
  if (!report.texts.empty()) out += "\nTexts without a code, by their words (texts cannot be mapped; ask for codes)\n";
  for (const DiscoveredText& text : report.texts) {
    out += Right(text.resources, 8) + " " + Right(text.patients, 8) + "  " + text.type + " looks like " +
           text.topic->code + " (" + Joined(text.words) + ")\n";
  }
  for (const auto& [element, title] : {std::pair("Procedure.bodySite", "Body sites of relevant procedures"),
                                       std::pair("Observation.bodySite", "Body sites of relevant observations"),
                                       std::pair("Observation.value", "Coded answers of relevant observations"),
                                       std::pair("Encounter.class", "Encounter classes")}) {
    Section section{title, {}, false};
    for (const DiscoveredCode& one : report.others) {
      if (one.type == element) section.rows.push_back(&one);
    }
    AppendSection(out, section);
  }
  for (const DiscoverySummary& one : report.summaries) {
    if (one.site_texts == 0) continue;
    out +=
        "\n" + std::to_string(one.site_texts) + " relevant " + one.type + " resources have a body site in text only.\n";
  }
  return out;
}

std::string DiscoveryLines(const DiscoveryReport& report) {
  std::string out;
  for (const DiscoverySummary& one : report.summaries) {
    json::Writer w;
    w.Object([&] {
      w.Member("kind", "summary").Member("type", one.type).Member("count", one.resources);
      w.Member("patients", one.patients).Member("relevant", one.relevant).Member("other_codes", one.other_codes);
      w.Member("rare_codes", one.rare_codes).Member("body_site_texts", one.site_texts);
    });
    out += w.text() + "\n";
  }
  for (const DiscoveredCode& code : report.codes) AppendCodeLine(out, code, true);
  for (const DiscoveredText& text : report.texts) {
    json::Writer w;
    w.Object([&] {
      w.Member("kind", "text")
          .Member("in", text.type)
          .Member("count", text.resources)
          .Member("patients", text.patients);
      w.Member("looks_like", text.topic->code);
      WriteList(w, "words", text.words);
    });
    out += w.text() + "\n";
  }
  for (const DiscoveredCode& other : report.others) AppendCodeLine(out, other, false);
  return out;
}

}  // namespace facet::mapping

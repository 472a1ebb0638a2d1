#include "adapter/app/report.hpp"

#include <functional>
#include <map>
#include <vector>

namespace facet::app {
namespace {

void ForEachObject(std::string_view lines, const std::function<void(json::Value)>& visit) {
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    const auto document = json::Parse(lines.substr(0, end), json::Limits::ForFiles());
    if (document.ok() && document->root().is_object()) visit(document->root());
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
}

std::string Text(json::Value value) {
  if (value.is_string()) return std::string(value.string());
  if (value.is_number()) return std::string(value.number_text());
  return "-";
}

std::string Joined(json::Value list) {
  std::string out;
  for (const auto element : list.elements()) out += (out.empty() ? "" : ", ") + Text(element);
  return out;
}

void AppendReading(std::string& out, const char* label, json::Value reading) {
  if (!reading.is_object()) return;
  out += std::string("    ") + label + Text(reading["value"]) + " of " + Text(reading["scale"].at(1)) + " (" +
         Text(reading["instrument"]) + "), " + Text(reading["time"]) + ", day " + Text(reading["day"]);
  if (reading["relief_percent"].is_number()) out += ", relief " + Text(reading["relief_percent"]) + " %";
  out += ", " + Text(reading["resource"]) + "\n";
}

void AppendEscaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '&') {
      out += "&amp;";
    } else {
      out += c;
    }
  }
}

}  // namespace

void AppendJudgementText(std::string& out, json::Value judgement) {
  out += Text(judgement["patient"]) + "  " + Text(judgement["start"]) + "  " + Joined(judgement["procedures"]) + "\n";
  out += "  " + Text(judgement["verdict"]);
  if (judgement["reason"].is_string()) out += ": " + Text(judgement["reason"]);
  if (judgement["relief_percent"].is_number()) out += ", relief " + Text(judgement["relief_percent"]) + " %";
  out += "\n    " + Text(judgement["region"]) + ", side " + Text(judgement["side"]) + ", approach " +
         Text(judgement["approach"]) + ", intent " + Text(judgement["intent"]) + " (" +
         Text(judgement["intent_reason"]) + "), joints " + Text(judgement["joints"]) + "\n";
  AppendReading(out, "baseline  ", judgement["baseline"]);
  AppendReading(out, "best      ", judgement["best"]);
  AppendReading(out, "latest    ", judgement["latest"]);
  if (judgement["doubts"].size() > 0) out += "    doubts    " + Joined(judgement["doubts"]) + "\n";
  if (judgement["decided_at"].is_string()) out += "    decided   " + Text(judgement["decided_at"]) + "\n";
}

void AppendProposalText(std::string& out, json::Value proposal) {
  if (proposal["held"].is_array()) out += "    held back " + Joined(proposal["held"]) + "\n";
  std::map<std::string, std::string> by_state;
  for (const auto suggestion : proposal["suggestions"].elements()) {
    std::string line = "      " + Text(suggestion["rule"]);
    if (suggestion["guard"].is_string()) line += " by " + Text(suggestion["guard"]);
    if (!suggestion["reason"].string().empty()) line += ": " + Text(suggestion["reason"]);
    for (const auto caution : suggestion["cautions"].elements()) line += " [caution: " + Text(caution["text"]) + "]";
    by_state[Text(suggestion["state"])] += line + "\n";
  }
  for (const char* state : {"suggested", "consider", "withheld", "done", "not-applicable"}) {
    if (const auto found = by_state.find(state); found != by_state.end()) {
      out += std::string("    ") + state + "\n" + found->second;
    }
  }
  if (proposal["careplan"]["id"].is_string()) {
    out += "    CarePlan/" + Text(proposal["careplan"]["id"]) + ", " + Text(proposal["careplan"]["status"]) + "\n";
  }
}

std::string TextReport(std::string_view lines) {
  std::string out;
  ForEachObject(lines, [&out](json::Value line) {
    const auto kind = line["kind"].string();
    if (kind == "judgement") AppendJudgementText(out, line);
    if (kind == "proposal") AppendProposalText(out, line);
    if (kind == "rejected") out += Text(line["resource"]) + "  rejected: " + Text(line["reason"]) + "\n";
  });
  return out;
}

std::string HtmlReport(std::string_view lines) {
  std::string out =
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>facet-adapter replay</title>\n"
      "<style>body{font:15px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 "
      "1rem}table{border-collapse:collapse}"
      "td,th{border:1px solid #bbb;padding:.2rem .6rem;text-align:left}section{border-top:2px solid "
      "#444;margin-top:2rem}"
      "</style></head><body>\n<h1>facet-adapter replay</h1>\n";
  ForEachObject(lines, [&out](json::Value line) {
    const auto kind = line["kind"].string();
    std::string text;
    if (kind == "judgement") AppendJudgementText(text, line);
    if (kind == "rejected") text = Text(line["resource"]) + "  rejected: " + Text(line["reason"]) + "\n";
    if (!text.empty()) {
      out += kind == "judgement" ? "<section>\n<pre>" : "<pre>";
      AppendEscaped(out, text);
      out += "</pre>\n";
    }
    // The narrative is XHTML that the guide generated.
    if (kind == "proposal") out += std::string(line["careplan"]["text"]["div"].string()) + "\n";
  });
  return out + "</body></html>\n";
}

}  // namespace facet::app

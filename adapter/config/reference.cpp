// The commented reference file, from the table that checks configurations.
#include "adapter/config/properties.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace facet::config {
namespace {

constexpr std::size_t kWidth = 100;

std::vector<std::string_view> Split(std::string_view path) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t dot = path.find('.');
    parts.push_back(path.substr(0, dot));
    if (dot == std::string_view::npos) return parts;
    path.remove_prefix(dot + 1);
  }
}

void AppendComment(std::string& out, const std::string& indent, std::string_view text) {
  while (!text.empty()) {
    std::size_t length = text.size();
    const std::size_t room = kWidth - indent.size() - 2;
    if (length > room) {
      length = text.rfind(' ', room);
      if (length == std::string_view::npos) length = text.size();
    }
    out.append(indent).append("# ").append(text.substr(0, length)).append("\n");
    text.remove_prefix(std::min(length + 1, text.size()));
  }
}

std::string Facts(const Property& property) {
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : "; ") + part; };
  if (property.required) add("Required");
  if (property.type == PropertyType::kInt) {
    add(std::to_string(property.min) + " to " + std::to_string(property.max) +
        (property.unit.empty() ? "" : " " + std::string(property.unit)));
  }
  if (property.type == PropertyType::kSecret) {
    add("${VARIABLE} or { file: /path }, at least " + std::to_string(property.min) + " characters");
  }
  if (!property.choices.empty()) {
    std::string choices;
    for (const std::string_view choice : property.choices) choices.append(choices.empty() ? "" : " | ").append(choice);
    add(choices);
  }
  add((text.empty() ? "Since " : "since ") + std::string(property.since));
  return text + ".";
}

}  // namespace

std::string ConfigReference() {
  std::string out = "# Configuration of facet-adapter: every key, with its meaning, range and default.\n"
                    "# Required keys are set to an example; all others are commented out and show their default\n"
                    "# (or an example, where there is none). Unknown keys are errors.\n";
  std::vector<std::string_view> open;
  for (const Property& property : Properties()) {
    std::vector<std::string_view> parts = Split(property.path);
    const std::string_view name = parts.back();
    parts.pop_back();
    std::size_t common = 0;
    while (common < open.size() && common < parts.size() && open[common] == parts[common]) ++common;
    for (std::size_t level = common; level < parts.size(); ++level) {
      out += "\n";
      if (level == 0) {
        for (const Section& section : Sections()) {
          if (section.name == parts[0]) AppendComment(out, "", section.doc);
        }
      }
      out.append(std::string(2 * level, ' ')).append(parts[level]).append(":\n");
    }
    if (common == parts.size()) out += "\n";
    open = parts;
    const std::string indent(2 * parts.size(), ' ');
    AppendComment(out, indent, property.doc);
    AppendComment(out, indent, Facts(property));
    const std::string_view shown =
        property.default_text.empty() || property.required ? property.example : property.default_text;
    out.append(indent).append(property.required ? "" : "#").append(name).append(": ").append(shown).append("\n");
  }
  return out;
}

}  // namespace facet::config

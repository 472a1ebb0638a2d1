#include "adapter/app/inputs.hpp"

#include "adapter/json/document.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace facet::app {

namespace {

// A broken line among them must not make NDJSON one broken JSON. A member of something larger is an object, too, but
// no resource.
constexpr int kFirstLines = 10;

bool IsResourceLine(std::string_view line) {
  const auto document = json::Parse(line, json::Limits::ForFiles());
  return document.ok() && document->root()["resourceType"].is_string();
}

}  // namespace

bool LooksLikeLines(const std::string& name, std::string_view text) {
  if (text.find('\n') == std::string_view::npos) return false;
  if (name.ends_with(".ndjson")) return true;
  for (int i = 0; i < kFirstLines && !text.empty(); ++i) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1);
    if (IsResourceLine(text.substr(0, end + 1))) return true;
    text.remove_prefix(end + 1);
  }
  return false;
}

void AddInput(const std::string& name, const std::string& content, fhir::ResourceSet& set, std::vector<Error>& errors) {
  auto whole = json::Parse(content, json::Limits::ForFiles());
  if (whole.ok()) {
    set.Add(std::move(whole).value(), name);
    return;
  }
  const std::string_view text = content;
  if (!LooksLikeLines(name, text)) {
    errors.push_back(MakeError(whole.error().code, name + ":" + whole.error().where, whole.error().detail));
    return;
  }
  std::size_t number = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    begin = end + 1;
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const std::string place = name + ":" + std::to_string(number);
    auto document = json::Parse(line, json::Limits::ForFiles());
    if (document.ok()) {
      set.Add(std::move(document).value(), place);
    } else {
      errors.push_back(MakeError(document.error().code, place, document.error().detail));
    }
  }
}

}  // namespace facet::app

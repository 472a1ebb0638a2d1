#include "adapter/app/inputs.hpp"

#include "adapter/json/document.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace facet::app {

void AddInput(const std::string& name, const std::string& content, fhir::ResourceSet& set, std::vector<Error>& errors) {
  auto whole = json::Parse(content, json::Limits::ForFiles());
  if (whole.ok()) {
    set.Add(std::move(whole).value(), name);
    return;
  }
  const std::string_view text = content;
  const bool several_lines = text.find('\n') != std::string_view::npos;
  // A file that begins with one line that is JSON by itself is NDJSON; else the error is that of the whole.
  const auto first = json::Parse(text.substr(0, text.find('\n')), json::Limits::ForFiles());
  if (!several_lines || !first.ok()) {
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

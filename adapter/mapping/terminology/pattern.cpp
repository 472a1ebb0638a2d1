#include "adapter/mapping/terminology/pattern.hpp"

namespace facet::mapping {
namespace {

bool IsLetterOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

}  // namespace

Result<Pattern> Pattern::Compile(std::string_view text) {
  std::string error;
  auto regex = fhirpath::Regex::Compile(text, {.ignore_case = true}, error);
  if (!regex) return MakeError(ErrorCode::kMappingInvalid, "", "not a pattern: " + error);
  return Pattern(std::move(*regex));
}

std::optional<std::string> Pattern::PurePrefix(std::string_view text) {
  constexpr std::string_view kLiterals = "-_ :";
  if (text.starts_with('^')) text.remove_prefix(1);
  if (!text.ends_with(".*")) return std::nullopt;
  text.remove_suffix(2);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escaped = text[i] == '\\';
    if (escaped && ++i == text.size()) return std::nullopt;
    const bool literal = IsLetterOrDigit(text[i]) || kLiterals.find(text[i]) != std::string_view::npos;
    if (escaped ? IsLetterOrDigit(text[i]) : !literal) return std::nullopt;
    out += text[i];
  }
  if (out.empty()) return std::nullopt;
  return out;
}

}  // namespace facet::mapping

// String functions (FHIRPath N1 §5.6 and additions of 2.1). Positions count characters, not bytes.
#include "adapter/fhirpath/machine.hpp"
#include "adapter/fhirpath/text.hpp"

namespace facet::fhirpath {
namespace {

std::string Replaced(std::string_view text, std::string_view pattern, std::string_view by) {
  std::string out;
  if (pattern.empty()) {  // between all characters, and at both ends
    out = by;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t here = at;
      NextCodePoint(text, at);
      out.append(text.substr(here, at - here)).append(by);
    }
    return out;
  }
  std::size_t at = 0;
  while (true) {
    const std::size_t found = text.find(pattern, at);
    if (found == std::string_view::npos) break;
    out.append(text.substr(at, found - at)).append(by);
    at = found + pattern.size();
  }
  return out.append(text.substr(at));
}

// substring(start, length); nullopt where start is outside.
std::optional<std::string_view> Part(std::string_view text, std::int64_t start, std::optional<std::int64_t> length) {
  if (start < 0) return std::nullopt;
  const std::size_t begin = OffsetOf(text, static_cast<std::size_t>(start));
  if (begin == std::string_view::npos || begin >= text.size()) return std::nullopt;
  const std::string_view rest = text.substr(begin);
  if (!length) return rest;
  if (*length <= 0) return std::string_view{};
  return rest.substr(0, OffsetOf(rest, static_cast<std::size_t>(*length)));
}

Item IndexItem(std::string_view text, std::size_t found) {
  if (found == std::string_view::npos) return Item::Integer(-1);
  return Item::Integer(static_cast<std::int64_t>(CountCharacters(text.substr(0, found))));
}

}  // namespace

bool Machine::CallString(const Node& node, const Frame& frame, Range input) {
  if (node.function == Function::kJoin) {
    Range range;
    std::optional<std::string_view> separator;
    if (node.child_count > 0 && (!EvalChild(node, 0, frame, range) || !SingleString(range, node, separator)))
      return false;
    std::string out;
    for (std::size_t i = input.begin; i < input.end; ++i) {
      const auto text = stack[i].AsString();
      if (!text) {
        if (stack[i].is_node() && stack[i].node().missing()) continue;
        return FailType(node, "strings are expected here, not " + stack[i].TypeName());
      }
      if (i > input.begin && separator) out += *separator;
      out += *text;
    }
    Drop(input.begin);
    if (!input.empty()) Push(MakeString(out));
    return true;
  }
  std::optional<std::string_view> text;
  if (!SingleString(input, node, text)) return false;
  // Arguments: every string function but substring takes strings.
  std::optional<std::string_view> words[2];
  std::optional<std::int64_t> numbers[2];
  for (std::size_t i = 0; i < node.child_count && i < 2; ++i) {
    Range range;
    if (!EvalChild(node, i, frame, range)) return false;
    const bool number = node.function == Function::kSubstring;
    if (number ? !SingleInteger(range, node, numbers[i]) : !SingleString(range, node, words[i])) return false;
    if (number ? (i == 0 && !numbers[0]) : !words[i]) text.reset();  // {} in, {} out
  }
  Drop(input.begin);
  if (!text) return true;
  const std::string_view word = words[0].value_or("");
  std::optional<std::string> computed;
  switch (node.function) {
  case Function::kIndexOf:
    Push(IndexItem(*text, text->find(word)));
    return true;
  case Function::kLastIndexOf:
    Push(IndexItem(*text, text->rfind(word)));
    return true;
  case Function::kSubstring: {
    if (const auto part = Part(*text, *numbers[0], numbers[1])) Push(Item::String(*part));
    return true;
  }
  case Function::kStartsWith:
    Push(Item::Boolean(text->starts_with(word)));
    return true;
  case Function::kEndsWith:
    Push(Item::Boolean(text->ends_with(word)));
    return true;
  case Function::kContains:
    Push(Item::Boolean(text->find(word) != std::string_view::npos));
    return true;
  case Function::kLength:
    Push(Item::Integer(static_cast<std::int64_t>(CountCharacters(*text))));
    return true;
  case Function::kTrim:
    Push(Item::String(Trim(*text)));
    return true;
  case Function::kToChars:
    for (std::size_t at = 0; at < text->size();) {
      const std::size_t here = at;
      NextCodePoint(*text, at);
      Push(Item::String(text->substr(here, at - here)));
    }
    return Step(node, text->size());
  case Function::kSplit: {
    if (word.empty()) {
      Push(Item::String(*text));
      return true;
    }
    std::size_t at = 0;
    while (true) {
      const std::size_t found = text->find(word, at);
      Push(Item::String(text->substr(at, found - at)));
      if (found == std::string_view::npos) return Step(node, text->size());
      at = found + word.size();
    }
  }
  case Function::kUpper:
    computed = Upper(*text);
    break;
  case Function::kLower:
    computed = Lower(*text);
    break;
  case Function::kReplace: {
    const std::size_t growth = (text->size() + 1) * (words[1]->size() + 1);
    if (growth > context.limits.bytes_max) return Fail(ErrorCode::kPathLimit, node, "the replaced text is too long");
    computed = Replaced(*text, word, *words[1]);
    break;
  }
  case Function::kEncode:
    computed = EncodeText(*text, word);
    break;
  case Function::kDecode:
    computed = DecodeText(*text, word);
    break;
  case Function::kEscape:
    computed = EscapeText(*text, word);
    break;
  default:  // unescape
    computed = UnescapeText(*text, word);
    break;
  }
  if (computed) Push(MakeString(*computed));
  return Step(node);
}

}  // namespace facet::fhirpath

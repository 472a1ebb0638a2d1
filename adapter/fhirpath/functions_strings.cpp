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

// The functions that make one text of another; nullopt is {}.
std::optional<std::string> Compute(Function function, std::string_view text, std::string_view word,
                                   std::string_view by) {
  switch (function) {
  case Function::kUpper:
    return Upper(text);
  case Function::kLower:
    return Lower(text);
  case Function::kReplace:
    return Replaced(text, word, by);
  case Function::kEncode:
    return EncodeText(text, word);
  case Function::kDecode:
    return DecodeText(text, word);
  case Function::kEscape:
    return EscapeText(text, word);
  default:
    return UnescapeText(text, word);
  }
}

// The functions that only look; kNone for others.
Item Inspect(Function function, std::string_view text, std::string_view word) {
  switch (function) {
  case Function::kIndexOf:
    return IndexItem(text, text.find(word));
  case Function::kLastIndexOf:
    return IndexItem(text, text.rfind(word));
  case Function::kStartsWith:
    return Item::Boolean(text.starts_with(word));
  case Function::kEndsWith:
    return Item::Boolean(text.ends_with(word));
  case Function::kContains:
    return Item::Boolean(text.find(word) != std::string_view::npos);
  case Function::kLength:
    return Item::Integer(static_cast<std::int64_t>(CountCharacters(text)));
  case Function::kTrim:
    return Item::String(Trim(text));
  default:
    return {};
  }
}

}  // namespace

bool Machine::CallJoin(const Node& node, const Frame& frame, Range input) {
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
  if (!input.empty() || program.join_nothing_to_text) Push(MakeString(out));
  return true;
}

// toChars(), split(): one text in, many out.
bool Machine::PushParts(const Node& node, std::string_view text, std::string_view separator) {
  if (node.function == Function::kToChars) {
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t here = at;
      NextCodePoint(text, at);
      Push(Item::String(text.substr(here, at - here)));
    }
  } else if (separator.empty()) {
    Push(Item::String(text));
  } else {
    std::size_t found = 0;
    for (std::size_t at = 0; found != std::string_view::npos; at = found + separator.size()) {
      found = text.find(separator, at);
      Push(Item::String(text.substr(at, found - at)));
    }
  }
  return Step(node, text.size());
}

bool Machine::CallString(const Node& node, const Frame& frame, Range input) {
  if (node.function == Function::kJoin) return CallJoin(node, frame, input);
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
  const std::string_view by = words[1].value_or("");
  if (node.function == Function::kToChars || node.function == Function::kSplit) return PushParts(node, *text, word);
  if (node.function == Function::kSubstring) {
    if (const auto part = Part(*text, *numbers[0], numbers[1])) Push(Item::String(*part));
    return true;
  }
  if (const Item seen = Inspect(node.function, *text, word); seen.kind() != ItemKind::kNone) {
    Push(seen);
    return true;
  }
  if (node.function == Function::kReplace && (text->size() + 1) * (by.size() + 1) > context.limits.bytes_max) {
    return Fail(ErrorCode::kPathLimit, node, "the replaced text is too long");
  }
  if (const auto computed = Compute(node.function, *text, word, by)) Push(MakeString(*computed));
  return Step(node);
}

}  // namespace facet::fhirpath

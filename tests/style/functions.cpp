// Finds function bodies by their braces: good enough for clang-formatted code without exotic macros.
#include "tests/style/checks.hpp"
#include "tests/style/source_text.hpp"

#include <algorithm>
#include <array>

namespace facet::style {
namespace {

constexpr std::string_view kBlanks = " \t\n";

std::string_view TrimLeft(std::string_view text) {
  const std::size_t at = text.find_first_not_of(kBlanks);
  return at == std::string_view::npos ? std::string_view{} : text.substr(at);
}

std::string_view FirstWord(std::string_view text) {
  const auto end = std::find_if_not(text.begin(), text.end(), IsIdentifierChar);
  return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

// Takes "template <...>", access labels, attributes and specifiers off the front of what stands before a brace.
std::string_view SkipSpecifiers(std::string_view head) {
  static constexpr auto kSpecifiers =
      std::to_array<std::string_view>({"inline", "static", "constexpr", "typedef", "export"});
  for (;;) {
    head = TrimLeft(head);
    const std::string_view word = FirstWord(head);
    if (word == "template") {
      std::size_t at = head.find('<');
      if (at == std::string_view::npos) return head;
      for (int depth = 0; at < head.size(); ++at) {
        depth += head[at] == '<' ? 1 : head[at] == '>' ? -1 : 0;
        if (depth == 0) break;
      }
      head.remove_prefix(std::min(at + 1, head.size()));
    } else if (word == "public" || word == "private" || word == "protected") {
      head.remove_prefix(std::min(head.find(':') + 1, head.size()));
    } else if (head.starts_with("[[")) {
      head.remove_prefix(std::min(head.find("]]") + 2, head.size()));
    } else if (std::find(kSpecifiers.begin(), kSpecifiers.end(), word) != kSpecifiers.end()) {
      head.remove_prefix(word.size());
    } else {
      return head;
    }
  }
}

enum class Opens { kScope, kFunction, kOther };

Opens Classify(std::string_view head) {
  static constexpr auto kScopes =
      std::to_array<std::string_view>({"namespace", "class", "struct", "union", "enum", "extern"});
  head = SkipSpecifiers(head);
  if (std::find(kScopes.begin(), kScopes.end(), FirstWord(head)) != kScopes.end()) return Opens::kScope;
  return head.find('(') == std::string_view::npos ? Opens::kOther : Opens::kFunction;
}

std::size_t MatchingBrace(std::string_view code, std::size_t open) {
  int depth = 0;
  for (std::size_t at = open; at < code.size(); ++at) {
    depth += code[at] == '{' ? 1 : code[at] == '}' ? -1 : 0;
    if (depth == 0) return at;
  }
  return code.size();
}

// Whether a constructor's member initializers have begun: "X(int a) : a_" but not "X::a".
bool HasInitializers(std::string_view head) {
  for (std::size_t at = head.find(':'); at != std::string_view::npos; at = head.find(':', at + 1)) {
    if (head.substr(at, 2) == "::") {
      ++at;
      continue;
    }
    const std::string_view before = head.substr(0, at);
    const std::size_t last = before.find_last_not_of(kBlanks);
    if (last == std::string_view::npos) continue;
    if (before[last] == ')' || before.substr(0, last + 1).ends_with("noexcept")) return true;
  }
  return false;
}

// The brace of the body; those of member initializers ("a_{1}, b_{} {") follow a name directly.
std::size_t BodyBrace(std::string_view code, std::string_view head, std::size_t open) {
  if (!HasInitializers(head)) return open;
  while (open > 0 && IsIdentifierChar(code[open - 1])) {
    const std::size_t next = code.find('{', MatchingBrace(code, open));
    if (next == std::string_view::npos) return open;
    open = next;
  }
  return open;
}

// Offset of the first word of a head, behind blanks and access labels.
std::size_t StartOf(std::string_view head) {
  std::string_view rest = TrimLeft(head);
  for (;;) {
    const std::string_view word = FirstWord(rest);
    if (word != "public" && word != "private" && word != "protected") return head.size() - rest.size();
    rest = TrimLeft(rest.substr(std::min(rest.find(':') + 1, rest.size())));
  }
}

// Lines between the braces of initializers ("= {", "return {", "({"): rows of data are no code to follow.
std::size_t DataLines(std::string_view code, std::size_t open, std::size_t close) {
  std::size_t lines = 0;
  for (std::size_t at = open + 1; at < close; ++at) {
    if (code[at] != '{') continue;
    const std::string_view before = code.substr(0, code.find_last_not_of(kBlanks, at - 1) + 1);
    const bool data = before.ends_with('=') || before.ends_with('(') || before.ends_with("return");
    if (!data) continue;
    const std::size_t end = MatchingBrace(code, at);
    lines +=
        static_cast<std::size_t>(std::count(code.begin() + static_cast<std::ptrdiff_t>(at),
                                            code.begin() + static_cast<std::ptrdiff_t>(std::min(end, close)), '\n'));
    at = end;
  }
  return lines;
}

}  // namespace

std::vector<Function> FunctionsOf(std::string_view text) {
  const std::string code = BlankDirectives(BlankComments(text));
  std::vector<Function> out;
  std::size_t head = 0;  // where what stands before the next brace begins
  for (std::size_t at = 0; at < code.size(); ++at) {
    if (code[at] == ';' || code[at] == '}') head = at + 1;
    if (code[at] != '{') continue;
    const std::string_view before = std::string_view(code).substr(head, at - head);
    const Opens opens = Classify(before);
    if (opens != Opens::kScope) {
      const std::size_t body = opens == Opens::kFunction ? BodyBrace(code, before, at) : at;
      const std::size_t close = MatchingBrace(code, body);
      if (opens == Opens::kFunction) {
        const auto first = static_cast<std::size_t>(LineOf(code, head + StartOf(before)));
        const std::size_t lines = static_cast<std::size_t>(LineOf(code, close)) - first + 1;
        out.push_back({.line = first, .lines = lines - DataLines(code, body, close)});
      }
      at = close;
    }
    head = at + 1;
  }
  return out;
}

}  // namespace facet::style

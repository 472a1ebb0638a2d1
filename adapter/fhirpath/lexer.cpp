#include "adapter/fhirpath/lexer.hpp"

#include <array>
#include <optional>

namespace facet::fhirpath {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

constexpr std::array<std::string_view, 4> kTwoCharacterSymbols = {"<=", ">=", "!=", "!~"};
constexpr std::string_view kSymbols = "+-*/|&<>=~.,()[]{}";

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Result<std::vector<Token>> Run() {
    while (true) {
      if (!SkipSpace()) return Fail(at_, "this comment is not closed by */");
      if (at_ == text_.size()) break;
      const std::size_t begin = at_;
      if (!Next()) return Fail(error_at_, error_);
      ADAPTER_CHECK(at_ > begin);
    }
    Push(TokenKind::kEnd, at_, {});
    return std::move(tokens_);
  }

 private:
  Error Fail(std::size_t at, std::string detail) const {
    return MakeError(ErrorCode::kPathSyntax, PlaceOf(text_, at), std::move(detail));
  }

  bool Refuse(std::size_t at, std::string detail) {
    error_at_ = at;
    error_ = std::move(detail);
    return false;
  }

  char Peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  void Push(TokenKind kind, std::size_t begin, std::string_view text) {
    tokens_.push_back({kind, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at_), text});
  }

  // White space and comments; false for an open comment, at_ on it.
  bool SkipSpace() {
    while (at_ < text_.size()) {
      if (IsSpace(Peek())) {
        ++at_;
      } else if (Peek() == '/' && Peek(1) == '/') {
        while (at_ < text_.size() && Peek() != '\n') ++at_;
      } else if (Peek() == '/' && Peek(1) == '*') {
        const std::size_t close = text_.find("*/", at_ + 2);
        if (close == std::string_view::npos) return false;
        at_ = close + 2;
      } else {
        break;
      }
    }
    return true;
  }

  bool Next() {
    const char c = Peek();
    if (IsLetter(c)) return Word();
    if (IsDigit(c)) return Number();
    if (c == '\'') return Quoted('\'', TokenKind::kString, at_);
    if (c == '`') return Quoted('`', TokenKind::kDelimited, at_);
    if (c == '@') return Temporal();
    if (c == '%') return Variable();
    if (c == '$') return Special();
    return Symbol();
  }

  bool Word() {
    const std::size_t begin = at_;
    while (IsLetter(Peek()) || IsDigit(Peek())) ++at_;
    Push(TokenKind::kIdentifier, begin, text_.substr(begin, at_ - begin));
    return true;
  }

  bool Number() {
    const std::size_t begin = at_;
    while (IsDigit(Peek())) ++at_;
    if (Peek() == '.' && IsDigit(Peek(1))) {
      ++at_;
      while (IsDigit(Peek())) ++at_;
    }
    Push(TokenKind::kNumber, begin, text_.substr(begin, at_ - begin));
    return true;
  }

  // at_ is on the opening quote; the token begins at `begin` (a variable's at its %).
  bool Quoted(char quote, TokenKind kind, std::size_t begin) {
    const std::size_t open = at_++;
    while (at_ < text_.size() && text_[at_] != quote) at_ += text_[at_] == '\\' ? 2U : 1U;
    if (at_ >= text_.size()) {
      at_ = text_.size();
      return Refuse(open, quote == '\'' ? "this string is not closed" : "this name is not closed by `");
    }
    const std::string_view raw = text_.substr(open + 1, at_ - open - 1);
    ++at_;
    if (!Unescape(raw))
      return Refuse(open, "an escape in this text is none of \\' \\\" \\` \\\\ \\/ \\f \\n \\r \\t \\uXXXX");
    Push(kind, begin, raw);
    return true;
  }

  bool Variable() {
    const std::size_t begin = at_++;
    if (Peek() == '`' || Peek() == '\'') return Quoted(Peek(), TokenKind::kVariable, begin);
    const std::size_t name = at_;
    while (IsLetter(Peek()) || IsDigit(Peek())) ++at_;
    if (at_ == name) return Refuse(begin, "a variable's name must follow %");
    Push(TokenKind::kVariable, begin, text_.substr(name, at_ - name));
    return true;
  }

  bool Special() {
    const std::size_t begin = at_++;
    while (IsLetter(Peek())) ++at_;
    const std::string_view word = text_.substr(begin, at_ - begin);
    if (word == "$this") {
      Push(TokenKind::kThis, begin, word);
    } else if (word == "$index") {
      Push(TokenKind::kIndex, begin, word);
    } else if (word == "$total") {
      Push(TokenKind::kTotal, begin, word);
    } else {
      return Refuse(begin, "expected $this, $index or $total");
    }
    return true;
  }

  bool Digits(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      if (!IsDigit(Peek(i))) return false;
    }
    at_ += count;
    return true;
  }

  // hh[:mm[:ss[.f+]]]; what follows and does not fit is the next token.
  bool TimePart() {
    if (!Digits(2)) return false;
    for (int part = 0; part < 2 && Peek() == ':'; ++part) {
      ++at_;
      if (!Digits(2)) return false;
      if (part == 1 && Peek() == '.' && IsDigit(Peek(1))) {
        ++at_;
        while (IsDigit(Peek())) ++at_;
      }
    }
    return true;
  }

  void OffsetPart() {
    if (Peek() == 'Z') {
      ++at_;
    } else if ((Peek() == '+' || Peek() == '-') && IsDigit(Peek(1)) && IsDigit(Peek(2)) && Peek(3) == ':' &&
               IsDigit(Peek(4)) && IsDigit(Peek(5))) {
      at_ += 6;
    }
  }

  bool Temporal() {
    const std::size_t begin = at_++;
    TokenKind kind = TokenKind::kDate;
    bool good = true;
    if (Peek() == 'T') {
      ++at_;
      kind = TokenKind::kTime;
      good = TimePart();
    } else {
      good = Digits(4);
      for (int part = 0; good && part < 2 && Peek() == '-' && IsDigit(Peek(1)) && IsDigit(Peek(2)); ++part) {
        ++at_;
        good = Digits(2);
      }
      if (good && Peek() == 'T') {
        ++at_;
        if (IsDigit(Peek())) good = TimePart();
        if (good) OffsetPart();
      }
    }
    if (!good)
      return Refuse(begin, "expected a date, time or date and time: @2026-03-05, @T10:30, @2026-03-05T10:30:00Z");
    Push(kind, begin, text_.substr(begin + 1, at_ - begin - 1));
    return true;
  }

  bool Symbol() {
    const std::size_t begin = at_;
    for (const std::string_view symbol : kTwoCharacterSymbols) {
      if (text_.substr(at_).starts_with(symbol)) {
        at_ += 2;
        Push(TokenKind::kSymbol, begin, text_.substr(begin, 2));
        return true;
      }
    }
    if (kSymbols.find(Peek()) == std::string_view::npos) return Refuse(at_, "this character has no meaning here");
    ++at_;
    Push(TokenKind::kSymbol, begin, text_.substr(begin, 1));
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Token> tokens_;
  std::size_t error_at_ = 0;
  std::string error_;
};

// Four hexadecimal digits; -1 if they are not there.
int ReadHex4(std::string_view text) {
  if (text.size() < 4) return -1;
  int value = 0;
  for (const char c : text.substr(0, 4)) {
    const int digit = IsDigit(c)             ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

}  // namespace

std::string PlaceOf(std::string_view text, std::size_t offset) {
  std::size_t line = 1;
  std::size_t column = 1;
  for (std::size_t i = 0; i < offset && i < text.size(); ++i) {
    ++column;
    if (text[i] == '\n') ++line, column = 1;
  }
  return std::to_string(line) + ":" + std::to_string(column);
}

void AppendUtf8(std::string& out, std::uint32_t code_point) {
  const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0 | (code_point >> 6U));
    put(0x80 | (code_point & 0x3FU));
  } else if (code_point < 0x10000) {
    put(0xE0 | (code_point >> 12U));
    put(0x80 | ((code_point >> 6U) & 0x3FU));
    put(0x80 | (code_point & 0x3FU));
  } else {
    put(0xF0 | (code_point >> 18U));
    put(0x80 | ((code_point >> 12U) & 0x3FU));
    put(0x80 | ((code_point >> 6U) & 0x3FU));
    put(0x80 | (code_point & 0x3FU));
  }
}

std::optional<std::string> Unescape(std::string_view raw) {
  std::string out;
  out.reserve(raw.size());
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '\\') {
      out += raw[i];
      continue;
    }
    if (++i == raw.size()) return std::nullopt;
    constexpr std::string_view kEscapes = "'\"`\\/fnrt";
    constexpr std::string_view kMeanings = "'\"`\\/\f\n\r\t";
    if (const std::size_t which = kEscapes.find(raw[i]); which != std::string_view::npos) {
      out += kMeanings[which];
      continue;
    }
    const int unit = raw[i] == 'u' ? ReadHex4(raw.substr(i + 1)) : -1;
    if (unit <= 0) return std::nullopt;
    i += 4;
    auto code_point = static_cast<std::uint32_t>(unit);
    if (unit >= 0xD800 && unit < 0xDC00) {  // the first half of a pair
      const int low = raw.substr(i + 1).starts_with("\\u") ? ReadHex4(raw.substr(i + 3)) : -1;
      if (low < 0xDC00 || low > 0xDFFF) return std::nullopt;
      code_point = 0x10000U + ((code_point - 0xD800U) << 10U) + (static_cast<std::uint32_t>(low) - 0xDC00U);
      i += 6;
    } else if (unit >= 0xDC00 && unit < 0xE000) {
      return std::nullopt;
    }
    AppendUtf8(out, code_point);
  }
  return out;
}

Result<std::vector<Token>> Tokenize(std::string_view text) { return Lexer(text).Run(); }

}  // namespace facet::fhirpath

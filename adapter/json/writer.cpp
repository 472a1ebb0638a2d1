#include "adapter/json/writer.hpp"

#include "adapter/json/skim_scan.hpp"

namespace facet::json {
namespace {

constexpr std::uint8_t kHasContent = 0x80;
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// Length of the well-formed UTF-8 sequence of more than one byte at the start of `text`; 0 if there is none
// (Unicode 15, table 3-7).
std::size_t SequenceLength(std::string_view text) {
  const auto byte = [&](std::size_t i) -> unsigned {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
  };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned lead = byte(0);
  if (lead >= 0xC2 && lead <= 0xDF) return follows(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const unsigned low = lead == 0xE0 ? 0xA0U : 0x80U;
    const unsigned high = lead == 0xED ? 0x9FU : 0xBFU;
    return byte(1) >= low && byte(1) <= high && follows(2) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const unsigned low = lead == 0xF0 ? 0x90U : 0x80U;
    const unsigned high = lead == 0xF4 ? 0x8FU : 0xBFU;
    return byte(1) >= low && byte(1) <= high && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

void AppendEscape(std::string& out, char c) {
  switch (c) {
  case '"':
    out += "\\\"";
    return;
  case '\\':
    out += "\\\\";
    return;
  case '\b':
    out += "\\b";
    return;
  case '\f':
    out += "\\f";
    return;
  case '\n':
    out += "\\n";
    return;
  case '\r':
    out += "\\r";
    return;
  case '\t':
    out += "\\t";
    return;
  default:
    break;
  }
  constexpr std::string_view kHex = "0123456789abcdef";
  const auto code = static_cast<unsigned char>(c);
  out += "\\u00";
  out += kHex[code >> 4U];
  out += kHex[code & 0x0FU];
}

// RFC 8259 §6.
bool IsNumber(std::string_view text) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t start = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at - start;
  };
  const auto accept = [&](std::string_view any) {
    const bool found = at < text.size() && any.find(text[at]) != std::string_view::npos;
    at += found ? 1 : 0;
    return found;
  };
  accept("-");
  const bool leading_zero = at < text.size() && text[at] == '0';
  const std::size_t whole = digits();
  if (whole == 0 || (leading_zero && whole > 1)) return false;
  if (accept(".") && digits() == 0) return false;
  if (accept("eE")) {
    accept("+-");
    if (digits() == 0) return false;
  }
  return at == text.size();
}

}  // namespace

void AppendQuoted(std::string& out, std::string_view value) {
  out += '"';
  std::size_t at = 0;
  while (at < value.size()) {
    const char* const plain = value.data() + at;
    const auto size = static_cast<std::size_t>(impl::FindSpecial(plain, value.data() + value.size()) - plain);
    out.append(plain, size);
    at += size;
    if (at == value.size()) break;
    if (static_cast<unsigned char>(value[at]) < 0x80) {
      AppendEscape(out, value[at++]);
    } else if (const std::size_t length = SequenceLength(value.substr(at)); length > 0) {
      out.append(value, at, length);
      at += length;
    } else {
      out += kReplacement;
      ++at;
    }
  }
  out += '"';
}

void Writer::BeforeValue() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (stack_.empty()) {
    ADAPTER_CHECK(out_.empty());  // one value a document
    return;
  }
  std::uint8_t& top = stack_.back();
  ADAPTER_CHECK((top & ~kHasContent) == 'a');  // an object's value needs a key first
  if ((top & kHasContent) != 0) out_ += ',';
  top |= kHasContent;
}

Writer& Writer::BeginObject() {
  BeforeValue();
  out_ += '{';
  stack_.push_back('o');
  return *this;
}

Writer& Writer::EndObject() {
  ADAPTER_CHECK(!after_key_);
  ADAPTER_CHECK(!stack_.empty());
  ADAPTER_CHECK((stack_.back() & ~kHasContent) == 'o');
  stack_.pop_back();
  out_ += '}';
  return *this;
}

Writer& Writer::BeginArray() {
  BeforeValue();
  out_ += '[';
  stack_.push_back('a');
  return *this;
}

Writer& Writer::EndArray() {
  ADAPTER_CHECK(!stack_.empty());
  ADAPTER_CHECK((stack_.back() & ~kHasContent) == 'a');
  stack_.pop_back();
  out_ += ']';
  return *this;
}

Writer& Writer::Key(std::string_view key) {
  ADAPTER_CHECK(!after_key_);
  ADAPTER_CHECK(!stack_.empty());
  std::uint8_t& top = stack_.back();
  ADAPTER_CHECK((top & ~kHasContent) == 'o');
  if ((top & kHasContent) != 0) out_ += ',';
  top |= kHasContent;
  AppendQuoted(out_, key);
  out_ += ':';
  after_key_ = true;
  return *this;
}

Writer& Writer::String(std::string_view value) {
  BeforeValue();
  AppendQuoted(out_, value);
  return *this;
}

Writer& Writer::Int(std::int64_t value) {
  BeforeValue();
  out_ += std::to_string(value);
  return *this;
}

Writer& Writer::Bool(bool value) {
  BeforeValue();
  out_ += value ? "true" : "false";
  return *this;
}

Writer& Writer::Null() {
  BeforeValue();
  out_ += "null";
  return *this;
}

Writer& Writer::Number(const Decimal& value) {
  BeforeValue();
  out_ += value.ToString();
  return *this;
}

Writer& Writer::NumberText(std::string_view literal) {
  ADAPTER_CHECK(IsNumber(literal));
  BeforeValue();
  out_ += literal;
  return *this;
}

Writer& Writer::Raw(std::string_view json) {
  ADAPTER_CHECK(!json.empty());
  BeforeValue();
  out_ += json;
  return *this;
}

// Recursion: as deep as the value, which Limits::depth_max bounded when it was parsed.
Writer& Writer::Copy(Value value) {
  switch (value.kind()) {
  case Kind::kMissing:
  case Kind::kNull:
    return Null();
  case Kind::kBool:
    return Bool(value.boolean());
  case Kind::kNumber:
    return NumberText(value.number_text());
  case Kind::kString:
    return String(value.string());
  case Kind::kArray:
    BeginArray();
    for (const Value element : value.elements()) Copy(element);
    return EndArray();
  case Kind::kObject:
    BeginObject();
    for (const auto& [key, member] : value.members()) Key(key).Copy(member);
    return EndObject();
  }
  return *this;
}

std::string Writer::Take() && {
  ADAPTER_CHECK(stack_.empty());
  ADAPTER_CHECK(!after_key_);
  return std::move(out_);
}

}  // namespace facet::json

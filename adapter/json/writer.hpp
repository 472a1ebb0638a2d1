#pragma once
// Writes JSON text. Members appear in the order in which they are written, so output is deterministic.
//
//   Writer w;
//   w.Object([&] { w.Member("kind", "judgement"); w.Key("scale").Array([&] { w.Int(0); w.Int(10); }); });
//   std::string text = std::move(w).Take();
//
// Thread: one writer, one thread. Errors: none; misuse (a value where a key is due) is a programmer error.
#include "adapter/base/check.hpp"
#include "adapter/base/decimal.hpp"
#include "adapter/json/document.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace facet::json {

class Writer {
 public:
  Writer& BeginObject();
  Writer& EndObject();
  Writer& BeginArray();
  Writer& EndArray();
  template <class Body>
  Writer& Object(Body&& body) {
    BeginObject();
    body();
    return EndObject();
  }
  template <class Body>
  Writer& Array(Body&& body) {
    BeginArray();
    body();
    return EndArray();
  }

  Writer& Key(std::string_view key);
  Writer& String(std::string_view value);  // bytes that are not UTF-8 become U+FFFD
  Writer& Int(std::int64_t value);
  Writer& Bool(bool value);
  Writer& Null();
  Writer& Number(const Decimal& value);          // plain notation, scale kept
  Writer& NumberText(std::string_view literal);  // a JSON number as text, written as it is
  Writer& Raw(std::string_view json);            // one complete JSON value, written as it is
  Writer& Copy(Value value);                     // a parsed value, members in their order

  Writer& Member(std::string_view key, std::string_view value) { return Key(key).String(value); }
  Writer& Member(std::string_view key, const char* value) { return Key(key).String(value); }
  Writer& Member(std::string_view key, const std::string& value) { return Key(key).String(value); }
  Writer& Member(std::string_view key, bool value) { return Key(key).Bool(value); }
  Writer& Member(std::string_view key, std::int64_t value) { return Key(key).Int(value); }
  Writer& Member(std::string_view key, int value) { return Key(key).Int(value); }
  Writer& Member(std::string_view key, const Decimal& value) { return Key(key).Number(value); }

  const std::string& text() const noexcept { return out_; }
  std::string Take() &&;

 private:
  void BeforeValue();
  std::string out_;
  std::vector<std::uint8_t> stack_;  // per open container: 'o' or 'a', high bit set once it has content
  bool after_key_ = false;
};

// Appends `value` as a JSON string literal, quotes included; bytes that are not UTF-8 become U+FFFD.
void AppendQuoted(std::string& out, std::string_view value);

}  // namespace facet::json

#pragma once
// Saving and loading of stored documents from one description of their fields, so that the two cannot differ.
// A type describes itself by `template <class Archive> void Describe(Archive& a, T& value)` with a(key, member) calls.
// Members that are empty, false or zero are left out; what is missing when loading stays as constructed.
//
// Thread: values. Errors: none when saving; loading takes what has the right kind and leaves the rest.
#include "adapter/base/decimal.hpp"
#include "adapter/base/strong.hpp"
#include "adapter/base/time.hpp"
#include "adapter/json/document.hpp"
#include "adapter/json/writer.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace facet::engine {

class Saver {
 public:
  explicit Saver(json::Writer& writer) : writer_(writer) {}
  static constexpr bool kLoads = false;

  template <class T>
  void operator()(std::string_view key, T& member) {
    if (IsEmpty(member)) return;
    writer_.Key(key);
    Put(member);
  }

  template <class T>
  void Put(T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      writer_.Bool(value);
    } else if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
      writer_.Int(static_cast<std::int64_t>(value));
    } else if constexpr (std::is_same_v<T, std::string>) {
      writer_.String(value);
    } else {
      writer_.Object([&] { Describe(*this, value); });
    }
  }
  void Put(Decimal& value) { writer_.String(value.ToString()); }
  void Put(UtcInstant& value) { writer_.Int(value.ms); }
  void Put(FhirDateTime& value) { writer_.String(value.text); }
  template <class Tag, LogClass Class>
  void Put(Strong<Tag, std::string, Class>& value) {
    writer_.String(value.get());
  }
  template <class T>
  void Put(std::optional<T>& value) {
    Put(*value);
  }
  template <class T>
  void Put(std::vector<T>& values) {
    writer_.Array([&] {
      for (T& value : values) Put(value);
    });
  }
  template <class T>
  void Put(std::map<std::string, T>& values) {
    writer_.Object([&] {
      for (auto& [key, value] : values) {
        writer_.Key(key);
        Put(value);
      }
    });
  }

 private:
  template <class T>
  static bool IsEmpty(const T& value) {
    if constexpr (std::is_same_v<T, bool> || std::is_integral_v<T>) {
      return value == T{};
    } else if constexpr (requires { value.has_value(); }) {
      return !value.has_value();
    } else if constexpr (requires { value.empty(); }) {
      return value.empty();
    } else {
      return false;
    }
  }
  json::Writer& writer_;
};

class Loader {
 public:
  explicit Loader(json::Value value) : value_(value) {}
  static constexpr bool kLoads = true;

  template <class T>
  void operator()(std::string_view key, T& member) {
    if (const json::Value found = value_[key]) Get(found, member);
  }

  template <class T>
  static void Get(json::Value from, T& into) {
    if constexpr (std::is_same_v<T, bool>) {
      into = from.boolean();
    } else if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
      into = static_cast<T>(from.decimal().value_or(0).ToInt64().value_or(0));
    } else if constexpr (std::is_same_v<T, std::string>) {
      into = from.string();
    } else {
      Loader inner(from);
      Describe(inner, into);
    }
  }
  static void Get(json::Value from, Decimal& into) { into = Decimal::Parse(from.string()).value_or(Decimal{}); }
  static void Get(json::Value from, UtcInstant& into) { Get(from, into.ms); }
  static void Get(json::Value from, FhirDateTime& into) {
    if (auto parsed = FhirDateTime::Parse(from.string())) into = std::move(*parsed);
  }
  template <class Tag, LogClass Class>
  static void Get(json::Value from, Strong<Tag, std::string, Class>& into) {
    into = Strong<Tag, std::string, Class>(std::string(from.string()));
  }
  template <class T>
  static void Get(json::Value from, std::optional<T>& into) {
    Get(from, into.emplace());
  }
  template <class T>
  static void Get(json::Value from, std::vector<T>& into) {
    into.clear();
    into.reserve(from.size());
    for (const json::Value element : from.elements()) Get(element, into.emplace_back());
  }
  template <class T>
  static void Get(json::Value from, std::map<std::string, T>& into) {
    for (const json::Member member : from.members()) Get(member.value, into[std::string(member.key)]);
  }

 private:
  json::Value value_;
};

template <class T>
std::string SaveDocument(T& value) {
  json::Writer writer;
  Saver saver(writer);
  saver.Put(value);
  return std::move(writer).Take();
}

}  // namespace facet::engine

#pragma once
// One-line evaluation for tests: the result as text, "item; item", or "error code @ where".
#include "adapter/fhirpath/evaluator.hpp"

#include <string>
#include <string_view>

namespace facet::fhirpath {

inline std::string TextOf(std::span<const Item> items) {
  std::string text;
  for (const Item& item : items) {
    if (&item != items.data()) text += "; ";
    if (const auto value = item.ToText()) {
      text += *value;
    } else {
      json::Writer writer;
      WriteItem(writer, item);
      text += writer.text();
    }
  }
  return items.empty() ? "{}" : text;
}

inline std::string ErrorText(const Error& error) { return std::string(NameOf(error.code)) + " @ " + error.where; }

inline json::Document Document(std::string_view text) {
  auto document = json::Parse(text);
  ADAPTER_CHECK(document.ok());
  return std::move(*document);
}

// Lenient, so that wrong names show when they are evaluated.
inline std::string Eval(std::string_view expression, json::Value focus = {}, Context context = {}) {
  CompileOptions options;
  options.strict = false;
  options.root_type = focus["resourceType"].string();
  const auto compiled = Compile(expression, options);
  if (!compiled.ok()) return ErrorText(compiled.error());
  if (focus) context.focus = Item::Node(focus);
  const auto result = Evaluate(*compiled, context);
  return result.ok() ? TextOf(result->items()) : ErrorText(result.error());
}

// The error of a strict compilation: "code @ where: detail", or "ok <result type>".
inline std::string Check(std::string_view expression, std::string_view root_type = "") {
  CompileOptions options;
  options.root_type = root_type;
  const auto compiled = Compile(expression, options);
  if (compiled.ok()) return "ok " + std::string(compiled->result_type());
  return ErrorText(compiled.error()) + ": " + compiled.error().detail;
}

}  // namespace facet::fhirpath

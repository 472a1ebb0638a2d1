#include "adapter/fhir/references.hpp"

#include "adapter/fhir/resource.hpp"

#include <algorithm>

namespace facet::fhir {
namespace {

char ToLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool StartsWithNoCase(std::string_view text, std::string_view lower) {
  return text.size() >= lower.size() &&
         std::equal(lower.begin(), lower.end(), text.begin(), [](char l, char t) { return l == ToLower(t); });
}

// Offset of the path of an absolute http(s) URL (its size if it has none); npos for anything else.
std::size_t PathOffset(std::string_view text) {
  const std::size_t host = StartsWithNoCase(text, "https://") ? 8 : StartsWithNoCase(text, "http://") ? 7 : 0;
  if (host == 0 || host >= text.size() || text[host] == '/') return std::string_view::npos;
  return std::min(text.find('/', host), text.size());
}

// Takes the last segment, and the slash before it, off a path.
std::string_view TakeLast(std::string_view& path) {
  const std::size_t slash = path.rfind('/');
  const std::string_view last = slash == std::string_view::npos ? path : path.substr(slash + 1);
  path = slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
  return last;
}

// Reads "[rest/]Type/id[/_history/version]" from its end; `rest` gets what is before. kNone if it is not that.
Reference ParseTail(std::string_view text, std::string_view& rest) {
  Reference out;
  rest = text;
  out.id = TakeLast(rest);
  out.type = TakeLast(rest);
  if (out.type == "_history") {
    out.version = out.id;
    if (!IsId(out.version)) return {};
    out.id = TakeLast(rest);
    out.type = TakeLast(rest);
  }
  if (!IsResourceType(out.type) || !IsId(out.id)) return {};
  std::string_view before = rest;
  if (TakeLast(before) == out.type) rest = before;
  out.kind = ReferenceKind::kRelative;
  return out;
}

Reference ParseConditional(std::string_view literal, std::size_t question) {
  Reference out;
  std::string_view base = literal.substr(0, question);
  out.type = TakeLast(base);
  out.base = base;
  out.query = literal.substr(question + 1);
  const bool base_ok = base.empty() || PathOffset(base) != std::string_view::npos;
  const bool valid = base_ok && IsResourceType(out.type) && !out.query.empty();
  if (!valid) return {.kind = ReferenceKind::kInvalid};
  out.kind = ReferenceKind::kConditional;
  return out;
}

Reference ParseAbsolute(std::string_view literal, std::size_t path) {
  std::string_view rest;
  Reference out = ParseTail(literal.substr(path), rest);
  if (out.kind == ReferenceKind::kNone) return {.kind = ReferenceKind::kUrl};
  out.kind = ReferenceKind::kAbsolute;
  out.base = literal.substr(0, path + rest.size());
  while (out.base.ends_with('/')) out.base.remove_suffix(1);
  return out;
}

}  // namespace

Reference ParseReference(std::string_view literal) noexcept {
  if (literal.empty()) return {};
  // "Patient/p1", as nearly all are.
  const std::string_view type = literal.substr(0, literal.find('/'));
  if (type.size() < literal.size() && IsId(literal.substr(type.size() + 1)) && IsResourceType(type)) {
    return {.kind = ReferenceKind::kRelative, .type = type, .id = literal.substr(type.size() + 1)};
  }
  if (literal.find_first_of(" \t\r\n") != std::string_view::npos) return {.kind = ReferenceKind::kInvalid};
  if (literal.front() == '#') return {.kind = ReferenceKind::kContained, .id = literal.substr(1)};
  if (StartsWithNoCase(literal, "urn:")) return {.kind = ReferenceKind::kUrn};
  const std::size_t question = literal.find('?');
  if (question != std::string_view::npos) return ParseConditional(literal, question);
  const std::size_t path = PathOffset(literal);
  if (path != std::string_view::npos) return ParseAbsolute(literal, path);
  std::string_view rest;
  Reference out = ParseTail(literal, rest);
  const bool whole = rest.empty() && literal.front() != '/';
  if (out.kind == ReferenceKind::kNone || !whole) return {.kind = ReferenceKind::kInvalid};
  return out;
}

std::string NormalizeBase(std::string_view base) {
  std::string out(base);
  while (out.ends_with('/')) out.pop_back();
  const std::size_t path = PathOffset(out);
  if (path == std::string::npos) return out;
  std::transform(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(path), out.begin(), ToLower);
  const std::string_view port = out.starts_with("https://") ? ":443" : ":80";
  if (std::string_view(out).substr(0, path).ends_with(port)) out.erase(path - port.size(), port.size());
  return out;
}

std::string ReduceReference(const Reference& reference, std::string_view server_base) {
  const bool on_base = reference.kind == ReferenceKind::kAbsolute && !server_base.empty() &&
                       NormalizeBase(reference.base) == NormalizeBase(server_base);
  if (reference.kind != ReferenceKind::kRelative && !on_base) return {};
  return std::string(reference.type) + "/" + std::string(reference.id);
}

std::string_view LiteralOf(json::Value reference) noexcept {
  return reference.is_string() ? reference.string() : reference["reference"].string();
}

std::string ServerReferences::Resolve(json::Value reference) const {
  return ReduceReference(ParseReference(LiteralOf(reference)), server_base_);
}

}  // namespace facet::fhir

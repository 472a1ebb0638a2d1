#include "adapter/json/document.hpp"
#include "adapter/json/scan.hpp"

#include <algorithm>
#include <charconv>

namespace facet::json {

struct Locator::Impl {
  std::string text;
  Document document;
  std::vector<std::size_t> offsets;  // of each cell of the tape; empty if the text is not JSON
};

namespace {

// Tokens of valid JSON come in the order of the tape's cells: strings, keys, scalars and opening brackets.
std::vector<std::size_t> CellOffsets(std::string_view text, std::size_t cells) {
  std::vector<std::size_t> offsets;
  offsets.reserve(cells);
  std::size_t at = 0;
  while ((at = text.find_first_not_of(" \t\r\n,:]}", at)) != std::string_view::npos) {
    offsets.push_back(at);
    if (text[at] == '"') {
      ++at;
      while (text[at] != '"') at += text[at] == '\\' ? 2 : 1;
      ++at;
    } else if (text[at] == '[' || text[at] == '{') {
      ++at;
    } else {
      at = text.find_first_of(" \t\r\n,]}", at);
      if (at == std::string_view::npos) break;
    }
  }
  ADAPTER_CHECK(offsets.size() == cells);
  return offsets;
}

// RFC 6901 §4: ~1 is '/', ~0 is '~'.
std::string Unescape(std::string_view segment) {
  std::string out;
  for (std::size_t i = 0; i < segment.size(); ++i) {
    const bool escape = segment[i] == '~' && i + 1 < segment.size() && (segment[i + 1] == '0' || segment[i + 1] == '1');
    out += escape ? (segment[++i] == '0' ? '~' : '/') : segment[i];
  }
  return out;
}

Value Step(Value value, std::string_view segment) {
  if (value.is_object()) return value[Unescape(segment)];
  std::size_t element = 0;
  const auto [end, error] = std::from_chars(segment.data(), segment.data() + segment.size(), element);
  if (error != std::errc{} || end != segment.data() + segment.size()) return {};
  return value.at(element);
}

}  // namespace

Locator::Locator(std::string_view text) : impl_(std::make_unique<Impl>()) {
  auto document = Parse(text, Limits::ForFiles());
  if (!document.ok()) return;
  impl_->text = text;
  impl_->document = *document;
  impl_->offsets = CellOffsets(impl_->text, impl_->document.tape()->cells.size());
}

Locator::~Locator() = default;
Locator::Locator(Locator&&) noexcept = default;
Locator& Locator::operator=(Locator&&) noexcept = default;

std::string Locator::Find(std::string_view pointer) const {
  if (impl_->offsets.empty()) return "1:1";
  Value found = impl_->document.root();
  while (pointer.starts_with('/')) {
    pointer.remove_prefix(1);
    const Value next = Step(found, pointer.substr(0, pointer.find('/')));
    if (next.missing()) break;
    found = next;
    pointer.remove_prefix(std::min(pointer.find('/'), pointer.size()));
  }
  return impl::LineColumn(impl_->text, impl_->offsets[found.index()]);
}

}  // namespace facet::json

#include "adapter/fhirpath/html_check.hpp"

#include <algorithm>
#include <vector>

namespace facet::fhirpath {
namespace {

constexpr std::string_view kElements[] = {
    "a",   "abbr", "acronym", "b",     "big", "blockquote", "br",  "caption", "cite", "code",  "col",  "colgroup",
    "dd",  "dfn",  "div",     "dl",    "dt",  "em",         "h1",  "h2",      "h3",   "h4",    "h5",   "h6",
    "hr",  "i",    "img",     "li",    "ol",  "p",          "pre", "q",       "samp", "small", "span", "strong",
    "sub", "sup",  "table",   "tbody", "td",  "tfoot",      "th",  "thead",   "tr",   "tt",    "ul",   "var"};
constexpr std::string_view kAttributes[] = {
    "abbr",        "accesskey",  "align",  "alt",     "axis",     "bgcolor", "border",   "cellhalign", "cellpadding",
    "cellspacing", "cellvalign", "char",   "charoff", "charset",  "cite",    "class",    "colspan",    "compact",
    "coords",      "dir",        "frame",  "headers", "height",   "href",    "hreflang", "hspace",     "id",
    "lang",        "longdesc",   "name",   "nowrap",  "rel",      "rev",     "rowspan",  "rules",      "scope",
    "shape",       "span",       "src",    "start",   "style",    "summary", "tabindex", "title",      "type",
    "valign",      "value",      "vspace", "width",   "xml:lang", "xmlns"};
constexpr std::size_t kDepthMax = 100;

template <std::size_t N>
bool IsIn(const std::string_view (&list)[N], std::string_view word) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool IsNameChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' || c == '-' || c == '_';
}

class Checker {
 public:
  explicit Checker(std::string_view text) : text_(text) {}

  bool Run() {
    SkipSpace();
    if (!text_.substr(at_).starts_with("<div")) return false;
    while (at_ < text_.size()) {
      const bool outside = open_.empty();
      if (text_[at_] == '<') {
        if (outside && seen_root_) return false;
        if (!Tag()) return false;
      } else if (text_[at_] == '&') {
        if (outside || !Entity()) return false;
      } else {
        if (outside && !IsSpace(text_[at_])) return false;
        if (!IsSpace(text_[at_])) has_content_ = true;
        ++at_;
      }
    }
    return open_.empty() && seen_root_ && has_content_;
  }

 private:
  void SkipSpace() {
    while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
  }

  std::string_view Name() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && IsNameChar(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  bool Take(std::string_view token) {
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }

  bool Entity() {
    const std::size_t end = text_.find(';', at_);
    if (end == std::string_view::npos || end - at_ < 2 || end - at_ > 12) return false;
    at_ = end + 1;
    has_content_ = true;
    return true;
  }

  bool Tag() {
    if (Take("<!--")) {
      const std::size_t end = text_.find("-->", at_);
      if (end == std::string_view::npos) return false;
      at_ = end + 3;
      return true;
    }
    if (Take("</")) {
      const std::string_view name = Name();
      SkipSpace();
      if (open_.empty() || open_.back() != name || !Take(">")) return false;
      open_.pop_back();
      return true;
    }
    ++at_;
    const std::string_view name = Name();
    if (!IsIn(kElements, name)) return false;
    if (name == "img") has_content_ = true;
    seen_root_ = true;
    while (true) {
      SkipSpace();
      if (Take("/>")) return true;
      if (Take(">")) break;
      if (!Attribute()) return false;
    }
    open_.push_back(name);
    return open_.size() <= kDepthMax;
  }

  bool Attribute() {
    const std::string_view name = Name();
    if (!IsIn(kAttributes, name)) return false;
    SkipSpace();
    if (!Take("=")) return false;
    SkipSpace();
    if (at_ == text_.size() || (text_[at_] != '"' && text_[at_] != '\'')) return false;
    const std::size_t end = text_.find(text_[at_], at_ + 1);
    if (end == std::string_view::npos) return false;
    const std::string_view value = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    const bool link = name == "href" || name == "src";
    return value.find('<') == std::string_view::npos && !(link && value.starts_with("javascript:"));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<std::string_view> open_;
  bool seen_root_ = false;
  bool has_content_ = false;
};

}  // namespace

bool IsNarrativeHtml(std::string_view text) { return Checker(text).Run(); }

}  // namespace facet::fhirpath

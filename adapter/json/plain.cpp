#include "adapter/json/plain.hpp"

#include "adapter/json/skim.hpp"

#include <algorithm>
#include <limits>

namespace facet::json::impl {
namespace {

class PlainBuilder : public SkimVisitor {
 public:
  PlainBuilder(Tape& tape, const char* text) : cells_(tape.cells), text_(text) {}

  static std::uint32_t BitsOf(std::uint64_t) { return 1; }  // every string is wanted
  Token OnBegin(bool object) { return Add({.kind = object ? Kind::kObject : Kind::kArray}); }
  void OnEnd(Token begin, bool, std::uint32_t count, std::uint32_t, std::size_t) {
    cells_[begin].size = count;
    cells_[begin].next = Here();
  }
  Token OnKey(std::string_view key) { return AddText(Kind::kString, false, key); }
  void OnMemberEnd(Token key) { cells_[key].next = Here(); }
  void OnString(std::string_view, std::uint32_t, std::string_view value, std::size_t) {
    AddText(Kind::kString, false, value);
  }
  void OnNumber(std::string_view literal) {
    AddText(Kind::kNumber, literal.find('.') == std::string_view::npos, literal);
  }
  void OnWord(std::string_view word) {
    Add({.kind = word == "null" ? Kind::kNull : Kind::kBool, .flag = word == "true", .next = Here() + 1});
  }

 private:
  Token Here() const { return static_cast<Token>(cells_.size()); }
  Token Add(const Cell& cell) {
    cells_.push_back(cell);
    return Here() - 1;
  }
  Token AddText(Kind kind, bool flag, std::string_view text) {
    return Add({.kind = kind,
                .flag = flag,
                .size = static_cast<std::uint32_t>(text.size()),
                .text = static_cast<std::uint32_t>(text.data() - text_),
                .next = Here() + 1});
  }

  std::vector<Cell>& cells_;
  const char* text_;
};

}  // namespace

std::shared_ptr<const Tape> ParsePlain(std::string_view text, const Limits& limits) {
  // A text that keeps to what Skim() finds sound must keep to these limits too.
  const std::size_t bytes_max = std::min({limits.bytes_max, limits.string_bytes_max, std::size_t{1} << 30U});
  if (text.size() > bytes_max || limits.depth_max < kSkimDepthMax || limits.array_length_max < kSkimElementsMax) {
    return nullptr;
  }
  auto tape = std::make_shared<Tape>();
  tape->text = text;
  tape->cells.reserve(text.size() / 10);  // a member of FHIR JSON: two cells, about 24 bytes
  PlainBuilder builder(*tape, tape->text.data());
  if (Skim(tape->text, builder) != SkimVerdict::kSound) return nullptr;
  return tape;
}

}  // namespace facet::json::impl

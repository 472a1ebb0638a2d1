#include "adapter/json/document.hpp"
#include "adapter/json/plain.hpp"
#include "adapter/json/scan.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>

namespace facet::json {
namespace {

namespace bj = boost::json;

constexpr std::size_t kNowhere = std::numeric_limits<std::size_t>::max();
// Up to here each new key is compared with all before it; larger objects are sorted once, when they end. Hashing
// would be as fast but can be flooded by whoever chooses the keys.
constexpr std::uint32_t kLinearKeysMax = 16;

struct Failure {
  ErrorCode code = ErrorCode::kInternal;  // kInternal: the parser's own error code tells
  const char* detail = "";
  std::size_t offset = kNowhere;          // kNowhere: where the parser stopped
  std::size_t string_ordinal = kNowhere;  // or: the string token at fault
};

// basic_parser's events, written to a Tape. The whole text comes in one call, so number literals are views of the
// input; strings come in parts when they hold escapes.
class TapeBuilder {
 public:
  static constexpr std::size_t max_object_size = kNowhere;
  static constexpr std::size_t max_array_size = kNowhere;
  static constexpr std::size_t max_key_size = kNowhere;
  static constexpr std::size_t max_string_size = kNowhere;

  TapeBuilder(Tape* tape, const char* input, const Limits* limits) : tape_(*tape), input_(input), limits_(*limits) {}

  const Failure& failure() const { return failure_; }

  bool on_document_begin(bj::error_code&) { return true; }
  bool on_document_end(bj::error_code&) { return true; }
  bool on_object_begin(bj::error_code& ec) { return Open(Kind::kObject, ec); }
  bool on_object_end(std::size_t, bj::error_code& ec) {
    if (tape_.cells[open_.back().container].size > kLinearKeysMax && !CheckKeysSorted(ec)) return false;
    Close();
    return true;
  }
  bool on_array_begin(bj::error_code& ec) { return Open(Kind::kArray, ec); }
  bool on_array_end(std::size_t, bj::error_code&) {
    Close();
    return true;
  }

  bool on_key_part(bj::string_view part, std::size_t, bj::error_code& ec) { return AppendText(part, ec); }
  bool on_key(bj::string_view part, std::size_t, bj::error_code& ec) {
    if (!AppendText(part, ec)) return false;
    Frame& frame = open_.back();
    const std::uint32_t members = tape_.cells[frame.container].size;
    if (members < kLinearKeysMax && IsKnownKey(frame.container)) {
      return FailAtString(ErrorCode::kJsonDuplicateKey, kDuplicateKey, tape_.cells.size(), ec);
    }
    tape_.cells[frame.container].size = members + 1;
    frame.key = Here();
    PushText(Kind::kString, false);
    return true;
  }
  bool on_string_part(bj::string_view part, std::size_t, bj::error_code& ec) { return AppendText(part, ec); }
  bool on_string(bj::string_view part, std::size_t, bj::error_code& ec) {
    if (!AppendText(part, ec)) return false;
    if (!CountElement()) return FailAtString(ErrorCode::kJsonLimit, kLongArray, tape_.cells.size(), ec);
    PushText(Kind::kString, false);
    EndValue();
    return true;
  }

  bool on_number_part(bj::string_view, bj::error_code&) { return true; }  // only when suspended: never
  bool on_int64(std::int64_t, bj::string_view literal, bj::error_code& ec) { return Number(literal, ec); }
  bool on_uint64(std::uint64_t, bj::string_view literal, bj::error_code& ec) { return Number(literal, ec); }
  bool on_double(double, bj::string_view literal, bj::error_code& ec) { return Number(literal, ec); }

  bool on_bool(bool value, bj::error_code& ec) { return Scalar(Kind::kBool, value, ec); }
  bool on_null(bj::error_code& ec) { return Scalar(Kind::kNull, false, ec); }
  bool on_comment_part(bj::string_view, bj::error_code&) { return true; }
  bool on_comment(bj::string_view, bj::error_code&) { return true; }

 private:
  static constexpr const char* kDuplicateKey = "an object names one key twice";
  static constexpr const char* kLongArray = "an array has too many elements";

  struct Frame {
    std::uint32_t container = 0;
    std::uint32_t key = 0;  // of the member being read
  };

  std::uint32_t Here() const { return static_cast<std::uint32_t>(tape_.cells.size()); }
  std::string_view TextOf(std::uint32_t index) const {
    const Cell& cell = tape_.cells[index];
    return {tape_.text.data() + cell.text, cell.size};
  }

  bool FailAt(ErrorCode code, const char* detail, std::size_t offset, bj::error_code& ec) {
    failure_ = {code, detail, offset, kNowhere};
    ec = bj::error::exception;  // any error stops the parser; failure_ is what is reported
    return false;
  }

  // The string token at fault is the next one after the first `cells` cells: every string cell is one token.
  bool FailAtString(ErrorCode code, const char* detail, std::size_t cells, bj::error_code& ec) {
    std::size_t strings = 0;
    for (std::size_t i = 0; i < cells; ++i) strings += tape_.cells[i].kind == Kind::kString ? 1U : 0U;
    failure_ = {code, detail, kNowhere, strings};
    ec = bj::error::exception;
    return false;
  }

  bool AppendText(bj::string_view part, bj::error_code& ec) {
    if (std::memchr(part.data(), '\0', part.size()) != nullptr) {
      return FailAtString(ErrorCode::kJsonText, "a string holds a NUL", tape_.cells.size(), ec);
    }
    tape_.text.append(part.data(), part.size());
    if (tape_.text.size() - text_start_ > limits_.string_bytes_max) {
      return FailAtString(ErrorCode::kJsonLimit, "a string is too long", tape_.cells.size(), ec);
    }
    return true;
  }

  // A cell for the text gathered since the last one.
  void PushText(Kind kind, bool flag) {
    tape_.cells.push_back({.kind = kind,
                           .flag = flag,
                           .size = static_cast<std::uint32_t>(tape_.text.size() - text_start_),
                           .text = static_cast<std::uint32_t>(text_start_),
                           .next = Here() + 1});
    text_start_ = tape_.text.size();
  }

  bool Number(bj::string_view literal, bj::error_code& ec) {
    const auto offset = static_cast<std::size_t>(literal.data() - input_);
    if (literal.size() > limits_.string_bytes_max) {
      return FailAt(ErrorCode::kJsonLimit, "a number is too long", offset, ec);
    }
    if (!CountElement()) return FailAt(ErrorCode::kJsonLimit, kLongArray, offset, ec);
    tape_.text.append(literal.data(), literal.size());
    PushText(Kind::kNumber, literal.find_first_of(".eE") == bj::string_view::npos);
    EndValue();
    return true;
  }

  bool Scalar(Kind kind, bool flag, bj::error_code& ec) {
    if (!CountElement()) return FailAt(ErrorCode::kJsonLimit, kLongArray, kNowhere, ec);
    tape_.cells.push_back({.kind = kind, .flag = flag, .next = Here() + 1});
    EndValue();
    return true;
  }

  bool Open(Kind kind, bj::error_code& ec) {
    if (!CountElement()) return FailAt(ErrorCode::kJsonLimit, kLongArray, kNowhere, ec);
    open_.push_back({.container = Here()});
    tape_.cells.push_back({.kind = kind});
    return true;
  }

  void Close() {
    tape_.cells[open_.back().container].next = Here();
    open_.pop_back();
    EndValue();
  }

  void EndValue() {
    if (open_.empty()) return;
    const Frame& frame = open_.back();
    if (tape_.cells[frame.container].kind == Kind::kObject) tape_.cells[frame.key].next = Here();
  }

  // Counts a value with the array that holds it; false when that is full.
  bool CountElement() {
    if (open_.empty()) return true;
    Cell& container = tape_.cells[open_.back().container];
    if (container.kind != Kind::kArray) return true;
    if (container.size >= limits_.array_length_max) return false;
    ++container.size;
    return true;
  }

  bool IsKnownKey(std::uint32_t container) const {
    const std::string_view key(tape_.text.data() + text_start_, tape_.text.size() - text_start_);
    for (std::uint32_t at = container + 1; at < Here(); at = tape_.cells[at].next) {
      if (TextOf(at) == key) return true;
    }
    return false;
  }

  bool CheckKeysSorted(bj::error_code& ec) {
    const std::uint32_t container = open_.back().container;
    keys_.clear();
    for (std::uint32_t at = container + 1; at < Here(); at = tape_.cells[at].next) keys_.push_back(at);
    std::sort(keys_.begin(), keys_.end(), [this](std::uint32_t a, std::uint32_t b) {
      const auto order = TextOf(a) <=> TextOf(b);
      return order == 0 ? a < b : order < 0;
    });
    std::uint32_t first_twin = Here();
    for (std::size_t i = 1; i < keys_.size(); ++i) {
      if (TextOf(keys_[i - 1]) == TextOf(keys_[i])) first_twin = std::min(first_twin, keys_[i]);
    }
    if (first_twin == Here()) return true;
    return FailAtString(ErrorCode::kJsonDuplicateKey, kDuplicateKey, first_twin, ec);
  }

  Tape& tape_;
  const char* input_;
  const Limits& limits_;
  std::vector<Frame> open_;
  std::vector<std::uint32_t> keys_;  // scratch of CheckKeysSorted
  std::size_t text_start_ = 0;
  Failure failure_;
};

// A leading surrogate that is followed by anything but another \u is a plain syntax error to the parser.
bool FollowsLeadingSurrogate(std::string_view text, std::size_t offset) {
  constexpr std::size_t kEscapeSize = 6;
  if (offset > kEscapeSize && text[offset - 1] == '\\') --offset;
  if (offset < kEscapeSize) return false;
  const std::string_view escape = text.substr(offset - kEscapeSize, kEscapeSize);
  return escape.starts_with("\\u") && (escape[2] == 'd' || escape[2] == 'D') &&
         std::string_view("89abAB").find(escape[3]) != std::string_view::npos;
}

// What the parser itself found wrong.
Failure Classify(const bj::error_code& ec, std::string_view text, std::size_t offset) {
  if (ec == bj::error::too_deep) return {ErrorCode::kJsonLimit, "objects and arrays are nested too deeply", offset};
  if (ec == bj::error::exponent_overflow) return {ErrorCode::kJsonLimit, "a number's exponent is too large", offset};
  if (ec == bj::error::incomplete) return {ErrorCode::kJsonSyntax, "the text ends too early", offset};
  if (ec == bj::error::illegal_leading_surrogate || ec == bj::error::illegal_trailing_surrogate ||
      ec == bj::error::expected_utf16_escape || FollowsLeadingSurrogate(text, offset)) {
    return {ErrorCode::kJsonText, "a string holds half a surrogate pair", offset};
  }
  const unsigned char byte = offset < text.size() ? static_cast<unsigned char>(text[offset]) : 0x20;
  if (byte >= 0x80 && impl::InsideString(text, offset)) {
    return {ErrorCode::kJsonText, "a string holds invalid UTF-8", offset};
  }
  if (byte == 0 && impl::InsideString(text, offset)) return {ErrorCode::kJsonText, "a string holds a NUL", offset};
  return {ErrorCode::kJsonSyntax, "this is not JSON", offset};
}

Error Report(const Failure& failure, std::string_view text, std::size_t stopped_at) {
  std::size_t offset = failure.offset == kNowhere ? stopped_at : failure.offset;
  if (failure.string_ordinal != kNowhere) offset = impl::StringTokenOffset(text, failure.string_ordinal);
  return MakeError(failure.code, impl::LineColumn(text, offset), failure.detail);
}

Result<Document> ParseWhole(std::string_view text, const Limits& limits) {
  auto tape = std::make_shared<Tape>();
  tape->text.reserve(text.size());
  tape->cells.reserve(text.size() / 12);  // a member of FHIR JSON: two cells, about 24 bytes
  bj::parse_options options;
  options.max_depth = limits.depth_max;
  bj::basic_parser<TapeBuilder> parser(options, tape.get(), text.data(), &limits);
  bj::error_code ec;
  const std::size_t consumed = parser.write_some(false, text.data(), text.size(), ec);
  if (ec) {
    const Failure& own = parser.handler().failure();
    return Report(own.code == ErrorCode::kInternal ? Classify(ec, text, consumed) : own, text, consumed);
  }
  if (consumed < text.size()) {
    return Report({ErrorCode::kJsonSyntax, "something follows the JSON value", consumed}, text, consumed);
  }
  return Document(std::move(tape));
}

}  // namespace

Result<Document> Parse(std::string_view text, const Limits& limits) {
  // Tape offsets have 32 bits; a tape is never larger than its text.
  const std::size_t bytes_max = std::min<std::size_t>(limits.bytes_max, std::numeric_limits<std::uint32_t>::max() - 1);
  if (text.size() > bytes_max) return MakeError(ErrorCode::kJsonLimit, "1:1", "the text is too long");
  if (text.starts_with("\xEF\xBB\xBF")) {
    return MakeError(ErrorCode::kJsonSyntax, "1:1", "the text begins with a byte order mark");
  }
  try {
    if (auto tape = impl::ParsePlain(text, limits)) return Document(std::move(tape));
    return ParseWhole(text, limits);
  } catch (const std::bad_alloc&) {
    return MakeError(ErrorCode::kJsonLimit, "1:1", "there is not enough memory for the text");
  }
}

}  // namespace facet::json

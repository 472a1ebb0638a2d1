#pragma once
// A parsed JSON document: one compact tape, built by Boost.JSON's basic_parser in one call. Numbers keep their
// literal text (FHIR R4 §2.24.0.1 asks for their precision); nothing is converted until somebody asks.
//
// In the flow: notification bodies, server answers, files -> Parse() -> Document -> fhir, fhirpath, mapping.
// Thread: a Document is immutable after Parse and may be read from any thread.
// Owns: a Document owns its tape and text; a Value borrows from its Document and must not outlive it. Moving a
//       Document keeps its Values valid.
// Errors: json.syntax, json.limit, json.duplicate_key, json.text; `where` is "line:column" (1-based, in bytes), found
//         by a second pass that runs only after a failure. `detail` never quotes the input.
#include "adapter/base/decimal.hpp"
#include "adapter/base/result.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace facet::json {

// Bounds on what is accepted from outside. Reaching a bound is fine, exceeding it is json.limit.
struct Limits {
  std::size_t bytes_max = 16U << 20U;
  std::size_t depth_max = 64;
  std::size_t array_length_max = 10'000;
  std::size_t string_bytes_max = 1U << 20U;
  static Limits ForFiles();          // mapping files, bulk files' lines, CapabilityStatements: larger
  static Limits ForNotifications();  // 1 MiB bodies
};

enum class Kind : std::uint8_t { kMissing, kNull, kBool, kNumber, kString, kArray, kObject };

// One cell of the tape. Containers know where they end, so skipping is one step.
struct Cell {
  Kind kind = Kind::kMissing;
  bool flag = false;       // bool: its value; number: is written as an integer (no '.', 'e')
  std::uint32_t size = 0;  // string, number, key: bytes; array: elements; object: members
  std::uint32_t text = 0;  // string, number, key: offset in the text pool
  std::uint32_t next = 0;  // index of the cell behind this value; of a key: behind the value of its member
};

struct Tape {
  std::vector<Cell> cells;  // an object's member is a key cell (kString) followed by its value
  std::string text;         // decoded UTF-8
};

class Members;
class Elements;

// A cursor on one value. Cheap to copy. A default Value, and any look-up that finds nothing, is kMissing; every
// accessor may be called on it and answers empty.
class Value {
 public:
  Value() = default;
  Value(const Tape* tape, std::uint32_t index) : tape_(tape), index_(index) {}

  Kind kind() const noexcept { return tape_ == nullptr ? Kind::kMissing : cell().kind; }
  bool missing() const noexcept { return tape_ == nullptr; }
  explicit operator bool() const noexcept { return tape_ != nullptr; }
  bool is_object() const noexcept { return kind() == Kind::kObject; }
  bool is_array() const noexcept { return kind() == Kind::kArray; }
  bool is_string() const noexcept { return kind() == Kind::kString; }
  bool is_number() const noexcept { return kind() == Kind::kNumber; }
  bool is_bool() const noexcept { return kind() == Kind::kBool; }
  bool is_null() const noexcept { return kind() == Kind::kNull; }

  std::string_view string() const noexcept;       // "" unless a string
  std::string_view number_text() const noexcept;  // the literal, "" unless a number
  bool number_is_integer() const noexcept { return is_number() && cell().flag; }
  std::optional<Decimal> decimal() const noexcept;  // nullopt unless a number that fits
  bool boolean() const noexcept { return is_bool() && cell().flag; }

  std::size_t size() const noexcept;                      // elements or members; 0 for scalars
  Value operator[](std::string_view key) const noexcept;  // member of an object; kMissing if absent
  Value operator[](const char* key) const noexcept { return (*this)[std::string_view(key)]; }
  Value at(std::size_t element) const noexcept;  // element of an array; kMissing beyond the end
  Members members() const noexcept;
  Elements elements() const noexcept;  // of an array; a scalar or object has none

  // Identity (same place on the same tape), not equality.
  friend bool operator==(const Value& a, const Value& b) noexcept { return a.tape_ == b.tape_ && a.index_ == b.index_; }
  std::uint32_t index() const noexcept { return index_; }
  const Tape* tape() const noexcept { return tape_; }

 private:
  friend class Members;
  friend class Elements;
  const Cell& cell() const noexcept { return tape_->cells[index_]; }
  const Tape* tape_ = nullptr;
  std::uint32_t index_ = 0;
};

struct Member {
  std::string_view key;
  Value value;
};

class Members {
 public:
  class Iterator {
   public:
    Iterator(const Tape* tape, std::uint32_t index) : tape_(tape), index_(index) {}
    Member operator*() const noexcept;
    Iterator& operator++() noexcept;
    bool operator==(const Iterator& other) const noexcept { return index_ == other.index_; }

   private:
    const Tape* tape_;
    std::uint32_t index_;
  };
  Members(const Tape* tape, std::uint32_t first, std::uint32_t end) : tape_(tape), first_(first), end_(end) {}
  Iterator begin() const noexcept { return {tape_, first_}; }
  Iterator end() const noexcept { return {tape_, end_}; }

 private:
  const Tape* tape_;
  std::uint32_t first_;
  std::uint32_t end_;
};

class Elements {
 public:
  class Iterator {
   public:
    Iterator(const Tape* tape, std::uint32_t index) : tape_(tape), index_(index) {}
    Value operator*() const noexcept { return {tape_, index_}; }
    Iterator& operator++() noexcept {
      index_ = tape_->cells[index_].next;
      return *this;
    }
    bool operator==(const Iterator& other) const noexcept { return index_ == other.index_; }

   private:
    const Tape* tape_;
    std::uint32_t index_;
  };
  Elements(const Tape* tape, std::uint32_t first, std::uint32_t end) : tape_(tape), first_(first), end_(end) {}
  Iterator begin() const noexcept { return {tape_, first_}; }
  Iterator end() const noexcept { return {tape_, end_}; }

 private:
  const Tape* tape_;
  std::uint32_t first_;
  std::uint32_t end_;
};

class Document {
 public:
  Document() : tape_(std::make_shared<Tape>()) {}
  explicit Document(std::shared_ptr<const Tape> tape) : tape_(std::move(tape)) {}
  Value root() const noexcept { return tape_->cells.empty() ? Value{} : Value{tape_.get(), 0}; }
  // Shared so that an engine input and a worker may hold one body without a copy.
  const std::shared_ptr<const Tape>& tape() const noexcept { return tape_; }

 private:
  std::shared_ptr<const Tape> tape_;
};

// Parses one complete document. A byte order mark, duplicate keys, NUL in a string and invalid UTF-8 are refused.
Result<Document> Parse(std::string_view text, const Limits& limits = {});

// Canonical form: members ordered by the bytes of their keys, no white space, number text as written, minimal escapes.
// The same content in another order gives the same bytes.
std::string Canonical(Value value);
// SHA-256 of the canonical form, 64 hex digits.
std::string CanonicalHash(Value value);

// For files that people edit: JSON pointer -> "line:column" of every value, by a slow pass. Empty if not JSON.
class Locator {
 public:
  explicit Locator(std::string_view text);
  ~Locator();
  Locator(Locator&&) noexcept;
  Locator& operator=(Locator&&) noexcept;
  // "12:7", or that of the nearest enclosing value that is there; "1:1" at worst. Pointer form:
  // "/select/0/column/2/path".
  std::string Find(std::string_view pointer) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace facet::json

#pragma once
// Result and Error: how an operating error (network, bad data, refusal, time-out) is reported. Programmer
// errors use base/check.hpp instead; exceptions never cross a room.
//
// Thread: values; no shared state.
// Errors: an Error is logged once, where it is finally handled, never where it is passed on.
#include "adapter/base/check.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace facet {

enum class ErrorCode : std::uint8_t {
#define ERROR_CODE(enumerator, name, meaning) enumerator,
#include "adapter/base/error_codes.def"
#undef ERROR_CODE
};

// The stable name ("net.timeout"): log field and metric label. The set is closed.
std::string_view NameOf(ErrorCode code) noexcept;
// One sentence for an operator.
std::string_view MeaningOf(ErrorCode code) noexcept;

// Whether trying again can help; classified by who saw the failure.
enum class Retry : std::uint8_t { kNever, kLater, kAfterRefresh };

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  Retry retry = Retry::kNever;
  std::string where;   // element path or file:line:column; field names and indices, never a value of a patient
  std::string detail;  // for the operator: what happened and what to do; never PHI

  // "where: detail [code]"
  std::string ToString() const;
};

inline Error MakeError(ErrorCode code, std::string where, std::string detail, Retry retry = Retry::kNever) {
  return Error{code, retry, std::move(where), std::move(detail)};
}

// A value or an Error. Reading the wrong one is a programmer error and aborts.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: `return value;` is the point
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: `return error;` is the point

  bool ok() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }

  T& value() & {
    ADAPTER_CHECK(ok());
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    ADAPTER_CHECK(ok());
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    ADAPTER_CHECK(ok());
    return std::move(*std::get_if<0>(&state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const& {
    ADAPTER_CHECK(!ok());
    return *std::get_if<1>(&state_);
  }
  Error&& error() && {
    ADAPTER_CHECK(!ok());
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  std::variant<T, Error> state_;
};

// Success without a value, or an Error.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Error error) : error_(std::move(error)) {}  // NOLINT: `return error;` is the point
  bool ok() const noexcept { return !error_.has_value(); }
  explicit operator bool() const noexcept { return ok(); }
  const Error& error() const& {
    ADAPTER_CHECK(error_.has_value());
    return *error_;
  }
  Error&& error() && {
    ADAPTER_CHECK(error_.has_value());
    return std::move(*error_);
  }

 private:
  std::optional<Error> error_;
};

}  // namespace facet

// Declares `var` from a Result, or returns its Error. A declaration, not an expression: one a line.
#define ADAPTER_TRY(var, expr)                                                                                         \
  auto var##_result = (expr);                                                                                          \
  if (!var##_result.ok()) return std::move(var##_result).error();                                                      \
  auto& var = *var##_result

// Returns the Error of a Status, or goes on.
#define ADAPTER_TRY_STATUS(expr)                                                                                       \
  do {                                                                                                                 \
    if (auto adapter_status_ = (expr); !adapter_status_.ok()) return std::move(adapter_status_).error();               \
  } while (false)

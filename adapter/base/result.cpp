#include "adapter/base/result.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>

namespace facet {
namespace {

struct CodeText {
  std::string_view name;
  std::string_view meaning;
};

constexpr CodeText kCodes[] = {
#define ERROR_CODE(enumerator, name, meaning) {name, meaning},
#include "adapter/base/error_codes.def"
#undef ERROR_CODE
};

CheckHandler check_handler = nullptr;

}  // namespace

std::string_view NameOf(ErrorCode code) noexcept { return kCodes[static_cast<std::size_t>(code)].name; }
std::string_view MeaningOf(ErrorCode code) noexcept { return kCodes[static_cast<std::size_t>(code)].meaning; }

std::string Error::ToString() const {
  std::string text;
  if (!where.empty()) text = where + ": ";
  text += detail.empty() ? std::string(MeaningOf(code)) : detail;
  return text + " [" + std::string(NameOf(code)) + "]";
}

void SetCheckHandler(CheckHandler handler) noexcept { check_handler = handler; }

void CheckFailed(const char* expression, const char* file, int line) noexcept {
  if (check_handler != nullptr) check_handler(expression, file, line);
  std::fprintf(stderr, "%s:%d: check failed: %s\n", file, line, expression);
  std::abort();
}

}  // namespace facet

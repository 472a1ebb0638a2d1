#pragma once
// The fixed words of the language: operators with their strength, reserved words, and what to say about wrong ones.
//
// Thread: constant data. Errors: none.
#include "adapter/fhirpath/program.hpp"

#include <string>
#include <string_view>

namespace facet::fhirpath {

struct BinaryOperator {
  std::string_view text;
  Op op;
  int strength;  // a larger one binds its operands first
  bool word;
};

const BinaryOperator* FindOperator(std::string_view text, bool word) noexcept;
bool IsReserved(std::string_view word) noexcept;  // can be no name without `...`

std::string UnknownFunctionText(std::string_view name);
std::string UnknownTypeText(std::string_view name);
std::string ArityText(const FunctionInfo& info, std::size_t given);

}  // namespace facet::fhirpath

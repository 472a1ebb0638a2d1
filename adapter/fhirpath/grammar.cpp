#include "adapter/fhirpath/grammar.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

namespace facet::fhirpath {
namespace {

// FHIRPath N1 §11, weakest first.
constexpr BinaryOperator kOperators[] = {
    {"implies", Op::kImplies, 1, true},
    {"or", Op::kOr, 2, true},
    {"xor", Op::kXor, 2, true},
    {"and", Op::kAnd, 3, true},
    {"in", Op::kIn, 4, true},
    {"contains", Op::kContains, 4, true},
    {"=", Op::kEqual, 5, false},
    {"~", Op::kEquivalent, 5, false},
    {"!=", Op::kNotEqual, 5, false},
    {"!~", Op::kNotEquivalent, 5, false},
    {"<=", Op::kLessOrEqual, 6, false},
    {"<", Op::kLess, 6, false},
    {">", Op::kGreater, 6, false},
    {">=", Op::kGreaterOrEqual, 6, false},
    {"|", Op::kUnion, 7, false},
    {"is", Op::kIs, 8, true},
    {"as", Op::kAs, 8, true},
    {"+", Op::kAdd, 9, false},
    {"-", Op::kSubtract, 9, false},
    {"&", Op::kConcatenate, 9, false},
    {"*", Op::kMultiply, 10, false},
    {"/", Op::kDivide, 10, false},
    {"div", Op::kIntegerDivide, 10, true},
    {"mod", Op::kModulo, 10, true},
};
constexpr std::string_view kReserved[] = {"implies", "or", "xor", "and", "div", "mod", "true", "false"};

std::string WithSuggestion(std::string text, std::string_view nearest) {
  if (!nearest.empty()) text += "; did you mean '" + std::string(nearest) + "'?";
  return text;
}

}  // namespace

const BinaryOperator* FindOperator(std::string_view text, bool word) noexcept {
  for (const BinaryOperator& candidate : kOperators) {
    if (candidate.word == word && candidate.text == text) return &candidate;
  }
  return nullptr;
}

bool IsReserved(std::string_view word) noexcept {
  return std::find(std::begin(kReserved), std::end(kReserved), word) != std::end(kReserved);
}

std::string UnknownFunctionText(std::string_view name) {
  std::vector<std::string_view> names;
  for (const FunctionInfo& info : AllFunctions()) names.push_back(info.name);
  return WithSuggestion("there is no function '" + std::string(name) + "'", fhir::Nearest(name, names));
}

std::string UnknownTypeText(std::string_view name) {
  return WithSuggestion("there is no type '" + std::string(name) + "'", fhir::NearestType(name));
}

std::string ArityText(const FunctionInfo& info, std::size_t given) {
  std::string text = "'" + std::string(info.name) + "' takes ";
  if (info.most == 0) {
    text += "no arguments";
  } else {
    text += std::to_string(info.fewest);
    if (info.most != info.fewest) text += " to " + std::to_string(info.most);
    text += info.most == 1 ? " argument" : " arguments";
  }
  return text + ", not " + std::to_string(given);
}

}  // namespace facet::fhirpath

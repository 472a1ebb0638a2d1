#pragma once
// A compiled FHIRPath expression (FHIRPath 2.0 N1 with the additions of FHIR R4). Compile once, evaluate often with an
// Evaluator (evaluator.hpp).
//
// In the flow: mapping and guide compile what fhir-mappings/ holds when they load; a mistake is reported then.
// Thread: an Expression is immutable and may be used by any number of Evaluators at once.
// Owns: its text and program; cheap to copy.
// Errors: fhirpath.syntax, .unknown, .argument, .limit; `where` is "line:column" in the expression (1-based, in bytes),
//         `detail` names the nearest function, element, type or variable.
#include "adapter/base/result.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace facet::fhirpath {

struct Program;

struct CompileOptions {
  // The R4 type of the item that the expression starts from ("Observation", "Patient.contact", "HumanName");
  // "" = unknown: elements cannot be checked.
  std::string_view root_type = {};
  // Misspelt elements, impossible comparisons and unknown variables are errors; else they are found (or are empty) when
  // evaluated. Unknown functions, types and wrong arity are errors always.
  bool strict = true;
  // Variables that a Context will give ("rowIndex", constants of a view), without '%'. The standard ones are known.
  std::span<const std::string_view> variables = {};
  bool any_variable = false;  // unknown variables are not an error, even when strict
  // When strict: first(), last(), tail(), skip(), take() and [n] on children() or descendants() are an error, because
  // FHIRPath gives them no order.
  bool check_order = true;
  // join() of nothing is "", as SQL on FHIR v2 has it; else it is {} (FHIRPath N1 §5.6.10).
  bool join_nothing_to_text = false;
  std::size_t text_bytes_max = 64U << 10U;
  std::size_t depth_max = 200;  // nesting of the expression
  std::size_t nodes_max = 10'000;
};

class Expression {
 public:
  Expression() = default;  // evaluates to {}
  explicit Expression(std::shared_ptr<const Program> program);

  const std::string& text() const noexcept;
  // The one R4 or System type that every result has, where that is known: "HumanName", "System.Boolean"; else "".
  std::string_view result_type() const noexcept;
  const Program* program() const noexcept { return program_.get(); }

 private:
  std::shared_ptr<const Program> program_;
};

Result<Expression> Compile(std::string_view text, const CompileOptions& options = {});

}  // namespace facet::fhirpath

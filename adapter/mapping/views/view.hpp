#pragma once
// A ViewDefinition (SQL on FHIR v2), compiled: a resource in, rows of cells out.
//
// Supported: select (nested), column (name, path, type, collection), forEach, forEachOrNull, repeat, unionAll, where,
// constant (every value[x]), getResourceKey(), getReferenceKey(), %rowIndex.
// In the flow: artefacts -> View::Load; the mapper's extractors, and `facet-adapter view`, run it with a Runner.
// Thread: a View is immutable and may be run by any number of Runners. Owns: its document and programs.
// Errors: every problem at once, each at "file:line:column" of the ViewDefinition; one in a path adds its line and
//         column within the path.
#include "adapter/base/result.hpp"
#include "adapter/fhirpath/evaluator.hpp"
#include "adapter/json/document.hpp"
#include "adapter/json/key_bits.hpp"
#include "adapter/mapping/artefacts.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace facet::mapping::views {

struct Column {
  std::string name;
  std::string type;  // as declared: "integer", "code", ...; "" where it is not
  bool collection = false;
};

// A compiled path, and which of the view's keys it looks at. Where the focus has none of them, what the path gives is
// known beforehand: most resources lack most elements.
struct Path {
  static constexpr std::uint64_t kAnything = ~std::uint64_t{0};
  fhirpath::Expression expression;
  std::uint64_t looks_at = kAnything;
  fhir::TypeId focus = fhir::TypeId::kUnknown;  // the type for which this holds
  fhirpath::Collection otherwise;
};

// One `select` of the definition, or a part of a `unionAll`.
struct Select {
  enum class Iteration : std::uint8_t { kNone, kForEach, kForEachOrNull, kRepeat };
  struct Slot {
    std::size_t column = 0;  // in View::columns()
    Path path;
  };
  Iteration iteration = Iteration::kNone;
  std::vector<Path> paths;  // of the iteration: one, or those of a repeat
  std::vector<Slot> slots;
  std::vector<Select> selects;
  std::vector<Select> unions;
};

class View {
 public:
  // `artefact.text` must still be there, for the places of errors. Nothing on failure; the reasons are in `errors`.
  static std::shared_ptr<const View> Load(const FhirArtefact& artefact, std::vector<Error>& errors);

  const std::string& name() const noexcept { return name_; }
  const std::string& resource() const noexcept { return resource_; }
  const std::vector<Column>& columns() const noexcept { return columns_; }
  int FindColumn(std::string_view name) const noexcept;  // -1 if there is none

 private:
  friend class ViewLoader;
  friend class Runner;
  struct Constant {
    std::string name;
    fhirpath::Item item;
  };
  std::string name_;
  std::string resource_;
  json::Document document_;  // constants borrow from it
  std::vector<Constant> constants_;
  std::vector<fhirpath::Expression> where_;
  json::KeyBits keys_;  // what paths look at
  std::vector<Select> selects_;
  std::vector<Column> columns_;
};

// A view given as text, for tools: `path` names it in messages. No `url` is needed.
std::shared_ptr<const View> LoadViewText(std::string_view text, const std::string& path, std::vector<Error>& errors);

}  // namespace facet::mapping::views

#pragma once
// Runs views over resources: each row is a span of cells, one a column, lent to a callback.
//
// Thread: a Runner belongs to one thread; its memory is reused from resource to resource.
// Owns: the cells; they live until the callback returns. Text of a cell borrows from the resource or from the Runner
//       and lives until the next Run.
// Errors: fhirpath.* with the column's name: an evaluation that failed, several values in a column that is no
// collection.
#include "adapter/mapping/views/view.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace facet::mapping::views {

// One value. Complex values keep their JSON.
struct Scalar {
  enum class Kind : std::uint8_t { kNull, kBool, kNumber, kString, kComplex };
  Kind kind = Kind::kNull;
  std::string_view text;  // "true", "7.50", "final"; "" for null and complex
  json::Value node;       // where the value is a node of the resource
};

struct Cell {
  Scalar value;                   // of a column that is no collection
  std::span<const Scalar> items;  // of one that is
};

using RowSink = std::function<void(std::span<const Cell>)>;

class Runner {
 public:
  // A resource of another type than the view's has no rows.
  Status Run(const View& view, json::Value resource, const RowSink& sink);

 private:
  struct Pass;
  // What to do once a row is filled so far: a borrowed call, made once a row.
  class Next {
   public:
    template <class Body>
    explicit Next(const Body& body)
        : body_(&body), call_([](const void* at) { return (*static_cast<const Body*>(at))(); }) {}
    Status operator()() const { return call_(body_); }

   private:
    const void* body_;
    Status (*call_)(const void*);
  };
  Status RunSelects(Pass& pass, const std::vector<Select>& selects, std::size_t index, const fhirpath::Item& focus,
                    std::int64_t row, const Next& next);
  Status RunSelect(Pass& pass, const Select& select, const fhirpath::Item& focus, std::int64_t row, const Next& next);
  Status RunOne(Pass& pass, const Select& select, const fhirpath::Item& focus, std::int64_t row, const Next& next);
  Status Fill(Pass& pass, const Select::Slot& slot);
  // What a path gives, on the focus of the pass; until the next call.
  Result<std::span<const fhirpath::Item>> Evaluate(const Pass& pass, const Path& path);
  Status Gather(Pass& pass, const Select& select, const fhirpath::Item& focus, std::int64_t row,
                std::vector<fhirpath::Item>& out);
  Scalar ToScalar(const fhirpath::Item& item);

  fhirpath::Evaluator evaluator_;
  std::vector<fhirpath::Item> items_;
  std::vector<Cell> cells_;
  std::vector<std::vector<Scalar>> lists_;  // of the collection cells
  std::deque<std::string> texts_;           // of values that have no text in the resource
};

}  // namespace facet::mapping::views

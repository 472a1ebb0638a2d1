#pragma once
// The compiled form of an expression: a tree of nodes in one vector, children before parents.
//
// In the flow: parser.cpp builds it, check.cpp adds static types, the evaluator only reads it.
// Thread: immutable after Compile. Owns: literals, names and the text.
#include "adapter/fhirpath/item.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace facet::fhirpath {

enum class Op : std::uint8_t {
  kEmpty,     // {}
  kLiteral,   // literals[data]
  kThis,      // $this
  kIndex,     // $index
  kTotal,     // $total
  kVariable,  // %names[data]
  kMember,    // input.names[data]; without input: of $this, or $this itself where it is of that type
  kFunction,  // input.f(children); without input: of $this
  kIndexer,   // input[children[0]]
  kNegate,
  kPlus,  // unary
  kMultiply,
  kDivide,
  kIntegerDivide,
  kModulo,
  kAdd,
  kSubtract,
  kConcatenate,
  kIs,  // children[0] is type
  kAs,
  kUnion,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kEqual,
  kEquivalent,
  kNotEqual,
  kNotEquivalent,
  kIn,
  kContains,
  kAnd,
  kOr,
  kXor,
  kImplies,
};

enum class Function : std::uint8_t {
#define FUNCTION(enumerator, name, fewest, most, kinds, yields, handler) enumerator,
#include "adapter/fhirpath/functions.def"
#undef FUNCTION
};

struct FunctionInfo {
  std::string_view name;
  int fewest;
  int most;
  std::string_view kinds;
  char yields;
  char KindOf(std::size_t argument) const { return kinds[std::min(argument, kinds.size() - 1)]; }
};
const FunctionInfo& InfoOf(Function function) noexcept;
std::span<const FunctionInfo> AllFunctions() noexcept;

using NodeId = std::uint32_t;
constexpr NodeId kNoNode = std::numeric_limits<NodeId>::max();

// What a type name can mean: "Quantity" is FHIR.Quantity and System.Quantity at once.
struct TypeSpec {
  fhir::TypeId fhir = fhir::TypeId::kUnknown;
  ItemKind system = ItemKind::kNone;
};

struct Node {
  Op op = Op::kEmpty;
  Function function = Function::kEmpty;
  std::uint16_t child_count = 0;
  std::uint32_t first_child = 0;  // in Program::children
  NodeId input = kNoNode;
  std::uint32_t data = 0;   // literal or name
  std::uint32_t begin = 0;  // of the text that names this step
  std::uint32_t end = 0;
  TypeSpec type = {};
  fhir::NameId name_id = fhir::NameId::kUnknown;
  // The element that `name_id` is, where the input is known to be of one type; checked again when evaluated.
  fhir::TypeId known_type = fhir::TypeId::kUnknown;
  const fhir::ElementRow* known_element = nullptr;
};

struct Program {
  std::string text;
  std::vector<Node> nodes;
  std::vector<NodeId> children;
  std::vector<Item> literals;
  std::deque<std::string> names;  // stable: literals and variables borrow from it
  std::deque<Decimal> decimals;
  std::deque<TemporalValue> temporals;
  std::deque<QuantityValue> quantities;
  NodeId root = kNoNode;
  std::string result_type;
  bool join_nothing_to_text = false;  // CompileOptions

  std::span<const NodeId> ChildrenOf(const Node& node) const {
    return std::span(children).subspan(node.first_child, node.child_count);
  }
  std::string WhereOf(std::uint32_t offset) const;  // "line:column"
};

// The System type that a FHIR primitive maps to, kQuantity for Quantity and its subtypes; kNone for others.
ItemKind SystemKindOf(fhir::TypeId type) noexcept;
std::string_view SystemNameOf(ItemKind kind) noexcept;  // "Date"
ItemKind FindSystemType(std::string_view name) noexcept;

}  // namespace facet::fhirpath

#pragma once
// Comparing items: equality, equivalence and order of single items (FHIRPath N1 §6.1, §6.2).
//
// Thread: functions of their arguments. Errors: none; what cannot be compared says so.
#include "adapter/fhirpath/item.hpp"
#include "adapter/fhirpath/machine.hpp"

#include <optional>
#include <string_view>

namespace facet::fhirpath {

// A primitive or Quantity by value, whether FHIR or System. kNone: complex, or a primitive without a value.
struct Scalar {
  ItemKind kind = ItemKind::kNone;
  bool boolean = false;
  bool untyped = false;  // a JSON string whose FHIR type is not known: may also be read as a date
  std::int64_t integer = 0;
  std::string_view text;
  Decimal decimal;  // of integers too
  TemporalValue temporal;
  QuantityValue quantity;
};
Scalar ScalarOf(const Item& item);

Tri EqualItems(const Item& a, const Item& b);
bool EquivalentItems(const Item& a, const Item& b);
// nullopt: of kinds that have no order among them.
std::optional<Order> OrderItems(const Item& a, const Item& b);

Tri EqualCollections(std::span<const Item> a, std::span<const Item> b);
bool EquivalentCollections(std::span<const Item> a, std::span<const Item> b);

// JSON equality: objects without regard to order, numbers by value.
bool DeepEqual(json::Value a, json::Value b);

}  // namespace facet::fhirpath

#include "adapter/fhir/r4_types.hpp"

#include <algorithm>
#include <iterator>

namespace facet::fhir {
namespace {

#include "adapter/fhir/r4_types_data.inc"

const TypeRow& RowOf(TypeId type) noexcept { return kTypes[static_cast<std::size_t>(type)]; }

const ElementRow* FindOwn(const TypeRow& row, NameId name) noexcept {
  const ElementRow* first = kElements + row.first_element;
  const ElementRow* last = first + row.element_count;
  const auto wanted = static_cast<std::uint16_t>(name);
  const ElementRow* found =
      std::lower_bound(first, last, wanted, [](const ElementRow& e, std::uint16_t n) { return e.name < n; });
  return found != last && found->name == wanted ? found : nullptr;
}

char Lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// "Quantity", "DateTime" against "Quantity", "dateTime": a choice key writes the first letter as a capital.
bool SuffixIs(std::string_view suffix, std::string_view type_name) noexcept {
  return suffix.size() == type_name.size() && suffix[0] >= 'A' && suffix[0] <= 'Z' &&
         Lower(suffix[0]) == Lower(type_name[0]) && suffix.substr(1) == type_name.substr(1);
}

// How many letters must be changed, added, left out or swapped with their neighbour, whatever their case; given up
// beyond `limit`.
std::size_t Distance(std::string_view a, std::string_view b, std::size_t limit) {
  std::vector<std::size_t> before;  // the row before the last
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  const auto same = [&](std::size_t i, std::size_t j) { return Lower(a[i - 1]) == Lower(b[j - 1]); };
  std::size_t best_before = 0;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t best = row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same(i, j) ? 0U : 1U)});
      if (i > 1 && j > 1 && same(i, j - 1) && same(i - 1, j)) row[j] = std::min(row[j], before[j - 2] + 1);
      best = std::min(best, row[j]);
    }
    if (std::min(best, best_before) > limit) return best;
    best_before = best;
    before = last;
    last = row;
  }
  return last[b.size()];
}

}  // namespace

TypeId FindType(std::string_view name) noexcept {
  const auto* first = std::begin(kTypes) + 1;
  const auto* found =
      std::lower_bound(first, std::end(kTypes), name, [](const TypeRow& t, std::string_view n) { return t.name < n; });
  if (found == std::end(kTypes) || found->name != name) return TypeId::kUnknown;
  return static_cast<TypeId>(found - std::begin(kTypes));
}

std::string_view NameOf(TypeId type) noexcept { return RowOf(type).name; }

std::string_view DeclaredNameOf(TypeId type) noexcept {
  const TypeRow& row = RowOf(type);
  return static_cast<TypeKind>(row.kind) == TypeKind::kBackbone ? kTypes[row.base].name : row.name;
}

TypeKind KindOf(TypeId type) noexcept { return static_cast<TypeKind>(RowOf(type).kind); }

TypeId BaseOf(TypeId type) noexcept { return static_cast<TypeId>(RowOf(type).base); }

bool IsA(TypeId type, TypeId ancestor) noexcept {
  for (; type != TypeId::kUnknown; type = BaseOf(type)) {
    if (type == ancestor) return true;
  }
  return false;
}

NameId FindName(std::string_view name) noexcept {
  const auto* found = std::lower_bound(std::begin(kNames), std::end(kNames), name);
  if (found == std::end(kNames) || *found != name) return NameId::kUnknown;
  return static_cast<NameId>(found - std::begin(kNames));
}

std::string_view NameOf(NameId name) noexcept {
  return name == NameId::kUnknown ? std::string_view{} : kNames[static_cast<std::size_t>(name)];
}

const ElementRow* FindElement(TypeId type, NameId name) noexcept {
  for (; type != TypeId::kUnknown; type = BaseOf(type)) {
    if (const ElementRow* found = FindOwn(RowOf(type), name)) return found;
  }
  return nullptr;
}

std::span<const std::uint16_t> TypesOf(const ElementRow& element) noexcept {
  return {kPool + element.first_type, element.type_count};
}

std::string_view NameOf(const ElementRow& element) noexcept { return kNames[element.name]; }

std::optional<TypeId> ChoiceTypeOf(const ElementRow& element, std::string_view json_key) noexcept {
  const std::string_view name = kNames[element.name];
  if (!json_key.starts_with(name) || json_key.size() == name.size()) return std::nullopt;
  const std::string_view suffix = json_key.substr(name.size());
  for (const std::uint16_t type : TypesOf(element)) {
    if (SuffixIs(suffix, kTypes[type].name)) return static_cast<TypeId>(type);
  }
  return std::nullopt;
}

Choice FindByJsonKey(TypeId type, std::string_view json_key) noexcept {
  if (const ElementRow* plain = FindElement(type, json_key); plain != nullptr && !plain->choice()) {
    return {plain, static_cast<TypeId>(kPool[plain->first_type])};
  }
  for (TypeId t = type; t != TypeId::kUnknown; t = BaseOf(t)) {
    const TypeRow& row = RowOf(t);
    for (const ElementRow& element : std::span(kElements + row.first_element, row.element_count)) {
      if (!element.choice()) continue;
      if (const auto chosen = ChoiceTypeOf(element, json_key)) return {&element, *chosen};
    }
  }
  return {};
}

std::vector<std::string_view> ElementNamesOf(TypeId type) {
  std::vector<std::string_view> names;
  for (; type != TypeId::kUnknown; type = BaseOf(type)) {
    const TypeRow& row = RowOf(type);
    for (const ElementRow& element : std::span(kElements + row.first_element, row.element_count)) {
      names.push_back(kNames[element.name]);
    }
  }
  return names;
}

std::string_view Nearest(std::string_view name, std::span<const std::string_view> candidates) {
  std::size_t best = std::max<std::size_t>(1, name.size() / 3) + 1;
  std::string_view nearest;
  for (const std::string_view candidate : candidates) {
    if (candidate.empty()) continue;
    const std::size_t distance = Distance(name, candidate, best);
    if (distance < best) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

std::string_view NearestElement(TypeId type, std::string_view name) {
  // "valueQuantity" is how JSON spells the choice "value".
  if (const Choice choice = FindByJsonKey(type, name); choice.element != nullptr) return NameOf(*choice.element);
  const std::vector<std::string_view> names = ElementNamesOf(type);
  return Nearest(name, names);
}

std::string_view NearestType(std::string_view name) {
  std::vector<std::string_view> names;
  for (const TypeRow& row : kTypes) {
    if (row.name.find('.') == std::string_view::npos) names.push_back(row.name);
  }
  return Nearest(name, names);
}

}  // namespace facet::fhir

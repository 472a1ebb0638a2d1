// Steps on JSON: members, choice elements, primitives' siblings ("_birthDate"), children.
#include "adapter/fhirpath/machine.hpp"

namespace facet::fhirpath {
namespace {

using fhir::ElementRow;
using fhir::TypeId;

bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }

// "valueQuantity" of a parent whose type is not known: the suffix names a type.
TypeId GuessChoice(std::string_view key, std::string_view name) {
  if (key.size() <= name.size() || !key.starts_with(name) || !IsUpper(key[name.size()])) return TypeId::kUnknown;
  std::string suffix(key.substr(name.size()));
  const TypeId as_written = fhir::FindType(suffix);
  if (as_written != TypeId::kUnknown) return as_written;
  suffix[0] = static_cast<char>(suffix[0] - 'A' + 'a');
  return fhir::FindType(suffix);
}

// The element under one name: its value, its sibling, its type.
struct Found {
  json::Value value;
  json::Value extra;
  TypeId type = TypeId::kUnknown;
};

Found FindPlain(json::Value object, std::string_view name, TypeId type) {
  Found found;
  found.type = type;
  for (const json::Member member : object.members()) {
    if (member.key == name) {
      found.value = member.value;
    } else if (member.key.size() == name.size() + 1 && member.key[0] == '_' && member.key.substr(1) == name) {
      found.extra = member.value;
    }
  }
  return found;
}

Found FindChoice(json::Value object, const ElementRow& element) {
  Found found;
  for (const json::Member member : object.members()) {
    std::string_view key = member.key;
    const bool sibling = key.starts_with('_');
    if (sibling) key.remove_prefix(1);
    const auto type = fhir::ChoiceTypeOf(element, key);
    if (!type) continue;
    found.type = *type;
    (sibling ? found.extra : found.value) = member.value;
  }
  return found;
}

Found FindUntyped(json::Value object, std::string_view name) {
  Found found = FindPlain(object, name, TypeId::kUnknown);
  if (!found.value.missing() || !found.extra.missing()) return found;
  for (const json::Member member : object.members()) {
    std::string_view key = member.key;
    const bool sibling = key.starts_with('_');
    if (sibling) key.remove_prefix(1);
    const TypeId type = GuessChoice(key, name);
    if (type == TypeId::kUnknown) continue;
    found.type = type;
    (sibling ? found.extra : found.value) = member.value;
  }
  return found;
}

bool HasMember(json::Value object, std::string_view key) { return !object[key].missing(); }

}  // namespace

void Machine::PushValue(json::Value value, json::Value extra, TypeId type) {
  if (!value.is_array() && !extra.is_array()) {
    if (value.missing() || value.is_null()) {
      if (extra.is_object()) Push(Item::Node({}, type, extra));
      return;
    }
    Push(Item::Node(value, type, extra));
    return;
  }
  // Arrays of primitives run beside the array of their siblings, null where there is none (FHIR R4 §2.6.2).
  if (!extra.is_array()) {
    for (const json::Value element : value.elements()) {
      if (!element.is_null()) Push(Item::Node(element, type));
    }
    return;
  }
  const std::size_t count = std::max(value.size(), extra.size());
  for (std::size_t i = 0; i < count; ++i) {
    const json::Value element = value.at(i);
    const json::Value sibling = extra.at(i);
    if (element.missing() || element.is_null()) {
      if (sibling.is_object()) Push(Item::Node({}, type, sibling));
    } else {
      Push(Item::Node(element, type, sibling));
    }
  }
}

bool Machine::PushMember(const Item& from, const Node& node) {
  const std::string_view name = program.names[node.data];
  if (!from.is_node()) {
    PushNamed(from, name);
    return true;
  }
  const json::Value value = from.node();
  const json::Value object = value.is_object() ? value : from.extra();
  if (!object.is_object()) return true;
  const TypeId type = from.fhir_type();
  Found found;
  if (type == TypeId::kUnknown) {
    found = FindUntyped(object, name);
  } else {
    const ElementRow* element = node.known_type == type                  ? node.known_element
                                : node.name_id == fhir::NameId::kUnknown ? nullptr
                                                                         : fhir::FindElement(type, node.name_id);
    if (element == nullptr) return CheckSpelling(type, name, node);
    found = element->choice() ? FindChoice(object, *element)
                              : FindPlain(object, name, static_cast<TypeId>(fhir::TypesOf(*element)[0]));
  }
  PushValue(found.value, found.extra, found.type);
  return true;
}

// "valueQuantity" is how JSON writes the element "value": an error even where unknown elements are just not there,
// because {} would look like an answer.
bool Machine::CheckSpelling(TypeId type, std::string_view name, const Node& node) {
  const fhir::Choice choice = fhir::FindByJsonKey(type, name);
  if (choice.element == nullptr) return true;
  return Fail(ErrorCode::kPathUnknown, node,
              "'" + std::string(name) + "' is how JSON writes it; in FHIRPath it is '" +
                  std::string(fhir::NameOf(*choice.element)) + "'");
}

void Machine::PushNamed(const Item& from, std::string_view name) {
  if (from.kind() == ItemKind::kTypeInfo) {
    if (name == "namespace") Push(Item::String(from.type_info().name_space));
    if (name == "name") Push(Item::String(from.type_info().name));
    return;
  }
  if (from.kind() == ItemKind::kQuantity) {
    if (name == "value") Push(Item::OfDecimal(&from.quantity().value));
    if (name == "unit" || name == "code") Push(Item::String(from.quantity().unit));
    return;
  }
  if (!from.is_node()) return;
  const json::Value value = from.node();
  const json::Value object = value.is_object() ? value : from.extra();
  const Found found = FindPlain(object, name, fhir::FindByJsonKey(from.fhir_type(), name).type);
  PushValue(found.value, found.extra, found.type);
}

void Machine::PushChildren(const Item& from) {
  if (from.kind() == ItemKind::kTypeInfo) {
    PushNamed(from, "namespace");
    PushNamed(from, "name");
    return;
  }
  if (!from.is_node()) return;
  const json::Value value = from.node();
  const json::Value object = value.is_object() ? value : from.extra();
  for (const json::Member member : object.members()) {
    std::string_view key = member.key;
    if (key == "resourceType" || key == "fhir_comments") continue;
    const bool sibling = key.starts_with('_');
    if (sibling) key.remove_prefix(1);
    if (sibling && HasMember(object, key)) continue;  // comes with its value
    const TypeId type = fhir::FindByJsonKey(from.fhir_type(), key).type;
    if (sibling) {
      PushValue({}, member.value, type);
    } else if (member.value.is_object() || fhir::KindOf(type) != fhir::TypeKind::kPrimitive) {
      PushValue(member.value, {}, type);
    } else {
      PushValue(member.value, FindPlain(object, key, type).extra, type);
    }
  }
}

bool Machine::PushMembers(const Node& node, const Frame& frame) {
  const std::size_t begin = Top();
  if (node.input == kNoNode) {
    const Item self = frame.self;
    // "Patient.name": the first name of a path may be the type of what it starts from.
    if (self.is_node() && node.type.fhir != TypeId::kUnknown && fhir::IsA(self.fhir_type(), node.type.fhir)) {
      Push(self);
      return true;
    }
    PushThis(frame);
  } else if (!Eval(node.input, frame)) {
    return false;
  }
  const std::size_t end = Top();
  if (!Step(node, end - begin)) return false;
  if (end - begin == 1) {
    const Item from = stack.back();
    stack.pop_back();
    return PushMember(from, node);
  }
  for (std::size_t i = begin; i < end; ++i) {
    const Item from = stack[i];
    if (!PushMember(from, node)) return false;
  }
  Close(begin, end);
  return true;
}

}  // namespace facet::fhirpath

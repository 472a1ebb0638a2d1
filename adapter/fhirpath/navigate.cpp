// Steps on JSON: members, choice elements, primitives' siblings ("_birthDate"), children.
#include "adapter/fhirpath/machine.hpp"

#include <cstring>

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

std::string_view TextOf(const json::Tape& tape, const json::Cell& cell) {
  return {tape.text.data() + cell.text, cell.size};
}

// Cell of the value of a member, or of its "_name" sibling; 0 if there is none. Reads the tape itself: this is what an
// evaluation mostly does.
std::uint32_t FindMember(const json::Tape& tape, std::uint32_t object, std::string_view name, bool sibling) {
  const json::Cell* const cells = tape.cells.data();
  const std::uint32_t end = cells[object].next;
  const std::size_t skip = sibling ? 1 : 0;
  for (std::uint32_t i = object + 1; i < end; i = cells[i].next) {
    if (cells[i].size != name.size() + skip) continue;
    const char* const text = tape.text.data() + cells[i].text;
    if ((!sibling || *text == '_') && text[skip] == name.front() &&
        std::memcmp(text + skip, name.data(), name.size()) == 0) {
      return i + 1;
    }
  }
  return 0;
}

// As above, of a choice: "value" finds "valueQuantity" and its type.
std::uint32_t FindChoice(const json::Tape& tape, std::uint32_t object, const ElementRow& element, bool sibling,
                         TypeId& type) {
  const std::string_view name = fhir::NameOf(element);
  const json::Cell* const cells = tape.cells.data();
  const std::uint32_t end = cells[object].next;
  for (std::uint32_t i = object + 1; i < end; i = cells[i].next) {
    if (cells[i].size <= name.size()) continue;
    std::string_view key = TextOf(tape, cells[i]);
    if (sibling) {
      if (key.front() != '_') continue;
      key.remove_prefix(1);
    }
    if (key.size() <= name.size() || key.front() != name.front() || !key.starts_with(name)) continue;
    if (const auto chosen = fhir::ChoiceTypeOf(element, key)) {
      type = *chosen;
      return i + 1;
    }
  }
  return 0;
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
  if (!from.is_node()) {
    PushNamed(from, program.names[node.data]);
    return true;
  }
  const json::Value value = from.node();
  const json::Value object = value.is_object() ? value : from.extra();
  if (!object.is_object()) return true;
  const TypeId type = from.fhir_type();
  if (type == TypeId::kUnknown) {
    const Found found = FindUntyped(object, program.names[node.data]);
    PushValue(found.value, found.extra, found.type);
    return true;
  }
  const ElementRow* element = node.known_type == type                  ? node.known_element
                              : node.name_id == fhir::NameId::kUnknown ? nullptr
                                                                       : fhir::FindElement(type, node.name_id);
  if (element == nullptr) return CheckSpelling(type, program.names[node.data], node);
  PushElement(object, *element);
  return true;
}

void Machine::PushElement(json::Value object, const ElementRow& element) {
  const json::Tape& tape = *object.tape();
  const std::string_view name = fhir::NameOf(element);
  TypeId type = static_cast<TypeId>(fhir::TypesOf(element)[0]);
  const auto find = [&](bool sibling) {
    return element.choice() ? FindChoice(tape, object.index(), element, sibling, type)
                            : FindMember(tape, object.index(), name, sibling);
  };
  const std::uint32_t cell = find(false);
  const json::Kind kind = cell == 0 ? json::Kind::kMissing : tape.cells[cell].kind;
  const bool alone = kind != json::Kind::kMissing && kind != json::Kind::kNull && kind != json::Kind::kArray;
  if (alone) {
    Push(Item::MemberNode(&tape, cell, type, object.index()));
    return;
  }
  // A list, or nothing: the sibling runs beside it or stands for it, if the element is a primitive.
  const bool may_have_sibling = element.choice() || fhir::IsPrimitive(type);
  const std::uint32_t sibling = may_have_sibling ? find(true) : 0;
  PushValue(cell == 0 ? json::Value{} : json::Value(&tape, cell),
            sibling == 0 ? json::Value{} : json::Value(&tape, sibling), type);
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
    const Item& self = frame.self;
    // "Patient.name": the first name of a path may be the type of what it starts from.
    if (self.is_node() && node.type.fhir != TypeId::kUnknown && fhir::IsA(self.fhir_type(), node.type.fhir)) {
      Push(self);
      return true;
    }
    if (self.kind() != ItemKind::kNone) return Step(node) && PushMember(self, node);
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

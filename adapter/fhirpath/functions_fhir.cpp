// The additions of FHIR R4 (R4, FHIRPath page, "Additional functions") and of SQL on FHIR v2.
#include "adapter/fhirpath/html_check.hpp"
#include "adapter/fhirpath/machine.hpp"
#include "adapter/fhirpath/scalar.hpp"

#include <algorithm>
#include <vector>

namespace facet::fhirpath {
namespace {

constexpr std::string_view kStructureDefinition = "http://hl7.org/fhir/StructureDefinition/";

bool HasPrimitiveValue(const Item& item) {
  if (!item.is_node()) return item.kind() != ItemKind::kTypeInfo;
  const json::Value value = item.node();
  return !value.missing() && !value.is_object() && !value.is_array();
}

// "Patient/1" of "http://h/fhir/Patient/1/_history/2"; the reference itself if it has no such form.
std::string_view RelativePart(std::string_view reference) {
  if (const std::size_t history = reference.find("/_history/"); history != std::string_view::npos) {
    reference = reference.substr(0, history);
  }
  const std::size_t id = reference.rfind('/');
  if (id == std::string_view::npos || id == 0) return reference;
  const std::size_t type = reference.rfind('/', id - 1);
  return type == std::string_view::npos ? reference : reference.substr(type + 1);
}

json::Value FindContained(json::Value resource, std::string_view id) {
  if (id.empty()) return resource;  // "#": the container itself
  for (const json::Value contained : resource["contained"].elements()) {
    if (contained["id"].string() == id) return contained;
  }
  return {};
}

json::Value FindInBundle(json::Value bundle, std::string_view reference) {
  if (bundle["resourceType"].string() != "Bundle") return {};
  const std::string_view relative = RelativePart(reference);
  const bool absolute = reference.find(':') != std::string_view::npos;
  json::Value by_id;
  for (const json::Value entry : bundle["entry"].elements()) {
    const json::Value resource = entry["resource"];
    const std::string_view url = entry["fullUrl"].string();
    if (url == reference) return resource;
    if (absolute || !by_id.missing()) continue;
    const bool same_url =
        url.ends_with(relative) && url.size() > relative.size() && url[url.size() - relative.size() - 1] == '/';
    const std::string_view type = resource["resourceType"].string();
    const std::string_view id = resource["id"].string();
    const bool same_id = !type.empty() && !id.empty() && relative.size() == type.size() + 1 + id.size() &&
                         relative.starts_with(type) && relative.ends_with(id) && relative[type.size()] == '/';
    if (same_url || same_id) by_id = resource;
  }
  return by_id;
}

json::Value ResolveReference(const Context& context, std::string_view reference) {
  const json::Value resource = context.resource ? context.resource : context.focus.node();
  const json::Value root = context.root ? context.root : resource;
  if (reference.starts_with('#')) {
    const json::Value inner = FindContained(resource, reference.substr(1));
    return inner ? inner : FindContained(root, reference.substr(1));
  }
  if (const json::Value found = FindInBundle(root, reference)) return found;
  return context.host != nullptr ? context.host->Resolve(reference) : json::Value{};
}

// Which codes an item carries; a code in any of them makes it a member.
std::optional<bool> IsMember(Host& host, const Item& item, std::string_view value_set) {
  if (const auto code = item.AsString()) return host.MemberOf(value_set, "", *code);
  const json::Value node = item.node();
  if (node["coding"].is_array()) {
    std::optional<bool> result = false;
    for (const json::Value coding : node["coding"].elements()) {
      const auto member = host.MemberOf(value_set, coding["system"].string(), coding["code"].string());
      if (member == true) return true;
      if (!member) result.reset();
    }
    return result;
  }
  if (node["code"].is_string()) return host.MemberOf(value_set, node["system"].string(), node["code"].string());
  return std::nullopt;
}

// Codings of a Coding or CodeableConcept.
std::vector<json::Value> CodingsOf(json::Value node) {
  std::vector<json::Value> codings;
  for (const json::Value coding : node["coding"].elements()) codings.push_back(coding);
  if (node["code"].is_string()) codings.push_back(node);
  return codings;
}

// Does one of the first subsume one of the second? A code subsumes itself without being asked.
std::optional<bool> AnySubsumes(Host* host, json::Value general, json::Value special) {
  std::optional<bool> result = false;
  for (const json::Value a : CodingsOf(general)) {
    for (const json::Value b : CodingsOf(special)) {
      if (a["system"].string() != b["system"].string()) continue;
      if (a["code"].string() == b["code"].string()) return true;
      const auto known =
          host == nullptr ? std::nullopt : host->Subsumes(a["system"].string(), a["code"].string(), b["code"].string());
      if (known == true) return true;
      if (!known) result.reset();
    }
  }
  return result;
}

}  // namespace

bool Machine::CallSubsumes(const Node& node, const Frame& frame, Range input) {
  Range range;
  Item self;
  Item other;
  if (!Singleton(input, node, self) || !EvalChild(node, 0, frame, range) || !Singleton(range, node, other))
    return false;
  std::optional<bool> result;
  if (!input.empty() && !range.empty()) {
    const bool forward = node.function == Function::kSubsumes;
    result = AnySubsumes(context.host, (forward ? self : other).node(), (forward ? other : self).node());
  }
  ReplaceTri(input.begin, result ? TriOf(*result) : Tri::kEmpty);
  return true;
}

bool Machine::CallFhir(const Node& node, const Frame& frame, Range input) {
  std::optional<std::string_view> argument;
  if (node.child_count > 0 && node.function != Function::kCheckModifiers) {
    Range range;
    if (!EvalChild(node, 0, frame, range) || !SingleString(range, node, argument)) return false;
    Drop(range.begin);
    if (!argument) {
      Drop(input.begin);
      return true;
    }
  }
  switch (node.function) {
  case Function::kExtension: {
    for (std::size_t i = input.begin; i < input.end; ++i) {
      const Item from = stack[i];
      const std::size_t first = Top();
      PushNamed(from, "extension");
      std::size_t kept = first;
      for (std::size_t k = first; k < Top(); ++k) {
        if (stack[k].node()["url"].string() == *argument) stack[kept++] = stack[k];
      }
      Drop(kept);
    }
    Close(input.begin, input.end);
    return true;
  }
  case Function::kHasValue:
    Replace(input.begin, Item::Boolean(input.size() == 1 && HasPrimitiveValue(stack[input.begin])));
    return true;
  case Function::kGetValue:
    if (input.size() != 1 || !HasPrimitiveValue(stack[input.begin])) {
      Drop(input.begin);
    } else {
      Replace(input.begin, ToSystem(stack[input.begin]));
    }
    return true;
  case Function::kResolve: {
    std::size_t kept = input.begin;
    for (std::size_t i = input.begin; i < input.end; ++i) {
      const auto text = stack[i].AsString();
      const std::string_view reference = text ? *text : stack[i].node()["reference"].string();
      if (reference.empty()) continue;
      if (const json::Value found = ResolveReference(context, reference)) stack[kept++] = Item::Node(found);
    }
    Drop(kept);
    return true;
  }
  default:
    return CallProfile(node, frame, input, argument.value_or(""));
  }
}

bool Machine::CallProfile(const Node& node, const Frame& frame, Range input, std::string_view argument) {
  Item item;
  switch (node.function) {
  case Function::kMemberOf: {
    if (!Singleton(input, node, item)) return false;
    const auto member =
        input.empty() || context.host == nullptr ? std::nullopt : IsMember(*context.host, item, argument);
    ReplaceTri(input.begin, member ? TriOf(*member) : Tri::kEmpty);
    return true;
  }
  case Function::kConformsTo: {
    if (!Singleton(input, node, item)) return false;
    if (input.empty()) return true;
    std::optional<bool> conforms;
    if (argument.starts_with(kStructureDefinition)) {
      const fhir::TypeId type = fhir::FindType(argument.substr(kStructureDefinition.size()));
      if (type != fhir::TypeId::kUnknown && item.is_node()) conforms = fhir::IsA(item.fhir_type(), type);
    }
    if (!conforms && context.host != nullptr) conforms = context.host->ConformsTo(item, argument);
    if (!conforms) return FailType(node, "this profile is not known here");
    Replace(input.begin, Item::Boolean(*conforms));
    return true;
  }
  case Function::kHtmlChecks: {
    if (!Singleton(input, node, item)) return false;
    const auto text = item.AsString();
    ReplaceTri(input.begin, text ? TriOf(IsNarrativeHtml(*text)) : Tri::kEmpty);
    return true;
  }
  case Function::kCheckModifiers: {
    Range known;
    known.begin = Top();
    for (std::size_t i = 0; i < node.child_count; ++i) {
      Range range;
      if (!EvalChild(node, i, frame, range)) return false;
    }
    known.end = Top();
    for (std::size_t i = input.begin; i < input.end; ++i) {
      for (const json::Value extension : stack[i].node()["modifierExtension"].elements()) {
        const auto items = Items(known);
        const auto same = [&](const Item& url) { return url.AsString() == extension["url"].string(); };
        if (std::none_of(items.begin(), items.end(), same))
          return FailType(node, "an unknown modifier extension is there");
      }
    }
    Drop(input.end);
    return true;
  }
  case Function::kGetResourceKey: {
    if (!Singleton(input, node, item)) return false;
    Drop(input.begin);
    const std::string_view id = item.node()["id"].string();
    if (!id.empty()) Push(Item::String(id));
    return true;
  }
  default: {  // getReferenceKey([type])
    if (!Singleton(input, node, item)) return false;
    Drop(input.begin);
    const std::string_view relative = RelativePart(item.node()["reference"].string());
    const std::size_t slash = relative.find('/');
    if (slash == std::string_view::npos) return true;
    const bool any = node.type.fhir == fhir::TypeId::kUnknown;
    if (any || fhir::NameOf(node.type.fhir) == relative.substr(0, slash))
      Push(Item::String(relative.substr(slash + 1)));
    return true;
  }
  }
}

}  // namespace facet::fhirpath

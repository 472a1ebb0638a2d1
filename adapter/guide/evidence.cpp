#include "adapter/guide/evidence.hpp"

#include <algorithm>

namespace facet::guide {

std::string_view NameOf(Presence presence) noexcept {
  switch (presence) {
  case Presence::kPresent:
    return "present";
  case Presence::kAbsent:
    return "absent";
  case Presence::kNotAvailable:
    return "not-available";
  }
  return "not-available";
}

std::string EvidenceItem::Text() const {
  if (!has_value) return {};
  switch (type) {
  case Type::kBoolean:
    return flag ? "true" : "false";
  case Type::kInteger:
    return std::to_string(integer);
  case Type::kDecimal:
    return decimal.Rounded(1).Normalized().ToString();
  case Type::kCode:
  case Type::kString:
    return text;
  }
  return {};
}

EvidenceItem& Evidence::Add(std::string_view name, EvidenceItem::Type type) {
  ADAPTER_CHECK(Find(name) == nullptr);
  EvidenceItem& item = items_.emplace_back();
  item.name = name;
  item.type = type;
  return item;
}

void Evidence::AddFlag(std::string_view name, bool value, References references) {
  AddFlag(name, value, std::move(references), "");
}

void Evidence::AddFlag(std::string_view name, bool value, References references, std::string_view missing) {
  if (!value && !missing.empty()) return AddUnknown(name, missing);
  EvidenceItem& item = Add(name, EvidenceItem::Type::kBoolean);
  item.presence = value ? Presence::kPresent : Presence::kAbsent;
  item.flag = value;
  item.has_value = true;
  if (value) item.references = std::move(references);
}

void Evidence::AddUnknown(std::string_view name, std::string_view missing) {
  EvidenceItem& item = Add(name, EvidenceItem::Type::kBoolean);
  item.presence = Presence::kNotAvailable;
  item.missing = missing;
}

void Evidence::AddInteger(std::string_view name, std::int64_t value, References references) {
  EvidenceItem& item = Add(name, EvidenceItem::Type::kInteger);
  item.presence = Presence::kPresent;
  item.integer = value;
  item.has_value = true;
  item.references = std::move(references);
}

void Evidence::AddDecimal(std::string_view name, const std::optional<Decimal>& value, References references) {
  EvidenceItem& item = Add(name, EvidenceItem::Type::kDecimal);
  item.presence = value ? Presence::kPresent : Presence::kAbsent;
  if (!value) return;
  item.decimal = *value;
  item.has_value = true;
  item.references = std::move(references);
}

void Evidence::AddCode(std::string_view name, std::string_view value, References references) {
  EvidenceItem& item = Add(name, EvidenceItem::Type::kCode);
  item.presence = Presence::kPresent;
  item.text = value;
  item.has_value = true;
  item.references = std::move(references);
}

void Evidence::AddString(std::string_view name, std::string_view value) {
  EvidenceItem& item = Add(name, EvidenceItem::Type::kString);
  item.presence = Presence::kPresent;
  item.text = value;
  item.has_value = true;
}

const EvidenceItem* Evidence::Find(std::string_view name) const noexcept {
  const auto found = std::find_if(items_.begin(), items_.end(), [&](const EvidenceItem& i) { return i.name == name; });
  return found == items_.end() ? nullptr : &*found;
}

std::string VersionedReference(const clinical::Source& source) {
  return source.version.empty() ? source.resource : source.resource + "/_history/" + source.version;
}

void Merge(References& into, const References& from) {
  for (const std::string& reference : from) {
    if (std::find(into.begin(), into.end(), reference) == into.end()) into.push_back(reference);
  }
}

namespace {

void WriteValue(json::Writer& writer, const EvidenceItem& item) {
  switch (item.type) {
  case EvidenceItem::Type::kBoolean:
    writer.Member("valueBoolean", item.flag);
    return;
  case EvidenceItem::Type::kInteger:
    writer.Member("valueInteger", item.integer);
    return;
  case EvidenceItem::Type::kDecimal:
    writer.Member("valueDecimal", item.decimal);
    return;
  case EvidenceItem::Type::kCode:
    writer.Member("valueCode", item.text);
    return;
  case EvidenceItem::Type::kString:
    writer.Member("valueString", item.text);
    return;
  }
}

void WriteItem(json::Writer& writer, const EvidenceItem& item) {
  writer.Object([&] {
    writer.Member("name", item.name);
    writer.Key("part").Array([&] {
      writer.Object([&] { writer.Member("name", "status").Member("valueCode", NameOf(item.presence)); });
      if (item.has_value) {
        writer.Object([&] {
          writer.Member("name", "value");
          WriteValue(writer, item);
        });
      }
      if (!item.missing.empty()) {
        writer.Object([&] { writer.Member("name", "missing").Member("valueString", item.missing); });
      }
      for (const std::string& reference : item.references) {
        writer.Object([&] {
          writer.Member("name", "reference");
          writer.Key("valueReference").Object([&] { writer.Member("reference", reference); });
        });
      }
    });
  });
}

}  // namespace

void WriteEvidence(json::Writer& writer, const Evidence& evidence, const Request& request) {
  writer.Object([&] {
    writer.Member("resourceType", "Parameters");
    writer.Key("meta").Object([&] {
      writer.Key("profile").Array(
          [&] { writer.String("https://facet-adapter.org/fhir/StructureDefinition/evidence"); });
    });
    writer.Key("parameter").Array([&] {
      writer.Object([&] {
        writer.Member("name", "patient");
        writer.Key("valueReference").Object([&] { writer.Member("reference", request.patient); });
      });
      writer.Object([&] { writer.Member("name", "now").Member("valueInstant", request.now.ToString()); });
      for (const EvidenceItem& item : evidence.items()) WriteItem(writer, item);
    });
  });
}

}  // namespace facet::guide

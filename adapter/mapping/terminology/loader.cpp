#include "adapter/fhir/codings.hpp"
#include "adapter/fhir/resource.hpp"
#include "adapter/mapping/terminology/check_digits.hpp"
#include "adapter/mapping/terminology/terminology_data.hpp"

#include <algorithm>

namespace facet::mapping {
namespace {

const std::string kMeansUrl = std::string(kBaseUrl) + "StructureDefinition/means";
const std::string kDirectionUrl = std::string(kBaseUrl) + "StructureDefinition/direction";
constexpr std::size_t kTypesMax = 64;

std::string At(std::string_view pointer, std::string_view name, std::size_t index) {
  return std::string(pointer) + "/" + std::string(name) + "/" + std::to_string(index);
}

}  // namespace

void TerminologyLoader::Fail(const FhirArtefact& artefact, const std::string& pointer, std::string what,
                             ErrorCode code) {
  errors_.push_back(MakeError(code, PlaceOf(artefact, pointer), std::move(what)));
}

void TerminologyLoader::Load() {
  const auto each_code_system = [this](bool supplement, auto&& body) {
    for (const FhirArtefact& artefact : artefacts_) {
      if (artefact.type != "CodeSystem") continue;
      if ((artefact.root()["content"].string() == "supplement") != supplement) continue;
      const std::string_view of = supplement ? artefact.root()["supplements"].string() : artefact.url;
      if (const auto target = TargetOf(WithoutVersion(of))) body(artefact, *target);
    }
  };
  each_code_system(false, [this](const FhirArtefact& artefact, Target target) { LoadConcepts(artefact, target); });
  each_code_system(true, [this](const FhirArtefact& artefact, Target target) { LoadSupplement(artefact, target); });
  const ValueSetExpander expander(artefacts_, errors_);
  for (const FhirArtefact& artefact : artefacts_) {
    if (artefact.type == "ValueSet") LoadValueSet(artefact, expander.expansions().at(artefact.url));
  }
  for (const FhirArtefact& artefact : artefacts_) {
    if (artefact.type == "ConceptMap") LoadMap(artefact);
  }
}

void TerminologyLoader::LoadConcepts(const FhirArtefact& artefact, Target target) {
  auto& concepts = out_.concepts[static_cast<std::size_t>(target)];
  std::size_t index = 0;
  for (const json::Value element : artefact.root()["concept"].elements()) {
    const std::string pointer = At("", "concept", index++);
    Concept read{.code = std::string(element["code"].string()),
                 .display = std::string(element["display"].string()),
                 .order = static_cast<std::uint16_t>(concepts.size()),
                 .patterns = {},
                 .fact = {},
                 .low = {},
                 .high = {},
                 .units = {}};
    ReadProperties(artefact, element, pointer, read);
    const auto same = [&read](const Concept& other) { return other.code == read.code; };
    if (read.code.empty() || std::any_of(concepts.begin(), concepts.end(), same)) {
      Fail(artefact, pointer, "a concept needs a code of its own");
      continue;
    }
    concepts.push_back(std::move(read));
  }
}

void TerminologyLoader::LoadSupplement(const FhirArtefact& artefact, Target target) {
  auto& concepts = out_.concepts[static_cast<std::size_t>(target)];
  std::size_t index = 0;
  for (const json::Value element : artefact.root()["concept"].elements()) {
    const std::string pointer = At("", "concept", index++);
    const auto same = [&element](const Concept& other) { return other.code == element["code"].string(); };
    const auto found = std::find_if(concepts.begin(), concepts.end(), same);
    if (found == concepts.end()) {
      Fail(artefact, pointer + "/code", "the code system that this supplements has no such concept",
           ErrorCode::kMappingMissing);
      continue;
    }
    ReadProperties(artefact, element, pointer, *found);
  }
}

void TerminologyLoader::ReadProperties(const FhirArtefact& artefact, json::Value element, const std::string& pointer,
                                       Concept& into) {
  std::size_t index = 0;
  for (const json::Value property : element["property"].elements()) {
    const std::string place = At(pointer, "property", index++);
    const std::string_view code = property["code"].string();
    if (code == "text-pattern") {
      auto pattern = Pattern::Compile(property["valueString"].string());
      if (pattern.ok()) {
        into.patterns.push_back(std::move(pattern).value());
      } else {
        Fail(artefact, place + "/valueString", pattern.error().detail);
      }
    } else if (code == "low" || code == "high") {
      (code == "low" ? into.low : into.high) = property["valueDecimal"].decimal();
    } else if (code == "unit") {
      into.units.emplace_back(property["valueCode"].string());
    } else if (code == "fact") {
      into.fact = property["valueCode"].string();
    }
  }
}

TypeMask TerminologyLoader::BitOf(std::string_view resource_type, const FhirArtefact& artefact,
                                  const std::string& pointer) {
  if (!fhir::IsResourceType(resource_type)) {
    Fail(artefact, pointer, "this is no resource type of FHIR R4");
    return 0;
  }
  auto& types = out_.types;
  auto found = std::find(types.begin(), types.end(), resource_type);
  if (found == types.end()) {
    if (types.size() == kTypesMax) {
      Fail(artefact, pointer, "too many resource types are named by \"means\" extensions");
      return 0;
    }
    found = types.insert(types.end(), std::string(resource_type));
  }
  return TypeMask{1} << static_cast<unsigned>(found - types.begin());
}

const Meaning* TerminologyLoader::MakeMeaning(const FhirArtefact& artefact, const std::string& pointer, Target target,
                                              std::string_view code, TypeMask types, std::string_view direction) {
  const auto& concepts = out_.concepts[static_cast<std::size_t>(target)];
  const auto same = [code](const Concept& one) { return one.code == code; };
  const auto found = std::find_if(concepts.begin(), concepts.end(), same);
  if (found == concepts.end()) {
    Fail(artefact, pointer,
         "the code system " + std::string(NameOf(target)) + " has no concept \"" + std::string(code) + "\"");
    return nullptr;
  }
  const bool needs_direction = found->fact == "relief";
  const bool known = direction == "relief" || direction == "remaining";
  if (needs_direction && !known) {
    Fail(artefact, pointer,
         "a mapping to " + found->code + " must say its direction: map to " + std::string(kBaseUrl) +
             "CodeSystem/observation percent-relief or percent-remaining, or give the product " + kDirectionUrl +
             " with value relief or remaining");
    return nullptr;
  }
  for (const Meaning& meaning : out_.meanings) {
    if (meaning.answer == &*found && meaning.types == types && meaning.remaining == (direction == "remaining")) {
      return &meaning;
    }
  }
  out_.meanings.push_back({target, &*found, types, direction == "remaining"});
  return &out_.meanings.back();
}

void TerminologyLoader::LoadValueSet(const FhirArtefact& artefact, const Expansion& expansion) {
  const std::uint32_t owner = out_.owners++;
  out_.value_sets.emplace(artefact.url, owner);
  std::vector<const Meaning*> meanings;
  std::string label;
  std::size_t index = 0;
  for (const json::Value extension : artefact.root()["extension"].elements()) {
    const std::string pointer = At("", "extension", index++);
    if (extension["url"].string() != kMeansUrl) continue;
    json::Value coding;
    std::string_view direction;
    TypeMask types = 0;
    for (const json::Value part : extension["extension"].elements()) {
      const std::string_view url = part["url"].string();
      if (url == "concept") coding = part["valueCoding"];
      if (url == "in") types |= BitOf(part["valueCode"].string(), artefact, pointer);
      if (url == "label") label = part["valueString"].string();
      if (url == "direction") direction = part["valueCode"].string();
    }
    const auto target = TargetOf(coding["system"].string());
    if (!target) {
      Fail(artefact, pointer, "\"means\" needs a concept of one of the adapter's code systems");
      continue;
    }
    const Meaning* meaning = MakeMeaning(artefact, pointer, *target, coding["code"].string(), types, direction);
    if (meaning != nullptr) meanings.push_back(meaning);
  }
  const auto add = [&](const Member& member, bool exclude) {
    CodeEntry entry{.owner = owner,
                    .exclude = exclude,
                    .code = member.code,
                    .label = label.empty() ? member.label : label,
                    .meanings = exclude ? std::vector<const Meaning*>{} : meanings,
                    .translations = {}};
    out_.table.Add(member.system, member.match, std::move(entry));
  };
  for (const Member& member : expansion.members) add(member, false);
  for (const Member& member : expansion.exclusions) add(member, true);
}

void TerminologyLoader::LoadMap(const FhirArtefact& artefact) {
  std::size_t index = 0;
  for (const json::Value group : artefact.root()["group"].elements()) {
    LoadGroup(artefact, group, At("", "group", index++));
  }
}

void TerminologyLoader::LoadGroup(const FhirArtefact& artefact, json::Value group, const std::string& pointer) {
  if (group["source"].string().empty() || group["target"].string().empty()) {
    return Fail(artefact, pointer, "a group needs source and target: a code without a system matches nothing");
  }
  const auto match = CodeMatchOf(group);
  if (!match) return Fail(artefact, pointer, "code-match is exact, prefix or undotted");
  const std::uint32_t owner = out_.owners++;
  std::size_t index = 0;
  for (const json::Value element : group["element"].elements()) {
    LoadElement(artefact, group, element, At(pointer, "element", index++), *match, owner);
  }
}

void TerminologyLoader::LoadElement(const FhirArtefact& artefact, json::Value group, json::Value element,
                                    const std::string& pointer, CodeMatch match, std::uint32_t owner) {
  const std::string_view source = group["source"].string();
  const std::string_view code = fhir::CleanCode(element["code"].string());
  if (code.empty()) return Fail(artefact, pointer, "an element needs a code");
  if (!CheckDigitHolds(fhir::NormalizeSystem(source), code)) {
    return Fail(artefact, pointer + "/code", "the check digit of the code is wrong: the code does not exist");
  }
  CodeEntry entry{.owner = owner,
                  .exclude = false,
                  .code = std::string(code),
                  .label = std::string(LabelOf(element)),
                  .meanings = {},
                  .translations = {}};
  const std::string_view target_system = WithoutVersion(group["target"].string());
  const auto target = TargetOf(target_system);
  std::size_t index = 0;
  for (const json::Value to : element["target"].elements()) {
    const std::string place = At(pointer, "target", index++);
    const std::string_view equivalence = to["equivalence"].string();
    if (equivalence == "unmatched" || equivalence == "disjoint") continue;
    const std::string_view to_code = fhir::CleanCode(to["code"].string());
    if (!target) {
      if (to_code.empty()) {
        Fail(artefact, place, "a target needs a code");
      } else if (!CheckDigitHolds(fhir::NormalizeSystem(target_system), to_code)) {
        Fail(artefact, place + "/code", "the check digit of the code is wrong: the code does not exist");
      } else {
        entry.translations.emplace_back(target_system, to_code);
      }
      continue;
    }
    std::string_view direction;
    for (const json::Value product : to["product"].elements()) {
      if (product["property"].string() == kDirectionUrl) direction = product["value"].string();
    }
    const Meaning* meaning = MakeMeaning(artefact, place, *target, to_code, 0, direction);
    if (meaning != nullptr) entry.meanings.push_back(meaning);
  }
  out_.table.Add(source, match, std::move(entry));
}

}  // namespace facet::mapping

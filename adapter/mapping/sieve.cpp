#include "adapter/mapping/sieve.hpp"

#include "adapter/fhir/codings.hpp"
#include "adapter/fhir/references.hpp"
#include "adapter/fhir/resource.hpp"
#include "adapter/json/skim.hpp"
#include "adapter/mapping/artefacts.hpp"
#include "adapter/mapping/extract/row.hpp"

#include <algorithm>

namespace facet::mapping {
namespace {

constexpr std::string_view kPatientPrefix = "Patient/";
constexpr std::string_view kMedicationPath = "medication.ofType(Reference)";

// Members that every resource is searched for; the bits above are of those that are searched for words.
enum Sought : std::uint32_t {
  kCode = 1,
  kReference = 2,
  kIdentifier = 4,
  kResourceType = 8,
  kId = 16,
  kLink = 32,
  kMedicationReference = 64,
  kFirstWord = 128,
  kLastWord = 1U << 31U,
  kWords = ~(kFirstWord - 1U)
};
constexpr std::pair<std::string_view, Sought> kSought[] = {{"code", kCode},
                                                           {"reference", kReference},
                                                           {"identifier", kIdentifier},
                                                           {"resourceType", kResourceType},
                                                           {"id", kId},
                                                           {"link", kLink},
                                                           {"medicationReference", kMedicationReference}};

// Steps from element to element only, so that each value stands in the resource as it is.
bool IsPlain(std::string_view path) {
  std::string text(path);
  for (const std::string_view allowed : {".first()", ".where(system.hasValue() and code.hasValue())"}) {
    for (std::size_t at = text.find(allowed); at != std::string::npos; at = text.find(allowed)) {
      text.erase(at, allowed.size());
    }
  }
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.';
  };
  return std::all_of(text.begin(), text.end(), fits);
}

// The last step is to an element `code`, on whatever was found before: its value stands in the resource.
bool EndsInCode(std::string_view path) {
  return path.ends_with(".code") && path.find_first_of("|&+'\"`") == std::string_view::npos &&
         path.find("iif") == std::string_view::npos;
}

// The questions whose answers make a fact or a rejection.
std::vector<Target> TargetsOf(Shape shape) {
  switch (shape) {
  case Shape::kProcedure:
  case Shape::kOrder:
  case Shape::kStudy:
    return {Target::kFact, Target::kInterventionKind, Target::kInstrument, Target::kScreen};
  case Shape::kScore:
    return {Target::kInstrument, Target::kScreen, Target::kFact, Target::kInterventionKind};
  case Shape::kStatement:
    return {Target::kFinding, Target::kCaution, Target::kRegion};
  case Shape::kAdministration:
    return {Target::kDrugClass};
  case Shape::kEncounter:
  case Shape::kPatient:
  case Shape::kMedication:
    return {};
  }
  return {};
}

template <class Body>
void ForEachColumn(json::Value select, Body&& body) {
  for (const json::Value column : select["column"].elements()) body(column["name"].string(), column["path"].string());
  for (const char* part : {"select", "unionAll"}) {
    for (const json::Value nested : select[part].elements()) ForEachColumn(nested, body);
  }
}

bool IsText(std::string_view name) { return name == "code_text" || name == "body_site_text" || name == "note_text"; }

// Whether the sieve understands where a view has this column from.
bool IsUnderstood(std::string_view name, std::string_view path, Shape shape) {
  if (name == "code_code" || name == "modality_code") return EndsInCode(path);
  if (name == "patient") return IsPlain(path) && path.ends_with(".reference");
  if (name == "medication") return path == kMedicationPath;
  if (name == "replaced_by" || name == "replaces") return path.starts_with("link.");
  if (shape != Shape::kProcedure) return true;
  return !IsText(name) || IsPlain(path);
}

// The element that a plain path ends in.
std::string_view LastStep(std::string_view path) {
  if (path.ends_with(".first()")) path.remove_suffix(std::string_view(".first()").size());
  return path.substr(path.rfind('.') + 1);
}

std::string WithoutDots(std::string_view code) {
  std::string out(code);
  std::erase(out, '.');
  return out;
}

}  // namespace

// What a skimmed line shows.
struct SieveVisitor : json::SkimVisitor {
  const Sieve& sieve;
  Sieve::Glance glance = {};
  const Sieve::Rule* rule = nullptr;
  TypeMask codes = 0;
  bool words = false;
  bool odd = false;  // a reference that only the whole input can resolve, or several patients
  bool link = false;
  bool drug_reference = false;
  std::vector<const Concept*> found = {};

  explicit SieveVisitor(const Sieve& its) : sieve(its) {}

  std::uint32_t BitsOf(std::uint64_t key) const { return static_cast<std::uint32_t>(sieve.sought_.BitsOf(key)); }
  void OnEnd(Token, bool object, std::uint32_t, std::uint32_t bits, std::size_t depth) {
    if (!object) return;
    if (depth == 1) {
      link = (bits & kLink) != 0;
      drug_reference = (bits & kMedicationReference) != 0;
    } else if ((bits & (kReference | kIdentifier)) == kIdentifier) {
      odd = true;
    }
  }
  void OnString(std::string_view, std::uint32_t bits, std::string_view value, std::size_t depth) {
    if ((bits & kCode) != 0) {
      codes |= sieve.TypesOf(value);
    } else if ((bits & kReference) != 0) {
      OnReference(value);
    } else if (depth == 1 && (bits & kResourceType) != 0) {
      glance.type = value;
      rule = sieve.RuleOf(value);
    } else if (depth == 1 && (bits & kId) != 0) {
      glance.id = value;
    } else if (!words && (bits & WordBits()) != 0) {
      found.clear();
      sieve.terminology_.FindInText(Target::kFact, value, found);
      words = !found.empty();
    }
  }
  // Of any type while the type is not known.
  std::uint32_t WordBits() const {
    if (rule != nullptr) return rule->words;
    if (glance.type.empty()) return kWords;
    return 0;
  }
  void OnReference(std::string_view value) {
    std::string_view id = value;
    if (value.starts_with(kPatientPrefix) && fhir::IsId(value.substr(kPatientPrefix.size()))) {
      id.remove_prefix(kPatientPrefix.size());
    } else {
      odd = odd || value.find('?') != std::string_view::npos;
      if (value.find(kPatientPrefix) == std::string_view::npos) return;
      const fhir::Reference reference = fhir::ParseReference(value);
      if (reference.kind != fhir::ReferenceKind::kRelative || reference.type != "Patient") return;
      id = reference.id;
    }
    if (glance.patient.empty()) {
      glance.patient = id;
    } else if (glance.patient != id) {
      odd = true;
    }
  }
};

Sieve::Sieve(const Mapper& mapper) : terminology_(mapper.terminology()), next_word_(kFirstWord) {
  for (const auto& [key, bit] : kSought) sought_.Add(key, bit);
  for (const FhirArtefact& artefact : mapper.artefacts()) {
    if (artefact.type == "ViewDefinition") AddView(artefact);
  }
  AddCodes();
}

const Sieve::Rule* Sieve::RuleOf(std::string_view type) const noexcept {
  for (const Rule& rule : rules_) {
    if (rule.type == type) return &rule;
  }
  return nullptr;
}

void Sieve::AddView(const FhirArtefact& artefact) {
  const std::optional<Shape> shape = ShapeOf(ShapeNameOf(artefact.root()));
  if (!shape) return;  // a view for other tools
  const std::string_view type = artefact.root()["resource"].string();
  if (RuleOf(type) == nullptr) {
    rules_.push_back({.type = std::string(type),
                      .bit = TypeMask{1} << (rules_.size() % 64),  // two types that share a bit let through more
                      .known_as = terminology_.TypeBit(type),
                      .targets = {}});
  }
  Rule& rule = *std::find_if(rules_.begin(), rules_.end(), [&](const Rule& one) { return one.type == type; });
  for (const json::Value select : artefact.root()["select"].elements()) {
    ForEachColumn(select, [&](std::string_view name, std::string_view path) {
      rule.always = rule.always || !IsUnderstood(name, path, *shape);
      rule.drug_reference = rule.drug_reference || name == "medication";
      rule.context = rule.context || name == "medication_uncoded";  // what has no code counts, too
      if (*shape == Shape::kProcedure && IsText(name)) AddWords(rule, LastStep(path));
    });
  }
  rule.context =
      rule.context || *shape == Shape::kProcedure || *shape == Shape::kEncounter || *shape == Shape::kPatient;
  rule.patient = rule.patient || *shape == Shape::kPatient;
  rule.always = rule.always || *shape == Shape::kMedication;  // who names it is not known, and there are few
  const auto targets = TargetsOf(*shape);
  rule.targets.insert(rule.targets.end(), targets.begin(), targets.end());
}

// Strings under this key are searched for words. Beyond the last bit keys share it: more is searched then.
void Sieve::AddWords(Rule& rule, std::string_view key) {
  const auto known = static_cast<std::uint32_t>(sought_.BitsOf(json::impl::KeyNumber(key))) & kWords;
  const std::uint32_t bit = known != 0 ? known : next_word_;
  if (known == 0 && next_word_ != kLastWord) next_word_ *= 2;
  rule.words |= bit;
  rule.always = !sought_.Add(key, bit) || rule.always;
}

void Sieve::AddCodes() {
  terminology_.ForEachCode([&](const Terminology::CodeForm& form) {
    TypeMask types = 0;
    for (const Rule& rule : rules_) {
      const auto makes_fact = [&rule](const Meaning* meaning) {
        return (meaning->types == 0 || (meaning->types & rule.known_as) != 0) &&
               std::find(rule.targets.begin(), rule.targets.end(), meaning->target) != rule.targets.end();
      };
      // What a translation leads to is not followed: rather too much than too little.
      if (form.translated || std::any_of(form.meanings.begin(), form.meanings.end(), makes_fact)) types |= rule.bit;
    }
    std::string key = WithoutDots(form.key);
    if (types == 0 || key.empty()) return;
    const auto first = static_cast<unsigned char>(key.front());
    if (form.match == Terminology::CodeForm::Match::kExact) {
      exact_begins_[std::min(key.size(), exact_begins_.size() - 1)].set(first);
      exact_[std::move(key)] |= types;
      return;
    }
    prefix_begins_.set(first);
    prefix_length_max_ = std::max(prefix_length_max_, key.size());
    prefix_length_min_ = prefixes_.empty() ? key.size() : std::min(prefix_length_min_, key.size());
    prefixes_[std::move(key)] |= types;
  });
}

// The types in which a code, whatever its system, may make a fact.
TypeMask Sieve::TypesOf(std::string_view code) const {
  code = fhir::CleanCode(code);
  std::string dotless;
  if (code.find('.') != std::string_view::npos) code = dotless = WithoutDots(code);
  if (code.empty()) return 0;
  const auto first = static_cast<unsigned char>(code.front());
  TypeMask types = 0;
  if (exact_begins_[std::min(code.size(), exact_begins_.size() - 1)].test(first)) {
    const auto found = exact_.find(code);
    if (found != exact_.end()) types |= found->second;
  }
  if (!prefix_begins_.test(first)) return types;
  for (std::size_t length = std::min(code.size(), prefix_length_max_); length >= prefix_length_min_ && length > 0;
       --length) {
    const auto found = prefixes_.find(code.substr(0, length));
    if (found != prefixes_.end()) types |= found->second;
  }
  return types;
}

Sieve::Glance Sieve::Look(std::string_view line) const {
  SieveVisitor visitor(*this);
  if (json::Skim(line, visitor) != json::SkimVerdict::kSound || !fhir::IsId(visitor.glance.id)) return {};
  Glance glance = visitor.glance;
  if (visitor.rule == nullptr) {
    const bool plain = fhir::IsResourceType(glance.type) && glance.type != "Bundle";
    glance.need = plain ? Need::kUnread : Need::kUnsure;
    return glance;
  }
  const Rule& rule = *visitor.rule;
  if (rule.patient) glance.patient = glance.id;
  if (visitor.odd || rule.always || (rule.patient && visitor.link)) {
    glance.need = Need::kUnsure;
  } else if ((visitor.codes & rule.bit) != 0 || visitor.words) {
    glance.need = Need::kFacts;
  } else {
    const bool context = rule.context || (rule.drug_reference && visitor.drug_reference);
    glance.need = context ? Need::kContext : Need::kNothing;
  }
  return glance;
}

}  // namespace facet::mapping

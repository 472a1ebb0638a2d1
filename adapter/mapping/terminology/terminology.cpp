#include "adapter/mapping/terminology/terminology.hpp"

#include "adapter/mapping/terminology/terminology_data.hpp"

#include <algorithm>

namespace facet::mapping {
namespace {

// A translation may be translated again (a local code to a national one to a public one), but not for ever.
constexpr int kTranslationsMax = 3;
// Longer texts are not pages of words that a pattern should be searched in.
constexpr std::size_t kTextBytesMax = 64U << 10U;

void AddOnce(std::vector<Found>& out, std::size_t first, const Meaning* meaning, std::string_view label) {
  for (std::size_t i = first; i < out.size(); ++i) {
    if (out[i].meaning->answer == meaning->answer && out[i].meaning->remaining == meaning->remaining) return;
  }
  out.push_back({meaning, label});
}

void Collect(const CodeTable& table, std::string_view system, std::string_view code, TypeMask type, int depth,
             std::size_t first, std::vector<Found>& out) {
  std::vector<const CodeEntry*> with_translations;
  table.ForEach(system, code, [&](const CodeEntry& entry) {
    for (const Meaning* meaning : entry.meanings) {
      if (meaning->types == 0 || (meaning->types & type) != 0) AddOnce(out, first, meaning, entry.label);
    }
    if (!entry.translations.empty()) with_translations.push_back(&entry);
  });
  if (depth == kTranslationsMax) return;
  for (const CodeEntry* entry : with_translations) {
    for (const auto& [to_system, to_code] : entry->translations) {
      Collect(table, to_system, to_code, type, depth + 1, first, out);
    }
  }
}

}  // namespace

Terminology::Terminology() : impl_(std::make_unique<Impl>()) {}
Terminology::~Terminology() = default;

std::unique_ptr<const Terminology> Terminology::Load(const std::vector<FhirArtefact>& artefacts,
                                                     std::vector<Error>& errors) {
  std::unique_ptr<Terminology> out(new Terminology());
  TerminologyLoader(artefacts, *out->impl_, errors).Load();
  return out;
}

TypeMask Terminology::TypeBit(std::string_view resource_type) const noexcept {
  const auto found = std::find(impl_->types.begin(), impl_->types.end(), resource_type);
  if (found == impl_->types.end()) return 0;
  return TypeMask{1} << static_cast<unsigned>(found - impl_->types.begin());
}

void Terminology::Find(std::span<const RawCoding> codings, TypeMask type, std::vector<Found>& out) const {
  const std::size_t first = out.size();
  for (const RawCoding& coding : codings) Collect(impl_->table, coding.system, coding.code, type, 0, first, out);
}

void Terminology::FindInText(Target target, std::string_view text, std::vector<const Concept*>& out) const {
  if (text.empty()) return;
  text = text.substr(0, kTextBytesMax);
  for (const Concept& candidate : impl_->concepts[static_cast<std::size_t>(target)]) {
    const auto occurs = [text](const Pattern& pattern) { return pattern.Search(text); };
    if (std::any_of(candidate.patterns.begin(), candidate.patterns.end(), occurs)) out.push_back(&candidate);
  }
}

const Concept* Terminology::ConceptOf(Target target, std::string_view code) const noexcept {
  const auto& list = ConceptsOf(target);
  const auto found = std::find_if(list.begin(), list.end(), [code](const Concept& one) { return one.code == code; });
  return found == list.end() ? nullptr : &*found;
}

const std::vector<Concept>& Terminology::ConceptsOf(Target target) const noexcept {
  return impl_->concepts[static_cast<std::size_t>(target)];
}

void Terminology::AppendSearchCodes(Target target, std::string_view resource_type,
                                    std::vector<std::string>& out) const {
  const TypeMask type = TypeBit(resource_type);
  for (const auto& [system, codes] : impl_->table.systems()) {
    for (const auto& [key, entries] : codes.exact) {
      std::vector<Found> found;
      Collect(impl_->table, system, key, type, 0, 0, found);
      const auto answers = [target](const Found& one) { return one.meaning->target == target; };
      if (std::any_of(found.begin(), found.end(), answers)) out.push_back(codes.spelling + "|" + entries.front().code);
    }
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
}

void Terminology::ForEachCode(const std::function<void(const CodeForm&)>& body) const {
  using Match = CodeForm::Match;
  const auto each = [&body](const StringMap<std::vector<CodeEntry>>& map, Match match) {
    for (const auto& [key, entries] : map) {
      for (const CodeEntry& entry : entries) {
        if (!entry.exclude) body({key, match, entry.meanings, !entry.translations.empty()});
      }
    }
  };
  for (const auto& [system, codes] : impl_->table.systems()) {
    each(codes.exact, codes.undotted ? Match::kUndotted : Match::kExact);
    each(codes.prefixes, codes.icd10 ? Match::kIcd10Prefix : codes.undotted ? Match::kUndotted : Match::kPrefix);
  }
}

std::optional<bool> Terminology::IsMember(std::string_view value_set, std::string_view system,
                                          std::string_view code) const {
  const auto set = impl_->value_sets.find(std::string(WithoutVersion(value_set)));
  if (set == impl_->value_sets.end()) return std::nullopt;
  bool member = false;
  const auto look = [&](std::string_view in) {
    impl_->table.ForEach(in, code, [&](const CodeEntry& entry) { member = member || entry.owner == set->second; });
  };
  if (!system.empty()) {
    look(system);
  } else {
    for (const auto& [key, codes] : impl_->table.systems()) look(key);
  }
  return member;
}

}  // namespace facet::mapping

#include "adapter/mapping/discover/discovery.hpp"

#include "adapter/fhir/codings.hpp"
#include "adapter/fhir/resource.hpp"
#include "adapter/mapping/discover/shapes.hpp"
#include "adapter/mapping/terminology/terminology.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <unordered_set>
#include <utility>

namespace facet::mapping {
namespace {

constexpr std::size_t kTextsMax = 64;  // different displays or units that are counted of one code

struct Tally {
  std::int64_t resources = 0;
  std::unordered_set<std::size_t> patients;  // hashes
  void Add(std::size_t patient) {
    ++resources;
    if (patient != 0) patients.insert(patient);
  }
  std::int64_t people() const noexcept { return static_cast<std::int64_t>(patients.size()); }
  bool IsCommon(const DiscoveryOptions& options) const noexcept {
    return resources >= options.occurrences_min && people() >= options.patients_min;
  }
};

using Texts = std::map<std::string, Tally>;

void AddText(Texts& texts, std::string_view text, std::size_t patient) {
  if (text.empty()) return;
  auto found = texts.find(std::string(text));
  if (found == texts.end()) {
    if (texts.size() >= kTextsMax) return;
    found = texts.emplace(text, Tally{}).first;
  }
  found->second.Add(patient);
}

struct Key {
  std::string type;    // or the element
  std::string system;  // normalised
  std::string code;
  auto operator<=>(const Key&) const = default;
};

struct CodeTally {
  std::string system;  // as first written
  bool mapped = false;
  std::vector<std::string> meanings;
  Tally all;
  Texts displays;
  Texts units;
  Counts shapes;
  Counts outcomes;
  std::map<const Topic*, std::set<std::string>> topics;
};

// "Type/id" of a reference on whatever base.
class AnyBase final : public fhir::ReferenceResolver {
 public:
  std::string Resolve(json::Value reference) const override {
    const fhir::Reference read = fhir::ParseReference(fhir::LiteralOf(reference));
    if (read.kind != fhir::ReferenceKind::kRelative && read.kind != fhir::ReferenceKind::kAbsolute) return {};
    return std::string(read.type) + "/" + std::string(read.id);
  }
};

bool MakesFact(Target target) {
  return target == Target::kFact || target == Target::kInterventionKind || target == Target::kInstrument ||
         target == Target::kScreen || target == Target::kCaution;
}

std::string MeaningText(const Found& found) {
  std::string out = std::string(NameOf(found.meaning->target)) + " " + found.meaning->answer->code;
  if (found.meaning->remaining) out += " (remaining)";
  return out;
}

bool HasFacts(const clinical::PatientFacts& facts) {
  return !facts.procedures.empty() || !facts.interventions.empty() || !facts.scores.empty() || !facts.reliefs.empty() ||
         !facts.functions.empty() || !facts.screens.empty() || !facts.cautions.empty();
}

// Of a list of CodeableConcepts or of one.
template <class Body>
void ForEachCoding(json::Value concepts, Body&& body) {
  const auto one = [&body](json::Value concept_element) {
    for (const json::Value coding : concept_element["coding"].elements()) body(coding);
  };
  one(concepts);
  for (const json::Value element : concepts.elements()) one(element);
}

}  // namespace

struct Discovery::Impl {
  Impl(const Mapper& the_mapper, const DiscoveryOptions& the_options, Topics the_topics)
      : mapper(the_mapper), options(the_options), topics(std::move(the_topics)) {}

  void AddRow(json::Value row);
  void AddCoding(json::Value row, json::Value coding, bool row_mapped);
  void AddDetails(json::Value row, CodeTally& tally);
  void AddCoded(const std::string& element, json::Value concepts, std::string_view meant_in);
  std::vector<Found> Find(json::Value coding, std::string_view in) const;
  CodeTally& TallyOf(std::map<Key, CodeTally>& in, const Key& key, json::Value coding, std::string_view meant_in);
  DiscoveredCode Tell(const Key& key, const CodeTally& tally) const;

  const Mapper& mapper;
  DiscoveryOptions options;
  Topics topics;
  AnyBase any_base;
  TimeZone zone;

  struct TypeTally {
    Tally all;
    std::int64_t relevant = 0;
    std::int64_t site_texts = 0;
    std::set<std::pair<std::string, std::string>> other_codes;
  };
  std::map<std::string, TypeTally> types;
  std::map<Key, CodeTally> codes;
  std::map<Key, CodeTally> others;
  std::map<std::pair<std::string, const Topic*>, std::pair<Tally, std::set<std::string>>> texts;

  // Of the resource that is being added.
  std::string type;
  std::size_t patient = 0;
  bool relevant = false;
  Counts outcomes;
  std::set<Key> counted;
};

Discovery::Discovery() = default;
Discovery::~Discovery() = default;

Result<std::unique_ptr<Discovery>> Discovery::Make(const Mapper& mapper, const DiscoveryOptions& options) {
  ADAPTER_TRY(topics, Topics::Load(mapper));
  std::unique_ptr<Discovery> out(new Discovery());
  out->impl_ = std::make_unique<Impl>(mapper, options, std::move(topics));
  return out;
}

std::vector<Found> Discovery::Impl::Find(json::Value coding, std::string_view in) const {
  const RawCoding raw{coding["system"].string(), coding["code"].string()};
  std::vector<Found> found;
  if (raw.system.empty() || raw.code.empty()) return found;
  mapper.terminology().Find({&raw, 1}, mapper.terminology().TypeBit(in), found);
  return found;
}

CodeTally& Discovery::Impl::TallyOf(std::map<Key, CodeTally>& in, const Key& key, json::Value coding,
                                    std::string_view meant_in) {
  const auto [entry, fresh] = in.try_emplace(key);
  CodeTally& tally = entry->second;
  if (!fresh) return tally;
  tally.system = coding["system"].string();
  for (const Found& found : Find(coding, meant_in)) {
    tally.mapped = tally.mapped || &in == &others || MakesFact(found.meaning->target);
    tally.meanings.push_back(MeaningText(found));
  }
  return tally;
}

void Discovery::Impl::AddDetails(json::Value row, CodeTally& tally) {
  for (const auto& [outcome, count] : outcomes) tally.outcomes[outcome] += count;
  if (type != "Observation") return;
  ++tally.shapes[ValueShapeOf(row)];
  if (const json::Value quantity = row["valueQuantity"]; quantity.is_object()) {
    const std::string_view unit =
        quantity["unit"].string().empty() ? quantity["code"].string() : quantity["unit"].string();
    AddText(tally.units, unit.empty() ? std::string_view("(none)") : unit, patient);
  }
}

void Discovery::Impl::AddCoding(json::Value row, json::Value coding, bool row_mapped) {
  const std::string system = fhir::NormalizeSystem(coding["system"].string());
  const Key key{type, system, std::string(fhir::CleanCode(coding["code"].string()))};
  if (key.code.empty() || !counted.insert(key).second) return;
  std::set<std::string> words;
  const Topic* topic = nullptr;
  const bool mapped = row_mapped && [&] {
    const auto found = Find(coding, type);
    return std::any_of(found.begin(), found.end(), [](const Found& one) { return MakesFact(one.meaning->target); });
  }();
  if (!row_mapped) {
    for (const std::string_view text :
         {coding["display"].string(), coding["code"].string(), row["code"]["text"].string()}) {
      const TopicHit& hit = topics.Find(type, text);
      if (hit.topic == nullptr || (topic != nullptr && topic != hit.topic)) continue;
      topic = hit.topic;
      words.insert(hit.words.begin(), hit.words.end());
    }
  }
  if (!mapped && topic == nullptr) {
    if (!row_mapped) types[type].other_codes.insert({key.system, key.code});
    return;
  }
  relevant = true;
  CodeTally& tally = TallyOf(codes, key, coding, type);
  tally.all.Add(patient);
  AddText(tally.displays, coding["display"].string(), patient);
  if (topic != nullptr) tally.topics[topic].insert(words.begin(), words.end());
  AddDetails(row, tally);
}

void Discovery::Impl::AddRow(json::Value row) {
  const json::Value concept_element = row["code"];
  bool mapped = false;
  bool coded = false;
  ForEachCoding(concept_element, [&](json::Value coding) {
    coded = coded || (!coding["system"].string().empty() && !coding["code"].string().empty());
    for (const Found& found : Find(coding, type)) mapped = mapped || MakesFact(found.meaning->target);
  });
  const bool was_relevant = std::exchange(relevant, false);
  ForEachCoding(concept_element, [&](json::Value coding) { AddCoding(row, coding, mapped); });
  if (!mapped && !coded) {
    const TopicHit& hit = topics.Find(type, concept_element["text"].string());
    if (hit.topic != nullptr) {
      relevant = true;
      auto& [tally, words] = texts[{type, hit.topic}];
      tally.Add(patient);
      words.insert(hit.words.begin(), hit.words.end());
    }
  }
  if (relevant && type == "Observation") AddCoded("Observation.value", row["valueCodeableConcept"], type);
  relevant = relevant || was_relevant;
}

void Discovery::Impl::AddCoded(const std::string& element, json::Value concepts, std::string_view meant_in) {
  ForEachCoding(concepts, [&](json::Value coding) {
    const Key key{element, fhir::NormalizeSystem(coding["system"].string()),
                  std::string(fhir::CleanCode(coding["code"].string()))};
    if (key.code.empty() || !counted.insert(key).second) return;
    CodeTally& tally = TallyOf(others, key, coding, meant_in);
    tally.all.Add(patient);
    AddText(tally.displays, coding["display"].string(), patient);
  });
}

bool Discovery::Add(json::Value resource, const fhir::ReferenceResolver* references, std::string_view reference) {
  Impl& impl = *impl_;
  impl.type = fhir::TypeOf(resource);
  const bool encounter = impl.type == "Encounter";
  if (!encounter && impl.type != "Procedure" && impl.type != "Observation") return false;
  const fhir::ReferenceResolver* resolver = references != nullptr ? references : &impl.any_base;
  std::string person = resolver->Resolve(resource["subject"]);
  if (person.empty()) person = fhir::LiteralOf(resource["subject"]);
  impl.patient = person.empty() ? 0 : std::hash<std::string>{}(person);
  impl.relevant = false;
  impl.outcomes.clear();
  impl.counted.clear();
  Impl::TypeTally& type = impl.types[impl.type];
  type.all.Add(impl.patient);
  if (encounter) {
    const Key key{"Encounter.class", fhir::NormalizeSystem(resource["class"]["system"].string()),
                  std::string(fhir::CleanCode(resource["class"]["code"].string()))};
    if (key.code.empty()) return true;
    CodeTally& tally = impl.TallyOf(impl.others, key, resource["class"], impl.type);
    tally.all.Add(impl.patient);
    AddText(tally.displays, resource["class"]["display"].string(), impl.patient);
    return true;
  }
  const Extraction extraction = impl.mapper.Extract(
      resource, {.zone = &impl.zone, .server_base = {}, .references = resolver, .reference = reference});
  if (HasFacts(extraction.facts)) ++impl.outcomes["fact"];
  for (const auto& rejection : extraction.rejections) ++impl.outcomes[std::string(clinical::NameOf(rejection.reason))];
  impl.AddRow(resource);
  for (const json::Value component : resource["component"].elements()) impl.AddRow(component);
  if (!impl.relevant) return true;
  ++type.relevant;
  const json::Value site = resource["bodySite"];
  impl.AddCoded(impl.type + ".bodySite", site, impl.type);
  const json::Value first = site.is_array() ? site.at(0) : site;
  if (first["coding"].size() == 0 && !first["text"].string().empty()) ++type.site_texts;
  return true;
}

DiscoveredCode Discovery::Impl::Tell(const Key& key, const CodeTally& tally) const {
  DiscoveredCode out;
  out.type = key.type;
  out.system = tally.system;
  out.code = key.code;
  out.meanings = tally.meanings;
  out.resources = tally.all.resources;
  out.patients = tally.all.people();
  out.shapes = tally.shapes;
  out.outcomes = tally.outcomes;
  const Tally* best = nullptr;
  for (const auto& [display, count] : tally.displays) {
    if (!count.IsCommon(options) || (best != nullptr && best->resources >= count.resources)) continue;
    best = &count;
    out.display = display;
  }
  for (const auto& [unit, count] : tally.units) {
    if (count.IsCommon(options)) out.units[unit] = count.resources;
  }
  if (tally.mapped) return out;
  out.state = DiscoveredCode::State::kCandidate;
  if (const std::string* why = topics.WhyLeftOut(key.system, key.code)) {
    out.state = DiscoveredCode::State::kLeftOut;
    out.why = *why;
  }
  for (const Topic& topic : topics.all()) {  // the first in the order of the list
    const auto found = tally.topics.find(&topic);
    if (found == tally.topics.end() || out.topic != nullptr) continue;
    out.topic = &topic;
    out.words.assign(found->second.begin(), found->second.end());
  }
  if (key.type != "Procedure") return out;
  for (const Target target : {Target::kRegion, Target::kApproach, Target::kSide}) {
    std::vector<const Concept*> concepts;
    mapper.terminology().FindInText(target, out.display, concepts);
    if (concepts.size() == 1) out.region_says.push_back(std::string(NameOf(target)) + " " + concepts.front()->code);
  }
  return out;
}

DiscoveryReport Discovery::Finish() const {
  const Impl& impl = *impl_;
  DiscoveryReport report;
  report.options = impl.options;
  std::map<std::string, std::int64_t> rare;
  const auto tell = [&](const std::map<Key, CodeTally>& from, std::vector<DiscoveredCode>& into) {
    for (const auto& [key, tally] : from) {
      if (tally.all.IsCommon(impl.options)) {
        into.push_back(impl.Tell(key, tally));
      } else {
        ++rare[key.type];
      }
    }
    std::stable_sort(into.begin(), into.end(), [](const DiscoveredCode& a, const DiscoveredCode& b) {
      if (a.type != b.type) return a.type > b.type;  // Procedure before Observation before Encounter
      if (a.state != b.state) return a.state < b.state;
      return a.resources > b.resources;
    });
  };
  tell(impl.codes, report.codes);
  tell(impl.others, report.others);
  for (const auto& [key, found] : impl.texts) {
    const auto& [tally, words] = found;
    if (!tally.IsCommon(impl.options)) continue;
    report.texts.push_back({key.first, key.second, {words.begin(), words.end()}, tally.resources, tally.people()});
  }
  std::stable_sort(report.texts.begin(), report.texts.end(), [](const DiscoveredText& a, const DiscoveredText& b) {
    return a.type != b.type ? a.type > b.type
                            : std::pair(-a.resources, a.topic->code) < std::pair(-b.resources, b.topic->code);
  });
  for (const char* type : {"Procedure", "Observation", "Encounter"}) {
    const auto found = impl.types.find(type);
    if (found == impl.types.end()) continue;
    const Impl::TypeTally& tally = found->second;
    report.summaries.push_back({type, tally.all.resources, tally.all.people(), tally.relevant,
                                static_cast<std::int64_t>(tally.other_codes.size()), rare[type], tally.site_texts});
  }
  return report;
}

}  // namespace facet::mapping

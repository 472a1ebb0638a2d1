#include "adapter/app/replay_stream.hpp"

#include "adapter/app/line_source.hpp"
#include "adapter/fhir/bundle.hpp"
#include "adapter/fhir/resource.hpp"
#include "adapter/fhir/resource_set.hpp"
#include "adapter/json/document.hpp"
#include "adapter/mapping/sieve.hpp"
#include "adapter/mapping/views/runner.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <set>
#include <utility>

namespace facet::app {
namespace {

using mapping::Sieve;

// Facts of patients that nobody follows yet are kept up to here; beyond, their lines are noted and read again.
constexpr std::size_t kKeptMax = 30'000;

// References of NDJSON lead where they say, or need all resources of the input. There are no fullUrls.
class LineReferences final : public fhir::ReferenceResolver {
 public:
  std::string Resolve(json::Value reference) const override {
    const std::string_view literal = fhir::LiteralOf(reference);
    const fhir::Reference parsed = fhir::ParseReference(literal);
    if (parsed.kind == fhir::ReferenceKind::kRelative) {
      const bool bare = parsed.type.size() + 1 + parsed.id.size() == literal.size();
      return bare ? std::string(literal) : std::string(parsed.type) + "/" + std::string(parsed.id);
    }
    const bool logical = parsed.kind == fhir::ReferenceKind::kNone && reference["identifier"];
    if (logical || parsed.kind == fhir::ReferenceKind::kConditional) needs_all_ = true;
    return {};
  }
  bool needs_all() const { return needs_all_; }

 private:
  mutable bool needs_all_ = false;
};

// Where a line is that is of interest if its patient is.
struct Noted {
  std::uint64_t place = 0;
  std::uint32_t input = 0;
  std::uint32_t patient = 0;  // a hash
};

std::uint64_t HashOf(std::string_view type, std::string_view id) {
  const std::uint64_t hash = std::hash<std::string_view>{}(id);
  return (hash ^ (hash >> 29U)) * 0xBF58476D1CE4E5B9U + std::hash<std::string_view>{}(type);
}
std::uint32_t PatientHash(std::string_view id) {
  return static_cast<std::uint32_t>(std::hash<std::string_view>{}(id) >> 16U);
}
std::string_view IdOf(std::string_view reference) { return reference.substr(reference.find('/') + 1); }

// Type and id of a line that begins with them, as nearly all do. Of a line that Look found sound they are those of the
// resource, for no key occurs twice.
std::optional<std::uint64_t> QuickHashOf(std::string_view line) {
  constexpr std::string_view kBegin = R"({"resourceType":")";
  constexpr std::string_view kBetween = R"(","id":")";
  if (!line.starts_with(kBegin)) return std::nullopt;
  const std::size_t type_end = line.find('"', kBegin.size());
  if (type_end == std::string_view::npos || !line.substr(type_end).starts_with(kBetween)) return std::nullopt;
  const std::size_t id = type_end + kBetween.size();
  const std::size_t id_end = line.find('"', id);
  if (id_end == std::string_view::npos || !fhir::IsId(line.substr(id, id_end - id))) return std::nullopt;
  return HashOf(line.substr(kBegin.size(), type_end - kBegin.size()), line.substr(id, id_end - id));
}

class Stream {
 public:
  Stream(const std::vector<ReplayInput>& inputs, const Rulebook& rules, bool sieved, std::vector<Error>& errors)
      : inputs_(inputs), rules_(rules), sieve_(*rules.mapper), sieved_(sieved), errors_(errors) {}

  // False where the input must be read as a whole.
  Result<bool> Run() {
    for (std::uint32_t input = 0; input < inputs_.size(); ++input) {
      ADAPTER_TRY(lines, IsLines(input));
      if (!lines) return false;
      ADAPTER_TRY_STATUS(ForEachLine(input, [&](std::string_view line, std::uint64_t place, std::size_t number) {
        First(line, {.place = place, .input = input}, number);
        return !whole_ && !references_.needs_all();
      }));
      if (whole_ || references_.needs_all()) return false;
    }
    errors_.insert(errors_.end(), problems_.begin(), problems_.end());
    ADAPTER_TRY_STATUS(SettleRepeated());
    ADAPTER_TRY_STATUS(ReadNoted());
    return !references_.needs_all();
  }

  ReplayFacts TakeFacts() { return std::move(facts_); }

 private:
  Result<LineSource> Open(std::uint32_t input) const {
    if (!inputs_[input].in_file) return LineSource::OfText(inputs_[input].text);
    return LineSource::OfFile(inputs_[input].name);
  }

  // NDJSON: the first line is JSON by itself, and there are others.
  Result<bool> IsLines(std::uint32_t input) {
    ADAPTER_TRY(source, Open(input));
    std::string_view line;
    std::uint64_t place = 0;
    if (!source.Next(line, place) || !json::Parse(line, json::Limits::ForFiles()).ok()) return false;
    while (source.Next(line, place)) {
      if (line.find_first_not_of(" \t\r") != std::string_view::npos) return true;
    }
    return false;
  }

  // `body(line, place, number)` until it answers false; blank lines are counted and left out.
  template <class Body>
  Status ForEachLine(std::uint32_t input, Body&& body) {
    ADAPTER_TRY(source, Open(input));
    std::string_view line;
    std::uint64_t place = 0;
    for (std::size_t number = 1; source.Next(line, place); ++number) {
      if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
      if (!body(line, place, number)) return {};
    }
    return source.status();
  }

  void First(std::string_view line, Noted noted, std::size_t number) {
    if (!sieved_) return ReadLine(line, noted, number);
    const Sieve::Glance glance = sieve_.Look(line);
    switch (glance.need) {
    case Sieve::Need::kUnread:
      return;
    case Sieve::Need::kContext:
      if (!glance.patient.empty()) {
        noted.patient = PatientHash(glance.patient);
        noted_.push_back(noted);
      }
      [[fallthrough]];
    case Sieve::Need::kNothing:
      identities_.push_back(HashOf(glance.type, glance.id));
      return;
    case Sieve::Need::kFacts:
    case Sieve::Need::kUnsure:
      return ReadLine(line, noted, number);
    }
  }

  // Parses and extracts; what is wrong with the line is said.
  void ReadLine(std::string_view line, Noted noted, std::size_t number) {
    const auto document = json::Parse(line, json::Limits::ForFiles());
    if (!document.ok()) {
      errors_.push_back(MakeError(document.error().code, PlaceOf(noted, number), document.error().detail));
      return;
    }
    const json::Value root = document->root();
    if (fhir::IsBundle(root)) {
      whole_ = true;
      return;
    }
    const std::string reference = fhir::ReferenceTo(root);
    if (reference.empty()) {
      fhir::ResourceSet set;  // it knows what to say
      set.Add(*document, PlaceOf(noted, number));
      problems_.insert(problems_.end(), set.problems().begin(), set.problems().end());
      return;
    }
    const std::string_view type = fhir::TypeOf(root);
    if (!sieve_.Reads(type)) return;
    identities_.push_back(HashOf(type, IdOf(reference)));
    Take(Extract(root, reference), noted);
  }

  std::string PlaceOf(const Noted& noted, std::size_t number) const {
    return inputs_[noted.input].name + ":" + std::to_string(number);
  }

  mapping::Extraction Extract(json::Value resource, std::string_view reference) {
    mapping::ExtractOptions options;
    options.zone = &rules_.zone;
    options.references = &references_;
    options.reference = reference;
    options.runner = &runner_;
    return rules_.mapper->Extract(resource, options);
  }

  void Take(mapping::Extraction extraction, Noted noted) {
    facts_.rejected.insert(facts_.rejected.end(), extraction.rejections.begin(), extraction.rejections.end());
    KeepMedications(extraction, facts_);
    if (extraction.patient.empty()) return;
    noted.patient = PatientHash(IdOf(extraction.patient));
    if (extraction.facet_procedure) followed_.insert(noted.patient);
    const clinical::PatientFact& patient = extraction.facts.patient;
    const bool linked = !patient.replaces.empty() || !patient.replaced_by.empty();
    if (linked || kept_ < kKeptMax || followed_.contains(noted.patient)) {
      ++kept_;
      Keep(std::move(extraction));
    } else {
      noted_.push_back(noted);
    }
  }

  // Resources of one patient often stand together.
  void Keep(mapping::Extraction extraction) {
    if (last_ == nullptr || last_->first != extraction.patient) {
      last_ = &*facts_.patients.try_emplace(extraction.patient).first;
    }
    mapping::Append(last_->second, std::move(extraction));
  }

  // Of a resource that occurs more than once the newest state counts: only now all of them are known.
  Status SettleRepeated() {
    std::sort(identities_.begin(), identities_.end());
    std::vector<std::uint64_t> repeated;
    for (std::size_t i = 1; i < identities_.size(); ++i) {
      if (identities_[i] == identities_[i - 1]) repeated.push_back(identities_[i]);
    }
    identities_ = {};
    if (repeated.empty()) return {};
    fhir::ResourceSet set;
    for (std::uint32_t input = 0; input < inputs_.size(); ++input) {
      ADAPTER_TRY_STATUS(ForEachLine(input, [&](std::string_view line, std::uint64_t, std::size_t) {
        AddRepeated(line, repeated, set);
        return true;
      }));
    }
    const auto& resources = set.Finish();
    for (const auto& resource : resources) settled_.push_back(resource.reference);
    const auto is_settled = [this](const clinical::Rejection& rejection) {
      return IsSettled(rejection.source.resource);
    };
    std::erase_if(facts_.rejected, is_settled);
    for (auto& [patient, facts] : facts_.patients) mapping::RemoveAll(facts, settled_);
    for (const std::string& reference : settled_) facts_.medications.erase(reference);
    for (const auto& resource : resources) {
      auto extraction = Extract(resource.resource, resource.reference);
      facts_.rejected.insert(facts_.rejected.end(), extraction.rejections.begin(), extraction.rejections.end());
      KeepMedications(extraction, facts_);
      if (!extraction.patient.empty()) Keep(std::move(extraction));
    }
    return {};
  }

  bool IsSettled(std::string_view reference) const {
    return std::binary_search(settled_.begin(), settled_.end(), reference, std::less<>());
  }

  void AddRepeated(std::string_view line, const std::vector<std::uint64_t>& repeated, fhir::ResourceSet& set) const {
    const auto is_repeated = [&repeated](std::string_view type, std::string_view id) {
      return std::binary_search(repeated.begin(), repeated.end(), HashOf(type, id));
    };
    if (const auto quick = QuickHashOf(line); quick && !std::binary_search(repeated.begin(), repeated.end(), *quick)) {
      return;
    }
    const Sieve::Glance glance = sieve_.Look(line);
    if (glance.need == Sieve::Need::kUnread) return;
    if (glance.need != Sieve::Need::kUnsure && !is_repeated(glance.type, glance.id)) return;
    auto document = json::Parse(line, json::Limits::ForFiles());
    if (!document.ok()) return;
    const std::string reference = fhir::ReferenceTo(document->root());
    if (!reference.empty() && is_repeated(fhir::TypeOf(document->root()), IdOf(reference))) {
      set.Add(std::move(*document), {});
    }
  }

  // Patients with a facet procedure, and whom the links of patients join to them.
  std::set<std::uint32_t> FindFollowed() const {
    std::set<std::uint32_t> followed;
    for (const auto& [patient, facts] : facts_.patients) {
      if (!facts.procedures.empty()) followed.insert(PatientHash(IdOf(patient)));
    }
    for (bool grown = true; grown;) {
      const std::size_t before = followed.size();
      for (const auto& [patient, facts] : facts_.patients) {
        std::vector<std::string> group = facts.patient.replaces;
        group.insert(group.end(), facts.patient.replaced_by.begin(), facts.patient.replaced_by.end());
        if (group.empty()) continue;
        group.push_back(patient);
        const auto known = [&](const std::string& one) { return followed.contains(PatientHash(IdOf(one))); };
        if (std::none_of(group.begin(), group.end(), known)) continue;
        for (const auto& one : group) followed.insert(PatientHash(IdOf(one)));
      }
      grown = followed.size() > before;
    }
    return followed;
  }

  Status ReadNoted() {
    const std::set<std::uint32_t> followed = FindFollowed();
    std::erase_if(facts_.patients,
                  [&](const auto& entry) { return !followed.contains(PatientHash(IdOf(entry.first))); });
    last_ = nullptr;  // perhaps one of those
    std::uint32_t open = static_cast<std::uint32_t>(inputs_.size());
    std::optional<LineSource> source;
    for (const Noted& noted : noted_) {
      if (!followed.contains(noted.patient)) continue;
      const ReplayInput& input = inputs_[noted.input];
      std::string_view line = std::string_view(input.text).substr(input.in_file ? 0 : noted.place);
      line = line.substr(0, line.find('\n'));
      std::string read;
      if (input.in_file) {
        if (open != noted.input) {
          ADAPTER_TRY(opened, Open(noted.input));
          source = std::move(opened);
          open = noted.input;
        }
        ADAPTER_TRY(text, source->LineAt(noted.place));
        read = std::move(text);
        line = read;
      }
      ReadAgain(line);
    }
    for (auto& [patient, facts] : facts_.patients) mapping::Merge(facts, {});  // in order
    return {};
  }

  void ReadAgain(std::string_view line) {
    const auto document = json::Parse(line, json::Limits::ForFiles());
    if (!document.ok()) return;
    const std::string reference = fhir::ReferenceTo(document->root());
    if (reference.empty() || IsSettled(reference)) return;
    auto extraction = Extract(document->root(), reference);
    if (!extraction.patient.empty()) Keep(std::move(extraction));
  }

  const std::vector<ReplayInput>& inputs_;
  const Rulebook& rules_;
  Sieve sieve_;
  bool sieved_;
  std::vector<Error>& errors_;
  std::vector<Error> problems_;
  LineReferences references_;
  mapping::views::Runner runner_;
  ReplayFacts facts_;
  std::pair<const std::string, clinical::PatientFacts>* last_ = nullptr;  // in facts_.patients
  bool whole_ = false;                                                    // something that a stream cannot take was met
  std::size_t kept_ = 0;
  std::set<std::uint32_t> followed_;      // hashes of patients with a facet procedure so far
  std::deque<std::uint64_t> identities_;  // of every resource of a type that views read
  std::deque<Noted> noted_;
  std::vector<std::string> settled_;  // references of resources that occur more than once, sorted
};

}  // namespace

Result<std::optional<ReplayFacts>> ReadStream(const std::vector<ReplayInput>& inputs, const Rulebook& rules,
                                              bool sieved, std::vector<Error>& errors) {
  Stream stream(inputs, rules, sieved, errors);
  ADAPTER_TRY(done, stream.Run());
  if (!done) return std::optional<ReplayFacts>();
  return std::optional<ReplayFacts>(stream.TakeFacts());
}

}  // namespace facet::app

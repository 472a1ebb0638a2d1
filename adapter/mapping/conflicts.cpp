// Codes of which two artefacts say what cannot both be true: pain and relief, left and right. An error of Load, because
// which of them wins would depend on the order of files.
#include "adapter/fhir/codings.hpp"
#include "adapter/mapping/lint.hpp"
#include "adapter/mapping/terminology/terminology.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

namespace facet::mapping {
namespace {

// Questions with one answer: a side is left or right. Regions, kinds and findings may be several.
constexpr std::array kOneAnswer = {Target::kInstrument, Target::kSide,   Target::kApproach, Target::kIntent,
                                   Target::kSetting,    Target::kStatus, Target::kNumber,   Target::kUnit};

struct Claim {
  const FhirArtefact* artefact = nullptr;
  std::string pointer;
  std::string system;  // as written
  Target target = Target::kFact;
  std::string answer;
};

std::string AnswerOf(const Concept& one, Target target, bool remaining) {
  if (target != Target::kInstrument) return one.code;
  // Instruments of one kind are alternatives, tried in their order.
  return one.fact == "relief" ? (remaining ? "percent remaining" : "percent relief") : one.fact;
}

class ConflictFinder {
 public:
  ConflictFinder(const Terminology& terminology, std::vector<Error>& errors)
      : terminology_(terminology), errors_(errors) {}

  void ReadMap(const FhirArtefact& artefact) {
    std::size_t group_index = 0;
    for (const json::Value group : artefact.root()["group"].elements()) {
      const std::string pointer = "/group/" + std::to_string(group_index++) + "/element/";
      // The longest prefix speaks: a shorter one may say something else.
      if (CodesArePatterns(group)) continue;
      std::size_t index = 0;
      for (const json::Value element : group["element"].elements()) {
        ReadElement(artefact, group, element, pointer + std::to_string(index++));
      }
    }
  }

  void Report() {
    for (const auto& [coding, claims] : claims_) {
      for (std::size_t later = 1; later < claims.size(); ++later) {
        const auto contradicts = [&claim = claims[later]](const Claim& earlier) {
          return earlier.target == claim.target && earlier.answer != claim.answer &&
                 // Alternatives of one element are in order; what one artefact says in two places is not.
                 (earlier.artefact != claim.artefact || earlier.pointer != claim.pointer);
        };
        const auto end = claims.begin() + static_cast<std::ptrdiff_t>(later);
        const auto found = std::find_if(claims.begin(), end, contradicts);
        if (found == end) continue;
        ReportOne(coding, *found, claims[later]);
        break;
      }
    }
  }

 private:
  static bool CodesArePatterns(json::Value group) {
    bool patterns = false;
    ForEachExtension(group, "https://facet-adapter.org/fhir/StructureDefinition/code-match",
                     [&patterns](json::Value it) { patterns = it["valueCode"].string() != "exact"; });
    return patterns || fhir::IsIcd10(fhir::NormalizeSystem(group["source"].string()));
  }

  void ReadElement(const FhirArtefact& artefact, json::Value group, json::Value element, const std::string& pointer) {
    const std::string_view system = WithoutVersion(group["target"].string());
    const auto target = TargetOf(system);
    const std::pair<std::string, std::string> coding(fhir::NormalizeSystem(group["source"].string()),
                                                     fhir::CleanCode(element["code"].string()));
    for (const json::Value to : element["target"].elements()) {
      const std::string_view equivalence = to["equivalence"].string();
      if (equivalence == "unmatched" || equivalence == "disjoint") continue;
      if (target) {
        const Concept* one = terminology_.ConceptOf(*target, fhir::CleanCode(to["code"].string()));
        bool remaining = false;
        for (const json::Value product : to["product"].elements()) {
          remaining = remaining || product["value"].string() == "remaining";
        }
        if (one != nullptr)
          Add(coding, group["source"].string(), artefact, pointer, *target, AnswerOf(*one, *target, remaining));
        continue;
      }
      const RawCoding translated{system, to["code"].string()};
      std::vector<Found> found;
      terminology_.Find({&translated, 1}, ~TypeMask{0}, found);
      for (const Found& one : found) {
        Add(coding, group["source"].string(), artefact, pointer, one.meaning->target,
            AnswerOf(*one.meaning->answer, one.meaning->target, one.meaning->remaining));
      }
    }
  }

  void Add(const std::pair<std::string, std::string>& coding, std::string_view system, const FhirArtefact& artefact,
           const std::string& pointer, Target target, std::string answer) {
    if (std::find(kOneAnswer.begin(), kOneAnswer.end(), target) == kOneAnswer.end()) return;
    claims_[coding].push_back({&artefact, pointer, std::string(system), target, std::move(answer)});
  }

  void ReportOne(const std::pair<std::string, std::string>& coding, const Claim& a, const Claim& b) {
    // The place to mend is the site's.
    const bool first_is_shipped = a.artefact->origin == "shipped";
    const Claim& here = first_is_shipped ? b : a;
    const Claim& there = first_is_shipped ? a : b;
    errors_.push_back(MakeError(
        ErrorCode::kMappingConflict, PlaceOf(*here.artefact, here.pointer),
        here.system + "|" + coding.second + " is \"" + here.answer + "\" by " + here.artefact->origin + " and \"" +
            there.answer + "\" by " + there.artefact->origin + " (" + PlaceOf(*there.artefact, there.pointer) +
            "): remove one of the two; to overrule another layer, replace or retire its artefact " +
            there.artefact->url));
  }

  const Terminology& terminology_;
  std::vector<Error>& errors_;
  std::map<std::pair<std::string, std::string>, std::vector<Claim>> claims_;
};

}  // namespace

void CheckConflicts(const std::vector<FhirArtefact>& artefacts, const Terminology& terminology,
                    std::vector<Error>& errors) {
  ConflictFinder finder(terminology, errors);
  for (const FhirArtefact& artefact : artefacts) {
    if (artefact.type == "ConceptMap") finder.ReadMap(artefact);
  }
  finder.Report();
}

}  // namespace facet::mapping

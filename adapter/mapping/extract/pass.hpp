#pragma once
// One resource being read: what the extractors of all shapes share. An extractor knows the shape of a fact and the
// order of the rules; what a code, a word or a unit means it asks Terminology.
//
// Thread: one Pass, one thread. Owns: what the rows of one resource have in common until Finish.
// Errors: none; a mapped resource that is no fact becomes a Rejection (clinical specification, section 1).
#include "adapter/clinical/facts.hpp"
#include "adapter/mapping/extract/row.hpp"
#include "adapter/mapping/mapper.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace facet::mapping {

// The concepts of CodeSystem/status.
enum class FactStatus : std::uint8_t {
  kMissing,
  kFinal,
  kPreliminary,
  kNotYet,
  kNever,
  kEnteredInError,
  kActive,
  kInactive,
  kRefuted
};

struct TimeReading {
  std::optional<clinical::ClinicalTime> time;
  bool invalid = false;  // something was written that is no FHIR time
};

// Regions as sets of the three parts of the spine, so that evidence can be narrowed step by step.
using RegionSet = std::uint8_t;
inline constexpr RegionSet kCervicalPart = 1;
inline constexpr RegionSet kThoracicPart = 2;
inline constexpr RegionSet kLumbarPart = 4;
inline constexpr RegionSet kAllParts = kCervicalPart | kThoracicPart | kLumbarPart;
// Of CodeSystem/region, and of "back" and "spine".
RegionSet RegionSetOf(std::string_view concept_code) noexcept;
clinical::Region RegionOf(RegionSet set) noexcept;
// Several names of one place narrow it ("back" and "lumbar"); names of different places are all meant.
class RegionFold {
 public:
  void Add(RegionSet set) noexcept;
  RegionSet value() const noexcept { return any_ != 0 && all_ != 0 ? all_ : any_; }  // 0: nothing was said

 private:
  RegionSet any_ = 0;
  RegionSet all_ = kAllParts;
};
RegionSet RegionsIn(const std::vector<Found>& found) noexcept;
struct RegionEvidence {
  RegionSet body_site = 0;
  RegionSet code = 0;
  RegionSet reason = 0;
  RegionSet text = 0;
};
struct RegionReading {
  clinical::Region region = clinical::Region::kUnknown;
  bool not_cervical = false;   // of unknown region, but the back
  bool contradiction = false;  // the body site contradicts the code's family; the code won
};

class Pass {
 public:
  Pass(const Terminology& terminology, std::string_view resource_type, const ExtractOptions& options, Extraction& out)
      : terminology_(terminology), type_(terminology.TypeBit(resource_type)), options_(options),
        server_(options.server_base), out_(out) {}

  void Read(Shape shape, const Row& row);
  // After the last row: a resource with several rows becomes its facts here.
  void Finish();

  Extraction& out() noexcept { return out_; }

  // extract/common.cpp
  std::vector<Found> Find(std::span<const RawCoding> codings) const;
  std::vector<Found> Find(const Row& row, Role role) const { return Find(row.Codings(role)); }
  std::vector<const Concept*> InText(Target target, const Row& row, std::initializer_list<Field> fields) const;
  // Of several statuses (clinical and verification) the one that says most against a fact.
  FactStatus StatusOf(const Row& row) const;
  // "Type/id" of what the reference in this field leads to; "" unless it is of that type.
  std::string ReferenceTo(std::string_view type, const Row& row, Field field) const;
  std::vector<std::string> ReferencesTo(std::string_view type, const Row& row,
                                        std::initializer_list<Field> fields) const;
  // Of a resource that gave no row: by the elements that R4 uses for it; "" where it is nobody known.
  std::string PatientOf(json::Value resource) const;
  bool FindPatient(const Row& row);  // sets out().patient; false where it is nobody known
  void Reject(clinical::RejectReason reason);
  // Rejects what has no patient, and what has no time or a time that is none. False: rejected.
  bool Admit(const Row& row, const TimeReading& time);
  void AddInterventions(const std::vector<clinical::InterventionKind>& kinds, const Row& row,
                        const RegionReading& region, const std::optional<clinical::ClinicalTime>& time, bool order);

  // extract/times.cpp
  TimeReading PointInTime(const Row& row) const;  // of an Observation or report
  TimeReading Start(const Row& row) const;        // of a Procedure
  std::optional<clinical::ClinicalTime> End(const Row& row, const clinical::ClinicalTime& start) const;
  std::optional<clinical::ClinicalTime> OneTime(std::string_view text) const;

 private:
  // A reading of one row: of the observation, or of one of its components.
  struct Candidate {
    const Concept* instrument = nullptr;
    Decimal value;
    std::string unit;
    bool component = false;
    std::optional<clinical::RejectReason> reject;
  };
  // What the rows of one Observation have in common.
  struct ScoreFrame {
    FactStatus status = FactStatus::kMissing;
    TimeReading time;
    clinical::PainScore base;  // region, site, encounter, links
  };

  const fhir::ReferenceResolver& resolver() const noexcept;
  void ReadProcedure(const Row& row);
  void ReadScore(const Row& row);
  void ReadStatement(const Row& row);
  void ReadOrder(const Row& row);
  void ReadStudy(const Row& row);
  void ReadAdministration(const Row& row);
  void ReadEncounter(const Row& row);
  void ReadPatient(const Row& row);
  void ReadMedication(const Row& row);
  // The drug stands in a Medication of its own, or has no code at all. One that is contained is read by the view, as a
  // code of this resource.
  void AddDrugReference(const Row& row, std::vector<std::string> procedures);

  // extract/regions.cpp: of what may name its reasons by reference; those are kept where they may decide.
  RegionReading ReadReasonedRegion(const Row& row);
  // extract/procedure.cpp
  void AddFacet(const Row& row, const std::vector<Found>& codes, const RegionReading& region,
                const clinical::ClinicalTime& start);
  void ReadIntent(const Row& row, const std::vector<Found>& codes, clinical::FacetProcedure& into) const;
  clinical::Approach ReadApproach(const Row& row, const std::vector<Found>& codes) const;
  // extract/score.cpp
  ScoreFrame MakeFrame(const Row& row);
  void ReadSite(const Row& row, clinical::PainScore& into) const;
  Candidate ReadCandidate(const Row& row, const std::vector<Found>& instruments) const;
  std::optional<std::string> UnitOf(const Row& row) const;
  void AddScore(const Candidate& candidate);
  void FinishScores();

  const Terminology& terminology_;
  TypeMask type_;
  const ExtractOptions& options_;
  fhir::ServerReferences server_;
  Extraction& out_;
  std::optional<ScoreFrame> frame_;
  std::vector<Candidate> candidates_;
  std::size_t score_rows_ = 0;
};

RegionReading DecideRegion(const RegionEvidence& evidence) noexcept;
RegionReading ReadRegion(const Pass& pass, const Row& row);
RegionEvidence ReadRegionEvidence(const Pass& pass, const Row& row);
// left + right = bilateral.
clinical::Side ReadSide(const Pass& pass, const Row& row);

template <class Enum>
std::vector<Enum> EnumsIn(const std::vector<Found>& found, Target target) {
  std::vector<Enum> out;
  for (const Found& one : found) {
    if (one.meaning->target != target) continue;
    if (const auto value = clinical::FromName<Enum>(one.meaning->answer->code)) out.push_back(*value);
  }
  return out;
}
bool Has(const std::vector<Found>& found, Target target, std::string_view concept_code) noexcept;
void AddCautions(const std::vector<Found>& found, const clinical::Source& source, bool active,
                 clinical::PatientFacts& into);
// Mapper::Join, in extract/drugs.cpp and extract/regions.cpp.
void JoinDrugs(const Terminology& terminology, clinical::PatientFacts& facts);
void JoinReasons(clinical::PatientFacts& facts);

}  // namespace facet::mapping

#pragma once
// The closed lists of the clinical specification: regions, approaches, instruments, kinds of facts, and their texts.
//
// In the flow: mapping chooses among them, judgement and guide decide by them, the operator's contract prints them.
// Thread: values. Errors: a text that is on no list is nullopt.
#include <cstdint>
#include <optional>
#include <string_view>

namespace facet::clinical {

enum class Region : std::uint8_t { kUnknown, kCervical, kThoracic, kLumbar, kCervicothoracic };

enum class Side : std::uint8_t { kUnknown, kLeft, kRight, kBilateral };

enum class Approach : std::uint8_t { kUnknown, kIntraArticular, kMedialBranch };

enum class Intent : std::uint8_t { kTherapeutic, kDiagnostic };

// In the order of their strength ("first hit"), the default last.
enum class IntentReason : std::uint8_t { kKx, kCategory, kText, kDrugs, kDefault };

enum class InterventionKind : std::uint8_t {
  kRfa,
  kSiInjection,
  kSiRfa,
  kSiFusion,
  kEpidural,
  kTriggerPoint,
  kScsTrial,
  kScsImplant,
  kScsLead,
  kScsGenerator,
  kFusion,
  kLaminectomy,
  kForaminotomy,
  kMri,
  kCt,
  kSpect,
  kPhysicalTherapy,
  kPsychologicalTherapy,
  kPainEducation,
  kFacetSession,  // orders only: a facet session that was done is a FacetProcedure
};

enum class Setting : std::uint8_t { kUnknown, kSpine, kAmbulatory, kUnrelated };

// Table order of the instruments: the first hit of several codings, and the first shown of several judgements.
enum class Instrument : std::uint8_t {
  kNrs,
  kVas10,
  kVas100,
  kFaces,
  kNrsWeek,
  kPercentRelief,
  kOdi,
  kNdi,
  kPeg,
  kBpi
};

enum class FindingKind : std::uint8_t {
  kRadiculopathy,
  kStenosis,
  kStenosisClaudication,
  kDiscHerniation,
  kSpondylolisthesisOrInstability,
  kSiJointDysfunction,
  kMyofascial,
  kChronicPain,
  kNeuropathicOrCrps,
  kAnxietyDepressionOrFearAvoidance,
  kFacetArthropathy,
  kLegPain,
  kDeformity,
  kFracture,
  kRedFlag,
};

enum class CautionKind : std::uint8_t {
  kAnticoagulant,
  kCoagulopathy,
  kLocalAnaestheticAllergy,
  kContrastAllergy,
  kSteroidAllergy,
  kActiveInfection,
  kCardiacImplant,
  kNeurostimulator,
  kPregnancy,
  kPriorFusion,
};

// Questionnaire results the guide asks for (PHQ-9, GAD-7).
enum class ScreenKind : std::uint8_t { kPhq9, kGad7 };

// Why a resource with a mapped code is not a fact. A closed list (operator's contract, `rejected` lines).
enum class RejectReason : std::uint8_t {
  kOutOfRange,
  kComparator,
  kDataAbsent,
  kStatus,
  kPreliminary,
  kEnteredInError,
  kUnit,
  kNotANumber,
  kNoValue,
  kNoTime,
  kNoPatient,
  kUnmappedCode,
  kInvalid,
};

// The stable texts of the contract: "medial-branch", "vas-100", "rfa", "out-of-range", ... and back (nullopt: unknown
// text).
std::string_view NameOf(Region value) noexcept;
std::string_view NameOf(Side value) noexcept;
std::string_view NameOf(Approach value) noexcept;
std::string_view NameOf(Intent value) noexcept;
std::string_view NameOf(IntentReason value) noexcept;
std::string_view NameOf(InterventionKind value) noexcept;
std::string_view NameOf(Setting value) noexcept;
std::string_view NameOf(Instrument value) noexcept;
std::string_view NameOf(FindingKind value) noexcept;
std::string_view NameOf(CautionKind value) noexcept;
std::string_view NameOf(ScreenKind value) noexcept;
std::string_view NameOf(RejectReason value) noexcept;
template <class Enum>
std::optional<Enum> FromName(std::string_view name) noexcept;  // instantiated for the enums above

// cervicothoracic is compatible with cervical and thoracic, unknown with all (section 1, Region).
bool Compatible(Region a, Region b) noexcept;

}  // namespace facet::clinical

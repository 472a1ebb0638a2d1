#pragma once
// Facts: the small normalised values that everything downstream works on (clinical specification, section 1).
// `mapping` makes them from resources; `clinical` judges them; `guide` cites them; `engine` keeps them.
//
// A fact keeps the reference and version of the resource it came from, so that a correction replaces it and an
// explanation can cite it. Facts of one resource are replaced together: key = `source`.
// Thread: values. Errors: none; what cannot become a fact is a Rejection.
#include "adapter/base/decimal.hpp"
#include "adapter/base/time.hpp"
#include "adapter/clinical/kinds.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace facet::clinical {

// Where a fact came from: "Observation/o1" and its meta.versionId ("" where the server gave none).
struct Source {
  std::string resource;
  std::string version;
  friend auto operator<=>(const Source&, const Source&) = default;
};

// A clinical time: the interval it may lie in, and what was written.
struct ClinicalTime {
  FhirDateTime written;
  UtcInstant earliest;  // first instant it can mean in the site's time zone
  UtcInstant latest;    // exclusive end
  bool issued = false;  // taken from `issued`, for want of an effective time
  bool date_only() const noexcept { return written.precision == Precision::kDay; }
  bool has_time() const noexcept { return written.has_time(); }
  friend bool operator==(const ClinicalTime&, const ClinicalTime&) = default;
};

// A Procedure that is, or is a line of, a facet session.
struct FacetProcedure {
  Source source;
  ClinicalTime start;
  std::optional<ClinicalTime> end;  // already dropped where it is before the start or more than 24 h after it
  Region region = Region::kUnknown;
  bool not_cervical = false;  // body site "back" (SNOMED 77568009): anything but cervical
  Side side = Side::kUnknown;
  bool add_on = false;  // an add-on line (second, third level): one joint more in its session
  Approach approach = Approach::kUnknown;
  std::optional<Intent> intent;  // by evidence of steps 1 to 3 only; drugs and default are the session's business
  IntentReason intent_reason = IntentReason::kDefault;
  bool steroid_used = false;      // Procedure.usedCode
  bool anaesthetic_used = false;  // Procedure.usedCode
  std::string encounter;          // "Encounter/e1" or ""
  friend bool operator==(const FacetProcedure&, const FacetProcedure&) = default;
};

struct Intervention {
  Source source;
  InterventionKind kind = InterventionKind::kRfa;
  Region region = Region::kUnknown;
  bool not_cervical = false;
  Side side = Side::kUnknown;
  std::optional<ClinicalTime> time;
  bool order = false;  // an active ServiceRequest, not something done
  std::string encounter;
  friend bool operator==(const Intervention&, const Intervention&) = default;
};

struct PainScore {
  Source source;
  Instrument instrument = Instrument::kNrs;
  Decimal value;
  ClinicalTime time;
  Region region = Region::kUnknown;  // of its body site
  bool spine_site = false;           // body site is a region of the spine
  bool limb_site = false;            // body site is a limb or another part that is not the spine
  bool lower_limb = false;           // body site is the lower limb (leg pain)
  bool not_cervical = false;         // body site "back": anything but cervical (region stays unknown)
  std::string encounter;             // its class is looked up in PatientFacts::encounters
  std::vector<std::string> linked;   // procedures in partOf or focus: "Procedure/p1"
  bool preliminary = false;          // kept and shown, never decides
  friend bool operator==(const PainScore&, const PainScore&) = default;
};

struct PercentRelief {
  Source source;
  Decimal percent;  // towards relief, 0..100
  ClinicalTime time;
  std::vector<std::string> linked;
  bool preliminary = false;
  friend bool operator==(const PercentRelief&, const PercentRelief&) = default;
};

struct FunctionScore {
  Source source;
  Instrument instrument = Instrument::kOdi;
  Decimal value;
  std::string unit;  // "percent", "score" or "" (CodeSystem unit); compared only with the same unit
  ClinicalTime time;
  bool preliminary = false;
  friend bool operator==(const FunctionScore&, const FunctionScore&) = default;
};

struct Finding {
  Source source;
  FindingKind kind = FindingKind::kRadiculopathy;
  Region region = Region::kUnknown;
  bool active = true;
  std::optional<ClinicalTime> onset;
  std::optional<ClinicalTime> recorded;
  bool fracture_code = false;  // M48.4, M48.5, M80.x8: red for 12 months, then a fracture
  friend bool operator==(const Finding&, const Finding&) = default;
};

struct Caution {
  Source source;
  CautionKind kind = CautionKind::kAnticoagulant;
  bool active = true;
  std::string label;  // our own words for the code, e.g. "antiplatelet"
  friend bool operator==(const Caution&, const Caution&) = default;
};

struct Screen {
  Source source;
  ScreenKind kind = ScreenKind::kPhq9;
  Decimal value;
  ClinicalTime time;
  friend bool operator==(const Screen&, const Screen&) = default;
};

struct PatientFact {
  Source source;
  bool present = false;  // a Patient resource was read
  bool deceased = false;
  bool active = true;
  bool test_patient = false;  // security label HTEST
  bool restricted = false;    // security label R, V or a site's own
  std::optional<FhirDateTime> birth_date;
  std::vector<std::string> replaced_by;  // Patient.link type replaced-by
  std::vector<std::string> replaces;
  friend bool operator==(const PatientFact&, const PatientFact&) = default;
};

// An Encounter: its class decides the setting of scores.
struct EncounterFact {
  Source source;
  std::string class_code;
  Setting setting = Setting::kUnknown;  // kUnrelated, kAmbulatory or unknown, by the class (a table of the mappings)
  friend bool operator==(const EncounterFact&, const EncounterFact&) = default;
};

// A Procedure that is neither a facet session nor an intervention; it can make its encounter unrelated.
struct OtherProcedure {
  Source source;
  ClinicalTime start;
  std::string encounter;
  friend bool operator==(const OtherProcedure&, const OtherProcedure&) = default;
};

// Guidance found on a DiagnosticReport or ImagingStudy: a nerve-block code of that day makes an unknown approach
// medial branch.
struct NerveBlockGuidance {
  Source source;
  ClinicalTime time;
  Region region = Region::kUnknown;  // what the code's name says
  friend bool operator==(const NerveBlockGuidance&, const NerveBlockGuidance&) = default;
};

// A MedicationAdministration that is part of a procedure: step 4 of the intent ladder.
struct DrugGiven {
  Source source;
  std::string procedure;  // "Procedure/p1"
  bool steroid = false;
  bool anaesthetic = false;
  friend bool operator==(const DrugGiven&, const DrugGiven&) = default;
};

struct Coding {
  std::string system;
  std::string code;
  friend bool operator==(const Coding&, const Coding&) = default;
};

// A Medication: what its codes say holds of the resources that name it by reference (Mapper::Join). At least one code.
struct Medication {
  Source source;
  std::vector<Coding> codes;
  friend bool operator==(const Medication&, const Medication&) = default;
};

// A drug in force, or given at procedures, that stands in a resource of its own, or is named by words alone. One that
// no Medication at hand answers could be any drug.
struct DrugReference {
  Source source;
  std::string medication;               // "Medication/m1"; "" where the reference leads nowhere, or there is none
  std::vector<std::string> procedures;  // "Procedure/p1", of an administration; none: it is in force
  friend bool operator==(const DrugReference&, const DrugReference&) = default;
};

// A Condition whose code names a region of the spine, as a set of its parts (bits: 1 cervical, 2 thoracic, 4 lumbar):
// what a procedure says that names it as its reason (Mapper::Join).
struct ConditionRegion {
  Source source;
  std::uint8_t parts = 0;
  friend bool operator==(const ConditionRegion&, const ConditionRegion&) = default;
};

// A procedure, order or image whose region its reasons may decide, and these stand in Conditions of their own. Beside
// them what else says the region, each a set as above, 0 where it says nothing.
struct ReasonReference {
  Source source;
  std::vector<std::string> conditions;  // "Condition/c1"
  std::uint8_t body_site = 0;
  std::uint8_t code = 0;
  std::uint8_t reason = 0;
  std::uint8_t text = 0;
  friend bool operator==(const ReasonReference&, const ReasonReference&) = default;
};

// Everything known of one patient. Each list is ordered by source for determinism.
struct PatientFacts {
  PatientFact patient;
  std::vector<FacetProcedure> procedures;
  std::vector<Intervention> interventions;
  std::vector<PainScore> scores;
  std::vector<PercentRelief> reliefs;
  std::vector<FunctionScore> functions;
  std::vector<Finding> findings;
  std::vector<Caution> cautions;
  std::vector<Screen> screens;
  std::vector<EncounterFact> encounters;
  std::vector<OtherProcedure> other_procedures;
  std::vector<NerveBlockGuidance> nerve_blocks;
  std::vector<DrugGiven> drugs;
  std::vector<DrugReference> drug_references;
  std::vector<Medication> medications;  // those that drug references name
  std::vector<ReasonReference> reason_references;
  std::vector<ConditionRegion> condition_regions;
};

struct Rejection {
  Source source;
  RejectReason reason = RejectReason::kInvalid;
};

}  // namespace facet::clinical

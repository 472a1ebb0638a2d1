#pragma once
// The guide over one failed episode: 41 rules in, one proposal out (clinical specification, sections 4 and 5).
// The rules are data: a PlanDefinition whose conditions are FHIRPath over an evidence `Parameters` resource.
//
// Thread: a Guide is immutable after Load. Errors: Load reports every problem with its place; Propose never fails, a
//         condition that is empty, fails or rests on evidence that is not available withholds or lowers (fail closed).
#include "adapter/base/result.hpp"
#include "adapter/base/time.hpp"
#include "adapter/clinical/facts.hpp"
#include "adapter/clinical/judgement.hpp"
#include "adapter/clinical/policy.hpp"
#include "adapter/json/document.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace facet::mapping {
class Mapper;
}

namespace facet::guide {

enum class State : std::uint8_t { kSuggested, kConsider, kWithheld, kDone, kNotApplicable };
std::string_view NameOf(State state) noexcept;  // "not-applicable"

struct CautionText {
  std::string kind;      // "anticoagulant"
  std::string evidence;  // "MedicationRequest/m1/_history/2"
  std::string text;
};

struct Suggestion {
  std::string rule;  // "G32"
  State state = State::kNotApplicable;
  std::string reason;                 // a short text or closed code ("red-flag", "ordered")
  std::optional<std::string> guard;   // what blocks a withheld one: "G18", "red-flag", "policy"
  std::vector<std::string> evidence;  // versioned references
  std::vector<CautionText> cautions;
  std::vector<std::string> annotations;
};

// Which kinds of gathered evidence could be looked up. Present and absent are told apart by the facts themselves; a
// kind that is not available is never taken for absent.
struct Availability {
  bool conditions = true;
  bool medications = true;
  bool allergies = true;
  bool devices = true;
  bool imaging = true;  // ImagingStudy, DiagnosticReport
  bool orders = true;   // ServiceRequest
  bool patient = true;
};

struct Settings {
  std::string system_id;     // fhir.system_id: keys use it, never a URL
  std::string organization;  // "Organization/1" or ""
  std::string careplan_status = "draft";
  bool offline = false;              // replay: the input is complete
  std::vector<std::string> opt_out;  // patients on the site's opt-out list: "Patient/p1"
  std::string adapter_version;
};

struct Proposal {
  std::size_t session = 0;                       // index into the judgements
  std::optional<std::vector<std::string>> held;  // doubts or gates that hold it back
  std::vector<std::string> doubts;               // of the judgement, and `not-checked` of the guide's evidence
  std::vector<Suggestion> suggestions;           // all 41, in rule order
  std::string careplan_id;                       // derived from the episode; FHIR id
  std::string careplan_json;                     // canonical order is ours; "" never
  std::string provenance_id;
  std::string provenance_json;
  std::string payload_hash;  // of what it says: same evidence, same hash
};

struct Request {
  const clinical::PatientFacts* facts = nullptr;
  const std::vector<clinical::Judgement>* judgements = nullptr;
  std::size_t session = 0;  // which judgement; must be failed()
  std::string patient;      // "Patient/p1"
  std::string episode_id;   // minted once, stored; see EpisodeIdFor
  int revision = 1;         // >1 where an earlier proposal of this episode was acted on
  std::string replaces;     // "CarePlan/..." or ""
  Availability availability;
  UtcInstant now;
  const TimeZone* zone = nullptr;
};

struct SourceAttribute {
  std::string name;  // "funding"
  std::string text;
};

struct RuleText {
  std::string title;
  std::string section;  // "section 2; tip 3"
};

class Guide {
 public:
  static Result<std::shared_ptr<const Guide>> Load(const mapping::Mapper& mapper, std::vector<Error>& errors);
  // From PlanDefinition and ActivityDefinition resources; they need not outlive the call.
  static Result<std::shared_ptr<const Guide>> Load(const std::vector<json::Value>& artefacts,
                                                   std::vector<Error>& errors);
  ~Guide();
  Proposal Propose(const Request& request, const clinical::Policy& policy, const Settings& settings) const;
  // The evidence resource the conditions see, for `explain` and for people who write rules.
  std::string EvidenceJson(const Request& request, const clinical::Policy& policy, const Settings& settings) const;
  const std::string& canonical() const noexcept;  // of the PlanDefinition, with version
  // Citation, developer, funding, dates, intended use, limits, ...: what `version --sources` prints, in order.
  std::vector<SourceAttribute> SourceAttributes() const;
  // Title and guide section of a rule, for `explain`; empty for an unknown id.
  RuleText TextOf(std::string_view rule) const;

 private:
  Guide();
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Derived from the first procedure of the session and the system id, so that it can be derived again.
std::string EpisodeIdFor(const std::string& system_id, const std::string& first_procedure);
std::string CarePlanIdFor(const std::string& episode_id, int revision);
std::string ProvenanceIdFor(const std::string& careplan_id);
// The proposal's CarePlan as it is retracted: status revoked or entered-in-error, with the reason.
std::string RevokedCarePlan(const std::string& careplan_json, bool evidence_was_wrong, const std::string& reason,
                            UtcInstant now);
// The Provenance that goes with it: same id as the proposal's, activity UPDATE or NULLIFY, with the reason.
std::string RevocationProvenance(const std::string& provenance_json, bool evidence_was_wrong, const std::string& reason,
                                 UtcInstant now);

}  // namespace facet::guide

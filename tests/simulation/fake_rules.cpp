#include "tests/simulation/fake_rules.hpp"

#include "adapter/base/digest.hpp"
#include "adapter/json/writer.hpp"

#include <algorithm>

namespace facet::testing {
namespace {

std::optional<clinical::ClinicalTime> TimeOf(std::string_view text, const TimeZone& zone) {
  auto written = FhirDateTime::Parse(text);
  if (!written) return std::nullopt;
  clinical::ClinicalTime time;
  time.earliest = written->Earliest(zone);
  time.latest = written->Latest(zone);
  time.written = std::move(*written);
  return time;
}

bool HasCode(json::Value resource, std::string_view token) {
  for (const json::Value coding : resource["code"]["coding"].elements()) {
    if (std::string(coding["system"].string()) + "|" + std::string(coding["code"].string()) == token) return true;
  }
  return false;
}

void ReadProcedure(json::Value resource, const TimeZone& zone, mapping::Extraction& out) {
  const auto start = TimeOf(resource["performedDateTime"].string(), zone);
  if (!HasCode(resource, kFacetCode) || resource["status"].string() != "completed" || !start) return;
  clinical::FacetProcedure fact;
  fact.source = out.source;
  fact.start = *start;
  fact.region = clinical::Region::kLumbar;
  fact.side = clinical::Side::kLeft;
  const bool diagnostic = resource["category"]["text"].string() == "diagnostic";
  fact.intent = diagnostic ? clinical::Intent::kDiagnostic : clinical::Intent::kTherapeutic;
  fact.intent_reason = clinical::IntentReason::kCategory;
  for (const json::Value reason : resource["reasonReference"].elements()) {
    out.facts.reason_references.push_back({out.source, {std::string(reason["reference"].string())}, 0, 0, 0, 0});
  }
  out.region_contradiction = resource["bodySite"]["text"].string() == "contradiction";
  out.facts.procedures.push_back(std::move(fact));
  out.facet_procedure = true;
}

void ReadScore(json::Value resource, const TimeZone& zone, mapping::Extraction& out) {
  const auto time = TimeOf(resource["effectiveDateTime"].string(), zone);
  const std::string_view status = resource["status"].string();
  if (!HasCode(resource, kPainCode) || !time || (status != "final" && status != "corrected")) return;
  const auto value = resource["valueInteger"].decimal();
  if (!value || *value > Decimal(10)) return;
  clinical::PainScore fact;
  fact.source = out.source;
  fact.value = *value;
  fact.time = *time;
  fact.encounter = resource["encounter"]["reference"].string();
  out.facts.scores.push_back(std::move(fact));
}

void ReadOthers(json::Value resource, std::string_view type, mapping::Extraction& out) {
  if (type == "Patient") {
    out.patient = out.source.resource;
    out.facts.patient.source = out.source;
    out.facts.patient.present = true;
    out.facts.patient.deceased = resource["deceasedBoolean"].boolean();
    for (const json::Value link : resource["link"].elements()) {
      if (link["type"].string() != "replaced-by") continue;
      out.facts.patient.replaced_by.emplace_back(link["other"]["reference"].string());
    }
  } else if (type == "Encounter") {
    clinical::EncounterFact fact;
    fact.source = out.source;
    fact.class_code = resource["class"]["code"].string();
    fact.setting = fact.class_code == "EMER" ? clinical::Setting::kUnrelated : clinical::Setting::kAmbulatory;
    out.facts.encounters.push_back(std::move(fact));
  } else if (type == "MedicationRequest") {
    const std::string_view medication = resource["medicationReference"]["reference"].string();
    out.facts.drug_references.push_back({out.source, std::string(medication), {}});
  } else if (type == "Medication") {
    out.facts.medications.push_back({out.source, {{"", std::string(resource["code"]["text"].string())}}});
  } else if (type == "Condition") {
    clinical::Finding fact;
    fact.source = out.source;
    out.facts.findings.push_back(std::move(fact));
    if (resource["code"]["text"].string() == "neck pain") out.facts.condition_regions.push_back({out.source, 1});
  }
}

// A procedure with a reason is where the reason says, and lumbar while nobody knows it.
clinical::PatientFacts WithRegions(clinical::PatientFacts facts) {
  for (const auto& named : facts.reason_references) {
    for (const auto& known : facts.condition_regions) {
      if (known.source.resource != named.conditions.front()) continue;
      for (auto& procedure : facts.procedures) {
        if (procedure.source == named.source) procedure.region = clinical::Region::kCervical;
      }
    }
  }
  return facts;
}

// What the Medications say that drugs name; "?" for one that is not known.
std::string DrugsOf(const clinical::PatientFacts& facts) {
  std::string text;
  for (const auto& drug : facts.drug_references) {
    const auto named = std::find_if(
        facts.medications.begin(), facts.medications.end(),
        [&drug](const clinical::Medication& medication) { return medication.source.resource == drug.medication; });
    text += " " + (named == facts.medications.end() ? "?" : named->codes.front().code);
  }
  return text;
}

}  // namespace

FakeRules::FakeRules() {
  policy_.hash = "policy-1";
  policy_.stable_age_secs = 60;
}

mapping::Extraction FakeRules::Extract(json::Value resource) const {
  mapping::Extraction out;
  const std::string type(resource["resourceType"].string());
  out.source.resource = type + "/" + std::string(resource["id"].string());
  out.source.version = resource["meta"]["versionId"].string();
  out.patient = resource["subject"]["reference"].string();
  if (type == "Procedure") {
    ReadProcedure(resource, zone_, out);
  } else if (type == "Observation") {
    ReadScore(resource, zone_, out);
  } else {
    ReadOthers(resource, type, out);
  }
  return out;
}

bool FakeRules::Apply(clinical::PatientFacts& facts, const mapping::Extraction& extraction) const {
  return mapping::Replace(facts, extraction);
}
bool FakeRules::Drop(clinical::PatientFacts& facts, std::string_view resource) const {
  return mapping::Remove(facts, resource);
}

std::vector<std::string> FakeRules::SearchCodes(std::string_view resource_type) const {
  if (resource_type == "Procedure") return {kFacetCode};
  if (resource_type == "Observation") return {kPainCode};
  return {};
}

std::vector<clinical::Judgement> FakeRules::Judge(const clinical::PatientFacts& facts, UtcInstant now) const {
  return clinical::JudgePatient(WithRegions(facts), policy_, zone_, now);
}

std::vector<std::size_t> FakeRules::Course(const std::vector<clinical::Session>& sessions, std::size_t index) const {
  return clinical::CourseOf(sessions, index, policy_, zone_);
}

guide::Proposal FakeRules::Propose(guide::Request request) const {
  const clinical::Judgement& judgement = (*request.judgements)[request.session];
  guide::Proposal proposal;
  proposal.session = request.session;
  proposal.careplan_id = CarePlanIdFor(request.episode_id, request.revision);
  proposal.provenance_id = proposal.careplan_id + "-p";
  if (request.facts->patient.deceased) proposal.held = {"deceased"};
  if (std::count(opt_out_.begin(), opt_out_.end(), request.patient) != 0) proposal.held = {"opt-out"};
  std::string says = request.patient + " " + std::string(clinical::NameOf(judgement.verdict));
  for (const auto& reading : {judgement.baseline, judgement.best, judgement.latest}) {
    if (reading) says += " " + reading->source.resource + "/" + reading->source.version;
  }
  for (const auto& finding : request.facts->findings) says += " " + finding.source.resource;
  const std::string drugs = DrugsOf(*request.facts);
  says += drugs;
  says += request.availability.conditions ? " conditions" : " conditions?";
  for (const clinical::Judgement& other : *request.judgements) {
    if (!other.failed()) says += " " + std::string(clinical::NameOf(other.verdict));
  }
  // Which resource it replaces and which revision it is are not part of what it says.
  proposal.payload_hash = Sha256Hex(says);
  json::Writer w;
  w.Object([&] {
    w.Member("resourceType", "CarePlan").Member("id", proposal.careplan_id);
    w.Key("identifier").Array([&] {
      w.Object([&] {
        w.Member("system", "https://facet-adapter.org/fhir/identifier/episode").Member("value", proposal.careplan_id);
      });
    });
    if (!request.replaces.empty()) {
      w.Key("replaces").Array([&] { w.Object([&] { w.Member("reference", request.replaces); }); });
    }
    w.Member("status", "draft").Member("intent", "proposal");
    w.Key("subject").Object([&] { w.Member("reference", request.patient); });
    if (!drugs.empty()) w.Member("drugs", drugs);
    w.Member("title", request.episode_id).Member("description", proposal.payload_hash);
  });
  proposal.careplan_json = std::move(w).Take();
  json::Writer p;
  p.Object([&] {
    p.Member("resourceType", "Provenance").Member("id", proposal.provenance_id);
    p.Key("target").Array([&] { p.Object([&] { p.Member("reference", "CarePlan/" + proposal.careplan_id); }); });
    p.Member("recorded", request.now.ToString());
  });
  proposal.provenance_json = std::move(p).Take();
  guide::Suggestion suggestion;
  suggestion.rule = "G01";
  suggestion.state = guide::State::kSuggested;
  proposal.suggestions.push_back(std::move(suggestion));
  return proposal;
}

std::string FakeRules::EpisodeIdFor(const std::string& first_procedure) const {
  return "e" + Sha256Hex("system|" + first_procedure).substr(0, 20);
}

std::string FakeRules::CarePlanIdFor(const std::string& episode_id, int revision) const {
  return "fja-" + episode_id + (revision > 1 ? "-" + std::to_string(revision) : "");
}

std::string FakeRules::Revoke(const std::string& careplan_json, bool evidence_was_wrong, const std::string& reason,
                              UtcInstant) const {
  const auto document = json::Parse(careplan_json);
  json::Writer w;
  w.Object([&] {
    for (const json::Member member : document->root().members()) {
      if (member.key == "status") {
        w.Member("status", evidence_was_wrong ? "entered-in-error" : "revoked");
      } else {
        w.Key(member.key).Copy(member.value);
      }
    }
    w.Key("note").Array([&] { w.Object([&] { w.Member("text", reason); }); });
  });
  return std::move(w).Take();
}

}  // namespace facet::testing

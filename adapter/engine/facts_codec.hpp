#pragma once
// How facts are kept in a patient's document: every field of clinical/facts.hpp, nothing of the resources themselves.
// Included where documents are saved and loaded. Enums are stored by number: their order in facts.hpp is part of the
// stored form (append only).
#include "adapter/clinical/facts.hpp"
#include "adapter/engine/archive.hpp"

namespace facet::clinical {

template <class Archive>
void Describe(Archive& a, Source& v) {
  a("r", v.resource);
  a("v", v.version);
}

template <class Archive>
void Describe(Archive& a, ClinicalTime& v) {
  a("t", v.written);
  a("e", v.earliest);
  a("l", v.latest);
  a("i", v.issued);
}

template <class Archive>
void Describe(Archive& a, FacetProcedure& v) {
  a("source", v.source);
  a("start", v.start);
  a("end", v.end);
  a("region", v.region);
  a("not_cervical", v.not_cervical);
  a("side", v.side);
  a("add_on", v.add_on);
  a("approach", v.approach);
  a("intent", v.intent);
  a("intent_reason", v.intent_reason);
  a("steroid", v.steroid_used);
  a("anaesthetic", v.anaesthetic_used);
  a("encounter", v.encounter);
}

template <class Archive>
void Describe(Archive& a, Intervention& v) {
  a("source", v.source);
  a("kind", v.kind);
  a("region", v.region);
  a("not_cervical", v.not_cervical);
  a("side", v.side);
  a("time", v.time);
  a("order", v.order);
  a("encounter", v.encounter);
}

template <class Archive>
void Describe(Archive& a, PainScore& v) {
  a("source", v.source);
  a("instrument", v.instrument);
  a("value", v.value);
  a("time", v.time);
  a("region", v.region);
  a("spine", v.spine_site);
  a("limb", v.limb_site);
  a("lower_limb", v.lower_limb);
  a("not_cervical", v.not_cervical);
  a("encounter", v.encounter);
  a("linked", v.linked);
  a("preliminary", v.preliminary);
}

template <class Archive>
void Describe(Archive& a, PercentRelief& v) {
  a("source", v.source);
  a("percent", v.percent);
  a("time", v.time);
  a("linked", v.linked);
  a("preliminary", v.preliminary);
}

template <class Archive>
void Describe(Archive& a, FunctionScore& v) {
  a("source", v.source);
  a("instrument", v.instrument);
  a("value", v.value);
  a("unit", v.unit);
  a("time", v.time);
  a("preliminary", v.preliminary);
}

template <class Archive>
void Describe(Archive& a, Finding& v) {
  a("source", v.source);
  a("kind", v.kind);
  a("region", v.region);
  // Active by default: kept as its opposite, because false is left out.
  bool inactive = !v.active;
  a("inactive", inactive);
  v.active = !inactive;
  a("onset", v.onset);
  a("recorded", v.recorded);
  a("fracture_code", v.fracture_code);
}

template <class Archive>
void Describe(Archive& a, Caution& v) {
  a("source", v.source);
  a("kind", v.kind);
  bool inactive = !v.active;
  a("inactive", inactive);
  v.active = !inactive;
  a("label", v.label);
}

template <class Archive>
void Describe(Archive& a, Screen& v) {
  a("source", v.source);
  a("kind", v.kind);
  a("value", v.value);
  a("time", v.time);
}

template <class Archive>
void Describe(Archive& a, PatientFact& v) {
  a("source", v.source);
  a("present", v.present);
  a("deceased", v.deceased);
  bool inactive = !v.active;
  a("inactive", inactive);
  v.active = !inactive;
  a("test", v.test_patient);
  a("restricted", v.restricted);
  a("birth_date", v.birth_date);
  a("replaced_by", v.replaced_by);
  a("replaces", v.replaces);
}

template <class Archive>
void Describe(Archive& a, EncounterFact& v) {
  a("source", v.source);
  a("class", v.class_code);
  a("setting", v.setting);
}

template <class Archive>
void Describe(Archive& a, OtherProcedure& v) {
  a("source", v.source);
  a("start", v.start);
  a("encounter", v.encounter);
}

template <class Archive>
void Describe(Archive& a, NerveBlockGuidance& v) {
  a("source", v.source);
  a("time", v.time);
  a("region", v.region);
}

template <class Archive>
void Describe(Archive& a, DrugGiven& v) {
  a("source", v.source);
  a("procedure", v.procedure);
  a("steroid", v.steroid);
  a("anaesthetic", v.anaesthetic);
}

template <class Archive>
void Describe(Archive& a, Coding& v) {
  a("system", v.system);
  a("code", v.code);
}

template <class Archive>
void Describe(Archive& a, Medication& v) {
  a("source", v.source);
  a("codes", v.codes);
}

template <class Archive>
void Describe(Archive& a, DrugReference& v) {
  a("source", v.source);
  a("medication", v.medication);
  a("procedures", v.procedures);
}

template <class Archive>
void Describe(Archive& a, ConditionRegion& v) {
  a("source", v.source);
  a("parts", v.parts);
}

template <class Archive>
void Describe(Archive& a, ReasonReference& v) {
  a("source", v.source);
  a("conditions", v.conditions);
  a("body_site", v.body_site);
  a("code", v.code);
  a("reason", v.reason);
  a("text", v.text);
}

template <class Archive>
void Describe(Archive& a, PatientFacts& v) {
  a("patient", v.patient);
  a("procedures", v.procedures);
  a("interventions", v.interventions);
  a("scores", v.scores);
  a("reliefs", v.reliefs);
  a("functions", v.functions);
  a("findings", v.findings);
  a("cautions", v.cautions);
  a("screens", v.screens);
  a("encounters", v.encounters);
  a("other_procedures", v.other_procedures);
  a("nerve_blocks", v.nerve_blocks);
  a("drugs", v.drugs);
  a("drug_references", v.drug_references);
  a("medications", v.medications);
  a("reason_references", v.reason_references);
  a("condition_regions", v.condition_regions);
}

}  // namespace facet::clinical

namespace facet::engine {

// Every resource that facts come from, ordered, each once.
std::vector<clinical::Source> SourcesOf(const clinical::PatientFacts& facts);

}  // namespace facet::engine

#include "adapter/engine/patient_state.hpp"

#include "adapter/engine/facts_codec.hpp"

namespace facet::guide {

// Available by default: kept as its opposite, because false is left out.
template <class Archive>
void Describe(Archive& a, Availability& v) {
  const auto flip = [&](std::string_view key, bool& available) {
    bool missing = !available;
    a(key, missing);
    available = !missing;
  };
  flip("conditions", v.conditions);
  flip("medications", v.medications);
  flip("allergies", v.allergies);
  flip("devices", v.devices);
  flip("imaging", v.imaging);
  flip("orders", v.orders);
  flip("patient", v.patient);
}

}  // namespace facet::guide

namespace facet::engine {

template <class Archive>
void Describe(Archive& a, ReadState& v) {
  a("status", v.status);
  a("chunk", v.chunk);
  a("round", v.round);
  a("pages", v.pages);
  a("failures", v.failing.tries);
  a("counted", v.failing.counted);
  a("counted_since", v.failing.since);
  a("failed_at", v.failing.last);
  a("next_at", v.next_at);
  a("run", v.asked_run);
  a("seen", v.seen);
  a("missing", v.missing);
}

template <class Archive>
void Describe(Archive& a, ProposalState& v) {
  a("phase", v.phase);
  a("revision", v.revision);
  a("careplan", v.careplan_id);
  a("provenance", v.provenance_id);
  a("hash", v.payload_hash);
  a("replaces", v.replaces);
  a("server_id", v.server_id);
  a("server_status", v.server_status);
  a("end_reason", v.end_reason);
  a("written_at", v.written_at);
  a("check_at", v.check_at);
  a("blocks", v.blocks);
  a("evidence", v.evidence);
}

template <class Archive>
void Describe(Archive& a, EpisodeState& v) {
  a("id", v.id);
  a("first", v.first_procedure);
  a("procedures", v.procedures);
  a("verdict", v.verdict);
  a("reason", v.reason);
  a("hash", v.judgement_hash);
  a("gone", v.gone);
  a("proposal", v.proposal);
}

template <class Archive>
void Describe(Archive& a, PatientState& v) {
  a("patient", v.patient);
  a("followed_at", v.followed_at);
  a("stepped_at", v.stepped_at);
  a("since", v.since);
  a("mapping", v.mapping_hash);
  a("judged_with", v.judged_with);
  a("write", v.write);
  a("hydrated", v.hydrated);
  a("queries", v.queries);
  a("reads", v.reads);
  a("changed_at", v.changed_at);
  a("judge_due", v.judge_due);
  a("look_at", v.look_at);
  a("recheck_at", v.recheck_at);
  a("gathering", v.gathering);
  a("gather_started_at", v.gather_started_at);
  a("gather_done_at", v.gather_done_at);
  a("availability", v.availability);
  a("merged_into", v.merged_into);
  a("carried", v.carried);
  a("episodes", v.episodes);
  a("facts", v.facts);
}

std::string SavePatientState(PatientState& state) { return SaveDocument(state); }

Result<PatientState> LoadPatientState(const std::string& document) {
  auto parsed = json::Parse(document, json::Limits::ForFiles());
  if (!parsed.ok() || !parsed->root()["patient"].is_string()) {
    return MakeError(ErrorCode::kStoreRead, "patient", "a stored patient document cannot be read");
  }
  PatientState state;
  Loader::Get(parsed->root(), state);
  return state;
}

}  // namespace facet::engine

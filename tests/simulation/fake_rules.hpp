#pragma once
// Small clinical rules for tests: a handful of codes read directly, the real judgement, and a proposal that says what
// it rests on. What the real mappings and guide do is tested elsewhere; here they only have to be deterministic.
#include "adapter/engine/rules.hpp"

#include <string>
#include <vector>

namespace facet::testing {

inline constexpr const char* kFacetCode = "http://www.ama-assn.org/go/cpt|64493";
inline constexpr const char* kPainCode = "http://loinc.org|72514-3";

class FakeRules final : public engine::ClinicalRules {
 public:
  FakeRules();

  mapping::Extraction Extract(json::Value resource) const override;
  bool Apply(clinical::PatientFacts& facts, const mapping::Extraction& extraction) const override;
  bool Drop(clinical::PatientFacts& facts, std::string_view resource) const override;
  std::vector<std::string> SearchCodes(std::string_view resource_type) const override;
  std::vector<clinical::Judgement> Judge(const clinical::PatientFacts& facts, UtcInstant now) const override;
  std::vector<std::size_t> Course(const std::vector<clinical::Session>& sessions, std::size_t index) const override;
  guide::Proposal Propose(guide::Request request) const override;
  std::string EpisodeIdFor(const std::string& first_procedure) const override;
  std::string CarePlanIdFor(const std::string& episode_id, int revision) const override;
  std::string Revoke(const std::string& careplan_json, bool evidence_was_wrong, const std::string& reason,
                     UtcInstant now) const override;
  const clinical::Policy& policy() const override { return policy_; }
  const TimeZone& zone() const override { return zone_; }
  const std::string& mapping_hash() const override { return mapping_hash_; }

  clinical::Policy& policy() { return policy_; }
  std::string& mapping_hash() { return mapping_hash_; }
  std::vector<std::string>& opt_out() { return opt_out_; }

 private:
  clinical::Policy policy_;
  TimeZone zone_;
  std::vector<std::string> opt_out_;
  std::string mapping_hash_ = "mapping-1";
};

}  // namespace facet::testing

#include "adapter/engine/rules.hpp"

#include "adapter/base/check.hpp"

#include <utility>

namespace facet::engine {
namespace {

class LoadedRules final : public ClinicalRules {
 public:
  explicit LoadedRules(RulesParts parts) : parts_(std::move(parts)) {
    ADAPTER_CHECK(parts_.mapper != nullptr);
    ADAPTER_CHECK(parts_.guide != nullptr);
  }

  mapping::Extraction Extract(json::Value resource) const override {
    mapping::ExtractOptions options;
    options.zone = &parts_.zone;
    options.server_base = parts_.server_base;
    return parts_.mapper->Extract(resource, options);
  }
  bool Apply(clinical::PatientFacts& facts, const mapping::Extraction& extraction) const override {
    return mapping::Replace(facts, extraction);
  }
  bool Drop(clinical::PatientFacts& facts, std::string_view resource) const override {
    return mapping::Remove(facts, resource);
  }
  std::vector<std::string> SearchCodes(std::string_view resource_type) const override {
    return parts_.mapper->SearchCodes(resource_type);
  }

  std::vector<clinical::Judgement> Judge(const clinical::PatientFacts& facts, UtcInstant now) const override {
    const auto judge = [&](const clinical::PatientFacts& all) {
      return clinical::JudgePatient(all, parts_.policy, parts_.zone, now);
    };
    return IsJoined(facts) ? judge(facts) : judge(Joined(facts));
  }
  std::vector<std::size_t> Course(const std::vector<clinical::Session>& sessions, std::size_t index) const override {
    return clinical::CourseOf(sessions, index, parts_.policy, parts_.zone);
  }
  guide::Proposal Propose(guide::Request request) const override {
    request.zone = &parts_.zone;
    clinical::PatientFacts joined;
    if (!IsJoined(*request.facts)) {
      joined = Joined(*request.facts);
      request.facts = &joined;
    }
    return parts_.guide->Propose(request, parts_.policy, parts_.guide_settings);
  }

  std::string EpisodeIdFor(const std::string& first_procedure) const override {
    return guide::EpisodeIdFor(parts_.guide_settings.system_id, first_procedure);
  }
  std::string CarePlanIdFor(const std::string& episode_id, int revision) const override {
    return guide::CarePlanIdFor(episode_id, revision);
  }
  std::string Revoke(const std::string& careplan_json, bool evidence_was_wrong, const std::string& reason,
                     UtcInstant now) const override {
    return guide::RevokedCarePlan(careplan_json, evidence_was_wrong, reason, now);
  }

  const clinical::Policy& policy() const override { return parts_.policy; }
  const TimeZone& zone() const override { return parts_.zone; }
  const std::string& mapping_hash() const override { return parts_.mapper->hash(); }

 private:
  static bool IsJoined(const clinical::PatientFacts& facts) {
    return facts.drug_references.empty() && facts.reason_references.empty();
  }
  // Kept are the references and what they lead to, so that each may change; what they say together is made when asked.
  clinical::PatientFacts Joined(clinical::PatientFacts facts) const {
    parts_.mapper->Join(facts);
    return facts;
  }

  RulesParts parts_;
};

}  // namespace

std::unique_ptr<const ClinicalRules> MakeClinicalRules(RulesParts parts) {
  return std::make_unique<const LoadedRules>(std::move(parts));
}

}  // namespace facet::engine

#pragma once
// ClinicalRules: all clinical knowledge that the steps use, behind one interface: mappings, judgement, guide.
// The steps never look into a resource themselves; tests put small rules in its place.
//
// Thread: immutable; called on the engine thread. Errors: none, as in the rooms behind it.
#include "adapter/base/time.hpp"
#include "adapter/clinical/facts.hpp"
#include "adapter/clinical/judgement.hpp"
#include "adapter/clinical/policy.hpp"
#include "adapter/guide/proposal.hpp"
#include "adapter/json/document.hpp"
#include "adapter/mapping/mapper.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace facet::engine {

class ClinicalRules {
 public:
  virtual ~ClinicalRules() = default;

  virtual mapping::Extraction Extract(json::Value resource) const = 0;
  // Replace and Remove of mapping: whether anything changed.
  virtual bool Apply(clinical::PatientFacts& facts, const mapping::Extraction& extraction) const = 0;
  virtual bool Drop(clinical::PatientFacts& facts, std::string_view resource) const = 0;
  // "system|code" of every code that makes a fact of this type.
  virtual std::vector<std::string> SearchCodes(std::string_view resource_type) const = 0;

  virtual std::vector<clinical::Judgement> Judge(const clinical::PatientFacts& facts, UtcInstant now) const = 0;
  virtual std::vector<std::size_t> Course(const std::vector<clinical::Session>& sessions, std::size_t index) const = 0;
  // `request.zone` is filled in here.
  virtual guide::Proposal Propose(guide::Request request) const = 0;

  virtual std::string EpisodeIdFor(const std::string& first_procedure) const = 0;
  virtual std::string CarePlanIdFor(const std::string& episode_id, int revision) const = 0;
  virtual std::string Revoke(const std::string& careplan_json, bool evidence_was_wrong, const std::string& reason,
                             UtcInstant now) const = 0;

  virtual const clinical::Policy& policy() const = 0;
  virtual const TimeZone& zone() const = 0;
  virtual const std::string& mapping_hash() const = 0;
};

struct RulesParts {
  std::shared_ptr<const mapping::Mapper> mapper;
  std::shared_ptr<const guide::Guide> guide;
  clinical::Policy policy;
  TimeZone zone;
  guide::Settings guide_settings;  // system_id, organization, careplan_status, adapter_version
  std::string server_base;         // fhir.base_url
};
std::unique_ptr<const ClinicalRules> MakeClinicalRules(RulesParts parts);

}  // namespace facet::engine

#pragma once
// Policy files: the clinical policy as a site's clinical owner signs it (clinical specification, section 3). Presets
// are files of the same kind in fhir-mappings/policy/.
//
// In the flow: policy.preset or policy.file -> LoadPolicy -> clinical::Policy with its hash -> approval.
// Thread: any. Errors: policy.invalid, file.read; all at once, each "file:line:column: /pointer: message".
#include "adapter/base/result.hpp"
#include "adapter/clinical/policy.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace facet::config {

// `policy`: a preset's name, or a file (it holds a '/' or ends in .yaml, .yml or .json). `extends:` names either.
// `mappings_dir` holds policy/<preset>.yaml.
Result<clinical::Policy> LoadPolicy(const std::string& policy, const std::string& mappings_dir,
                                    std::vector<Error>& errors);

// Every key with its effective value, one a line, sorted: what Policy::hash is the SHA-256 of.
std::string CanonicalPolicy(const clinical::Policy& policy);

// Reads an approval file (approved_by, approved_on, policy_hash) into `policy`. False: it approves another policy, by
// its hash. Errors: policy.invalid, file.read.
Result<bool> ApplyApproval(const std::string& path, clinical::Policy& policy, std::vector<Error>& errors);

}  // namespace facet::config

#pragma once
// What holds a proposal back before anything is said: gates on the patient, and doubts that the policy names. Internal.
// Thread: pure. Errors: none; a gate that cannot be checked holds, except offline (clinical specification, section 4).
#include "adapter/guide/proposal.hpp"

#include <optional>
#include <string>
#include <vector>

namespace facet::guide {

// Doubts of the judgement, and `not-checked` where evidence was not available; names, in the order of the closed list.
std::vector<std::string> DoubtsOf(const Request& request, const Settings& settings);
// What could be looked up. Offline everything, for what is not in the input is absent; but a drug in force whose
// Medication could not be read may be any.
Availability AvailabilityOf(const Request& request, const Settings& settings);
// Kinds of evidence that could not be looked up: "conditions", ...
std::vector<std::string> NotAvailable(const Request& request, const Settings& settings);
// Names of gates, then of doubts; nullopt where nothing holds.
std::optional<std::vector<std::string>> HeldBy(const Request& request, const clinical::Policy& policy,
                                               const Settings& settings);

}  // namespace facet::guide

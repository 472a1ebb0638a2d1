#pragma once
// The life of one R4 criteria Subscription of ours: found by its endpoint or created, compared with what is wanted,
// watched, asked for again when it is gone, off or in error; switched off when it is no longer wanted. Criteria never
// name a status: a correction to entered-in-error must still match (FHIR R4 §3.3: criteria are applied to the resource
// after the change).
//
// In the flow: StepFeed -> StepSubscription -> Ask -> Answer -> StepSubscription.
// Thread: values. Errors: failures of the server stay in the state and are tried again.
#include "adapter/base/events.hpp"
#include "adapter/base/random.hpp"
#include "adapter/base/time.hpp"
#include "adapter/intake/exchange.hpp"
#include "adapter/json/writer.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace facet::intake {

// What the Subscription must say; built from configuration and the effective value sets.
struct WantedSubscription {
  std::string key;   // the hook's key
  std::string type;  // "Procedure"
  std::string criteria;
  std::string endpoint;
  std::string header;  // secret: never logged, never stored
};

struct SubscriptionPlan {
  std::string system_id;
  std::string public_url;
  std::string header;
  std::size_t criteria_chars_max = 100'000;
};
// One for each list of codes; the key is derived from system id and type, so that it is found again.
std::vector<WantedSubscription> PlanSubscriptions(const SubscriptionPlan& plan, const std::string& type,
                                                  const std::vector<std::string>& codes);

// One that is no longer wanted (other criteria, another follow.from), known by its key. Its criteria say nothing.
WantedSubscription RetiredSubscription(const std::string& public_url, const std::string& type, const std::string& key);

enum class SubscriptionPhase : std::uint8_t {
  kFind,
  kCreate,
  kWatch,
  kUpdate,
  kRetireFind,  // no longer wanted: looks for it
  kRetire,      // and switches it off
  kRetired      // done with it
};

struct SubscriptionState {
  std::string key;
  std::string type;  // "Procedure"; "" of before this was stored
  SubscriptionPhase phase = SubscriptionPhase::kFind;
  std::string id;             // on the server; "" while unknown
  std::string server_status;  // as last read: "requested", "active", "error", "off"; "" while unknown
  std::string asked_hash;     // of what was last written to the server
  int failures = 0;           // in a row
  int requested_checks = 0;   // in a row that found it still `requested`
  UtcInstant next_at;
  std::uint64_t asked_run = 0;  // run of the process that waits for an answer; 0: none
  friend bool operator==(const SubscriptionState&, const SubscriptionState&) = default;
};
void WriteSubscription(json::Writer& writer, const SubscriptionState& state);
SubscriptionState LoadSubscription(json::Value stored);

struct SubscriptionStep {
  SubscriptionState state;
  std::vector<Ask> asks;  // topic: the key
  std::vector<Event> events;
  bool activated = false;  // became active: what happened before has to be swept
};
struct SubscriptionPace {
  std::int64_t check_ms = 60'000;
  RetryPace retry;
  int timeout_ms = 30'000;
};
// `answer` is null for the timer.
SubscriptionStep StepSubscription(SubscriptionState state, const Answer* answer, const WantedSubscription& wanted,
                                  UtcInstant now, std::uint64_t run, const SubscriptionPace& pace, Prng& prng);

// The resource that is written, without id where `id` is "".
std::string SubscriptionJson(const WantedSubscription& wanted, std::string_view id,
                             std::string_view status = "requested");

}  // namespace facet::intake

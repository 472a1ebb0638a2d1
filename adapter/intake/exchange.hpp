#pragma once
// What the adapter asks of the FHIR server, and what comes back, as data. Steps emit Requests; workers of the shell run
// them; every Request is answered by exactly one Answer, whatever happens (an answer that never came is a time-out).
//
// In the flow: intake, delivery, engine -> Request -> World (app, net) -> Answer -> engine.
// Thread: values. Errors: an Answer carries its failure as an ErrorCode.
#include "adapter/base/events.hpp"
#include "adapter/base/random.hpp"
#include "adapter/base/result.hpp"
#include "adapter/base/time.hpp"
#include "adapter/json/document.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace facet::intake {

enum class Method : std::uint8_t { kGet, kPost, kPut, kDelete };
std::string_view NameOf(Method method) noexcept;  // "GET"

// Why a request is made: a log field and a metric label.
enum class Purpose : std::uint8_t {
  kCapability,
  kSubscriptionFind,
  kSubscriptionRead,
  kSubscriptionWrite,
  kSweep,
  kRead,
  kHydrate,
  kGather,
  kDeliveryRead,
  kDeliveryWrite,
  kFeedbackRead,
};
std::string_view NameOf(Purpose purpose) noexcept;  // "subscription-find"

struct Request {
  std::uint64_t id = 0;  // unique within one run of the engine
  Purpose purpose = Purpose::kRead;
  Method method = Method::kGet;
  // Relative to fhir.base_url: "Patient/1", "Procedure?code=...", "?_getpages=..." (joined without a slash).
  std::string path;
  std::vector<std::pair<std::string, std::string>> headers;  // beside Accept, Content-Type and Authorization
  std::string body;                                          // application/fhir+json where not empty
  int timeout_ms = 30'000;
};

// The answer to one Request. `status` 0: there was none, `error` says why (net.*).
struct Answer {
  std::uint64_t request = 0;
  int status = 0;
  std::optional<ErrorCode> error;
  // The parsed body; missing where there was none or it is not JSON (`garbage`).
  std::optional<json::Document> body;
  bool garbage = false;  // a body was there and is no JSON within the limits
  // Header values as received, "" where absent.
  std::string etag;
  std::string location;
  std::string date;
  std::string retry_after;

  bool ok() const noexcept { return status >= 200 && status < 300; }
};

// A request that a step wants to be made; the answer comes back with the same topic.
struct Ask {
  Request request;  // id 0: the engine gives it
  std::string topic;
};

// What an answer means for whoever waits for it.
enum class AnswerClass : std::uint8_t {
  kOk,         // 2xx, with a JSON body or none
  kNotFound,   // 404, with an OperationOutcome or no body
  kGone,       // 410, likewise
  kConflict,   // 409, 412: certainly not applied
  kRefused,    // 401, 403: certainly not applied; retried with back-off until an operator has helped
  kRejected,   // other 4xx, 501: certainly not applied; repeating does not help
  kThrottled,  // 429: certainly not applied
  kUnsent,     // no connection: certainly not applied
  kFailed,     // 408, 5xx, time-out, broken connection: a write may have been applied
  kGarbage,    // 2xx, 3xx, 404 or 410 that is not FHIR JSON (a proxy's page): a write may have been applied
};
// A 404 for what was there is believed when it is still 404 after this pause: a server or proxy that starts answers it
// for everything.
constexpr std::int64_t kSecondLookMs = 60'000;
// The log's word for a resource type: a type the adapter reads or writes, else "other" (what a sender names is not
// ours).
Token TypeToken(std::string_view type) noexcept;
AnswerClass Classify(const Answer& answer) noexcept;
// The error code that is logged for it; kInternal for kOk, which has none.
ErrorCode CodeOf(const Answer& answer) noexcept;

// Pace of retries: exponential with full jitter; Retry-After wins where it is longer.
struct RetryPace {
  std::int64_t base_ms = 1000;
  std::int64_t max_ms = 900'000;
};
// `attempt` 1 for the first failure.
std::int64_t RetryDelayMs(int attempt, const RetryPace& pace, const Answer& answer, Prng& prng);

// Failures that say nothing about what was asked for: the server is not reached (no connection, time-out, 408,
// 502, 503, 504), or not willing now (401, 429). They are tried again without end.
bool IsOutage(const Answer& answer) noexcept;

// The failures of one request so far, one after the other.
struct Failing {
  int tries = 0;     // all of them: for the pace
  int counted = 0;   // those since the last outage: a server that comes back answers a few errors more
  UtcInstant since;  // the first of the counted
  UtcInstant last;
  // `server_answered`: when it last answered anything well. One that answers others meanwhile is not out: what fails
  // then is this request.
  void Add(const Answer& answer, UtcInstant now, UtcInstant server_answered) noexcept;
  int attempt() const noexcept { return counted > 0 ? counted : tries; }  // for the pace: an outage is over
  // It fails for good: that many counted failures, over that time at least.
  bool Lasts(int counted_min, std::int64_t ms_min, UtcInstant now) const noexcept;
};

}  // namespace facet::intake

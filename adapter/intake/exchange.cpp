#include "adapter/intake/exchange.hpp"

#include "adapter/intake/http_fields.hpp"

#include <algorithm>
#include <array>

namespace facet::intake {

std::string_view NameOf(Method method) noexcept {
  static constexpr std::array<std::string_view, 4> kNames = {"GET", "POST", "PUT", "DELETE"};
  return kNames[static_cast<std::size_t>(method)];
}

std::string_view NameOf(Purpose purpose) noexcept {
  static constexpr std::array<std::string_view, 11> kNames = {
      "capability", "subscription-find", "subscription-read", "subscription-write", "sweep", "read", "hydrate",
      "gather",     "delivery-read",     "delivery-write",    "feedback-read"};
  return kNames[static_cast<std::size_t>(purpose)];
}

Token TypeToken(std::string_view type) noexcept {
  for (const std::string_view known :
       {"Procedure", "Observation", "Patient", "Encounter", "Subscription", "CarePlan", "Provenance", "Condition",
        "MedicationRequest", "MedicationStatement", "MedicationAdministration", "AllergyIntolerance", "Device",
        "ServiceRequest", "ImagingStudy", "DiagnosticReport", "Medication"}) {
    if (type == known) return Token::OfName(known);
  }
  return "other";
}

namespace {

// A proxy's error page ("default backend - 404") says nothing about the resource: FHIR does, or no body at all.
bool SpeaksOfResource(const Answer& answer) noexcept {
  if (answer.garbage) return false;
  return !answer.body || answer.body->root()["resourceType"].string() == "OperationOutcome";
}

}  // namespace

AnswerClass Classify(const Answer& answer) noexcept {
  switch (answer.status) {
  case 0:
    return answer.error == ErrorCode::kNetRequest || answer.error == ErrorCode::kNetResolve ||
                   answer.error == ErrorCode::kNetConnect || answer.error == ErrorCode::kNetTls
               ? AnswerClass::kUnsent
               : AnswerClass::kFailed;
  case 401:
  case 403:
    return AnswerClass::kRefused;
  case 404:
    return SpeaksOfResource(answer) ? AnswerClass::kNotFound : AnswerClass::kGarbage;
  case 408:
    return AnswerClass::kFailed;
  case 409:
  case 412:
    return AnswerClass::kConflict;
  case 410:
    return SpeaksOfResource(answer) ? AnswerClass::kGone : AnswerClass::kGarbage;
  case 429:
    return AnswerClass::kThrottled;
  case 501:
    return AnswerClass::kRejected;
  default:
    break;
  }
  if (answer.status >= 500) return AnswerClass::kFailed;
  if (answer.status >= 400) return AnswerClass::kRejected;
  return answer.garbage || !answer.ok() ? AnswerClass::kGarbage : AnswerClass::kOk;
}

ErrorCode CodeOf(const Answer& answer) noexcept {
  switch (Classify(answer)) {
  case AnswerClass::kOk:  // who asks nevertheless could not use what was answered
    return ErrorCode::kServerGarbage;
  case AnswerClass::kNotFound:
    return ErrorCode::kServerNotFound;
  case AnswerClass::kGone:
    return ErrorCode::kServerGone;
  case AnswerClass::kConflict:
    return ErrorCode::kServerConflict;
  case AnswerClass::kRefused:
    return answer.status == 401 ? ErrorCode::kServerUnauthorized : ErrorCode::kServerForbidden;
  case AnswerClass::kRejected:
    return ErrorCode::kServerRejected;
  case AnswerClass::kThrottled:
    return ErrorCode::kServerThrottled;
  case AnswerClass::kUnsent:
    return answer.error.value_or(ErrorCode::kNetConnect);
  case AnswerClass::kFailed:
    return answer.status != 0 ? ErrorCode::kServerFailed : answer.error.value_or(ErrorCode::kNetTimeout);
  case AnswerClass::kGarbage:
    return ErrorCode::kServerGarbage;
  }
  return ErrorCode::kInternal;
}

std::int64_t RetryDelayMs(int attempt, const RetryPace& pace, const Answer& answer, Prng& prng) {
  std::int64_t ceiling = std::max<std::int64_t>(pace.base_ms, 1);
  for (int i = 1; i < attempt && ceiling < pace.max_ms; ++i) ceiling *= 2;
  ceiling = std::max<std::int64_t>(std::min(ceiling, pace.max_ms), 1);
  // Full jitter over the upper part: never at once, so that a failing server is not asked in a tight loop.
  const std::int64_t delay = prng.Between((ceiling + 3) / 4, ceiling);
  const std::int64_t asked = ParseRetryAfterMs(answer.retry_after, answer.date).value_or(0);
  return std::max(delay, std::min(asked, pace.max_ms));
}

bool IsOutage(const Answer& answer) noexcept {
  switch (answer.status) {
  case 0:
  case 401:
  case 408:
  case 429:
  case 502:
  case 503:
  case 504:
    return true;
  default:
    return false;
  }
}

namespace {
constexpr std::int64_t kSilentMs = 10 * 60'000;  // twice the pause between sweeps, unless configured otherwise
}  // namespace

void Failing::Add(const Answer& answer, UtcInstant now, UtcInstant server_answered) noexcept {
  ++tries;
  // Too many requests, or rights that ran out, say nothing about this one.
  const bool asked_too_much = answer.status == 429 || answer.status == 401;
  const bool alone = server_answered > last && !asked_too_much;
  last = now;
  if (IsOutage(answer) && !alone) {
    // Seldom asked for anything else, a server is not out because it was silent between two tries.
    if (now.ms - server_answered.ms > kSilentMs) counted = 0;
  } else if (counted++ == 0) {
    since = now;
  }
}

bool Failing::Lasts(int counted_min, std::int64_t ms_min, UtcInstant now) const noexcept {
  return counted >= counted_min && now.ms - since.ms >= ms_min;
}

}  // namespace facet::intake

#include "adapter/intake/subscription.hpp"

#include "adapter/base/digest.hpp"
#include "adapter/fhir/resource.hpp"
#include "adapter/intake/http_fields.hpp"
#include "adapter/intake/search.hpp"

#include <algorithm>

namespace facet::intake {
namespace {

constexpr std::string_view kDeletesExtension =
    "http://hapifhir.io/fhir/StructureDefinition/subscription-send-delete-messages";
constexpr std::string_view kPayload = "application/fhir+json";
// Says, with the endpoint, that a Subscription is ours.
constexpr std::string_view kReason = "facet-adapter: facet joint injections and their follow-up";
// Failures after which one that is no longer wanted is left as it is (about an hour with the default pace).
constexpr int kRetireTriesMax = 12;
// A server that leaves a Subscription `requested` for so many checks is reported once.
constexpr int kStuckChecks = 10;
// A Subscription that was just written becomes active within about a second.
constexpr std::int64_t kFirstCheckMs = 2000;

Token StatusToken(std::string_view status) {
  for (const char* known : {"requested", "active", "error", "off"}) {
    if (status == known) return Token::OfName(known);
  }
  return "unknown";
}

// Whether what the server stores is what we want, status aside. A header may be masked when it is read back.
bool Matches(json::Value stored, const WantedSubscription& wanted) {
  const json::Value channel = stored["channel"];
  if (stored["criteria"].string() != wanted.criteria || channel["endpoint"].string() != wanted.endpoint ||
      channel["type"].string() != "rest-hook" || !channel["payload"].string().starts_with(kPayload)) {
    return false;
  }
  const std::string_view header = channel["header"].at(0).string();
  return header.empty() || header.find('*') != std::string_view::npos || header == wanted.header;
}

bool IsSubscription(const Answer& answer) {
  return answer.body && answer.body->root()["resourceType"].string() == "Subscription";
}

// A write may be answered without a body or with an OperationOutcome (FHIR R4 §3.1.0.1.10, Prefer: return). Who answers
// with anything else is no FHIR server, or not the one that stores.
bool MayAnswerWrite(const Answer& answer) {
  return !answer.body || IsSubscription(answer) || answer.body->root()["resourceType"].string() == "OperationOutcome";
}

std::string EndpointOf(const std::string& public_url, const std::string& key) { return public_url + "/hooks/" + key; }

class Stepper {
 public:
  Stepper(SubscriptionState state, const WantedSubscription& wanted, UtcInstant now, const SubscriptionPace& pace,
          Prng& prng)
      : wanted_(wanted), now_(now), pace_(pace), prng_(prng) {
    step_.state = std::move(state);
  }

  void Ask(std::uint64_t run) {
    SubscriptionState& state = step_.state;
    Request request;
    request.timeout_ms = pace_.timeout_ms;
    switch (state.phase) {
    case SubscriptionPhase::kFind:
    case SubscriptionPhase::kRetireFind:
    case SubscriptionPhase::kRetire:
    case SubscriptionPhase::kRetired:
      request.purpose = Purpose::kSubscriptionFind;
      request.path = "Subscription?url=" + EncodeQuery(wanted_.endpoint);
      request.headers.emplace_back("Cache-Control", "no-cache");
      break;
    case SubscriptionPhase::kWatch:
      request.purpose = Purpose::kSubscriptionRead;
      request.path = "Subscription/" + state.id;
      break;
    case SubscriptionPhase::kCreate:
    case SubscriptionPhase::kUpdate: {
      const bool create = state.phase == SubscriptionPhase::kCreate;
      request.purpose = Purpose::kSubscriptionWrite;
      request.method = create ? Method::kPost : Method::kPut;
      request.path = create ? "Subscription" : "Subscription/" + state.id;
      request.body = SubscriptionJson(wanted_, create ? "" : state.id);
      break;
    }
    }
    state.asked_run = run;
    step_.asks.push_back({std::move(request), wanted_.key});
  }

  void Take(const Answer& answer, std::uint64_t run) {
    step_.state.asked_run = 0;
    const AnswerClass kind = Classify(answer);
    switch (step_.state.phase) {
    case SubscriptionPhase::kFind:
      return kind == AnswerClass::kOk ? TakeFound(answer) : Fail(answer);
    case SubscriptionPhase::kWatch:
      if (kind == AnswerClass::kNotFound || kind == AnswerClass::kGone) return TakeLost();
      return kind == AnswerClass::kOk && IsSubscription(answer) ? TakeStored(answer.body->root()) : Fail(answer);
    case SubscriptionPhase::kCreate:
      return TakeCreated(answer, kind);
    case SubscriptionPhase::kUpdate:
      if (kind == AnswerClass::kNotFound || kind == AnswerClass::kGone) return TakeLost();
      if (kind != AnswerClass::kOk || !MayAnswerWrite(answer)) return Fail(answer);
      return Written();
    case SubscriptionPhase::kRetireFind:
      return kind == AnswerClass::kOk ? TakeUnwanted(answer, run) : FailToRetire(answer, kind);
    case SubscriptionPhase::kRetire:
      if (kind != AnswerClass::kOk || !MayAnswerWrite(answer)) return FailToRetire(answer, kind);
      Report("retired");
      return At(SubscriptionPhase::kRetireFind, 0);  // there may be another one
    case SubscriptionPhase::kRetired:
      return;
    }
  }

  SubscriptionStep Done() && { return std::move(step_); }

 private:
  std::string WantedHash() const {
    return Sha256Hex(wanted_.criteria + "\n" + wanted_.endpoint + "\n" + wanted_.header);
  }

  void At(SubscriptionPhase phase, std::int64_t delay_ms) {
    step_.state.phase = phase;
    step_.state.next_at = now_.PlusMs(delay_ms);
  }

  void Fail(const Answer& answer) {
    SubscriptionState& state = step_.state;
    ++state.failures;
    std::int64_t delay = RetryDelayMs(state.failures, pace_.retry, answer, prng_);
    // What the server refuses today it will refuse in a second too.
    if (Classify(answer) == AnswerClass::kRejected) delay = std::max(delay, pace_.check_ms);
    step_.events.push_back(events::subscription_request_failed(SafeText(wanted_.key), TypeToken(wanted_.type),
                                                               CodeOf(answer), answer.status, state.failures, delay));
    // Whether a write was applied is told by a search, never by repeating it.
    const bool write = state.phase == SubscriptionPhase::kCreate || state.phase == SubscriptionPhase::kUpdate;
    At(!write ? state.phase : state.id.empty() ? SubscriptionPhase::kFind : SubscriptionPhase::kWatch, delay);
  }

  // Only what has our endpoint and our reason, and would be notified.
  void TakeUnwanted(const Answer& answer, std::uint64_t run) {
    const auto page = ReadSearchPage(answer, {});
    if (!page.ok()) return FailToRetire(answer, AnswerClass::kGarbage);
    for (const json::Value resource : page->resources) {
      const std::string_view id = resource["id"].string();
      const bool ours = resource["resourceType"].string() == "Subscription" && fhir::IsId(id) &&
                        resource["channel"]["endpoint"].string() == wanted_.endpoint &&
                        resource["reason"].string() == kReason;
      if (!ours || resource["status"].string() == "off") continue;
      // What it asks for stays as it is: we wrote it, and R4 does not let it be left out.
      WantedSubscription off = wanted_;
      off.criteria = resource["criteria"].string();
      Request request;
      request.timeout_ms = pace_.timeout_ms;
      request.purpose = Purpose::kSubscriptionWrite;
      request.method = Method::kPut;
      request.path = "Subscription/" + std::string(id);
      request.body = SubscriptionJson(off, id, "off");
      step_.state.phase = SubscriptionPhase::kRetire;
      step_.state.asked_run = run;
      step_.asks.push_back({std::move(request), wanted_.key});
      return;
    }
    step_.state.phase = SubscriptionPhase::kRetired;
  }

  // Nothing depends on it: what cannot be switched off is reported and left.
  void FailToRetire(const Answer& answer, AnswerClass kind) {
    const bool outage = kind == AnswerClass::kUnsent || kind == AnswerClass::kThrottled;
    const bool hopeless = kind == AnswerClass::kRejected || kind == AnswerClass::kNotFound;
    step_.state.phase = SubscriptionPhase::kRetireFind;
    Fail(answer);
    if (!hopeless && (outage || step_.state.failures < kRetireTriesMax)) return;
    Report("left");
    step_.state.phase = SubscriptionPhase::kRetired;
  }

  void TakeLost() {
    Report("gone");
    step_.state.id.clear();
    step_.state.server_status.clear();
    At(SubscriptionPhase::kCreate, 0);
  }

  void TakeFound(const Answer& answer) {
    auto page = ReadSearchPage(answer, {});
    if (!page.ok()) return Fail(answer);
    json::Value best;
    for (json::Value resource : page->resources) {
      if (resource["resourceType"].string() != "Subscription") continue;
      if (resource["channel"]["endpoint"].string() != wanted_.endpoint) continue;
      if (!fhir::IsId(resource["id"].string())) continue;
      if (best && best["status"].string() == "active") continue;
      if (!best || resource["status"].string() == "active") best = resource;
    }
    if (!best) return At(SubscriptionPhase::kCreate, 0);
    step_.state.id = best["id"].string();
    TakeStored(best);
  }

  void TakeCreated(const Answer& answer, AnswerClass kind) {
    if (kind != AnswerClass::kOk || !MayAnswerWrite(answer)) return Fail(answer);
    const auto location = ParseLocation(answer.location);
    if (location) {
      step_.state.id = location->id;
    } else if (IsSubscription(answer)) {
      step_.state.id = answer.body->root()["id"].string();
    }
    Report("created");
    Written();
    // Without an id it has to be found first.
    if (!fhir::IsId(step_.state.id)) At(SubscriptionPhase::kFind, 0);
  }

  void Written() {
    step_.state.failures = 0;
    step_.state.requested_checks = 0;
    step_.state.asked_hash = WantedHash();
    step_.state.server_status = "requested";
    At(SubscriptionPhase::kWatch, std::min(pace_.check_ms, kFirstCheckMs));
  }

  void TakeStored(json::Value stored) {
    SubscriptionState& state = step_.state;
    const std::string status(stored["status"].string());
    const bool just_asked = state.server_status == "requested";
    state.failures = 0;
    if (!Matches(stored, wanted_)) {
      if (state.asked_hash != WantedHash()) {
        Report("outdated");
        return At(SubscriptionPhase::kUpdate, 0);
      }
      // The server accepted it with modifications: reported once, not fought over.
      if (state.server_status != "altered-" + status) {
        step_.activated = status == "active";
        Report("altered");
      }
      state.server_status = "altered-" + status;
    } else if (state.server_status != status) {
      state.server_status = status;
      step_.activated = status == "active";
      Report(StatusToken(status));
    }
    state.requested_checks = status == "requested" ? state.requested_checks + 1 : 0;
    if (state.requested_checks == kStuckChecks) Report("stuck");
    // Asked for again at once, but not in a tight loop with a server that refuses it each time.
    if (status == "error" || status == "off") {
      return At(SubscriptionPhase::kUpdate, just_asked ? pace_.check_ms : 0);
    }
    At(SubscriptionPhase::kWatch, status == "active" ? pace_.check_ms : std::min(pace_.check_ms, kFirstCheckMs));
  }

  void Report(Token change) {
    step_.events.push_back(events::subscription_state_changed(SafeText(wanted_.key), TypeToken(wanted_.type), change));
  }

  SubscriptionStep step_;
  const WantedSubscription& wanted_;
  UtcInstant now_;
  const SubscriptionPace& pace_;
  Prng& prng_;
};

}  // namespace

std::vector<WantedSubscription> PlanSubscriptions(const SubscriptionPlan& plan, const std::string& type,
                                                  const std::vector<std::string>& codes) {
  std::vector<WantedSubscription> out;
  for (const std::string& list : JoinCodes(codes, plan.criteria_chars_max, true)) {
    WantedSubscription wanted;
    wanted.type = type;
    const std::string seed = plan.system_id + "|" + type + "|" + std::to_string(out.size());
    wanted.key = Sha256Base32("hook|" + seed, 26);
    wanted.criteria = type + "?code=" + list;
    wanted.endpoint = EndpointOf(plan.public_url, wanted.key);
    wanted.header = plan.header;
    out.push_back(std::move(wanted));
  }
  return out;
}

WantedSubscription RetiredSubscription(const std::string& public_url, const std::string& type, const std::string& key) {
  WantedSubscription retired;
  retired.key = key;
  retired.type = type;
  retired.endpoint = EndpointOf(public_url, key);
  return retired;
}

std::string SubscriptionJson(const WantedSubscription& wanted, std::string_view id, std::string_view status) {
  json::Writer w;
  w.Object([&] {
    w.Member("resourceType", "Subscription");
    if (!id.empty()) w.Member("id", id);
    w.Member("status", status).Member("reason", kReason);
    w.Member("criteria", wanted.criteria);
    w.Key("channel").Object([&] {
      w.Key("extension").Array([&] {
        w.Object([&] { w.Member("url", kDeletesExtension).Member("valueBoolean", true); });
      });
      w.Member("type", "rest-hook").Member("endpoint", wanted.endpoint).Member("payload", kPayload);
      if (!wanted.header.empty()) w.Key("header").Array([&] { w.String(wanted.header); });
    });
  });
  return std::move(w).Take();
}

SubscriptionStep StepSubscription(SubscriptionState state, const Answer* answer, const WantedSubscription& wanted,
                                  UtcInstant now, std::uint64_t run, const SubscriptionPace& pace, Prng& prng) {
  Stepper stepper(std::move(state), wanted, now, pace, prng);
  if (answer != nullptr) {
    stepper.Take(*answer, run);
  } else {
    stepper.Ask(run);
  }
  return std::move(stepper).Done();
}

void WriteSubscription(json::Writer& writer, const SubscriptionState& state) {
  writer.Object([&] {
    writer.Member("key", state.key)
        .Member("type", state.type)
        .Member("phase", static_cast<int>(state.phase))
        .Member("id", state.id);
    writer.Member("status", state.server_status).Member("asked_hash", state.asked_hash);
    writer.Member("failures", state.failures).Member("requested_checks", state.requested_checks);
    writer.Member("next_at", state.next_at.ms).Member("asked_run", static_cast<std::int64_t>(state.asked_run));
  });
}

SubscriptionState LoadSubscription(json::Value stored) {
  const auto number = [&](const char* key) { return stored[key].decimal().value_or(0).ToInt64().value_or(0); };
  SubscriptionState state;
  state.key = stored["key"].string();
  state.phase = static_cast<SubscriptionPhase>(std::clamp<std::int64_t>(number("phase"), 0, 6));
  state.type = stored["type"].string();
  state.id = stored["id"].string();
  state.server_status = stored["status"].string();
  state.asked_hash = stored["asked_hash"].string();
  state.failures = static_cast<int>(number("failures"));
  state.requested_checks = static_cast<int>(number("requested_checks"));
  state.next_at = {number("next_at")};
  state.asked_run = static_cast<std::uint64_t>(number("asked_run"));
  return state;
}

}  // namespace facet::intake

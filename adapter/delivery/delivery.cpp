#include "adapter/delivery/delivery.hpp"

#include "adapter/delivery/found.hpp"
#include "adapter/fhir/resource.hpp"
#include "adapter/intake/http_fields.hpp"
#include "adapter/intake/search.hpp"

#include <algorithm>

namespace facet::delivery {
namespace {

using intake::Answer;
using intake::AnswerClass;
using intake::Ask;
using intake::Method;
using intake::Purpose;
using intake::Request;

// A server that answers 500 more often than this to writes of one payload will not take it.
constexpr int kServerErrorsMax = 20;
// The hash of what lies on the server under our id without being in our books: never equal to one of ours.
constexpr std::string_view kAdopted = "adopted";
// By this much at least a server's stamp may be later than the time-out; and how far its clocks may be apart.
constexpr std::int64_t kLateApplyMs = 120'000;
constexpr std::int64_t kClockSlackMs = 5000;

Answer AsGarbage(Answer answer) {
  answer.garbage = true;
  return answer;
}

bool SameInstant(std::string_view a, std::string_view b) {
  const auto left = FhirDateTime::Parse(a);
  const auto right = FhirDateTime::Parse(b);
  return left && right && left->Earliest(TimeZone{}) == right->Earliest(TimeZone{});
}

class Ladder {
 public:
  Ladder(OutboxRow row, const intake::TypeCapability& can, const std::string& after_server_id, UtcInstant now,
         const DeliverySettings& settings)
      : can_(can), after_(after_server_id), now_(now), settings_(settings) {
    step_.row = std::move(row);
    step_.row.updated_at = now;
  }

  void Read() {
    OutboxRow& row = step_.row;
    Request request;
    request.purpose = Purpose::kDeliveryRead;
    request.timeout_ms = settings_.timeout_ms;
    request.headers.emplace_back("Cache-Control", "no-cache");
    if (!row.server_id.empty() || can_.update_create) {
      request.path = row.resource_type + "/" + (row.server_id.empty() ? row.id : row.server_id);
    } else if (row.kind == OutboxKind::kProvenance) {
      request.path = "Provenance?target=" + intake::EncodeQuery("CarePlan/" + after_);
    } else {
      request.path = row.resource_type + "?identifier=" + intake::EncodeQuery(Identifier());
    }
    step_.ask = Ask{std::move(request), "read"};
  }

  void TakeRead(const Answer& answer, Prng& prng) {
    server_now_ = intake::ServerTime(answer);
    const AnswerClass kind = intake::Classify(answer);
    was_missing_ = IsMissing(step_.row);
    if (was_missing_ && kind == AnswerClass::kOk) step_.row.last_error.reset();
    switch (kind) {
    case AnswerClass::kNotFound:
      return Missing(answer, prng);
    case AnswerClass::kGone:
      return Finish(Outcome::kRemoved);
    case AnswerClass::kOk:
      break;
    case AnswerClass::kRejected:
      return Refuse(answer, intake::CodeOf(answer));
    default:
      return Retry(answer, prng);
    }
    const json::Value root = answer.body ? answer.body->root() : json::Value{};
    if (root["resourceType"].string() == step_.row.resource_type) return TakeOne(root, answer, prng);
    auto page = intake::ReadSearchPage(answer, {});
    if (!page.ok()) return Retry(AsGarbage(answer), prng);
    TakeMatches(page->resources, answer, prng);
  }

  void TakeWrite(const Answer& answer, Prng& prng) {
    OutboxRow& row = step_.row;
    row.server_errors = answer.status == 500 ? row.server_errors + 1 : 0;
    switch (intake::Classify(answer)) {
    case AnswerClass::kOk:
      return Applied(answer, prng);
    case AnswerClass::kRejected:
      Forget();
      return Refuse(answer, intake::CodeOf(answer));
    case AnswerClass::kFailed:
      if (row.server_errors > kServerErrorsMax) return Refuse(answer, intake::CodeOf(answer));
      return Unknown(answer, prng);
    case AnswerClass::kGarbage:
      return Unknown(answer, prng);
    default:
      Forget();
      return Retry(answer, prng);
    }
  }

  DeliveryStep Done() && { return std::move(step_); }

 private:
  std::string Identifier() const {
    const auto payload = json::Parse(step_.row.payload);
    if (!payload.ok()) return step_.row.id;
    const json::Value identifier = payload->root()["identifier"].at(0);
    return std::string(identifier["system"].string()) + "|" + std::string(identifier["value"].string());
  }

  bool IsOurs(json::Value resource) const {
    if (resource["resourceType"].string() != step_.row.resource_type) return false;
    if (step_.row.kind != OutboxKind::kProvenance) return true;
    const auto payload = json::Parse(step_.row.payload);
    return payload.ok() && SameInstant(resource["recorded"].string(), payload->root()["recorded"].string());
  }

  void TakeOne(json::Value resource, const Answer& answer, Prng& prng) {
    const auto found = FoundOf(resource);
    return found ? Take(*found, answer, prng) : Retry(AsGarbage(answer), prng);
  }

  void TakeMatches(const std::vector<json::Value>& resources, const Answer& answer, Prng& prng) {
    std::vector<json::Value> ours;
    std::copy_if(resources.begin(), resources.end(), std::back_inserter(ours),
                 [this](json::Value resource) { return IsOurs(resource); });
    if (ours.empty()) return Missing(answer, prng);
    // Never pick one of several in silence.
    if (ours.size() > 1) return Refuse(answer, ErrorCode::kServerDuplicate);
    TakeOne(ours.front(), answer, prng);
  }

  void Missing(const Answer& answer, Prng& prng) {
    OutboxRow& row = step_.row;
    if (!row.written_hash.empty()) return was_missing_ ? Finish(Outcome::kRemoved) : Retry(answer, prng);
    if (MayStillApply()) return ReadAgain(answer, prng);
    Forget();
    if (row.kind == OutboxKind::kRevoke) return Finish(Outcome::kDiscarded);
    Create();
  }

  bool MayStillApply() const {
    return !step_.row.sent_hash.empty() && step_.row.settles_at && now_ < *step_.row.settles_at;
  }

  // A server that commits after our time-out: a second write now would make a second resource, or meet our own first
  // one and take it for somebody else's.
  void ReadAgain(const Answer& answer, Prng& prng) {
    OutboxRow& row = step_.row;
    ++row.attempts;
    const UtcInstant next = now_.PlusMs(intake::RetryDelayMs(row.attempts, settings_.retry, answer, prng));
    row.next_attempt_at = std::min(next, *row.settles_at);
    row.state = OutboxState::kUnknown;
  }

  // People who take a proposal up, or reject it, change its status; servers do not. What was sent last is known as long
  // as it is the wanted payload, or a proposal (its status never changes but by a retraction).
  bool SaysOurStatus(const Found& found) const {
    const OutboxRow& row = step_.row;
    if (row.resource_type != "CarePlan" || found.status.empty()) return true;
    if (row.sent_hash != row.payload_hash && row.kind != OutboxKind::kCarePlan) return true;
    const auto payload = json::Parse(row.payload);
    return !payload.ok() || payload->root()["status"].string() == found.status;
  }

  // A change of the resource at `updated` can be the write that we sent, and not a later one of somebody else.
  bool CanBeOurWrite(const Found& found) const {
    // Where versions count up, ours is the one behind the version that we wrote on (the first of all for a create).
    const std::string& before = step_.row.server_version;
    if (!SaysOurStatus(found)) return false;
    if (IsNumber(found.version) && (before.empty() || IsNumber(before))) {
      if (Next(before) != found.version) return false;
      if (before.empty()) return true;
    }
    // Both times are the server's, so that no setting of our clock makes it look like somebody else's.
    if (!found.updated || !step_.row.sent_at) return true;
    const std::int64_t after = found.updated->ms - step_.row.sent_at->ms;
    return after >= -kClockSlackMs && after <= settings_.timeout_ms + std::max(kLateApplyMs, settings_.settle_ms);
  }

  void Take(const Found& found, const Answer& answer, Prng& prng) {
    OutboxRow& row = step_.row;
    const bool pending = !row.sent_hash.empty();
    if (pending && !row.server_version.empty() && found.version == row.server_version) {
      if (MayStillApply()) return ReadAgain(answer, prng);
      Forget();  // the update was not applied
    } else if (pending) {
      if (!CanBeOurWrite(found)) return Changed(found);
      Remember(found.id, found.version);
    } else if (row.written_hash.empty()) {
      // Under our id, but not in our books (a lost store): ours only while nobody has touched it.
      if (found.version != "1") return Changed(found);
      row.sent_hash = kAdopted;
      Remember(found.id, found.version);
    } else if (found.version != row.server_version) {
      return Changed(found);
    }
    found_again_ = was_missing_ && !pending;
    if (row.written_hash == row.payload_hash) return Finish(Outcome::kWritten);
    Update();
  }

  void Changed(const Found& found) {
    Forget();
    step_.row.server_id = found.id;
    Finish(Outcome::kChanged);
    step_.receipt->server_status = found.status;
  }

  void Create() {
    OutboxRow& row = step_.row;
    Request request;
    if (can_.update_create) {
      request.method = Method::kPut;
      request.path = row.resource_type + "/" + row.id;
      request.body = BodyToSend(row, row.id, after_);
    } else {
      request.method = Method::kPost;
      request.path = row.resource_type;
      request.body = BodyToSend(row, "", after_);
      if (can_.conditional_create && row.kind != OutboxKind::kProvenance) {
        request.headers.emplace_back("If-None-Exist", "identifier=" + intake::EncodeQuery(Identifier()));
      }
    }
    Send(std::move(request));
  }

  void Update() {
    OutboxRow& row = step_.row;
    Request request;
    request.method = Method::kPut;
    request.path = row.resource_type + "/" + row.server_id;
    request.body = BodyToSend(row, row.server_id, after_);
    if (!row.server_version.empty()) request.headers.emplace_back("If-Match", "W/\"" + row.server_version + "\"");
    Send(std::move(request));
  }

  void Send(Request request) {
    OutboxRow& row = step_.row;
    request.purpose = Purpose::kDeliveryWrite;
    request.timeout_ms = settings_.timeout_ms;
    row.state = OutboxState::kInFlight;
    row.sent_hash = row.payload_hash;
    row.sent_at = server_now_;
    row.settles_at = now_.PlusMs(settings_.timeout_ms + settings_.settle_ms);
    step_.ask = Ask{std::move(request), "write"};
  }

  void Applied(const Answer& answer, Prng& prng) {
    OutboxRow& row = step_.row;
    const json::Value body = answer.body ? answer.body->root() : json::Value{};
    const auto location = intake::ParseLocation(answer.location);
    std::string version(fhir::VersionOfEtag(answer.etag));
    std::string id = row.server_id;
    if (body["resourceType"].string() == row.resource_type) {
      if (version.empty()) version = body["meta"]["versionId"].string();
      if (id.empty()) id = body["id"].string();
    }
    if (location && version.empty()) version = location->version;
    if (location && id.empty()) id = location->id;
    if (id.empty() && can_.update_create) id = row.id;
    // What no id or version can be is none; the read that follows says the rest.
    if (!fhir::IsId(id)) id.clear();
    if (!fhir::IsId(version)) version.clear();
    const bool created_elsewhere = row.server_id.empty() && !can_.update_create && answer.status != 201;
    // Something else answers in the server's place (a gateway): without a pause we would ask it in a circle.
    if (!body.missing() && body["resourceType"].string() != row.resource_type && !location &&
        body["resourceType"].string() != "OperationOutcome") {
      return Unknown(AsGarbage(answer), prng);
    }
    // A hit of If-None-Exist is not our payload; and without id or version nothing can be compared later: read it.
    if (created_elsewhere || id.empty() || version.empty()) {
      row.state = OutboxState::kUnknown;
      row.settles_at = now_.PlusMs(settings_.settle_ms);
      row.next_attempt_at =
          row.attempts == 0 ? now_ : now_.PlusMs(intake::RetryDelayMs(row.attempts, settings_.retry, answer, prng));
      ++row.attempts;
      return;
    }
    Remember(id, version);
    if (row.written_hash == row.payload_hash) return Finish(Outcome::kWritten);
    row.state = OutboxState::kDue;  // the payload changed while it was under way
    row.next_attempt_at = now_;
  }

  void Remember(const std::string& id, const std::string& version) {
    OutboxRow& row = step_.row;
    row.server_id = id;
    row.server_version = version;
    row.written_hash = row.sent_hash;
    row.attempts = 0;
    Forget();
  }

  void Forget() {
    step_.row.sent_hash.clear();
    step_.row.sent_at.reset();
    step_.row.settles_at.reset();
  }

  void Finish(Outcome outcome) {
    OutboxRow& row = step_.row;
    Forget();
    row.state = OutboxState::kDone;
    row.outcome = outcome;
    row.last_error.reset();
    step_.receipt = Receipt{row.id, row.kind, outcome, row.written_hash, row.server_id, ""};
    if (outcome == Outcome::kWritten && !found_again_) {
      step_.events.push_back(events::delivery_write_applied(ProposalId(row.id), intake::TypeToken(row.resource_type),
                                                            Token::OfName(NameOf(row.kind)), row.attempts + 1));
    }
  }

  std::int64_t Note(const Answer& answer, ErrorCode code, Prng& prng) {
    OutboxRow& row = step_.row;
    ++row.attempts;
    row.last_error = code;
    row.last_status = answer.status;
    std::int64_t delay = intake::RetryDelayMs(row.attempts, settings_.retry, answer, prng);
    if (IsMissing(row)) delay = std::max(delay, intake::kSecondLookMs);
    row.next_attempt_at = now_.PlusMs(delay);
    return delay;
  }

  void Retry(const Answer& answer, Prng& prng) {
    OutboxRow& row = step_.row;
    const ErrorCode code = intake::CodeOf(answer);
    const std::int64_t delay = Note(answer, code, prng);
    row.state = row.sent_hash.empty() ? OutboxState::kDue : OutboxState::kUnknown;
    step_.events.push_back(events::delivery_write_failed(ProposalId(row.id), intake::TypeToken(row.resource_type), code,
                                                         answer.status, row.attempts, delay));
  }

  void Unknown(const Answer& answer, Prng& prng) {
    OutboxRow& row = step_.row;
    const ErrorCode code = intake::CodeOf(answer);
    const std::int64_t delay = Note(answer, code, prng);
    row.state = OutboxState::kUnknown;
    row.settles_at = now_.PlusMs(settings_.settle_ms);  // no request is on its way any more
    step_.events.push_back(events::delivery_outcome_unknown(ProposalId(row.id), intake::TypeToken(row.resource_type),
                                                            code, answer.status, row.attempts, delay));
  }

  void Refuse(const Answer& answer, ErrorCode code) {
    OutboxRow& row = step_.row;
    row.state = OutboxState::kDead;
    row.last_error = code;
    row.last_status = answer.status;
    step_.events.push_back(
        events::delivery_write_refused(ProposalId(row.id), intake::TypeToken(row.resource_type), code, answer.status));
  }

  DeliveryStep step_;
  intake::TypeCapability can_;
  std::string after_;
  UtcInstant now_;
  std::optional<UtcInstant> server_now_;  // as the answer to a read says
  DeliverySettings settings_;
  bool was_missing_ = false;  // the read before this one answered 404
  bool found_again_ = false;
};

}  // namespace

DeliveryStep BeginDelivery(OutboxRow row, const intake::TypeCapability& can, const std::string& after_server_id,
                           UtcInstant now, const DeliverySettings& settings) {
  Ladder ladder(std::move(row), can, after_server_id, now, settings);
  ladder.Read();
  return std::move(ladder).Done();
}

DeliveryStep TakeDelivery(OutboxRow row, const std::string& topic, const Answer& answer,
                          const intake::TypeCapability& can, const std::string& after_server_id, UtcInstant now,
                          const DeliverySettings& settings, Prng& prng) {
  Ladder ladder(std::move(row), can, after_server_id, now, settings);
  if (topic == "write") {
    ladder.TakeWrite(answer, prng);
  } else {
    ladder.TakeRead(answer, prng);
  }
  return std::move(ladder).Done();
}

}  // namespace facet::delivery

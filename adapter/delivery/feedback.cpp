#include "adapter/delivery/delivery.hpp"

namespace facet::delivery {

using intake::Answer;
using intake::AnswerClass;

Token FeedbackToken(const Receipt& receipt) {
  if (receipt.outcome == Outcome::kRemoved) return "removed";
  for (const std::string_view known : {"active", "on-hold", "revoked", "completed", "entered-in-error"}) {
    if (receipt.server_status == known) return Token::OfName(known);
  }
  return "edited";
}

DeliveryStep BeginFeedback(OutboxRow row, const DeliverySettings& settings) {
  DeliveryStep step;
  intake::Request request;
  request.purpose = intake::Purpose::kFeedbackRead;
  request.path = row.resource_type + "/" + (row.server_id.empty() ? row.id : row.server_id);
  request.timeout_ms = settings.timeout_ms;
  step.ask = intake::Ask{std::move(request), "feedback"};
  step.row = std::move(row);
  return step;
}

DeliveryStep TakeFeedback(OutboxRow row, const Answer& answer, UtcInstant now) {
  DeliveryStep step;
  const AnswerClass kind = intake::Classify(answer);
  const json::Value root = answer.body ? answer.body->root() : json::Value{};
  Outcome outcome = Outcome::kNone;
  const bool written = row.state == OutboxState::kDone && row.outcome == Outcome::kWritten;
  if (kind == AnswerClass::kNotFound && written) {
    // Not believed at once: a delivery with nothing to write reads it again.
    row.state = OutboxState::kDue;
    row.outcome = Outcome::kNone;
    row.attempts = 1;
    row.last_error = ErrorCode::kServerNotFound;
    row.last_status = answer.status;
    row.next_attempt_at = now.PlusMs(intake::kSecondLookMs);
    row.updated_at = now;
  } else if (kind == AnswerClass::kGone) {
    outcome = Outcome::kRemoved;
  } else if (kind == AnswerClass::kOk && root["resourceType"].string() == row.resource_type &&
             root["meta"]["versionId"].string() != row.server_version) {
    outcome = Outcome::kChanged;
  }
  // A row that is being written again is looked at by that delivery.
  if (written && outcome != Outcome::kNone) {
    row.outcome = outcome;
    row.updated_at = now;
    step.receipt =
        Receipt{row.id, row.kind, outcome, row.written_hash, row.server_id, std::string(root["status"].string())};
  }
  step.row = std::move(row);
  return step;
}

}  // namespace facet::delivery

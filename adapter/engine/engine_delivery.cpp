#include "adapter/base/digest.hpp"
#include "adapter/engine/engine_impl.hpp"

#include <algorithm>

namespace facet::engine {

using delivery::OutboxKind;
using delivery::OutboxRow;
using delivery::OutboxState;
using delivery::Outcome;

Status Engine::Impl::TakeCommand(const PatientRef& patient, const OutboxCommand& command, UtcInstant now) {
  if (command.kind == OutboxCommandKind::kPut) return PutRow(patient, command, now);
  ADAPTER_TRY(found, ledger.FindOutbox(command.row.id));
  if (!found) return {};
  OutboxRow row = *found;
  if (command.kind == OutboxCommandKind::kRetract) return RetractRow(std::move(row), command, now);
  if (command.kind == OutboxCommandKind::kRelease) {
    if (row.state != OutboxState::kHeld) return {};
    row.state = OutboxState::kDue;
    row.next_attempt_at = now;
    row.updated_at = now;
    ledger.PutOutbox(std::move(row));
    return {};
  }
  if (!MayWrite() || row.state != OutboxState::kDone) return {};
  auto step = delivery::BeginFeedback(std::move(row), DeliverySettingsOf());
  Pending wait;
  wait.owner = Owner::kFeedback;
  wait.key = step.row.id;
  wait.patient = patient;
  Ask(*std::move(step.ask), std::move(wait));
  return {};
}

// Whether a CarePlan's id is in use for something else: for another patient, whose procedure was moved to this one, or
// for a proposal that was taken back before the patient was followed again.
Result<bool> Engine::Impl::IsTaken(const PatientRef& patient, const OutboxCommand& command, UtcInstant now) {
  const bool is_careplan = command.row.kind == OutboxKind::kCarePlan;
  ADAPTER_TRY(found, ledger.FindOutbox(is_careplan ? command.row.id : command.row.after));
  if (!found) return false;
  const bool taken_back = found->kind == OutboxKind::kRevoke && found->outcome != Outcome::kDiscarded;
  if (found->patient == patient && !taken_back) return false;
  if (!is_careplan) return true;
  PatientInput input;
  input.kind = PatientInputKind::kTaken;
  input.resource = command.row.id;
  const std::int64_t expires_ms = rules.policy().expires_days * UtcInstant::kMsPerDay;
  input.expired = found->patient == patient && found->created_at.PlusMs(expires_ms) <= now;
  ADAPTER_TRY_STATUS(StepPatientWith(patient, input, now));
  return true;
}

Status Engine::Impl::PutRow(const PatientRef& patient, const OutboxCommand& command, UtcInstant now) {
  ADAPTER_TRY(taken, IsTaken(patient, command, now));
  if (taken) return {};
  ADAPTER_TRY(found, ledger.FindOutbox(command.row.id));
  OutboxRow row = found ? *found : command.row;
  const bool same = found && row.state == OutboxState::kDone && row.outcome == Outcome::kWritten &&
                    row.payload_hash == command.row.payload_hash;
  if (same) return {};
  if (!found) row.created_at = now;
  row.patient = patient;
  row.kind = command.row.kind;
  row.payload = command.row.payload;
  row.payload_hash = command.row.payload_hash;
  row.outcome = Outcome::kNone;
  row.attempts = 0;
  row.server_errors = 0;
  row.last_error.reset();
  row.last_status = 0;
  row.next_attempt_at = now;
  row.updated_at = now;
  // What is under way or unknown is resolved first; then the new payload is due.
  if (row.state != OutboxState::kInFlight && row.state != OutboxState::kUnknown) {
    row.state = row.after.empty() ? OutboxState::kDue : OutboxState::kHeld;
  }
  ledger.PutOutbox(std::move(row));
  return {};
}

Status Engine::Impl::RetractRow(OutboxRow row, const OutboxCommand& command, UtcInstant now) {
  row.updated_at = now;
  const bool settled = row.state == OutboxState::kDone;
  const bool never_sent = row.written_hash.empty() && row.sent_hash.empty();
  if (never_sent && !settled) {
    row.state = OutboxState::kDone;
    row.outcome = Outcome::kDiscarded;
    const delivery::Receipt receipt{row.id, row.kind, Outcome::kDiscarded, "", "", ""};
    const PatientRef patient = row.patient;
    const bool tell = row.kind == OutboxKind::kCarePlan;
    ledger.PutOutbox(std::move(row));
    if (!tell) return {};
    PatientInput input;
    input.kind = PatientInputKind::kReceipt;
    input.receipt = &receipt;
    return StepPatientWith(patient, input, now);
  }
  // A Provenance says what was written at its time: it stays.
  if (row.kind != OutboxKind::kCarePlan || (settled && row.outcome != Outcome::kWritten)) return {};
  row.kind = OutboxKind::kRevoke;
  row.payload = rules.Revoke(row.payload, command.evidence_was_wrong, command.reason, now);
  row.payload_hash = Sha256Hex(row.payload);
  row.outcome = Outcome::kNone;
  row.attempts = 0;
  row.server_errors = 0;
  row.last_error.reset();
  row.next_attempt_at = now;
  if (row.state != OutboxState::kInFlight && row.state != OutboxState::kUnknown) row.state = OutboxState::kDue;
  ledger.PutOutbox(std::move(row));
  return {};
}

delivery::DeliverySettings Engine::Impl::DeliverySettingsOf() const {
  return {Pace(), settings.request_timeout_ms, settings.settle_secs * UtcInstant::kMsPerSecond};
}

UtcInstant Engine::Impl::SettlesBy(UtcInstant now) const {
  const delivery::DeliverySettings delivery = DeliverySettingsOf();
  return now.PlusMs(delivery.timeout_ms + delivery.settle_ms);
}

Result<std::string> Engine::Impl::AfterServerId(const OutboxRow& row) {
  if (row.after.empty()) return std::string();
  ADAPTER_TRY(after, ledger.FindOutbox(row.after));
  return after ? after->server_id : std::string();
}

// write_back.per_day_max: a wrong policy or mapping cannot flood charts.
bool Engine::Impl::DayIsFull(OutboxRow& row, UtcInstant now) {
  const bool first = row.kind == OutboxKind::kCarePlan && row.written_hash.empty() && row.sent_hash.empty();
  if (settings.per_day_max <= 0 || !first || row.attempts > 0) return false;
  const TimeZone& zone = rules.zone();
  const std::int64_t today = zone.LocalDate(now).ToDays();
  if (feed.day != today) {
    feed.day = today;
    feed.day_count = 0;
  }
  if (feed.day_count < settings.per_day_max) {
    ++feed.day_count;
    return false;
  }
  row.next_attempt_at = zone.StartOfDay(CivilDate::FromDays(today + 1));
  turn_events.push_back(events::delivery_limit_reached(settings.per_day_max));
  return true;
}

Result<bool> Engine::Impl::StartDelivery(UtcInstant now) {
  while (!due_rows.empty()) {
    const std::string id = due_rows.front().id;
    due_rows.pop_front();
    ADAPTER_TRY(found, ledger.FindOutbox(id));  // as this turn has it
    const bool due = found && (found->state == OutboxState::kDue || found->state == OutboxState::kUnknown) &&
                     found->next_attempt_at <= now;
    if (!due || delivering.count(found->patient) != 0 || delivering.size() >= 2 * settings.requests_max) continue;
    OutboxRow row = *found;
    if (DayIsFull(row, now)) {
      ledger.PutOutbox(std::move(row));
      return true;
    }
    ADAPTER_TRY(after, AfterServerId(row));
    delivering.insert(row.patient);
    Pending wait;
    wait.owner = Owner::kDelivery;
    wait.key = row.id;
    wait.patient = row.patient;
    auto step = delivery::BeginDelivery(std::move(row), feed.capability.Of(found->resource_type), after, now,
                                        DeliverySettingsOf());
    wait.topic = step.ask->topic;
    Ask(*std::move(step.ask), std::move(wait));
    return true;
  }
  return false;
}

Status Engine::Impl::TakeDelivery(const Pending& ask, const intake::Answer& answer, UtcInstant now) {
  delivering.erase(ask.patient);
  ADAPTER_TRY(found, ledger.FindOutbox(ask.key));
  // It may have been discarded, or held by an operator, in the meantime; a write that was sent is always taken.
  const bool open = found && (found->state == OutboxState::kDue || found->state == OutboxState::kUnknown ||
                              found->state == OutboxState::kInFlight);
  if (!open) return {};
  ADAPTER_TRY(after, AfterServerId(*found));
  auto step = delivery::TakeDelivery(*found, ask.topic, answer, feed.capability.Of(found->resource_type), after, now,
                                     DeliverySettingsOf(), prng);
  if (draining && step.ask) return {};  // it stays as it was: the next start reads again, and writes
  ledger.PutOutbox(step.row);
  std::move(step.events.begin(), step.events.end(), std::back_inserter(turn_events));
  if (step.ask) {
    delivering.insert(ask.patient);
    Pending wait = ask;
    wait.topic = step.ask->topic;
    Ask(*std::move(step.ask), std::move(wait));
  }
  if (!step.receipt) return {};
  PatientInput input;
  input.kind = PatientInputKind::kReceipt;
  input.receipt = &*step.receipt;
  return StepPatientWith(ask.patient, input, now);
}

// Writes that wait for a free place when the process stops are never sent: they are due, not on their way.
Status Engine::Impl::TakeBackWrites(UtcInstant now) {
  for (const intake::Request& request : urgent) {
    const auto ask = pending.find(request.id);
    if (request.purpose != intake::Purpose::kDeliveryWrite || ask == pending.end()) continue;
    ADAPTER_TRY(found, ledger.FindOutbox(ask->second.key));
    delivering.erase(ask->second.patient);
    pending.erase(ask);
    if (!found || found->state != OutboxState::kInFlight) continue;
    OutboxRow row = *found;
    row.state = OutboxState::kDue;
    row.sent_hash.clear();
    row.sent_at.reset();
    row.settles_at.reset();
    row.next_attempt_at = now;
    row.updated_at = now;
    ledger.PutOutbox(std::move(row));
  }
  urgent.clear();
  bulk.clear();
  return {};
}

Status Engine::Impl::TakeFeedback(const Pending& ask, const intake::Answer& answer, UtcInstant now) {
  ADAPTER_TRY(found, ledger.FindOutbox(ask.key));
  if (!found) return {};
  auto step = delivery::TakeFeedback(*found, answer, now);
  if (step.row.state != found->state || step.receipt) ledger.PutOutbox(step.row);
  if (!step.receipt) return {};
  PatientInput input;
  input.kind = PatientInputKind::kReceipt;
  input.receipt = &*step.receipt;
  return StepPatientWith(ask.patient, input, now);
}

}  // namespace facet::engine

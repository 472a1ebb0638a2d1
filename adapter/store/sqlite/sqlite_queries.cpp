// The reading half of SqliteStore.
#include "adapter/store/sqlite/sqlite_store.hpp"

#include <utility>

namespace facet::store {

using delivery::OutboxRow;
using engine::InboxRow;
using engine::JudgementRow;
using engine::PatientRow;
using engine::StoreCounts;

namespace {

#define OUTBOX_COLUMNS                                                                                                 \
  "id, resource_type, kind, patient, episode, after_id, payload, payload_hash, state, outcome, attempts,"              \
  " next_attempt_at_ms, last_error, last_status, created_at_ms, updated_at_ms, sent_hash, sent_at_ms, written_hash,"   \
  " server_id, server_version, server_errors, settles_at_ms"

// A word that this version does not know: the store is damaged, or was written by something else.
Error UnknownWord(const char* column) {
  return MakeError(ErrorCode::kStoreRead, column, "the store holds a value that this version does not know");
}

std::optional<ErrorCode> ErrorCodeFromName(std::string_view name) {
#define ERROR_CODE(enumerator, text, meaning)                                                                          \
  if (name == text) return ErrorCode::enumerator;
#include "adapter/base/error_codes.def"
#undef ERROR_CODE
  return std::nullopt;
}

std::optional<UtcInstant> Instant(const std::optional<std::int64_t>& ms) {
  if (!ms) return std::nullopt;
  return UtcInstant{*ms};
}

Result<OutboxRow> ReadOutbox(const Query& query) {
  const auto kind = delivery::OutboxKindFromName(query.Text(2));
  const auto state = delivery::OutboxStateFromName(query.Text(8));
  const auto outcome = delivery::OutcomeFromName(query.Text(9));
  if (!kind) return UnknownWord("phi_outbox.kind");
  if (!state) return UnknownWord("phi_outbox.state");
  if (!outcome) return UnknownWord("phi_outbox.outcome");
  OutboxRow row;
  row.id = query.Text(0);
  row.resource_type = query.Text(1);
  row.kind = *kind;
  row.patient = PatientRef(query.Text(3));
  row.episode = EpisodeId(query.Text(4));
  row.after = query.Text(5);
  row.payload = query.Text(6);
  row.payload_hash = query.Text(7);
  row.state = *state;
  row.outcome = *outcome;
  row.attempts = static_cast<int>(query.Int(10));
  row.next_attempt_at = {query.Int(11)};
  if (!query.Null(12)) row.last_error = ErrorCodeFromName(query.Text(12)).value_or(ErrorCode::kInternal);
  row.last_status = static_cast<int>(query.Int(13));
  row.created_at = {query.Int(14)};
  row.updated_at = {query.Int(15)};
  row.sent_hash = query.Text(16);
  row.sent_at = Instant(query.MaybeInt(17));
  row.written_hash = query.Text(18);
  row.server_id = query.Text(19);
  row.server_version = query.Text(20);
  row.server_errors = static_cast<int>(query.Int(21));
  row.settles_at = Instant(query.MaybeInt(22));
  return row;
}

Result<std::vector<OutboxRow>> ReadOutboxRows(Query& query) {
  std::vector<OutboxRow> rows;
  while (query.Next()) {
    ADAPTER_TRY(row, ReadOutbox(query));
    rows.push_back(std::move(row));
  }
  ADAPTER_TRY_STATUS(query.status());
  return rows;
}

// The first column of every row.
template <class T>
Result<std::vector<T>> ReadTexts(Query& query) {
  std::vector<T> values;
  while (query.Next()) values.emplace_back(query.Text(0));
  ADAPTER_TRY_STATUS(query.status());
  return values;
}

Result<std::optional<UtcInstant>> ReadInstant(Query& query) {
  std::optional<UtcInstant> at;
  if (query.Next()) at = Instant(query.MaybeInt(0));
  ADAPTER_TRY_STATUS(query.status());
  return at;
}

}  // namespace

Result<std::vector<InboxRow>> SqliteStore::LoadNewInbox(NotificationId after, std::size_t limit) {
  ADAPTER_TRY_STATUS(Alive(ErrorCode::kStoreRead));
  Query query(*database_, ErrorCode::kStoreRead,
              "SELECT id, kind, type, resource_id, patient, facet, received_at_ms, state, reason FROM phi_inbox"
              " WHERE state = 'new' AND id > ? ORDER BY id LIMIT ?",
              static_cast<std::int64_t>(after.get()), static_cast<std::int64_t>(limit));
  std::vector<InboxRow> rows;
  while (query.Next()) {
    const auto kind = intake::HintKindFromName(query.Text(1));
    if (!kind) return UnknownWord("phi_inbox.kind");
    InboxRow row;
    row.id = NotificationId(static_cast<std::uint64_t>(query.Int(0)));
    row.hint.kind = *kind;
    row.hint.type = query.Text(2);
    row.hint.id = query.Text(3);
    row.hint.patient = PatientRef(query.Text(4));
    row.hint.facet = query.Int(5) != 0;
    row.received_at = {query.Int(6)};
    row.state = engine::InboxState::kNew;
    row.reason = query.Text(8);
    rows.push_back(std::move(row));
  }
  ADAPTER_TRY_STATUS(query.status());
  return rows;
}

Result<std::optional<std::string>> SqliteStore::LoadFeed() {
  ADAPTER_TRY_STATUS(Alive(ErrorCode::kStoreRead));
  Query query(*database_, ErrorCode::kStoreRead, "SELECT document FROM phi_feed WHERE id = 1");
  std::optional<std::string> document;
  if (query.Next()) document = query.Text(0);
  ADAPTER_TRY_STATUS(query.status());
  return document;
}

Result<std::optional<PatientRow>> SqliteStore::FindPatient(const PatientRef& patient) {
  ADAPTER_TRY_STATUS(Alive(ErrorCode::kStoreRead));
  Query query(*database_, ErrorCode::kStoreRead,
              "SELECT document, next_wake_at_ms, busy FROM phi_patient WHERE patient = ?", patient.get());
  std::optional<PatientRow> row;
  if (query.Next()) row = PatientRow{patient, query.Text(0), Instant(query.MaybeInt(1)), query.Int(2) != 0};
  ADAPTER_TRY_STATUS(query.status());
  return row;
}

Result<bool> SqliteStore::IsFollowed(const PatientRef& patient) {
  ADAPTER_TRY_STATUS(Alive(ErrorCode::kStoreRead));
  Query query(*database_, ErrorCode::kStoreRead, "SELECT 1 FROM phi_patient WHERE patient = ?", patient.get());
  const bool found = query.Next();
  ADAPTER_TRY_STATUS(query.status());
  return found;
}

Result<std::vector<PatientRef>> SqliteStore::FindHolders(const ResourceRef& resource) {
  ADAPTER_TRY_STATUS(Alive(ErrorCode::kStoreRead));
  Query query(*database_, ErrorCode::kStoreRead, "SELECT patient FROM phi_source WHERE resource = ? ORDER BY patient",
              resource.get());
  return ReadTexts<PatientRef>(query);
}

Result<std::vector<PatientRef>> SqliteStore::LoadDuePatients(UtcInstant now, std::size_t limit) {
  ADAPTER_TRY_STATUS(Alive(ErrorCode::kStoreRead));
  Query query(*database_, ErrorCode::kStoreRead,
              "SELECT patient FROM phi_patient WHERE next_wake_at_ms <= ? ORDER BY next_wake_at_ms, patient LIMIT ?",
              now.ms, static_cast<std::int64_t>(limit));
  return ReadTexts<PatientRef>(query);
}

Result<std::optional<UtcInstant>> SqliteStore::FindNextWake() {
  ADAPTER_TRY_STATUS(Alive(ErrorCode::kStoreRead));
  Query query(*database_, ErrorCode::kStoreRead,
              "SELECT next_wake_at_ms FROM phi_patient WHERE next_wake_at_ms IS NOT NULL"
              " ORDER BY next_wake_at_ms LIMIT 1");
  return ReadInstant(query);
}

Result<std::optional<OutboxRow>> SqliteStore::FindOutbox(const std::string& id) {
  ADAPTER_TRY_STATUS(Alive(ErrorCode::kStoreRead));
  Query query(*database_, ErrorCode::kStoreRead, "SELECT " OUTBOX_COLUMNS " FROM phi_outbox WHERE id = ?", id);
  ADAPTER_TRY(rows, ReadOutboxRows(query));
  if (rows.empty()) return std::optional<OutboxRow>();
  return std::optional<OutboxRow>(std::move(rows.front()));
}

Result<std::vector<OutboxRow>> SqliteStore::LoadDueOutbox(UtcInstant now, std::size_t limit) {
  ADAPTER_TRY_STATUS(Alive(ErrorCode::kStoreRead));
  // The planner would take the index of the states and sort all that is due.
  Query query(*database_, ErrorCode::kStoreRead,
              "SELECT " OUTBOX_COLUMNS " FROM phi_outbox INDEXED BY phi_outbox_due WHERE state IN ('due', 'unknown')"
              " AND next_attempt_at_ms <= ? ORDER BY next_attempt_at_ms, created_at_ms, id LIMIT ?",
              now.ms, static_cast<std::int64_t>(limit));
  return ReadOutboxRows(query);
}

Result<std::optional<UtcInstant>> SqliteStore::FindNextAttempt() {
  ADAPTER_TRY_STATUS(Alive(ErrorCode::kStoreRead));
  Query query(*database_, ErrorCode::kStoreRead,
              "SELECT next_attempt_at_ms FROM phi_outbox INDEXED BY phi_outbox_due WHERE state IN ('due', 'unknown')"
              " ORDER BY next_attempt_at_ms LIMIT 1");
  return ReadInstant(query);
}

Result<std::vector<OutboxRow>> SqliteStore::ListOutbox() {
  ADAPTER_TRY_STATUS(Alive(ErrorCode::kStoreRead));
  Query query(*database_, ErrorCode::kStoreRead,
              "SELECT " OUTBOX_COLUMNS " FROM phi_outbox ORDER BY created_at_ms, id");
  return ReadOutboxRows(query);
}

Result<std::vector<JudgementRow>> SqliteStore::ListJudgements(const EpisodeId& id) {
  ADAPTER_TRY_STATUS(Alive(ErrorCode::kStoreRead));
  Query query(*database_, ErrorCode::kStoreRead,
              "SELECT patient, at_ms, kind, verdict, document FROM phi_judgement WHERE episode = ? ORDER BY id",
              id.get());
  std::vector<JudgementRow> rows;
  while (query.Next()) {
    const auto kind = engine::JudgementKindFromName(query.Text(2));
    if (!kind) return UnknownWord("phi_judgement.kind");
    rows.push_back({id, PatientRef(query.Text(0)), {query.Int(1)}, *kind, query.Text(3), query.Text(4)});
  }
  ADAPTER_TRY_STATUS(query.status());
  return rows;
}

Result<std::vector<EpisodeId>> SqliteStore::ListEpisodes(const PatientRef& patient) {
  ADAPTER_TRY_STATUS(Alive(ErrorCode::kStoreRead));
  Query query(*database_, ErrorCode::kStoreRead,
              "SELECT episode FROM phi_episode WHERE patient = ?1"
              " UNION SELECT episode FROM phi_judgement WHERE patient = ?1 ORDER BY episode",
              patient.get());
  return ReadTexts<EpisodeId>(query);
}

Result<std::vector<PatientRef>> SqliteStore::ListPatients() {
  ADAPTER_TRY_STATUS(Alive(ErrorCode::kStoreRead));
  Query query(*database_, ErrorCode::kStoreRead, "SELECT patient FROM phi_patient ORDER BY patient");
  return ReadTexts<PatientRef>(query);
}

Result<std::optional<PatientRef>> SqliteStore::FindPatientOf(const EpisodeId& episode) {
  ADAPTER_TRY_STATUS(Alive(ErrorCode::kStoreRead));
  // A followed patient before one that is only in history; the newest history wins (merged patients).
  Query query(*database_, ErrorCode::kStoreRead,
              "SELECT patient FROM (SELECT patient, 0 AS place, 0 AS id FROM phi_episode WHERE episode = ?1"
              " UNION ALL SELECT patient, 1, -id FROM phi_judgement WHERE episode = ?1)"
              " ORDER BY place, id, patient LIMIT 1",
              episode.get());
  ADAPTER_TRY(found, ReadTexts<PatientRef>(query));
  if (found.empty()) return std::optional<PatientRef>();
  return std::optional<PatientRef>(std::move(found.front()));
}

Result<StoreCounts> SqliteStore::Count() {
  ADAPTER_TRY_STATUS(Alive(ErrorCode::kStoreRead));
  Query query(*database_, ErrorCode::kStoreRead,
              "SELECT (SELECT count(*) FROM phi_inbox WHERE state = 'new'),"
              " (SELECT count(*) FROM phi_inbox WHERE state = 'dead'),"
              " (SELECT count(*) FROM phi_patient),"
              " (SELECT count(*) FROM phi_outbox WHERE state IN ('due', 'in-flight', 'unknown')),"
              " (SELECT count(*) FROM phi_outbox WHERE state = 'held'),"
              " (SELECT count(*) FROM phi_outbox WHERE state = 'dead'),"
              " (SELECT count(*) FROM phi_outbox WHERE state = 'done')");
  StoreCounts counts;
  if (query.Next()) {
    counts = {query.Int(0), query.Int(1), query.Int(2), query.Int(3), query.Int(4), query.Int(5), query.Int(6)};
  }
  ADAPTER_TRY_STATUS(query.status());
  return counts;
}

}  // namespace facet::store

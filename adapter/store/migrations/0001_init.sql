-- The first schema. Times are UTC milliseconds; tables that hold data of patients are named phi_*.
-- Migrations only go forward; a file that was released is never changed.

-- Accepted notifications. AUTOINCREMENT: an id is never given twice, also after pruning.
CREATE TABLE phi_inbox (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  kind           TEXT    NOT NULL,
  type           TEXT    NOT NULL,
  resource_id    TEXT    NOT NULL,
  patient        TEXT    NOT NULL,
  facet          INTEGER NOT NULL,
  received_at_ms INTEGER NOT NULL,
  state          TEXT    NOT NULL,
  reason         TEXT    NOT NULL,
  finished_at_ms INTEGER
) STRICT;
CREATE INDEX phi_inbox_new ON phi_inbox (id) WHERE state = 'new';
CREATE INDEX phi_inbox_finished ON phi_inbox (finished_at_ms) WHERE state <> 'new';

-- Subscriptions, watermarks and whom to follow: one document.
CREATE TABLE phi_feed (
  id       INTEGER PRIMARY KEY CHECK (id = 1),
  document TEXT    NOT NULL
) STRICT;

-- Followed patients, one document each.
CREATE TABLE phi_patient (
  id              INTEGER PRIMARY KEY,
  patient         TEXT    NOT NULL UNIQUE,
  document        TEXT    NOT NULL,
  next_wake_at_ms INTEGER,
  busy            INTEGER NOT NULL
) STRICT;
CREATE INDEX phi_patient_wake ON phi_patient (next_wake_at_ms, patient) WHERE next_wake_at_ms IS NOT NULL;

-- Which resources the facts of a followed patient come from.
CREATE TABLE phi_source (
  resource TEXT NOT NULL,
  patient  TEXT NOT NULL REFERENCES phi_patient (patient) ON DELETE CASCADE,
  PRIMARY KEY (resource, patient)
) STRICT, WITHOUT ROWID;
CREATE INDEX phi_source_patient ON phi_source (patient);

CREATE TABLE phi_episode (
  episode TEXT NOT NULL,
  patient TEXT NOT NULL REFERENCES phi_patient (patient) ON DELETE CASCADE,
  PRIMARY KEY (episode, patient)
) STRICT, WITHOUT ROWID;
CREATE INDEX phi_episode_patient ON phi_episode (patient);

-- What is owed to the server: one row a resource that we author.
CREATE TABLE phi_outbox (
  id                 TEXT    NOT NULL PRIMARY KEY,
  resource_type      TEXT    NOT NULL,
  kind               TEXT    NOT NULL,
  patient            TEXT    NOT NULL,
  episode            TEXT    NOT NULL,
  after_id           TEXT    NOT NULL,
  payload            TEXT    NOT NULL,
  payload_hash       TEXT    NOT NULL,
  state              TEXT    NOT NULL,
  outcome            TEXT    NOT NULL,
  attempts           INTEGER NOT NULL,
  next_attempt_at_ms INTEGER NOT NULL,
  last_error         TEXT,
  last_status        INTEGER NOT NULL,
  created_at_ms      INTEGER NOT NULL,
  updated_at_ms      INTEGER NOT NULL,
  sent_hash          TEXT    NOT NULL,
  sent_at_ms         INTEGER,
  written_hash       TEXT    NOT NULL,
  server_id          TEXT    NOT NULL,
  server_version     TEXT    NOT NULL
) STRICT;
CREATE INDEX phi_outbox_due ON phi_outbox (next_attempt_at_ms, created_at_ms, id) WHERE state IN ('due', 'unknown');
CREATE INDEX phi_outbox_state ON phi_outbox (state);

-- Judgements and proposals as they were made; appended, never changed.
CREATE TABLE phi_judgement (
  id       INTEGER PRIMARY KEY,
  episode  TEXT    NOT NULL,
  patient  TEXT    NOT NULL,
  at_ms    INTEGER NOT NULL,
  kind     TEXT    NOT NULL,
  verdict  TEXT    NOT NULL,
  document TEXT    NOT NULL
) STRICT;
CREATE INDEX phi_judgement_episode ON phi_judgement (episode, id);
CREATE INDEX phi_judgement_patient ON phi_judgement (patient, episode);
CREATE INDEX phi_judgement_at ON phi_judgement (at_ms);

-- How many writes of a payload were answered 500, one after the other: failed reads do not count.
ALTER TABLE phi_outbox ADD COLUMN server_errors INTEGER NOT NULL DEFAULT 0;

-- Until when the server may still apply a write that was sent and has no answer: what a read does not find before then
-- is not yet known to be missing. NULL of a write that was sent earlier: as soon as it is read.
ALTER TABLE phi_outbox ADD COLUMN settles_at_ms INTEGER;

-- Finished notifications are counted every second and removed after days, some at a time: neither may read them all.
-- Given-up ones are few and stay as long as history: each kind has its own index.
DROP INDEX phi_inbox_finished;
CREATE INDEX phi_inbox_done ON phi_inbox (finished_at_ms) WHERE state = 'done';
CREATE INDEX phi_inbox_dead ON phi_inbox (finished_at_ms) WHERE state = 'dead';

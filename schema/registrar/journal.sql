-- name: journal_head
-- The registrar's own log, its newest epoch.
SELECT id, origin, epoch, size, tree, checkpoint, public FROM log
WHERE gate_id IS NULL AND device = 'registrar' ORDER BY epoch DESC LIMIT 1;

-- name: journal_epoch_insert
INSERT INTO log (origin, device, epoch, gate_id, public, size, tree)
VALUES (?1, 'registrar', ?2, NULL, ?3, 0, ?4);

-- name: journal_advance
UPDATE log SET size = ?2, tree = ?3, checkpoint = ?4 WHERE id = ?1;

-- name: journal_entry_insert
INSERT INTO log_entry (log_id, seq, text, time_ms, event, pass, decision, reason, staff, received)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10);

-- name: journal_detail_insert
INSERT INTO log_detail (log_id, seq, salt, detail) VALUES (?1, ?2, ?3, ?4);

-- name: journal_newest_time
-- Of the registrar's own entries: the wall clock must not be behind it.
SELECT coalesce(max(e.time_ms), 0) FROM log_entry e WHERE e.log_id =
	(SELECT id FROM log WHERE gate_id IS NULL AND device = 'registrar'
	ORDER BY epoch DESC LIMIT 1)
	AND e.seq = (SELECT max(seq) FROM log_entry WHERE log_id = e.log_id);

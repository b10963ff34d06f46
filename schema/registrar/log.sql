-- What gates upload of their journals.

-- name: upload_gate
-- ?1 gate -> state
SELECT state FROM gate WHERE id = ?1;

-- name: upload_log
-- ?1 gate, ?2 epoch -> id, size, tree
SELECT id, size, tree FROM log WHERE gate_id = ?1 AND epoch = ?2;

-- name: upload_newest
-- ?1 gate -> epoch, size of its newest epoch
SELECT epoch, size FROM log WHERE gate_id = ?1 ORDER BY epoch DESC LIMIT 1;

-- name: upload_equivocations
-- ?1 log -> how many of its entries were contradicted
SELECT count(*) FROM equivocation WHERE log_id = ?1;

-- name: upload_log_insert
-- ?1 origin, ?2 device, ?3 epoch, ?4 gate, ?5 journal key, ?6 tree
INSERT INTO log (origin, device, epoch, gate_id, public, tree) VALUES (?1, ?2, ?3, ?4, ?5, ?6);

-- name: upload_log_update
-- ?1 log, ?2 size, ?3 tree, ?4 checkpoint, ?5 cosignature
UPDATE log SET size = ?2, tree = ?3, checkpoint = ?4, cosignature = ?5 WHERE id = ?1;

-- name: upload_entries
-- ?1 log, ?2 first seq, ?3 how many -> seq, text
SELECT seq, text FROM log_entry WHERE log_id = ?1 AND seq >= ?2 ORDER BY seq LIMIT ?3;

-- name: upload_entry_insert
-- ?1 log, ?2 seq, ?3 text, ?4 time_ms, ?5 event, ?6 pass, ?7 decision, ?8 reason, ?9 staff,
-- ?10 received
INSERT INTO log_entry (log_id, seq, text, time_ms, event, pass, decision, reason, staff, received)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10);

-- name: upload_detail_insert
-- ?1 log, ?2 seq, ?3 salt, ?4 detail; one that is held stays
INSERT INTO log_detail (log_id, seq, salt, detail) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (log_id, seq) DO NOTHING;

-- name: upload_receipt
-- ?1 log, ?2 size -> checkpoint, cosignature given for it
SELECT checkpoint, cosignature FROM receipt WHERE log_id = ?1 AND size = ?2;

-- name: upload_receipt_insert
-- ?1 log, ?2 size, ?3 checkpoint, ?4 cosignature, ?5 now
INSERT INTO receipt (log_id, size, checkpoint, cosignature, given) VALUES (?1, ?2, ?3, ?4, ?5);

-- name: upload_equivocation_insert
-- ?1 log, ?2 seq, ?3 checkpoint, ?4 text, ?5 now; the same again changes nothing
INSERT INTO equivocation (log_id, seq, checkpoint, text, seen) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (log_id, seq, text) DO NOTHING;

-- name: log_all
-- -> every log held: id, origin, device, epoch, public, size, tree, checkpoint, cosignature, gate_id
SELECT id, origin, device, epoch, public, size, tree, checkpoint, cosignature, gate_id
FROM log ORDER BY device, epoch;

-- name: log_texts
-- ?1 log, ?2 below this seq -> text of its entries, in order
SELECT text FROM log_entry WHERE log_id = ?1 AND seq < ?2 ORDER BY seq;

-- name: log_witness_keys
-- -> public of each witness key, the active first
SELECT public FROM key WHERE use = 'witness' ORDER BY state = 'active' DESC, valid_from DESC;

-- name: upload_contradicted
-- ?1 log: one more contradiction came, whether it is kept or not
UPDATE log SET contradicted = contradicted + 1 WHERE id = ?1;

-- name: log_contradictions
-- -> logs that were contradicted: device, epoch, how often, how many are kept, when the last kept
SELECT l.device, l.epoch, l.contradicted, count(e.id), coalesce(max(e.seen), 0)
FROM log l LEFT JOIN equivocation e ON e.log_id = l.id
WHERE l.contradicted > 0 GROUP BY l.id ORDER BY max(e.seen) DESC, l.device, l.epoch;

-- name: log_gaps
-- ?1 time_ms -> entries of gates about themselves since then: clocks set back, stores begun anew,
-- restored or damaged; the newest first: device, epoch, seq, time_ms, decision, reason, staff
SELECT l.device, l.epoch, e.seq, e.time_ms, e.decision, e.reason, e.staff
FROM log_entry e JOIN log l ON l.id = e.log_id
WHERE e.event = '-' AND e.decision IN ('gap', 'epoch') AND e.time_ms >= ?1
	AND l.gate_id IS NOT NULL AND e.reason <> 'new'
ORDER BY e.time_ms DESC LIMIT 200;

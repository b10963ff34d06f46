-- Lists against the journals they were counted from.

-- name: reconcile_base
-- -> attendance_base
SELECT value FROM meta WHERE key = 'attendance_base';

-- name: reconcile_logs
-- -> log, device, epoch, origin, public key, size, signed head, how often contradicted, of each log
-- of a gate; by device and epoch
SELECT id, device, epoch, origin, public, size, checkpoint, contradicted
FROM log WHERE gate_id IS NOT NULL ORDER BY device, epoch, id;

-- name: reconcile_entries
-- ?1 log, ?2 from this number, ?3 below this one -> number, text, and what is read out of it: time,
-- event, pass, decision, reason, staff
SELECT seq, text, time_ms, event, pass, decision, reason, staff
FROM log_entry WHERE log_id = ?1 AND seq >= ?2 AND seq < ?3 ORDER BY seq;

-- name: reconcile_behind
-- ?1 log, ?2 size -> entries behind the signed head
SELECT count(*) FROM log_entry WHERE log_id = ?1 AND seq >= ?2;

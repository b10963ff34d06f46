-- What gates follow of each other's journals.

-- name: doors_gates
-- -> id, name of every gate that is enrolled, by name
SELECT id, name FROM gate WHERE state = 'enrolled' ORDER BY name;

-- name: doors_logs
-- -> id, device, epoch, size, gate, ms of its newest entry or when that came here (its clock may
-- have been set back), of every log of an enrolled gate, by device and epoch
SELECT l.id, l.device, l.epoch, l.size, l.gate_id,
	(SELECT max(e.time_ms, e.received * 1000) FROM log_entry e WHERE e.log_id = l.id AND e.seq = l.size - 1)
FROM log l JOIN gate g ON g.id = l.gate_id
WHERE g.state = 'enrolled' AND l.size > 0 ORDER BY l.device, l.epoch;

-- name: doors_first_since
-- ?1 log, ?2 ms -> seq of its first entry that is not older
SELECT min(seq) FROM log_entry WHERE log_id = ?1 AND time_ms >= ?2;

-- name: doors_end
-- ?1 log, ?2 above this size, ?3 at most this one -> size, checkpoint of the last receipt between
SELECT size, checkpoint FROM receipt WHERE log_id = ?1 AND size > ?2 AND size <= ?3
ORDER BY size DESC LIMIT 1;

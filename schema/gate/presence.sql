-- Where each pass stands: movements, their sum, and the doors that contradict each other.

-- name: presence_find
-- ?1 conference, ?2 pass -> inside, entries, time_ms, device, epoch, seq, staff
SELECT inside, entries, time_ms, device, epoch, seq, staff
FROM presence WHERE conference = ?1 AND pass = ?2;

-- name: presence_put
-- ?1 conference, ?2 pass, ?3 inside, ?4 entries, ?5 time_ms, ?6 device, ?7 epoch, ?8 seq, ?9 staff
INSERT INTO presence (conference, pass, inside, entries, time_ms, device, epoch, seq, staff)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
ON CONFLICT (conference, pass) DO UPDATE SET inside = excluded.inside,
	entries = excluded.entries, time_ms = excluded.time_ms, device = excluded.device,
	epoch = excluded.epoch, seq = excluded.seq, staff = excluded.staff;

-- name: presence_remove
-- ?1 conference, ?2 pass
DELETE FROM presence WHERE conference = ?1 AND pass = ?2;

-- name: presence_inside
-- ?1 conference -> how many are inside
SELECT count(*) FROM presence WHERE conference = ?1 AND inside = 1;

-- name: presence_visitors
-- ?1 conference -> pass, time_ms, device, staff of those inside whom no roster names, newest first
SELECT pass, time_ms, device, staff FROM presence AS p
WHERE conference = ?1 AND inside = 1 AND NOT EXISTS (
	SELECT 1 FROM roster WHERE roster.conference = p.conference AND roster.pass = p.pass)
ORDER BY time_ms DESC, pass;

-- name: presence_visitor
-- ?1 conference, ?2 pass -> 1 where it is one of those
SELECT 1 FROM presence AS p
WHERE conference = ?1 AND pass = ?2 AND inside = 1 AND NOT EXISTS (
	SELECT 1 FROM roster WHERE roster.conference = p.conference AND roster.pass = p.pass);

-- name: movement_insert
-- ?1 conference, ?2 pass, ?3 time_ms, ?4 device, ?5 epoch, ?6 seq, ?7 kind, ?8 staff; the same
-- again changes nothing
INSERT INTO movement (conference, pass, time_ms, device, epoch, seq, kind, staff)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT DO NOTHING;

-- name: movement_list
-- ?1 conference, ?2 pass -> time_ms, device, epoch, seq, kind, staff of those that count, in order
SELECT time_ms, device, epoch, seq, kind, staff FROM movement
WHERE conference = ?1 AND pass = ?2 AND voided = 0
ORDER BY time_ms, device, epoch, seq;

-- name: movement_void
-- ?1 conference, ?2 pass, ?3 device, ?4 epoch, ?5 seq: the device's newest admission before that
-- entry no longer counts; nothing changes when it did not before
UPDATE movement SET voided = 1
WHERE conference = ?1 AND pass = ?2 AND voided = 0 AND (time_ms, device, epoch, seq) = (
	SELECT time_ms, device, epoch, seq FROM movement
	WHERE conference = ?1 AND pass = ?2 AND device = ?3 AND kind IN (1, 3)
		AND (epoch, seq) < (?4, ?5)
	ORDER BY epoch DESC, seq DESC LIMIT 1);

-- name: conflict_doubt
-- ?1 conference, ?2 pass: those of a pass are looked at again, and until then negative
UPDATE conflict SET found_ms = -abs(found_ms) - 1 WHERE conference = ?1 AND pass = ?2;

-- name: conflict_put
-- ?1 conference, ?2 pass, first: ?3 device, ?4 epoch, ?5 seq, ?6 ms, ?7 staff, second: ?8 device,
-- ?9 epoch, ?10 seq, ?11 ms, ?12 staff, ?13 now; one that was known keeps its time
INSERT INTO conflict (conference, pass, first_device, first_epoch, first_seq, first_ms,
	first_staff, second_device, second_epoch, second_seq, second_ms, second_staff, found_ms)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
ON CONFLICT DO UPDATE SET found_ms = abs(found_ms) - 1;

-- name: conflict_settle
-- ?1 conference, ?2 pass: those that were not put again are none any more
DELETE FROM conflict WHERE conference = ?1 AND pass = ?2 AND found_ms < 0;

-- name: conflict_list
-- ?1 conference, 0 for all -> conference, pass, first device, epoch, seq, ms, staff, second device,
-- epoch, seq, ms, staff, found_ms; newest first
SELECT conference, pass, first_device, first_epoch, first_seq, first_ms, first_staff,
	second_device, second_epoch, second_seq, second_ms, second_staff, found_ms
FROM conflict WHERE ?1 = 0 OR conference = ?1
ORDER BY second_ms DESC, first_ms DESC, pass, first_device, second_device;

-- name: conflict_count
-- ?1 conference, 0 for all -> how many
SELECT count(*) FROM conflict WHERE ?1 = 0 OR conference = ?1;

-- Attendance: read out of the gates' journals; the registrar's own log (gate_id NULL) is none.

-- name: attendance_conference
-- ?1 id -> slug, ends
SELECT slug, ends FROM conference WHERE id = ?1;

-- name: attendance_registrations
-- ?1 conference -> person, name, outlet, its name, whether local, class, reference, state; oldest
-- first, so that the newest of a person comes last
SELECT n.id, n.name, o.id, o.name, o.local, a.class, r.reference, r.state
FROM registration r
JOIN accreditation a ON a.id = r.accreditation_id
JOIN person n ON n.id = a.person_id
JOIN outlet o ON o.id = a.outlet_id
WHERE r.conference_id = ?1
ORDER BY r.state = 'cancelled' DESC, r.created, r.id;

-- name: attendance_passes
-- ?1 conference -> pass, person, when it was revoked, of each pass of the conference
SELECT p.id, a.person_id, v.at
FROM pass p
JOIN registration r ON r.id = p.registration_id
JOIN accreditation a ON a.id = r.accreditation_id
LEFT JOIN revocation v ON v.pass_id = p.id AND v.expires > 0
WHERE p.conference_id = ?1;

-- name: attendance_pass
-- ?1 pass of another conference -> person, name, outlet, its name, whether local, class, when it
-- was revoked
SELECT n.id, n.name, o.id, o.name, o.local, a.class, v.at
FROM pass p
JOIN registration r ON r.id = p.registration_id
JOIN accreditation a ON a.id = r.accreditation_id
JOIN person n ON n.id = a.person_id
JOIN outlet o ON o.id = a.outlet_id
LEFT JOIN revocation v ON v.pass_id = p.id AND v.expires > 0
WHERE p.id = ?1;

-- name: attendance_undone
-- ?1 slug -> log, number of each entry that was undone: as at the gates (movement_void), an undo is
-- of the device's newest admission of the pass before it
SELECT m.log_id, m.seq
FROM log_entry v
JOIN log l ON l.id = v.log_id
JOIN log_entry m ON m.pass = v.pass AND (m.log_id, m.seq) = (
	SELECT b.log_id, b.seq FROM log_entry b JOIN log k ON k.id = b.log_id
	WHERE b.pass = v.pass AND b.event = ?1 AND b.decision IN ('admit', 'override', 'void')
		AND k.device = l.device AND k.gate_id IS NOT NULL
		AND (k.epoch < l.epoch OR (k.epoch = l.epoch AND b.seq < v.seq))
	ORDER BY k.epoch DESC, b.seq DESC LIMIT 1)
WHERE v.event = ?1 AND v.decision = 'void' AND l.gate_id IS NOT NULL AND m.decision <> 'void';

-- name: attendance_logs
-- -> log, device, epoch of each log of a gate
SELECT id, device, epoch FROM log WHERE gate_id IS NOT NULL ORDER BY device, epoch, id;

-- name: attendance_entries
-- ?1 slug -> log, number, time, decision, reason, pass, staff of each entry about it, in no order
SELECT log_id, seq, time_ms, decision, reason, pass, staff FROM log_entry WHERE event = ?1;

-- name: attendance_list
-- ?1 slug, ?2 decision or NULL ('admit' takes override too), ?3 reason or NULL, ?4 device or NULL,
-- ?5 person or 0 -> entries with their details, in order of time
SELECT l.device, l.epoch, e.seq, e.time_ms, e.decision, e.reason, e.staff, e.pass, n.id, n.name,
	o.name, d.detail
FROM log_entry e
JOIN log l ON l.id = e.log_id
LEFT JOIN pass p ON p.id = e.pass
LEFT JOIN registration r ON r.id = p.registration_id
LEFT JOIN accreditation a ON a.id = r.accreditation_id
LEFT JOIN person n ON n.id = a.person_id
LEFT JOIN outlet o ON o.id = a.outlet_id
LEFT JOIN log_detail d ON d.log_id = e.log_id AND d.seq = e.seq
WHERE e.event = ?1 AND l.gate_id IS NOT NULL
	AND (?2 IS NULL OR e.decision = ?2 OR (?2 = 'admit' AND e.decision = 'override'))
	AND (?3 IS NULL OR e.reason = ?3)
	AND (?4 IS NULL OR l.device = ?4)
	AND (?5 = 0 OR n.id = ?5)
ORDER BY e.time_ms, l.device, l.epoch, e.seq;

-- name: export_passes
-- ?1 conference -> person, outlet, class, pass state, registration state, qr, code; by name
SELECT n.name, o.name, a.class, p.state, r.state, p.qr, p.code
FROM pass p
JOIN registration r ON r.id = p.registration_id
JOIN accreditation a ON a.id = r.accreditation_id
JOIN person n ON n.id = a.person_id
JOIN outlet o ON o.id = a.outlet_id
WHERE p.conference_id = ?1
ORDER BY n.name, p.issued, p.id;

-- name: export_conference
-- ?1 slug -> id, ends
SELECT id, ends FROM conference WHERE slug = ?1;

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

-- name: attendance_entries
-- ?1 slug -> each entry of a gate about it, in order of time; last whether it was undone: as at the
-- gates (movement_void), an undo is of the device's newest admission of the pass before it
SELECT e.device, e.epoch, e.seq, e.time_ms, e.decision, e.reason, e.pass, n.id, n.name, o.id,
	o.name, o.local, a.class, v.at, e.staff, e.moves AND e.decision <> 'void' AND e.next IS 'void'
FROM (
	SELECT l.device, l.epoch, m.seq, m.time_ms, m.decision, m.reason, m.pass, m.staff, m.moves,
		lead(m.decision) OVER (
			PARTITION BY m.moves, m.pass, l.device ORDER BY l.epoch, m.seq) AS next
	FROM (
		SELECT log_id, seq, time_ms, decision, reason, pass, staff,
			decision IN ('admit', 'override', 'void') AS moves
		FROM log_entry WHERE event = ?1
	) m
	JOIN log l ON l.id = m.log_id
	WHERE l.gate_id IS NOT NULL
) e
LEFT JOIN pass p ON p.id = e.pass
LEFT JOIN registration r ON r.id = p.registration_id
LEFT JOIN accreditation a ON a.id = r.accreditation_id
LEFT JOIN person n ON n.id = a.person_id
LEFT JOIN outlet o ON o.id = a.outlet_id
LEFT JOIN revocation v ON v.pass_id = e.pass AND v.expires > 0
ORDER BY e.time_ms, e.device, e.epoch, e.seq;

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

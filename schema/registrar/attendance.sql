-- Attendance: read out of the gates' journals; the registrar's own log (gate_id NULL) is none.

-- name: attendance_versions
-- ?1 conference -> slug, ends, attendance_version, attendance_base
SELECT slug, ends, (SELECT value FROM meta WHERE key = 'attendance_version'),
	(SELECT value FROM meta WHERE key = 'attendance_base')
FROM conference WHERE id = ?1;

-- name: attendance_registrations
-- ?1 conference -> registration, person, name, outlet, its name, whether local, class, reference,
-- state, when it was made
SELECT r.id, n.id, n.name, o.id, o.name, o.local, a.class, r.reference, r.state, r.created
FROM registration r
JOIN accreditation a ON a.id = r.accreditation_id
JOIN person n ON n.id = a.person_id
JOIN outlet o ON o.id = a.outlet_id
WHERE r.conference_id = ?1;

-- name: attendance_registrations_since
-- ?1 conference, ?2 version -> as attendance_registrations, of those that changed after it
SELECT r.id, n.id, n.name, o.id, o.name, o.local, a.class, r.reference, r.state, r.created
FROM attendance_change c
JOIN registration r ON r.id = c.registration_id
JOIN accreditation a ON a.id = r.accreditation_id
JOIN person n ON n.id = a.person_id
JOIN outlet o ON o.id = a.outlet_id
WHERE c.conference_id = ?1 AND c.version > ?2;

-- name: attendance_passes
-- ?1 conference -> pass, person, when it was revoked, of each pass of the conference; its typed
-- code, whether it stands, when it was issued
SELECT p.id, a.person_id, v.at, p.code, p.state = 'active', p.issued
FROM pass p
JOIN registration r ON r.id = p.registration_id
JOIN accreditation a ON a.id = r.accreditation_id
LEFT JOIN revocation v ON v.pass_id = p.id AND v.expires > 0
WHERE p.conference_id = ?1;

-- name: attendance_passes_since
-- ?1 conference, ?2 version -> as attendance_passes, of registrations that changed after it
SELECT p.id, a.person_id, v.at, p.code, p.state = 'active', p.issued
FROM attendance_change c
JOIN pass p ON p.registration_id = c.registration_id
JOIN registration r ON r.id = p.registration_id
JOIN accreditation a ON a.id = r.accreditation_id
LEFT JOIN revocation v ON v.pass_id = p.id AND v.expires > 0
WHERE c.conference_id = ?1 AND c.version > ?2 AND p.conference_id = ?1;

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

-- name: attendance_logs
-- -> log, device, epoch, size of each log of a gate, in order of device and epoch
SELECT id, device, epoch, size FROM log WHERE gate_id IS NOT NULL ORDER BY device, epoch, id;

-- name: attendance_entries
-- ?1 slug -> log, number, time, decision, reason, pass, staff of each entry about it, in no order
SELECT log_id, seq, time_ms, decision, reason, pass, staff FROM log_entry WHERE event = ?1;

-- name: attendance_entries_since
-- ?1 slug, ?2 log, ?3 from this number, ?4 below this one -> as attendance_entries
SELECT log_id, seq, time_ms, decision, reason, pass, staff FROM log_entry
WHERE log_id = ?2 AND seq >= ?3 AND seq < ?4 AND event = ?1;

-- name: attendance_detail
-- ?1 log, ?2 number -> what the gate said of the entry
SELECT detail FROM log_detail WHERE log_id = ?1 AND seq = ?2;

-- name: attendance_details
-- ?1 log, ?2 from this number -> number, what the gate said, of each entry that has it, in order
SELECT seq, detail FROM log_detail WHERE log_id = ?1 AND seq >= ?2 ORDER BY seq;

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

-- name: registration_insert
INSERT INTO registration (reference, conference_id, accreditation_id, state, consented, created,
	changed, explanation)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7);

-- name: registration_by_reference
-- With its active pass, if it has one.
SELECT r.id, r.reference, r.conference_id, r.accreditation_id, a.person_id, a.outlet_id, a.class,
	r.state, r.consented, r.created, r.changed, r.explanation, p.id, p.code, p.qr, p.issued
FROM registration r JOIN accreditation a ON a.id = r.accreditation_id
LEFT JOIN pass p ON p.registration_id = r.id AND p.state = 'active'
WHERE r.reference = ?1;

-- name: registration_by_id
SELECT r.id, r.reference, r.conference_id, r.accreditation_id, a.person_id, a.outlet_id, a.class,
	r.state, r.consented, r.created, r.changed, r.explanation, p.id, p.code, p.qr, p.issued
FROM registration r JOIN accreditation a ON a.id = r.accreditation_id
LEFT JOIN pass p ON p.registration_id = r.id AND p.state = 'active'
WHERE r.id = ?1;

-- name: registration_standing
-- Of a person at a conference; there is one at most that is not cancelled.
SELECT r.id, r.reference, r.conference_id, r.accreditation_id, a.person_id, a.outlet_id, a.class,
	r.state, r.consented, r.created, r.changed, r.explanation, p.id, p.code, p.qr, p.issued
FROM accreditation a CROSS JOIN registration r INDEXED BY registration_standing
	ON r.conference_id = ?1 AND r.accreditation_id = a.id AND r.state <> 'cancelled'
LEFT JOIN pass p ON p.registration_id = r.id AND p.state = 'active'
WHERE a.person_id = ?2 ORDER BY r.id LIMIT 1;

-- name: registration_of_person
SELECT r.id, r.reference, r.conference_id, r.accreditation_id, a.person_id, a.outlet_id, a.class,
	r.state, r.consented, r.created, r.changed, r.explanation, p.id, p.code, p.qr, p.issued
FROM accreditation a CROSS JOIN registration r ON r.accreditation_id = a.id
JOIN conference c ON c.id = r.conference_id
LEFT JOIN pass p ON p.registration_id = r.id AND p.state = 'active'
WHERE a.person_id = ?1 ORDER BY c.starts DESC, r.id DESC LIMIT 200;

-- name: registration_accreditation
-- What registering asks of an accreditation.
SELECT a.person_id, a.outlet_id, a.class, a.state, a.valid_from, a.valid_until, p.name, o.name,
	o.local
FROM accreditation a JOIN person p ON p.id = a.person_id JOIN outlet o ON o.id = a.outlet_id
WHERE a.id = ?1;

-- name: registration_outlet_places
-- How many confirmed places an outlet has at a conference.
SELECT count(*) FROM registration r JOIN accreditation a ON a.id = r.accreditation_id
WHERE r.conference_id = ?1 AND r.state = 'confirmed' AND a.outlet_id = ?2;

-- name: registration_line
-- How many of the waitlist are promoted before one: local outlets first at an emerging conference (R8),
-- then time, then number. ?1 registration
SELECT count(*) FROM registration r
JOIN accreditation a ON a.id = r.accreditation_id JOIN outlet o ON o.id = a.outlet_id
JOIN registration m ON m.id = ?1
JOIN accreditation ma ON ma.id = m.accreditation_id JOIN outlet mo ON mo.id = ma.outlet_id
JOIN conference c ON c.id = m.conference_id
WHERE r.conference_id = m.conference_id AND r.state = 'waitlisted' AND r.id <> m.id
	AND a.state IN ('active', 'limited')
	AND (c.emerging * (1 - o.local), r.created, r.id)
		< (c.emerging * (1 - mo.local), m.created, m.id);

-- name: registration_set_state
UPDATE registration SET state = ?2, changed = ?3, explanation = ?4 WHERE id = ?1;

-- name: registration_all_standing
SELECT id FROM registration
WHERE conference_id = ?1 AND state IN ('requested', 'confirmed', 'waitlisted') ORDER BY id;

-- R14: everything that is kept about one person, and what the person asks about it. Columns of the
-- subject_of_... queries are told to the person by their names: ..._at is a time, ..._blob a picture.
-- ?1 person, in each.

-- name: subject_of_person
SELECT p.name, p.email, p.phone, p.language, p.created AS created_at, f.bytes AS photo_blob
FROM person p LEFT JOIN photo f ON f.hash = p.photo WHERE p.id = ?1;

-- name: subject_of_applications
SELECT reference, state, purpose, name, email, outlet, class, proof, language, created AS created_at,
	submitted AS submitted_at, due AS due_at, decided AS decided_at, criterion, message
FROM application WHERE person_id = ?1 ORDER BY id;

-- name: subject_of_correspondence
SELECT a.reference, c.at AS said_at, c.kind, iif(c.staff IS NULL, 'you', 'media desk') AS side,
	c.words
FROM correspondence c JOIN application a ON a.id = c.application_id
WHERE a.person_id = ?1 ORDER BY c.id;

-- name: subject_of_accreditations
SELECT o.name AS outlet, a.class, a.state, a.valid_from AS valid_from_at,
	a.valid_until AS valid_until_at, c.title AS only_conference, l.until AS only_until_at
FROM accreditation a JOIN outlet o ON o.id = a.outlet_id
LEFT JOIN accreditation_limit l ON l.accreditation_id = a.id
LEFT JOIN conference c ON c.id = l.conference_id WHERE a.person_id = ?1 ORDER BY a.id;

-- name: subject_of_registrations
SELECT r.reference, c.title AS conference, r.state, r.explanation, r.consented AS consented_at,
	r.created AS created_at, r.changed AS changed_at
FROM registration r JOIN accreditation a ON a.id = r.accreditation_id
JOIN conference c ON c.id = r.conference_id WHERE a.person_id = ?1 ORDER BY r.id;

-- name: subject_of_passes
SELECT r.reference, p.code, p.qr, p.state, p.issued AS issued_at, v.at AS revoked_at
FROM pass p JOIN registration r ON r.id = p.registration_id
JOIN accreditation a ON a.id = r.accreditation_id LEFT JOIN revocation v ON v.pass_id = p.id
WHERE a.person_id = ?1 ORDER BY p.issued, p.id;

-- name: subject_of_entries
-- What doors and this registrar noted of the person's passes.
SELECT e.time_ms / 1000 AS noted_at, l.device, e.event AS conference, e.decision, e.reason
FROM log_entry e JOIN log l ON l.id = e.log_id
JOIN pass p ON p.id = e.pass JOIN registration r ON r.id = p.registration_id
JOIN accreditation a ON a.id = r.accreditation_id
WHERE a.person_id = ?1 ORDER BY e.time_ms, e.seq LIMIT 2000;

-- name: subject_of_referrals
SELECT x.made_ms / 1000 AS noted_at, x.kind, x.name, x.outlet, x.words, x.answer,
	x.answer_words AS message
FROM referral x JOIN pass p ON p.id = x.pass JOIN registration r ON r.id = p.registration_id
JOIN accreditation a ON a.id = r.accreditation_id WHERE a.person_id = ?1 ORDER BY x.made_ms;

-- name: subject_of_restrictions
SELECT x.words, x.valid_from AS valid_from_at, x.valid_until AS valid_until_at, x.lifted AS lifted_at
FROM restriction x JOIN pass p ON p.id = x.pass_id JOIN registration r ON r.id = p.registration_id
JOIN accreditation a ON a.id = r.accreditation_id WHERE a.person_id = ?1 ORDER BY x.id;

-- name: subject_of_sessions
SELECT nullif(browser, '') AS browser, nullif(network, '') AS network, created AS created_at,
	seen AS seen_at FROM session WHERE person_id = ?1 ORDER BY created;

-- name: subject_of_links
SELECT l.purpose AS kind, l.created AS created_at, l.expires AS expires_at, l.used AS used_at
FROM link l LEFT JOIN application a ON a.id = l.application_id
WHERE l.person_id = ?1 OR a.person_id = ?1 ORDER BY l.created;

-- name: subject_of_mails
SELECT o.subject, o.body AS words, o.state, o.created AS created_at
FROM outbox o JOIN person p ON p.email = o.recipient WHERE p.id = ?1 ORDER BY o.id;

-- name: subject_of_bounces
SELECT b.status AS state, b.first AS noted_at, b.last AS changed_at
FROM bounce b JOIN person p ON p.email = b.email WHERE p.id = ?1;

-- name: subject_of_subscriptions
SELECT s.email, s.language, s.created AS created_at
FROM subscription s JOIN person p ON p.email = s.email WHERE p.id = ?1;

-- name: subject_of_email_changes
SELECT email, created AS created_at, expires AS expires_at, used AS used_at
FROM email_change WHERE person_id = ?1 ORDER BY created;

-- name: subject_of_requests
SELECT reference, kind, state, words, created AS created_at, due AS due_at, answered AS answered_at,
	message
FROM subject_request WHERE person_id = ?1 ORDER BY id;

-- name: subject_of_answers
SELECT a.reference, w.name AS question, w.value AS words
FROM answer w JOIN dossier d ON d.id = w.dossier_id JOIN application a ON a.id = d.application_id
WHERE a.person_id = ?1 ORDER BY a.id, w.name;

-- name: subject_of_uploads
SELECT a.reference, u.kind, u.title, u.type, u.created AS created_at
FROM upload u JOIN dossier d ON d.id = u.dossier_id JOIN application a ON a.id = d.application_id
WHERE a.person_id = ?1 ORDER BY u.id;

-- name: subject_of_focal_points
SELECT o.name AS outlet, f.made AS created_at, f.ended AS ended_at
FROM focal_point f JOIN outlet o ON o.id = f.outlet_id WHERE f.person_id = ?1 ORDER BY f.id;

-- name: subject_of_vouches
-- The person's word for others, and others' for the person.
SELECT a.reference, iif(v.person_id = ?1, 'you', 'focal point') AS side,
	iif(v.works, 'yes', 'no') AS answer, v.words, v.at AS said_at
FROM vouch v JOIN application a ON a.id = v.application_id
WHERE v.person_id = ?1 OR a.person_id = ?1 ORDER BY v.at, a.id;

-- name: subject_of_views
-- What a person reads of it: who by role. ?1 person
SELECT v.at AS viewed_at, v.role AS side, v.what AS seen, v.why, v.item AS reference,
	nullif(v.words, '') AS words, v.times AS times
FROM view_log v WHERE v.person_id = ?1 ORDER BY v.id LIMIT 5000;

-- name: subject_of_notes
-- Internal: for the office that looks through it before it is given, never a person's own page.
SELECT a.reference, n.at AS said_at, 'media desk' AS side, n.words
FROM review_note n JOIN application a ON a.id = n.application_id WHERE a.person_id = ?1
UNION ALL SELECT a.reference, a.decided, 'media desk', a.note
FROM application a WHERE a.person_id = ?1 AND a.note <> ''
UNION ALL SELECT a.reference, s.at, 'media desk', s.words
FROM review_step s JOIN application a ON a.id = s.application_id
WHERE a.person_id = ?1 AND s.words <> ''
UNION ALL SELECT a.reference, p.at, 'media desk', p.message || ' ' || p.note
FROM proposal p JOIN application a ON a.id = p.application_id WHERE a.person_id = ?1
UNION ALL SELECT r.reference, g.given, 'media desk', g.reason
FROM place_given g JOIN registration r ON r.id = g.registration_id
JOIN accreditation a ON a.id = r.accreditation_id WHERE a.person_id = ?1
UNION ALL SELECT r.reference, b.at, 'media desk', b.words
FROM badge_lost b JOIN pass p ON p.id = b.pass_id JOIN registration r ON r.id = p.registration_id
JOIN accreditation a ON a.id = r.accreditation_id WHERE a.person_id = ?1
UNION ALL SELECT r.reference, u.at, 'media desk', b.words
FROM badge_print b JOIN badge_run u ON u.id = b.run_id JOIN pass p ON p.id = b.pass_id
JOIN registration r ON r.id = p.registration_id
JOIN accreditation a ON a.id = r.accreditation_id WHERE a.person_id = ?1 AND b.words <> ''
UNION ALL SELECT NULL, h.made, 'media desk', h.reason FROM hold h WHERE h.person_id = ?1;

-- name: subject_of_details
-- What stands behind the journals' entries that are about the person's passes or name the person; for
-- the office.
SELECT e.time_ms / 1000 AS noted_at, l.device, e.event AS conference, e.reason, d.detail AS words
FROM log_entry e JOIN log l ON l.id = e.log_id JOIN log_detail d ON d.log_id = e.log_id AND d.seq = e.seq
JOIN pass p ON p.id = e.pass JOIN registration r ON r.id = p.registration_id
JOIN accreditation a ON a.id = r.accreditation_id WHERE a.person_id = ?1
UNION ALL
SELECT e.time_ms / 1000, l.device, e.event, e.reason, d.detail
FROM log_detail d JOIN log_entry e ON e.log_id = d.log_id AND e.seq = d.seq
JOIN log l ON l.id = e.log_id
WHERE e.pass IS NULL AND e.decision <> 'epoch' AND EXISTS (SELECT 1 FROM (
	SELECT name AS words FROM person WHERE id = ?1
	UNION ALL SELECT email FROM person WHERE id = ?1
	UNION ALL SELECT 'accreditation ' || id || ':' FROM accreditation WHERE person_id = ?1
	UNION ALL SELECT reference FROM application WHERE person_id = ?1
	UNION ALL SELECT r.reference FROM accreditation x JOIN registration r ON r.accreditation_id = x.id
		WHERE x.person_id = ?1) n WHERE instr(d.detail, n.words) > 0)
ORDER BY 1 LIMIT 5000;

-- name: subject_files
-- ?1 person -> the files that were sent
SELECT u.id, u.title, u.type, u.bytes
FROM upload u JOIN dossier d ON d.id = u.dossier_id JOIN application a ON a.id = d.application_id
WHERE a.person_id = ?1 ORDER BY u.id;

-- name: subject_photo
SELECT f.bytes FROM person p JOIN photo f ON f.hash = p.photo WHERE p.id = ?1;

-- name: subject_coming
-- Registrations that stand for what is not over. ?1 person ?2 now
SELECT r.reference FROM accreditation a JOIN registration r ON r.accreditation_id = a.id
JOIN conference c ON c.id = r.conference_id
WHERE a.person_id = ?1 AND r.state IN ('requested', 'confirmed', 'waitlisted') AND c.ends > ?2
ORDER BY r.id;

-- name: subject_waiting
-- ?1 person -> requests that wait
SELECT reference FROM subject_request WHERE person_id = ?1 AND state = 'waiting' ORDER BY id;

-- name: subject_phone
SELECT phone, language FROM person WHERE id = ?1;

-- name: subject_correct
-- ?1 person ?2 telephone ?3 language
UPDATE person SET phone = ?2, language = ?3 WHERE id = ?1;

-- name: subject_stands
-- ?1 person ?2 now -> a row where an accreditation stands
SELECT 1 FROM accreditation WHERE person_id = ?1 AND state IN ('active', 'limited', 'suspended')
	AND valid_until > ?2 LIMIT 1;

-- name: subject_set_email
-- ?1 person ?2 address
UPDATE person SET email = ?2 WHERE id = ?1;

-- name: subject_set_mail_of_applications
-- ?1 person ?2 address
UPDATE application SET email = ?2 WHERE person_id = ?1;

-- name: subject_email_insert
-- ?1 hash ?2 person ?3 address ?4 now ?5 expires
INSERT INTO email_change (hash, person_id, email, created, expires) VALUES (?1, ?2, ?3, ?4, ?5);

-- name: subject_email_find
-- ?1 hash ?2 now
SELECT c.person_id, c.email, p.email FROM email_change c JOIN person p ON p.id = c.person_id
WHERE c.hash = ?1 AND c.used IS NULL AND c.expires > ?2;

-- name: subject_email_use
-- All that wait for the person are over with it. ?1 person ?2 now
UPDATE email_change SET used = ?2 WHERE person_id = ?1 AND used IS NULL;

-- name: subject_end_sessions
DELETE FROM session WHERE person_id = ?1;

-- name: subject_request_insert
-- ?1 reference ?2 person ?3 kind ?4 words ?5 now ?6 due
INSERT INTO subject_request (reference, person_id, kind, state, words, created, due)
VALUES (?1, ?2, ?3, 'waiting', ?4, ?5, ?6);

-- name: subject_requests_of
SELECT q.reference, q.person_id, p.name, p.email, q.kind, q.state, q.words, q.created, q.due,
	q.answered, q.message
FROM subject_request q JOIN person p ON p.id = q.person_id WHERE q.person_id = ?1
ORDER BY q.id DESC LIMIT 50;

-- name: subject_requests_all
SELECT q.reference, q.person_id, p.name, p.email, q.kind, q.state, q.words, q.created, q.due,
	q.answered, q.message
FROM subject_request q JOIN person p ON p.id = q.person_id
ORDER BY q.state <> 'waiting', iif(q.state = 'waiting', q.due, -q.answered), q.id LIMIT 200;

-- name: subject_request_by_reference
SELECT q.reference, q.person_id, p.name, p.email, q.kind, q.state, q.words, q.created, q.due,
	q.answered, q.message
FROM subject_request q JOIN person p ON p.id = q.person_id WHERE q.reference = ?1;

-- name: subject_request_answer
-- ?1 reference ?2 state ?3 now ?4 staff or NULL ?5 message
UPDATE subject_request SET state = ?2, answered = ?3, answered_by = ?4, message = ?5
WHERE reference = ?1 AND state = 'waiting';

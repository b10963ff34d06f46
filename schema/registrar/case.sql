-- What is said and done about an application after it was sent.

-- name: correspondence_insert
-- ?1 application ?2 now ?3 kind ?4 staff or NULL ?5 words
INSERT INTO correspondence (application_id, at, kind, staff, words) VALUES (?1, ?2, ?3, ?4, ?5);

-- name: correspondence_list
SELECT c.at, c.kind, coalesce(c.staff, ''), coalesce(s.full_name, ''), c.words
FROM correspondence c LEFT JOIN staff s ON s.name = c.staff
WHERE c.application_id = ?1 ORDER BY c.id LIMIT 1000;

-- name: correspondence_count
-- ?1 application ?2 kind ?3 staff or NULL for any
SELECT count(*) FROM correspondence
WHERE application_id = ?1 AND kind = ?2 AND (?3 IS NULL OR staff = ?3);

-- name: correspondence_unanswered
-- How much the applicant has said since the desk's last word. ?1 application
SELECT count(*) FROM correspondence WHERE application_id = ?1 AND staff IS NULL AND id > coalesce(
	(SELECT max(id) FROM correspondence WHERE application_id = ?1 AND staff IS NOT NULL), 0);

-- name: case_facts
SELECT state, class, coalesce(decided, 0), purpose, coalesce(accreditation_id, 0)
FROM application WHERE id = ?1;

-- name: case_find
-- ?1 reference ?2 person -> id; another person's is not found
SELECT id FROM application WHERE reference = ?1 AND person_id = ?2;

-- name: case_move
-- ?1 id ?2 the state it has ?3 the new one ?4 due
UPDATE application SET state = ?3, due = ?4 WHERE id = ?1 AND state = ?2;

-- name: case_insert
-- A renewal or a change of outlet: its address is proven. ?1 reference ?2 email ?3 name ?4 outlet
-- ?5 its id or NULL ?6 class ?7 proof ?8 now ?9 due ?10 person ?11 purpose ?12 accreditation
INSERT INTO application (reference, state, email, name, outlet, outlet_id, class, proof, created,
	submitted, due, person_id, purpose, accreditation_id)
VALUES (?1, 'submitted', ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9, ?10, ?11, ?12);

-- name: case_waiting_for
-- ?1 accreditation ?2 purpose -> the reference of what waits for a decision
SELECT reference FROM application WHERE accreditation_id = ?1 AND purpose = ?2
	AND state IN ('submitted', 'more-information', 'pre-approved', 'appealed') LIMIT 1;

-- name: case_grant
-- ?1 accreditation ?2 outlet ?3 application ?4 class ?5 valid until
UPDATE accreditation SET outlet_id = ?2, application_id = ?3, class = ?4, valid_until = ?5
WHERE id = ?1;

-- name: case_passes
-- Registrations whose pass is issued anew when name or outlet change. ?1 accreditation, or NULL for
-- all of the person ?2 person ?3 now
SELECT r.id FROM registration r JOIN accreditation a ON a.id = r.accreditation_id
JOIN conference c ON c.id = r.conference_id
WHERE (?1 IS NULL OR a.id = ?1) AND a.person_id = ?2 AND r.state = 'confirmed' AND c.ends > ?3
	AND c.state = 'announced'
	AND EXISTS (SELECT 1 FROM pass p WHERE p.registration_id = r.id AND p.state = 'active')
ORDER BY r.id LIMIT 200;

-- name: allocation_read
SELECT deadline, by_itself, applied FROM allocation WHERE conference_id = ?1;

-- name: allocation_set
-- What was applied stays applied.
INSERT INTO allocation (conference_id, deadline, by_itself) VALUES (?1, ?2, ?3)
ON CONFLICT (conference_id) DO UPDATE SET deadline = ?2, by_itself = ?3;

-- name: allocation_unset
DELETE FROM allocation WHERE conference_id = ?1;

-- name: allocation_mark_applied
UPDATE allocation SET applied = ?2 WHERE conference_id = ?1;

-- name: allocation_due
-- Conferences whose run is to be made by itself at ?1 or was to be before.
SELECT a.conference_id FROM allocation a JOIN conference c ON c.id = a.conference_id
WHERE a.applied IS NULL AND a.deadline <= ?1 AND a.by_itself = 1 AND c.state = 'announced'
	AND c.ends > ?1
ORDER BY a.deadline, a.conference_id LIMIT 1;

-- name: pool_list
-- In the order they are filled.
SELECT id, name, places, classes FROM pool WHERE conference_id = ?1 ORDER BY id;

-- name: pool_insert
INSERT INTO pool (conference_id, name, places, classes) VALUES (?1, ?2, ?3, ?4);

-- name: pool_update
UPDATE pool SET name = ?3, places = ?4, classes = ?5 WHERE conference_id = ?1 AND id = ?2;

-- name: pool_delete
DELETE FROM pool WHERE conference_id = ?1 AND id = ?2;

-- name: class_limit_list
SELECT class, places, per_outlet FROM class_limit WHERE conference_id = ?1 ORDER BY class;

-- name: class_limit_set
INSERT INTO class_limit (conference_id, class, places, per_outlet) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (conference_id, class) DO UPDATE SET places = ?3, per_outlet = ?4;

-- name: class_limit_clear
DELETE FROM class_limit WHERE conference_id = ?1;

-- name: allocation_registrations
-- Every registration that stands, with what the allocation looks at and what people are shown.
-- ?1 conference ?2 now
SELECT r.id, a.outlet_id, o.local, r.created, a.class,
	a.state IN ('active', 'limited') AND a.valid_from <= ?2 AND a.valid_until > ?2
		AND NOT EXISTS (SELECT 1 FROM accreditation_limit l JOIN conference c ON c.id = r.conference_id
			WHERE l.accreditation_id = a.id AND (l.conference_id <> c.id OR l.until <= c.starts)),
	r.state = 'confirmed', coalesce(r.pool_id, 0), r.reference, p.name, o.name, r.state,
	r.accreditation_id, g.staff
FROM registration r JOIN accreditation a ON a.id = r.accreditation_id
JOIN outlet o ON o.id = a.outlet_id JOIN person p ON p.id = a.person_id
LEFT JOIN place_given g ON g.registration_id = r.id
WHERE r.conference_id = ?1 AND r.state IN ('requested', 'confirmed', 'waitlisted')
ORDER BY r.id;

-- name: allocation_set_place
-- ?1 registration ?2 pool, NULL: none ?3 now ?4 explanation
UPDATE registration SET state = 'confirmed', pool_id = ?2, changed = ?3, explanation = ?4
WHERE id = ?1 AND state IN ('requested', 'waitlisted');

-- name: allocation_set_waiting
-- ?1 registration ?2 now ?3 explanation
UPDATE registration SET state = 'waitlisted', changed = ?2, explanation = ?3
WHERE id = ?1 AND state IN ('requested', 'waitlisted');

-- name: allocation_requested
SELECT count(*) FROM registration WHERE conference_id = ?1 AND state = 'requested';

-- name: place_given_insert
INSERT OR REPLACE INTO place_given (registration_id, staff, reason, given) VALUES (?1, ?2, ?3, ?4);

-- name: allocation_run_insert
INSERT INTO allocation_run (conference_id, made, made_by, rules_version, rules, digest, asked,
	places, waiting, state)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'running');

-- name: allocation_case_insert
INSERT INTO allocation_case (run_id, registration_id, outlet_id, class, local, asked, stands, has,
	had_pool, outcome, pool_id, number, of, line, near)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15);

-- name: allocation_run_read
SELECT id, conference_id, made, made_by, rules_version, rules, digest, asked, places, waiting, state
FROM allocation_run WHERE id = ?1;

-- name: allocation_run_last
SELECT id, conference_id, made, made_by, rules_version, rules, digest, asked, places, waiting, state
FROM allocation_run WHERE conference_id = ?1 ORDER BY id DESC LIMIT 1;

-- name: allocation_run_running
SELECT id, conference_id, made, made_by, rules_version, rules, digest, asked, places, waiting, state
FROM allocation_run WHERE state = 'running' ORDER BY id LIMIT 1;

-- name: allocation_run_done
UPDATE allocation_run SET state = 'applied' WHERE id = ?1 AND state = 'running';

-- name: allocation_case_list
SELECT registration_id, outlet_id, class, local, asked, stands, has, had_pool, outcome, pool_id,
	number, of, line, near
FROM allocation_case WHERE run_id = ?1 ORDER BY registration_id;

-- name: allocation_case_next
-- Of a run, those that are still to be applied, after registration ?2. ?1 run ?3 how many
SELECT c.registration_id, r.accreditation_id, r.state = 'requested', c.outcome, c.pool_id, c.number,
	c.of, c.line, c.near
FROM allocation_case c JOIN registration r ON r.id = c.registration_id
WHERE c.run_id = ?1 AND c.registration_id > ?2 AND c.has = 0 AND (r.state = 'requested'
	OR r.state = 'waitlisted' AND c.outcome IN (1, 2))
ORDER BY c.registration_id LIMIT ?3;

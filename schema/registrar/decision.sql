-- What the desk does with an application before and around its decision.

-- name: decision_waits
-- The state of what waits for a decision, and who has it. ?1 application
SELECT a.state, coalesce(w.assignee, ''), coalesce(w.held_until, 0), a.due FROM application a
JOIN work w ON w.application_id = a.id AND w.kind <> 'message' WHERE a.id = ?1;

-- name: decision_colleague
-- Whether somebody may review. ?1 staff
SELECT 1 FROM staff WHERE name = ?1 AND state = 'active'
	AND role IN ('reviewer', 'communications', 'administrator');

-- name: decision_colleagues
SELECT name, full_name FROM staff
WHERE state = 'active' AND role IN ('reviewer', 'communications', 'administrator')
ORDER BY full_name, name LIMIT 500;

-- name: decision_step
-- ?1 application ?2 now ?3 staff ?4 kind ?5 other or NULL ?6 until or NULL ?7 words
INSERT INTO review_step (application_id, at, staff, kind, other, until, words)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7);

-- name: decision_note
-- ?1 application ?2 now ?3 staff ?4 words
INSERT INTO review_note (application_id, at, staff, words) VALUES (?1, ?2, ?3, ?4);

-- name: decision_notes
-- For staff alone. The columns of struct decision_entry. ?1 application
SELECT n.at, 'note', n.staff, s.full_name, '', 0, n.words FROM review_note n
JOIN staff s ON s.name = n.staff WHERE n.application_id = ?1 ORDER BY n.id LIMIT 1000;

-- name: decision_history
-- All that was done, by whom and when; for staff alone. ?1 application
SELECT at, kind, staff, full_name, other, until, words FROM (
	SELECT t.at AS at, t.kind AS kind, t.staff AS staff, s.full_name AS full_name,
		coalesce(o.full_name, '') AS other, coalesce(t.until, 0) AS until, t.words AS words,
		1 AS part, t.id AS id
	FROM review_step t JOIN staff s ON s.name = t.staff LEFT JOIN staff o ON o.name = t.other
	WHERE t.application_id = ?1
	UNION ALL
	SELECT c.at, c.kind, coalesce(c.staff, ''), coalesce(s.full_name, ''), '', 0, '', 0, c.id
	FROM correspondence c LEFT JOIN staff s ON s.name = c.staff WHERE c.application_id = ?1
	UNION ALL
	SELECT submitted, 'submitted', '', '', '', 0, '', 0, 0 FROM application
	WHERE id = ?1 AND submitted IS NOT NULL)
ORDER BY at, part DESC, id LIMIT 2000;

-- name: decision_refused_before
-- Whether this member of staff proposed a refusal of it, or confirmed one. ?1 application ?2 staff
SELECT count(*) FROM review_step WHERE application_id = ?1 AND staff = ?2
	AND kind = 'proposed-refusal';

-- name: decision_propose
-- ?1 application ?2 now ?3 staff ?4 approves ?5 outlet ?6 alias ?7 local ?8 months ?9 limit: class or
-- NULL ?10 conference or NULL ?11 until or NULL ?12 criterion ?13 message ?14 note
INSERT INTO proposal (application_id, at, staff, approves, outlet_id, alias, local, months,
	limit_class, limit_conference, limit_until, criterion, message, note)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14);

-- name: decision_proposal
SELECT p.at, p.staff, s.full_name, p.approves, p.outlet_id, p.alias, p.local, p.months,
	coalesce(p.limit_class, -1), coalesce(p.limit_conference, 0), coalesce(p.limit_until, 0),
	p.criterion, p.message, p.note, coalesce(o.name, ''), coalesce(c.title, '')
FROM proposal p JOIN staff s ON s.name = p.staff LEFT JOIN outlet o ON o.id = p.outlet_id
LEFT JOIN conference c ON c.id = p.limit_conference
WHERE p.application_id = ?1;

-- name: decision_proposal_end
DELETE FROM proposal WHERE application_id = ?1;

-- name: limit_set
-- ?1 accreditation ?2 conference or NULL ?3 until or NULL
INSERT INTO accreditation_limit (accreditation_id, conference_id, until) VALUES (?1, ?2, ?3)
ON CONFLICT (accreditation_id) DO UPDATE
SET conference_id = excluded.conference_id, until = excluded.until;

-- name: limit_clear
DELETE FROM accreditation_limit WHERE accreditation_id = ?1;

-- name: limit_state
-- The state follows: limited where a limit stands. ?1 accreditation
UPDATE accreditation SET state = iif(EXISTS (SELECT 1 FROM accreditation_limit
	WHERE accreditation_id = ?1), 'limited', 'active')
WHERE id = ?1 AND state IN ('active', 'limited');

-- name: limit_of
-- ?1 accreditation
SELECT coalesce(l.conference_id, 0), coalesce(l.until, 0), coalesce(c.title, '')
FROM accreditation_limit l LEFT JOIN conference c ON c.id = l.conference_id
WHERE l.accreditation_id = ?1;

-- name: limit_conferences
-- Those that an approval may be limited to. ?1 now
SELECT id, title, starts FROM conference WHERE ends > ?1 AND state <> 'cancelled'
ORDER BY starts, id LIMIT 200;

-- name: accreditation_insert
-- ?1 person ?2 outlet ?3 application or NULL ?4 class ?5 valid from ?6 valid until
INSERT INTO accreditation (person_id, outlet_id, application_id, class, state, valid_from,
	valid_until)
VALUES (?1, ?2, ?3, ?4, 'active', ?5, ?6);

-- name: accreditation_renew
-- ?1 id ?2 application or NULL ?3 class ?4 valid until
UPDATE accreditation SET application_id = ?2, class = ?3, valid_until = ?4 WHERE id = ?1;

-- name: accreditation_active
-- The one to renew. ?1 person ?2 outlet
SELECT id FROM accreditation
WHERE person_id = ?1 AND outlet_id = ?2 AND state IN ('active', 'limited')
ORDER BY id DESC LIMIT 1;

-- name: accreditation_by_id
SELECT a.id, a.person_id, a.outlet_id, a.application_id, a.class, a.state, a.valid_from,
	a.valid_until, o.name, o.local
FROM accreditation a JOIN outlet o ON o.id = a.outlet_id
WHERE a.id = ?1;

-- name: accreditation_of_person
SELECT a.id, a.person_id, a.outlet_id, a.application_id, a.class, a.state, a.valid_from,
	a.valid_until, o.name, o.local
FROM accreditation a JOIN outlet o ON o.id = a.outlet_id
WHERE a.person_id = ?1
ORDER BY a.id DESC LIMIT 100;

-- name: accreditation_set_state
-- ?1 id, ?2 the state it has, ?3 the new one; one with a limit is limited where it would be active.
UPDATE accreditation SET state = iif(?3 = 'active' AND EXISTS (SELECT 1 FROM accreditation_limit
	WHERE accreditation_id = ?1), 'limited', ?3)
WHERE id = ?1 AND (state = ?2 OR (?2 = 'active' AND state = 'limited'));

-- name: application_insert
-- ?1 reference ?2 email ?3 name ?4 outlet ?5 class ?6 proof ?7 now ?8 outlet picked or NULL
INSERT INTO application (reference, state, email, name, outlet, class, proof, created, outlet_id)
VALUES (?1, 'draft', ?2, ?3, ?4, ?5, ?6, ?7, ?8);

-- name: application_amend
-- Only what nobody has confirmed. ?1 id ?2 email ?3 name ?4 outlet ?5 class ?6 proof ?7 now
-- ?8 outlet picked or NULL
UPDATE application SET email = ?2, name = ?3, outlet = ?4, class = ?5, proof = ?6, created = ?7,
	outlet_id = ?8
WHERE id = ?1 AND state = 'draft';

-- name: application_submit
-- ?1 id ?2 now ?3 due ?4 person
UPDATE application SET state = 'submitted', submitted = ?2, due = ?3, person_id = ?4
WHERE id = ?1 AND state = 'draft';

-- name: application_by_reference
-- For staff: the only one that reads the note.
SELECT id, reference, state, email, name, outlet, outlet_id, class, created, submitted, due,
	decided, decided_by, criterion, person_id, proof, message, note
FROM application WHERE reference = ?1;

-- name: application_for_mail
SELECT id, reference, state, email, name, outlet, outlet_id, class, created, submitted, due,
	decided, decided_by, criterion, person_id, proof, message
FROM application WHERE id = ?1;

-- name: application_decided
SELECT id, reference, state, email, name, outlet, outlet_id, class, created, submitted, due,
	decided, decided_by, criterion, person_id
FROM application
WHERE state IN ('approved', 'refused')
ORDER BY decided DESC, id DESC LIMIT 50;

-- name: application_of_person
SELECT id, reference, state, email, name, outlet, outlet_id, class, created, submitted, due,
	decided, decided_by, criterion, person_id, '', message
FROM application WHERE person_id = ?1
ORDER BY id DESC LIMIT 100;

-- name: application_approve
-- ?1 id ?2 now ?3 staff ?4 message ?5 note ?6 outlet
UPDATE application SET state = 'approved', decided = ?2, decided_by = ?3, message = ?4, note = ?5,
	outlet_id = ?6
WHERE id = ?1 AND state IN ('submitted', 'more-information', 'pre-approved', 'appealed');

-- name: application_refuse
-- ?1 id ?2 now ?3 staff ?4 message ?5 note ?6 criterion
UPDATE application SET state = 'refused', decided = ?2, decided_by = ?3, message = ?4, note = ?5,
	criterion = ?6
WHERE id = ?1 AND state IN ('submitted', 'more-information', 'pre-approved', 'appealed');

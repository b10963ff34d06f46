-- name: person_insert
-- ?1 email ?2 name ?3 now
INSERT INTO person (email, name, created) VALUES (?1, ?2, ?3);

-- name: person_by_email
SELECT id, email, name, created FROM person WHERE email = ?1;

-- name: person_by_id
SELECT id, email, name, created FROM person WHERE id = ?1;

-- name: person_rename
-- ?1 id ?2 name
UPDATE person SET name = ?2 WHERE id = ?1;

-- name: person_phone_of_application
-- The telephone number that was given, where one was. ?1 id ?2 application
UPDATE person SET phone = coalesce((SELECT a.value FROM answer a JOIN dossier d ON d.id = a.dossier_id
	WHERE d.application_id = ?2 AND a.name = 'phone'), phone) WHERE id = ?1;

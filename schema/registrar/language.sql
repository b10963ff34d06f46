-- name: language_of_person
SELECT language FROM person WHERE email = ?1;

-- name: language_of_application
SELECT language FROM application WHERE email = ?1 ORDER BY id DESC LIMIT 1;

-- name: language_application_set
-- ?1 id ?2 language
UPDATE application SET language = ?2 WHERE id = ?1;

-- name: language_person_set
-- ?1 id of the person ?2 id of an application
UPDATE person SET language = (SELECT language FROM application WHERE id = ?2) WHERE id = ?1;

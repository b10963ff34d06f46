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

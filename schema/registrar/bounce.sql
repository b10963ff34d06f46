-- name: bounce_note
-- ?1 address ?2 status ?3 now
INSERT INTO bounce (email, status, first, last) VALUES (?1, ?2, ?3, ?3)
ON CONFLICT (email) DO UPDATE SET status = excluded.status, last = excluded.last, times = times + 1;

-- name: bounce_of
SELECT status, times, first, last FROM bounce WHERE email = ?1;

-- name: bounce_clear
DELETE FROM bounce WHERE email = ?1;

-- name: bounce_clear_by_link
-- ?1 hash of a link: the address it was sent to.
DELETE FROM bounce WHERE email IN (
	SELECT a.email FROM link l JOIN application a ON a.id = l.application_id WHERE l.hash = ?1
	UNION SELECT p.email FROM link l JOIN person p ON p.id = l.person_id WHERE l.hash = ?1);

-- name: bounce_purge
-- ?1 last refused before
DELETE FROM bounce WHERE last < ?1;

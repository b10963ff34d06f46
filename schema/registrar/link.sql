-- name: link_insert
-- ?1 hash ?2 purpose ?3 application or NULL ?4 person or NULL ?5 now ?6 expires
INSERT INTO link (hash, purpose, application_id, person_id, created, expires)
VALUES (?1, ?2, ?3, ?4, ?5, ?6);

-- name: link_find
-- ?1 hash ?2 purpose
SELECT application_id, person_id, created, expires, used FROM link
WHERE hash = ?1 AND purpose = ?2;

-- name: link_use
-- ?1 hash ?2 purpose ?3 now
UPDATE link SET used = ?3 WHERE hash = ?1 AND purpose = ?2 AND used IS NULL AND expires > ?3;

-- name: link_drop
-- Those of an application that nobody has used.
DELETE FROM link WHERE application_id = ?1 AND used IS NULL;

-- name: link_purge
-- ?1 expired before
DELETE FROM link WHERE expires < ?1;

-- name: link_purge_drafts
-- Applications nobody confirmed and no link can confirm any more. ?1 created before
DELETE FROM application
WHERE state = 'draft' AND created < ?1
	AND NOT EXISTS (SELECT 1 FROM link l WHERE l.application_id = application.id);

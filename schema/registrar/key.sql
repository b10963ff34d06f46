-- name: key_insert
INSERT INTO key (kid, use, public, conference_id, valid_from, valid_until, state)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'active');

-- name: key_list
SELECT kid, use, public, conference_id, valid_from, valid_until, state FROM key
ORDER BY use, conference_id, valid_from, kid;

-- name: key_by_kid
SELECT kid, use, public, conference_id, valid_from, valid_until, state FROM key WHERE kid = ?1;

-- name: key_count_active
-- Active keys of a use, and of a conference where ?2 is not 0.
SELECT count(*), coalesce(max(valid_from), 0) FROM key
WHERE use = ?1 AND coalesce(conference_id, 0) = ?2 AND state = 'active';

-- name: key_set_state
UPDATE key SET state = ?2 WHERE kid = ?1;

-- name: keys_object_get
-- -> version, issued, not_after, bytes
SELECT version, issued, not_after, bytes FROM keys_object WHERE id = 1;

-- name: keys_object_put
-- ?1 version, ?2 issued, ?3 not_after, ?4 bytes
INSERT INTO keys_object (id, version, issued, not_after, bytes) VALUES (1, ?1, ?2, ?3, ?4)
ON CONFLICT (id) DO UPDATE SET version = excluded.version, issued = excluded.issued,
	not_after = excluded.not_after, bytes = excluded.bytes;

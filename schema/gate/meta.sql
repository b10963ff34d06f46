-- Facts there is one of.

-- name: meta_get
-- ?1 key -> value
SELECT value FROM meta WHERE key = ?1;

-- name: meta_set
-- ?1 key, ?2 value
INSERT INTO meta (key, value) VALUES (?1, ?2)
ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: meta_delete
-- ?1 key
DELETE FROM meta WHERE key = ?1;

-- name: object_get
-- ?1 kind ('keys' or 'staff') -> bytes, version, issued, not_after
SELECT bytes, version, issued, not_after FROM object WHERE kind = ?1;

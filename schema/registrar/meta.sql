-- name: meta_read
SELECT value FROM meta WHERE key = ?1;

-- name: meta_raise
-- A counter goes up by one.
UPDATE meta SET value = value + 1 WHERE key = ?1;

-- name: meta_put
INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value;

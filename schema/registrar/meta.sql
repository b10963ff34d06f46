-- name: meta_read
SELECT value FROM meta WHERE key = ?1;

-- name: meta_raise
-- A version rises: to the time in milliseconds where that is more than one up, so that a store put
-- back from a backup never gives a number again that stood for something else.
UPDATE meta SET value = max(value + 1,
	CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)) WHERE key = ?1;

-- name: meta_put
INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- How gates stand.

-- name: health_put
-- ?1 gate, ?2 what it says, ?3 now, ?4 seconds of a silence
UPDATE gate SET health_since = CASE WHEN health_at > ?3 - ?4 THEN health_since ELSE ?3 END,
	health = ?2, health_at = ?3, seen = ?3
WHERE id = ?1;

-- name: health_list
-- -> name, state, seen, health, health_at, health_since, by name
SELECT name, state, seen, health, health_at, health_since FROM gate ORDER BY name;

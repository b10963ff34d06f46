-- Stops that supervisors made at gates, and their lifting.

-- name: stop_put
-- ?1 device, ?2 epoch, ?3 seq, ?4 scope, ?5 conference, ?6 pass, ?7 made_ms, ?8 staff, ?9 words,
-- ?10 seal; lifted at once where a later lifting is known: of its own log by the number, of others
-- by the time. The same again changes nothing.
INSERT INTO stop (device, epoch, seq, scope, conference, pass, made_ms, staff, words, seal,
	lifted_ms)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,
	coalesce((SELECT max(l.made_ms, 1) FROM stop_lift l
	WHERE l.scope = ?4 AND l.conference = ?5 AND l.pass = ?6
		AND CASE WHEN l.device = ?1 AND l.epoch = ?2 THEN l.seq > ?3
			ELSE l.made_ms >= ?7 END
	LIMIT 1), 0))
ON CONFLICT (device, epoch, seq) DO NOTHING;

-- name: stop_lift_put
-- ?1 device, ?2 epoch, ?3 seq, ?4 scope, ?5 conference, ?6 pass, ?7 made_ms
INSERT INTO stop_lift (device, epoch, seq, scope, conference, pass, made_ms)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (device, epoch, seq) DO NOTHING;

-- name: stop_lift_apply
-- ?1 device, ?2 epoch, ?3 seq, ?4 scope, ?5 conference, ?6 pass, ?7 made_ms of a lifting
UPDATE stop SET lifted_ms = max(?7, 1)
WHERE lifted_ms = 0 AND scope = ?4 AND conference = ?5 AND pass = ?6
	AND CASE WHEN device = ?1 AND epoch = ?2 THEN seq < ?3 ELSE made_ms <= ?7 END;

-- name: stop_made
-- ?1 scope, ?2 conference, ?3 pass -> how many made at gates stand for it
SELECT count(*) FROM stop WHERE lifted_ms = 0 AND scope = ?1 AND conference = ?2 AND pass = ?3;

-- name: stop_hit
-- ?1 slug, ?2 pass (empty: none) -> scope, conference, pass, made_ms, staff, device, epoch, seq,
-- seal, words of the widest that holds
SELECT scope, conference, pass, made_ms, staff, device, epoch, seq, seal, words FROM stop
WHERE lifted_ms = 0
	AND (scope = 1 OR (scope = 2 AND conference = ?1) OR (scope = 5 AND pass = ?2))
ORDER BY scope, made_ms, device, epoch, seq LIMIT 1;

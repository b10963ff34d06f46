-- Stops that supervisors made at gates, and their lifting.

-- name: stop_put
-- ?1 device, ?2 epoch, ?3 seq, ?4 scope, ?5 conference, ?6 pass, ?7 made_ms, ?8 staff, ?9 words,
-- ?10 seal, ?11 1: made here and now, after every lifting that is known; else lifted at once where a
-- later one is: of its own log by the number, of others by the time. The same again changes nothing.
INSERT INTO stop (device, epoch, seq, scope, conference, pass, made_ms, staff, words, seal,
	lifted_ms)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,
	coalesce((SELECT max(l.made_ms, 1) FROM stop_lift l
	WHERE ?11 = 0 AND l.scope = ?4 AND l.conference = ?5 AND l.pass = ?6
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
-- ?1 scope, ?2 conference, ?3 pass -> how many made at gates stand for it, here or on the
-- registrar's list
SELECT (SELECT count(*) FROM stop
	WHERE lifted_ms = 0 AND scope = ?1 AND conference = ?2 AND pass = ?3)
	+ (SELECT count(*) FROM restriction x LEFT JOIN conference c ON c.number = x.conference
	WHERE x.origin <> '' AND x.valid_until = 0 AND x.scope = ?1
		AND (?1 <> 2 OR c.slug = ?2) AND (?1 <> 5 OR x.pass = ?3)
		AND NOT EXISTS (SELECT 1 FROM stop_lift l
		WHERE l.scope = x.scope
			AND (l.scope <> 2 OR l.conference =
				(SELECT k.slug FROM conference k WHERE k.number = x.conference))
			AND (l.scope <> 5 OR l.pass = x.pass)
			AND CASE WHEN instr(x.origin, l.device || '/' || l.epoch || '/') = 1
				THEN CAST(substr(x.origin, length(l.device || l.epoch) + 3)
					AS INTEGER) < l.seq
				ELSE x.valid_from * 1000 <= l.made_ms END));

-- name: stop_hit
-- ?1 slug, ?2 pass (empty: none) -> scope, conference, pass, made_ms, staff, device, epoch, seq,
-- seal, words of the widest that holds and that the registrar's list has not taken over
SELECT scope, conference, pass, made_ms, staff, device, epoch, seq, seal, words FROM stop
WHERE lifted_ms = 0
	AND (scope = 1 OR (scope = 2 AND conference = ?1) OR (scope = 5 AND pass = ?2))
	AND NOT EXISTS (SELECT 1 FROM restriction r
		WHERE r.origin = stop.device || '/' || stop.epoch || '/' || stop.seq)
ORDER BY scope, made_ms, device, epoch, seq LIMIT 1;

-- name: stop_standing
-- ?1 now, ?2 slug: what stops this whole door, or NULL: everything, ?3 what has begun by this time
-- has begun -> as stop_hit, then origin and number of a restriction of the registrar's list ('' and
-- 0: none of it); the widest first
SELECT * FROM (
	SELECT s.scope, s.conference, s.pass, s.made_ms AS since, s.staff, s.device, s.epoch, s.seq,
		s.seal, s.words, '' AS origin, 0 AS number
	FROM stop s
	WHERE s.lifted_ms = 0 AND NOT EXISTS (SELECT 1 FROM restriction r
		WHERE r.origin = s.device || '/' || s.epoch || '/' || s.seq)
	UNION ALL
	SELECT x.scope, coalesce(c.slug, ''), x.pass, x.valid_from * 1000, '', '', 0, 0, x.seal,
		x.words, x.origin, x.id
	FROM restriction x LEFT JOIN conference c ON c.number = x.conference
	WHERE x.valid_from <= ?3 AND (x.valid_until = 0 OR ?1 < x.valid_until)
		AND (x.origin = '' OR NOT EXISTS (SELECT 1 FROM stop_lift l
		WHERE l.scope = x.scope
			AND (l.scope <> 2 OR l.conference =
				(SELECT k.slug FROM conference k WHERE k.number = x.conference))
			AND (l.scope <> 5 OR l.pass = x.pass)
			AND CASE WHEN instr(x.origin, l.device || '/' || l.epoch || '/') = 1
				THEN CAST(substr(x.origin, length(l.device || l.epoch) + 3)
					AS INTEGER) < l.seq
				ELSE x.valid_from * 1000 <= l.made_ms END)))
WHERE ?2 IS NULL OR scope = 1 OR (scope = 2 AND conference = ?2)
ORDER BY scope, since, device, epoch, seq, number LIMIT 200;

-- name: stop_listed
-- ?1 now: what the registrar's list says is over is over here, also once the list says it no more
UPDATE stop SET lifted_ms = max(?1 * 1000, 1)
WHERE lifted_ms = 0 AND EXISTS (SELECT 1 FROM restriction r
	WHERE r.origin = stop.device || '/' || stop.epoch || '/' || stop.seq
		AND r.valid_until <> 0 AND r.valid_until <= ?1);

-- The JSON API: tokens, and its lists page by page.

-- name: api_token_insert
-- ?1 name ?2 hash ?3 scopes ?4 network ?5 now ?6 who ?7 expires
INSERT INTO api_token (name, hash, scopes, network, created, made_by, expires)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7);

-- name: api_token_find
-- ?1 hash -> id, hash, scopes, network, expires, whether it was revoked
SELECT id, hash, scopes, network, expires, revoked IS NOT NULL FROM api_token WHERE hash = ?1;

-- name: api_token_list
SELECT id, name, scopes, network, created, made_by, expires, revoked, revoked_by, used, uses
FROM api_token ORDER BY id DESC LIMIT 500;

-- name: api_token_revoke
-- ?1 id ?2 now ?3 who
UPDATE api_token SET revoked = ?2, revoked_by = ?3 WHERE id = ?1 AND revoked IS NULL;

-- name: api_token_known
SELECT 1 FROM api_token WHERE id = ?1;

-- name: api_token_used
-- ?1 id ?2 how often more ?3 when last
UPDATE api_token SET uses = uses + ?2, used = max(coalesce(used, 0), ?3) WHERE id = ?1;

-- name: api_conferences
-- ?1 above this id ?2 at most
SELECT id FROM conference WHERE id > ?1 ORDER BY id LIMIT ?2;

-- name: api_registrations
-- ?1 conference ?2 above this id ?3 at most -> id, reference, state, class, outlet, its name, times,
-- explanation, active pass, person's name
SELECT r.id, r.reference, r.state, a.class, o.id, o.name, r.created, r.changed, r.explanation, p.id,
	n.name
FROM registration r
JOIN accreditation a ON a.id = r.accreditation_id
JOIN outlet o ON o.id = a.outlet_id
JOIN person n ON n.id = a.person_id
LEFT JOIN pass p ON p.registration_id = r.id AND p.state = 'active'
WHERE r.conference_id = ?1 AND r.id > ?2 ORDER BY r.id LIMIT ?3;

-- name: api_entries
-- ?1 slug ?2 decision or NULL ?3 time_ms ?4 log ?5 seq, after which ?6 at most -> log, device, epoch,
-- seq, time_ms, decision, reason, pass, registration's reference, person's name
SELECT e.log_id, l.device, l.epoch, e.seq, e.time_ms, e.decision, e.reason, e.pass, r.reference,
	n.name
FROM log_entry e INDEXED BY log_entry_event_time
JOIN log l ON l.id = e.log_id
LEFT JOIN pass p ON p.id = e.pass
LEFT JOIN registration r ON r.id = p.registration_id
LEFT JOIN accreditation a ON a.id = r.accreditation_id
LEFT JOIN person n ON n.id = a.person_id
WHERE e.event = ?1 AND l.gate_id IS NOT NULL AND (?2 IS NULL OR e.decision = ?2)
	AND e.time_ms >= ?3 AND (e.time_ms, e.log_id, e.seq) > (?3, ?4, ?5)
ORDER BY e.time_ms, e.log_id, e.seq LIMIT ?6;

-- name: api_denials
-- As api_entries, of one decision.
SELECT e.log_id, l.device, l.epoch, e.seq, e.time_ms, e.decision, e.reason, e.pass, r.reference,
	n.name
FROM log_entry e INDEXED BY log_entry_event
JOIN log l ON l.id = e.log_id
LEFT JOIN pass p ON p.id = e.pass
LEFT JOIN registration r ON r.id = p.registration_id
LEFT JOIN accreditation a ON a.id = r.accreditation_id
LEFT JOIN person n ON n.id = a.person_id
WHERE e.event = ?1 AND l.gate_id IS NOT NULL AND e.decision = ?2
	AND e.time_ms >= ?3 AND (e.time_ms, e.log_id, e.seq) > (?3, ?4, ?5)
ORDER BY e.time_ms, e.log_id, e.seq LIMIT ?6;

-- name: api_outlets
-- ?1 above this id ?2 at most
SELECT id, name, local, site, address FROM outlet WHERE id > ?1 ORDER BY id LIMIT ?2;

-- name: api_outlet_aliases
SELECT name FROM outlet_alias WHERE outlet_id = ?1 ORDER BY name;

-- name: api_restrictions
-- ?1 above this id ?2 at most ?3 now -> those that stand
SELECT x.id, x.scope, c.slug, x.class, x.outlet_id, x.pass_id, x.valid_from, x.valid_until, x.words,
	x.made_by
FROM restriction x LEFT JOIN conference c ON c.id = x.conference_id
WHERE x.id > ?1 AND x.lifted IS NULL AND (x.valid_until IS NULL OR x.valid_until > ?3)
ORDER BY x.id LIMIT ?2;

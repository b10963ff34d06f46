-- Entry restrictions (R5).

-- name: restriction_insert
-- ?1 scope, ?2 conference or NULL, ?3 class or NULL, ?4 outlet or NULL, ?5 pass or NULL, ?6 from,
-- ?7 until or NULL, ?8 words, ?9 who
INSERT INTO restriction (scope, conference_id, class, outlet_id, pass_id, valid_from, valid_until,
	words, made_by)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9);

-- name: restriction_get
-- ?1 id -> scope, conference, lifted
SELECT scope, conference_id, lifted FROM restriction WHERE id = ?1;

-- name: restriction_lift
-- ?1 id, ?2 now, ?3 who
UPDATE restriction SET lifted = ?2, lifted_by = ?3 WHERE id = ?1 AND lifted IS NULL;

-- name: restriction_list
-- -> those that are not lifted, by id
SELECT x.id, x.scope, c.slug, x.class, o.name, x.pass_id, x.valid_from, x.valid_until, x.words,
	x.made_by
FROM restriction x
LEFT JOIN conference c ON c.id = x.conference_id
LEFT JOIN outlet o ON o.id = x.outlet_id
WHERE x.lifted IS NULL ORDER BY x.id;

-- name: restriction_conference
-- ?1 id -> slug
SELECT slug FROM conference WHERE id = ?1;

-- name: restriction_outlet
-- ?1 id -> name
SELECT name FROM outlet WHERE id = ?1;

-- name: restriction_pass
-- ?1 pass -> conference
SELECT conference_id FROM pass WHERE id = ?1;

-- name: restriction_outlet_find
-- ?1 name, folded -> id
SELECT id FROM outlet WHERE name_fold = ?1;

-- name: restriction_take
-- One that a supervisor made at a gate. ?1 scope, ?2 slug or NULL, ?3 pass or NULL, ?4 from, ?5
-- words, ?6 who, ?7 origin, ?8 its log, ?9 its seq, ?10 its time_ms; lifted at once where a later
-- lifting by a supervisor is held: of its own log by the number, of others by the time, which is
-- not after it was received. The same again changes nothing, nor does a conference that is not
-- known.
INSERT INTO restriction (scope, conference_id, pass_id, valid_from, words, made_by, origin, lifted,
	lifted_by)
SELECT ?1, c.id, ?3, ?4, ?5, ?6, ?7, e.made, e.staff
FROM (SELECT 1) LEFT JOIN conference c ON ?1 = 2 AND c.slug = ?2
LEFT JOIN (SELECT min(x.time_ms / 1000, x.received) AS made, x.staff
	FROM log_entry x JOIN log l ON l.id = x.log_id
	JOIN staff s ON s.name = x.staff AND s.role = 'supervisor' AND s.state = 'active'
	WHERE x.decision = 'sync' AND x.reason = 'restrict-lift' AND l.gate_id IS NOT NULL
		AND CASE WHEN ?1 = 5 THEN x.pass = ?3
			ELSE x.pass IS NULL AND x.event = coalesce(?2, '-') END
		AND CASE WHEN x.log_id = ?8 THEN x.seq > ?9 ELSE min(x.time_ms, x.received * 1000 + 999) >= ?10 END
	ORDER BY x.time_ms LIMIT 1) e
WHERE ?1 <> 2 OR c.id IS NOT NULL
ON CONFLICT (origin) WHERE origin <> '' DO NOTHING;

-- name: restriction_take_lift
-- What gates made for it up to then is lifted. ?1 scope, ?2 slug or NULL, ?3 pass or NULL, ?4
-- device and epoch of the lifting as an origin begins, ?5 its seq, ?6 its time_ms, ?7 when, ?8 who
UPDATE restriction SET lifted = ?7, lifted_by = ?8
WHERE lifted IS NULL AND origin <> '' AND scope = ?1
	AND CASE ?1 WHEN 2 THEN conference_id = (SELECT id FROM conference WHERE slug = ?2)
		WHEN 5 THEN pass_id = ?3 ELSE 1 END
	AND CASE WHEN substr(origin, 1, length(?4)) = ?4
		THEN CAST(substr(origin, length(?4) + 1) AS INTEGER) < ?5
		ELSE valid_from * 1000 <= ?6 END;

-- name: restriction_officer
-- ?1 name ?2 now -> role, and whether the account may act
SELECT role, state = 'active' AND coalesce(trained_until > ?2, TRUE)
	AND coalesce(authorised_from <= ?2, TRUE) AND coalesce(authorised_until > ?2, TRUE)
FROM staff WHERE name = ?1;

-- name: restriction_detail
-- ?1 log, ?2 seq -> what an entry's commitment stands for
SELECT detail FROM log_detail WHERE log_id = ?1 AND seq = ?2;

-- name: restriction_standing
-- ?1 now -> those that are not lifted and not over, the newest first: id, scope, conference's
-- title, class, outlet, pass, from, until, words, who, gate it was made at ('' none), person of the
-- pass, its outlet, conference of the pass
SELECT x.id, x.scope, c.title, x.class, o.name, x.pass_id, x.valid_from, x.valid_until, x.words,
	x.made_by, CASE WHEN x.origin = '' THEN '' ELSE substr(x.origin, 1, instr(x.origin, '/') - 1)
	END, n.name, po.name, pc.title
FROM restriction x
LEFT JOIN conference c ON c.id = x.conference_id
LEFT JOIN outlet o ON o.id = x.outlet_id
LEFT JOIN pass p ON p.id = x.pass_id
LEFT JOIN registration r ON r.id = p.registration_id
LEFT JOIN accreditation a ON a.id = r.accreditation_id
LEFT JOIN person n ON n.id = a.person_id
LEFT JOIN outlet po ON po.id = a.outlet_id
LEFT JOIN conference pc ON pc.id = p.conference_id
WHERE x.lifted IS NULL AND (x.valid_until IS NULL OR x.valid_until > ?1)
ORDER BY x.id DESC LIMIT 500;

-- name: restriction_people
-- ?1 now, ?2 part of a name or of an outlet, or a typed code -> active passes: pass, person, outlet,
-- conference's title, code; by name
SELECT p.id, n.name, o.name, c.title, p.code
FROM pass p
JOIN registration r ON r.id = p.registration_id
JOIN accreditation a ON a.id = r.accreditation_id
JOIN person n ON n.id = a.person_id
JOIN outlet o ON o.id = a.outlet_id
JOIN conference c ON c.id = p.conference_id
WHERE p.state = 'active' AND c.ends > ?1
	AND (instr(lower(n.name), lower(?2)) > 0 OR instr(lower(o.name), lower(?2)) > 0
		OR p.code = upper(replace(?2, '-', '')))
ORDER BY n.name, c.starts LIMIT 50;

-- name: restriction_reach
-- ?1 now, ?2 conference or 0, ?3 class or -1, ?4 outlet or 0, ?5 pass or NULL -> how many people
-- have a pass that it would keep out
SELECT count(DISTINCT a.person_id)
FROM pass p
JOIN registration r ON r.id = p.registration_id
JOIN accreditation a ON a.id = r.accreditation_id
JOIN conference c ON c.id = p.conference_id
WHERE p.state = 'active' AND c.ends > ?1 AND (?2 = 0 OR c.id = ?2) AND (?3 < 0 OR a.class = ?3)
	AND (?4 = 0 OR a.outlet_id = ?4) AND (?5 IS NULL OR p.id = ?5);

-- name: restriction_holder
-- ?1 pass -> person, outlet, conference's title
SELECT n.name, o.name, c.title
FROM pass p
JOIN registration r ON r.id = p.registration_id
JOIN accreditation a ON a.id = r.accreditation_id
JOIN person n ON n.id = a.person_id
JOIN outlet o ON o.id = a.outlet_id
JOIN conference c ON c.id = p.conference_id
WHERE p.id = ?1;

-- name: restriction_count
-- ?1 now, ?2 conference -> how many of the building and of the conference as a whole stand
SELECT count(*) FROM restriction
WHERE lifted IS NULL AND (valid_until IS NULL OR valid_until > ?1)
	AND (scope = 1 OR (scope = 2 AND conference_id = ?2));

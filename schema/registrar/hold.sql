-- Legal holds.

-- name: hold_find_person
SELECT id FROM person WHERE email = ?1 AND purged IS NULL;

-- name: hold_find_conference
SELECT id FROM conference WHERE slug = ?1;

-- name: hold_find_outlet
-- By its name, or another name of it, as written.
SELECT id FROM outlet WHERE name = ?1
UNION ALL SELECT outlet_id FROM outlet_alias WHERE name = ?1 LIMIT 1;

-- name: hold_insert
-- ?1 person ?2 conference ?3 outlet (one of them) ?4 reason ?5 now ?6 who ?7 until or NULL
INSERT INTO hold (person_id, conference_id, outlet_id, reason, made, made_by, until)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7);

-- name: hold_lift
-- ?1 id ?2 now ?3 who ?4 words
UPDATE hold SET lifted = ?2, lifted_by = ?3, lifted_words = ?4
WHERE id = ?1 AND lifted IS NULL AND (until IS NULL OR until > ?2);

-- name: hold_list
-- ?1 now
SELECT h.id, CASE WHEN h.person_id IS NOT NULL THEN 0 WHEN h.conference_id IS NOT NULL THEN 1 ELSE 2 END,
	coalesce(p.name, c.title, o.name), h.reason, h.made, h.made_by, h.until, h.lifted, h.lifted_by,
	h.lifted_words
FROM hold h LEFT JOIN person p ON p.id = h.person_id
LEFT JOIN conference c ON c.id = h.conference_id LEFT JOIN outlet o ON o.id = h.outlet_id
ORDER BY h.lifted IS NOT NULL OR coalesce(h.until, ?1 + 1) <= ?1, h.id DESC LIMIT 500;

-- name: hold_by_id
SELECT h.id, CASE WHEN h.person_id IS NOT NULL THEN 0 WHEN h.conference_id IS NOT NULL THEN 1 ELSE 2 END,
	coalesce(p.name, c.title, o.name), h.reason, h.made, h.made_by, h.until, h.lifted, h.lifted_by,
	h.lifted_words
FROM hold h LEFT JOIN person p ON p.id = h.person_id
LEFT JOIN conference c ON c.id = h.conference_id LEFT JOIN outlet o ON o.id = h.outlet_id
WHERE h.id = ?1;

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

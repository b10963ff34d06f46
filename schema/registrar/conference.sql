-- name: conference_by_slug
SELECT id, slug, title, summary, place, stream, doors, starts, ends, capacity, classes, per_outlet,
	preregistration, id_check, id_share, reentry, admit_at_once, names_on_pass, emerging, amber,
	red, state, roster_version
FROM conference WHERE slug = ?1;

-- name: conference_by_id
SELECT id, slug, title, summary, place, stream, doors, starts, ends, capacity, classes, per_outlet,
	preregistration, id_check, id_share, reentry, admit_at_once, names_on_pass, emerging, amber,
	red, state, roster_version
FROM conference WHERE id = ?1;

-- name: conference_list
-- Those that end after ?1, by start.
SELECT id, slug, title, summary, place, stream, doors, starts, ends, capacity, classes, per_outlet,
	preregistration, id_check, id_share, reentry, admit_at_once, names_on_pass, emerging, amber,
	red, state, roster_version
FROM conference WHERE ends > ?1 ORDER BY starts, id;

-- name: conference_insert
INSERT INTO conference (slug, title, summary, place, stream, doors, starts, ends, capacity, classes,
	per_outlet, preregistration, id_check, id_share, reentry, admit_at_once, names_on_pass,
	emerging, amber, red, state)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,
	?21);

-- name: conference_numbers
-- How many places are taken, waited for and given back.
SELECT confirmed, waitlisted, cancelled FROM conference WHERE id = ?1;

-- name: conference_raise_roster
-- The time in milliseconds where that is more, as in meta_raise.
UPDATE conference SET roster_version = max(roster_version + 1,
	CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)) WHERE id = ?1;

-- name: conference_roster_version
SELECT roster_version FROM conference WHERE id = ?1;

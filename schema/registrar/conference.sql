-- name: conference_by_slug
SELECT id, slug, title, summary, place, stream, doors, starts, ends, capacity, classes, per_outlet,
	preregistration, id_check, id_share, reentry, admit_at_once, names_on_pass, emerging, amber,
	red, state, roster_version, created, changed, sequence
FROM conference WHERE slug = ?1;

-- name: conference_by_id
SELECT id, slug, title, summary, place, stream, doors, starts, ends, capacity, classes, per_outlet,
	preregistration, id_check, id_share, reentry, admit_at_once, names_on_pass, emerging, amber,
	red, state, roster_version, created, changed, sequence
FROM conference WHERE id = ?1;

-- name: conference_list
-- Those that end after ?1, by start.
SELECT id, slug, title, summary, place, stream, doors, starts, ends, capacity, classes, per_outlet,
	preregistration, id_check, id_share, reentry, admit_at_once, names_on_pass, emerging, amber,
	red, state, roster_version, created, changed, sequence
FROM conference WHERE ends > ?1 ORDER BY starts, id;

-- name: conference_insert
INSERT INTO conference (slug, title, summary, place, stream, doors, starts, ends, capacity, classes,
	per_outlet, preregistration, id_check, id_share, reentry, admit_at_once, names_on_pass,
	emerging, amber, red, state, created, changed)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,
	?21, ?22, ?22);

-- name: conference_numbers
-- How many places are taken, waited for and given back.
SELECT confirmed, waitlisted, cancelled FROM conference WHERE id = ?1;

-- name: conference_raise_roster
-- The time in milliseconds where that is more, as in meta_raise.
UPDATE conference SET roster_version = max(roster_version + 1,
	CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)) WHERE id = ?1;

-- name: conference_roster_version
SELECT roster_version FROM conference WHERE id = ?1;

-- name: conference_past
-- Those shown in public that were over at ?1 and come before conference ?2 (0: all), the last first.
SELECT c.id, c.slug, c.title, c.summary, c.place, c.stream, c.doors, c.starts, c.ends, c.capacity,
	c.classes, c.per_outlet, c.preregistration, c.id_check, c.id_share, c.reentry,
	c.admit_at_once, c.names_on_pass, c.emerging, c.amber, c.red, c.state, c.roster_version,
	c.created, c.changed, c.sequence
FROM conference c LEFT JOIN conference before ON before.id = ?2
WHERE c.ends <= ?1 AND c.state <> 'draft'
	AND (before.id IS NULL OR (c.starts, c.id) < (before.starts, before.id))
ORDER BY c.starts DESC, c.id DESC LIMIT ?3;

-- name: conference_news
-- Those shown in public that end after ?1, the last changed first.
SELECT id, slug, title, summary, place, stream, doors, starts, ends, capacity, classes, per_outlet,
	preregistration, id_check, id_share, reentry, admit_at_once, names_on_pass, emerging, amber,
	red, state, roster_version, created, changed, sequence
FROM conference WHERE ends > ?1 AND state <> 'draft' ORDER BY changed DESC, id DESC LIMIT ?2;

-- name: conference_edit
-- ?1 id ?2 title ?3 summary ?4 place ?5 stream ?6 doors ?7 starts ?8 ends, and then as in
-- conference_insert from capacity on
UPDATE conference SET title = ?2, summary = ?3, place = ?4, stream = ?5, doors = ?6, starts = ?7,
	ends = ?8, capacity = ?9, classes = ?10, per_outlet = ?11, preregistration = ?12,
	id_check = ?13, id_share = ?14, reentry = ?15, admit_at_once = ?16, names_on_pass = ?17,
	emerging = ?18, amber = ?19, red = ?20, state = ?21
WHERE id = ?1;

-- name: conference_passes
-- The passes that stand, by registration. ?1 conference
SELECT r.id, r.accreditation_id, r.reference, p.id
FROM registration r JOIN pass p ON p.registration_id = r.id AND p.state = 'active'
WHERE r.conference_id = ?1 AND r.state = 'confirmed' ORDER BY r.id;

-- name: conference_set_state
UPDATE conference SET state = ?2 WHERE id = ?1;

-- name: conference_set_because
UPDATE conference SET because = ?2 WHERE id = ?1;

-- name: conference_because
SELECT because FROM conference WHERE id = ?1;

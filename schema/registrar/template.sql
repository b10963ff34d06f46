-- name: template_list
SELECT id, name, title, summary, place, stream, doors_before, lasts, capacity, classes, per_outlet,
	preregistration, id_check, id_share, reentry, admit_at_once, names_on_pass, emerging, amber,
	red, made_by, changed
FROM conference_template ORDER BY name LIMIT 200;

-- name: template_by_id
SELECT id, name, title, summary, place, stream, doors_before, lasts, capacity, classes, per_outlet,
	preregistration, id_check, id_share, reentry, admit_at_once, names_on_pass, emerging, amber,
	red, made_by, changed
FROM conference_template WHERE id = ?1;

-- name: template_insert
-- ?1 NULL, and then as the columns stand
INSERT INTO conference_template (id, name, title, summary, place, stream, doors_before, lasts,
	capacity, classes, per_outlet, preregistration, id_check, id_share, reentry, admit_at_once,
	names_on_pass, emerging, amber, red, made_by, changed)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,
	?21, ?22);

-- name: template_change
-- As template_insert.
UPDATE conference_template SET name = ?2, title = ?3, summary = ?4, place = ?5, stream = ?6,
	doors_before = ?7, lasts = ?8, capacity = ?9, classes = ?10, per_outlet = ?11,
	preregistration = ?12, id_check = ?13, id_share = ?14, reentry = ?15, admit_at_once = ?16,
	names_on_pass = ?17, emerging = ?18, amber = ?19, red = ?20, made_by = ?21, changed = ?22
WHERE id = ?1;

-- name: template_delete
DELETE FROM conference_template WHERE id = ?1;

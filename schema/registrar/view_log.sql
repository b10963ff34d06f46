-- Who of the staff looked at a person's file, when and why.

-- name: view_log_again
-- The same look a little earlier is counted with it. ?1 staff ?2 what ?3 why ?4 item ?5 words
-- ?6 person or NULL ?7 application or NULL ?8 now ?9 not before
UPDATE view_log SET times = times + 1, last = ?8
WHERE id IN (SELECT id FROM view_log WHERE staff = ?1 ORDER BY id DESC LIMIT 20)
	AND what = ?2 AND why = ?3 AND item = ?4 AND words = ?5
	AND person_id IS coalesce(?6, (SELECT person_id FROM application WHERE id = ?7))
	AND application_id IS ?7 AND last >= ?9;

-- name: view_log_insert
-- ?1 staff ?2 what ?3 why ?4 item ?5 words ?6 person or NULL ?7 application or NULL ?8 now
INSERT INTO view_log (at, last, staff, role, person_id, application_id, what, why, item, words)
SELECT ?8, ?8, s.name, s.role, coalesce(?6, (SELECT person_id FROM application WHERE id = ?7)), ?7,
	?2, ?3, ?4, ?5
FROM staff s WHERE s.name = ?1;

-- name: view_reason_put
-- ?1 staff ?2 person ?3 now ?4 words
INSERT INTO view_reason (staff, person_id, at, words) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (staff, person_id) DO UPDATE SET at = excluded.at, words = excluded.words;

-- name: view_reason_of
-- ?1 staff ?2 person ?3 given since
SELECT words FROM view_reason WHERE staff = ?1 AND person_id = ?2 AND at >= ?3;

-- name: view_log_all
-- The lists have the columns of struct view_log_entry. ?1 before ?2 most
SELECT v.id, v.at, v.last, v.times, coalesce(v.person_id, 0), coalesce(p.name, ''), v.staff,
	s.full_name, v.role, coalesce(a.reference, ''), v.item, v.what, v.why, v.words
FROM view_log v JOIN staff s ON s.name = v.staff LEFT JOIN person p ON p.id = v.person_id
LEFT JOIN application a ON a.id = v.application_id
WHERE v.id < ?1 ORDER BY v.id DESC LIMIT ?2;

-- name: view_log_of_staff
-- ?1 before ?2 most ?3 staff
SELECT v.id, v.at, v.last, v.times, coalesce(v.person_id, 0), coalesce(p.name, ''), v.staff,
	s.full_name, v.role, coalesce(a.reference, ''), v.item, v.what, v.why, v.words
FROM view_log v JOIN staff s ON s.name = v.staff LEFT JOIN person p ON p.id = v.person_id
LEFT JOIN application a ON a.id = v.application_id
WHERE v.staff = ?3 AND v.id < ?1 ORDER BY v.id DESC LIMIT ?2;

-- name: view_log_of_person
-- ?1 before ?2 most ?3 person ?4 staff or NULL
SELECT v.id, v.at, v.last, v.times, coalesce(v.person_id, 0), coalesce(p.name, ''), v.staff,
	s.full_name, v.role, coalesce(a.reference, ''), v.item, v.what, v.why, v.words
FROM view_log v JOIN staff s ON s.name = v.staff LEFT JOIN person p ON p.id = v.person_id
LEFT JOIN application a ON a.id = v.application_id
WHERE v.person_id = ?3 AND v.id < ?1 AND (?4 IS NULL OR v.staff = ?4) ORDER BY v.id DESC LIMIT ?2;

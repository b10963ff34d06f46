-- name: session_insert
-- ?1 hash ?2 staff or NULL ?3 person or NULL ?4 now ?5 stage ?6 via ?7 browser ?8 network
INSERT INTO session (hash, staff, person_id, created, seen, stage, via, browser, network)
VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7, ?8);

-- name: session_find
-- A disabled staff member has no session, whatever stands here.
SELECT s.staff, s.person_id, s.created, s.seen, t.role, t.must_change,
	coalesce(t.full_name, p.name), s.stage, s.via, t.trained_until, t.authorised_from,
	t.authorised_until,
	EXISTS (SELECT 1 FROM staff_factor f WHERE f.staff = s.staff AND f.state = 'standing')
FROM session s
LEFT JOIN staff t ON t.name = s.staff
LEFT JOIN person p ON p.id = s.person_id
WHERE s.hash = ?1 AND (s.staff IS NULL OR t.state = 'active');

-- name: session_list_staff
-- ?1 staff -> their sessions, the newest use first
SELECT hash, created, seen, stage, via, browser, network FROM session
WHERE staff = ?1 ORDER BY seen DESC, created DESC;

-- name: session_end_others
-- ?1 staff ?2 the hash of the one that stays
DELETE FROM session WHERE staff = ?1 AND hash <> ?2;

-- name: session_touch
-- ?1 hash ?2 now
UPDATE session SET seen = ?2 WHERE hash = ?1 AND seen < ?2;

-- name: session_end
DELETE FROM session WHERE hash = ?1;

-- name: session_end_staff
DELETE FROM session WHERE staff = ?1;

-- name: session_purge
-- ?1 staff seen before ?2 staff created before ?3 person seen before ?4 person created before
DELETE FROM session
WHERE (staff IS NOT NULL AND (seen < ?1 OR created < ?2))
	OR (person_id IS NOT NULL AND (seen < ?3 OR created < ?4));

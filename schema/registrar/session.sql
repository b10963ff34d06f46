-- name: session_insert
-- ?1 hash ?2 staff or NULL ?3 person or NULL ?4 now
INSERT INTO session (hash, staff, person_id, created, seen) VALUES (?1, ?2, ?3, ?4, ?4);

-- name: session_find
-- A disabled staff member has no session, whatever stands here.
SELECT s.staff, s.person_id, s.created, s.seen, t.role, t.must_change,
	coalesce(t.full_name, p.name)
FROM session s
LEFT JOIN staff t ON t.name = s.staff
LEFT JOIN person p ON p.id = s.person_id
WHERE s.hash = ?1 AND (s.staff IS NULL OR t.state = 'active');

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

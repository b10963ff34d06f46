-- name: likeness_others
-- What other people have applied with. ?1 person
SELECT reference, name, email, outlet FROM application
WHERE person_id IS NOT NULL AND person_id <> ?1 AND state <> 'draft'
ORDER BY id DESC LIMIT 20000;

-- name: likeness_photos
-- The same picture: what is kept differs in its mark of random bytes alone, the 16 from the 25th on.
-- ?1 person ?2 dossier
SELECT a.reference, a.name FROM upload mine
JOIN upload u ON u.kind = 'photo' AND length(u.bytes) = length(mine.bytes)
	AND substr(u.bytes, 41) = substr(mine.bytes, 41)
JOIN dossier d ON d.id = u.dossier_id
JOIN application a ON a.id = d.application_id
WHERE mine.dossier_id = ?2 AND mine.kind = 'photo' AND u.dossier_id <> ?2
	AND a.person_id IS NOT NULL AND a.person_id <> ?1 AND a.state <> 'draft'
ORDER BY a.id DESC LIMIT 8;

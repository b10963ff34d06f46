-- Photographs: one row each picture, however many people have it.

-- name: photo_insert
-- ?1 hash, ?2 bytes, ?3 width, ?4 height, ?5 now; one that is there stays
INSERT INTO photo (hash, bytes, width, height, made) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (hash) DO NOTHING;

-- name: photo_bytes
-- ?1 hash -> what is kept
SELECT bytes FROM photo WHERE hash = ?1;

-- name: photo_give
-- ?1 person, ?2 hash or NULL
UPDATE person SET photo = ?2 WHERE id = ?1;

-- name: photo_of
-- ?1 person -> hash or NULL
SELECT photo FROM person WHERE id = ?1;

-- name: photo_sweep
-- ?1 hash: gone where nobody has it any more
DELETE FROM photo WHERE hash = ?1 AND NOT EXISTS (SELECT 1 FROM person WHERE photo = ?1);

-- name: photo_raise_conferences
-- ?1 person, ?2 a time: rosters that show the person rise, as in meta_raise
UPDATE conference SET roster_version = max(roster_version + 1,
	CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER))
WHERE ends > ?2 AND id IN (SELECT r.conference_id FROM registration r
	JOIN accreditation a ON a.id = r.accreditation_id
	JOIN pass p ON p.registration_id = r.id WHERE a.person_id = ?1);

-- name: photo_raise_passes
-- ?1 person, ?2 a time: the person's rows in them count as changed
UPDATE pass SET roster_version =
	(SELECT c.roster_version FROM conference c WHERE c.id = pass.conference_id)
WHERE registration_id IN (SELECT r.id FROM registration r
	JOIN accreditation a ON a.id = r.accreditation_id WHERE a.person_id = ?1)
AND conference_id IN (SELECT id FROM conference WHERE ends > ?2);

-- name: photo_for_gates
-- ?1 hash, ?2 a time -> bytes, if a roster that travels after it shows the picture
SELECT f.bytes FROM photo f WHERE f.hash = ?1 AND EXISTS (SELECT 1 FROM person n
	JOIN accreditation a ON a.person_id = n.id
	JOIN registration r ON r.accreditation_id = a.id
	JOIN pass p ON p.registration_id = r.id
	JOIN conference c ON c.id = p.conference_id
	WHERE n.photo = ?1 AND c.ends > ?2 AND c.state <> 'draft');

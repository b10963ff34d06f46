-- name: focal_insert
-- ?1 outlet ?2 person ?3 now ?4 staff
INSERT INTO focal_point (outlet_id, person_id, made, made_by) VALUES (?1, ?2, ?3, ?4);

-- name: focal_end
-- ?1 outlet ?2 person ?3 now ?4 staff
UPDATE focal_point SET ended = ?3, ended_by = ?4
WHERE outlet_id = ?1 AND person_id = ?2 AND ended IS NULL;

-- name: focal_accredited
-- Whether a person stands with an outlet. ?1 outlet ?2 person ?3 now
SELECT 1 FROM accreditation
WHERE outlet_id = ?1 AND person_id = ?2 AND state = 'active' AND valid_from <= ?3
	AND valid_until > ?3 LIMIT 1;

-- name: focal_made
-- Whether staff made somebody one. ?1 outlet ?2 person
SELECT 1 FROM focal_point WHERE outlet_id = ?1 AND person_id = ?2 AND ended IS NULL;

-- The lists have the columns of struct focal_line: id, number, time, reference, name, email, words.

-- name: focal_outlets
-- Outlets a person answers for, while they stand with them themselves. ?1 person ?2 now
SELECT o.id, 0, f.made, '', o.name, '', '' FROM focal_point f JOIN outlet o ON o.id = f.outlet_id
WHERE f.person_id = ?1 AND f.ended IS NULL AND EXISTS (
	SELECT 1 FROM accreditation a WHERE a.outlet_id = f.outlet_id AND a.person_id = ?1
		AND a.state = 'active' AND a.valid_from <= ?2 AND a.valid_until > ?2)
ORDER BY o.name_fold LIMIT 100;

-- name: focal_all
SELECT f.id, 0, f.made, '', o.name, p.email, f.made_by FROM focal_point f
JOIN outlet o ON o.id = f.outlet_id JOIN person p ON p.id = f.person_id
WHERE f.ended IS NULL ORDER BY o.name_fold, p.email LIMIT 5000;

-- name: focal_waiting
-- Applications of others for the outlet that wait. number: the person's own word, -1: none yet.
-- ?1 outlet ?2 person
SELECT a.id, coalesce(v.works, -1), a.submitted, a.reference, a.name, '', coalesce(v.words, '')
FROM application a LEFT JOIN vouch v ON v.application_id = a.id AND v.person_id = ?2
WHERE a.outlet_id = ?1 AND a.person_id <> ?2
	AND a.state IN ('submitted', 'more-information', 'pre-approved', 'appealed')
ORDER BY a.submitted, a.id LIMIT 200;

-- name: focal_vouch
-- ?1 application ?2 person ?3 works ?4 words ?5 now
INSERT INTO vouch (application_id, person_id, works, words, at) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (application_id, person_id) DO UPDATE
SET works = excluded.works, words = excluded.words, at = excluded.at;

-- name: focal_vouches
-- What focal points said of an application. number: 1 where they vouch. ?1 application
SELECT v.person_id, v.works, v.at, '', p.name, p.email, v.words FROM vouch v
JOIN person p ON p.id = v.person_id WHERE v.application_id = ?1 ORDER BY v.at LIMIT 100;

-- name: focal_members
-- Who stands with an outlet: id is the accreditation, number the person. ?1 outlet ?2 now
SELECT a.id, a.person_id, a.valid_until, '', p.name, '', '' FROM accreditation a
JOIN person p ON p.id = a.person_id
WHERE a.outlet_id = ?1 AND a.state = 'active' AND a.valid_from <= ?2 AND a.valid_until > ?2
ORDER BY p.name, a.id LIMIT 500;

-- Printed badges.

-- name: badge_list
-- Who has a pass that opens doors. ?1 conference, ?2 outlet or 0, ?3 class or -1, ?4 part of name, outlet or typed
-- code, or '', ?5 0 all, 1 not printed yet, 2 printed, ?6 most. By name, for handing out.
SELECT r.reference, p.id, n.name, o.name, a.class, n.photo IS NOT NULL,
	(SELECT count(*) FROM badge_print b WHERE b.pass_id = p.id),
	(SELECT max(u.at) FROM badge_print b JOIN badge_run u ON u.id = b.run_id
		WHERE b.pass_id = p.id)
FROM pass p
JOIN registration r ON r.id = p.registration_id
JOIN accreditation a ON a.id = r.accreditation_id
JOIN person n ON n.id = a.person_id
JOIN outlet o ON o.id = a.outlet_id
WHERE p.conference_id = ?1 AND p.state = 'active'
	AND a.state <> 'suspended' AND (?2 = 0 OR a.outlet_id = ?2) AND (?3 < 0 OR a.class = ?3)
	AND (?4 = '' OR instr(lower(n.name), lower(?4)) > 0 OR instr(lower(o.name), lower(?4)) > 0
		OR p.code = replace(upper(?4), '-', ''))
	AND (?5 = 0 OR (?5 = 2) = EXISTS (SELECT 1 FROM badge_print b WHERE b.pass_id = p.id))
ORDER BY n.name, r.id LIMIT ?6;

-- name: badge_counts
-- ?1 conference -> passes, of them printed once or more
SELECT count(*), total(EXISTS (SELECT 1 FROM badge_print b WHERE b.pass_id = p.id))
FROM pass p
JOIN registration r ON r.id = p.registration_id
JOIN accreditation a ON a.id = r.accreditation_id
WHERE p.conference_id = ?1 AND p.state = 'active' AND a.state <> 'suspended';

-- name: badge_chosen
-- As badge_list, and how many of them were printed before. ?1..?5
SELECT count(*), total(EXISTS (SELECT 1 FROM badge_print b WHERE b.pass_id = p.id))
FROM pass p
JOIN registration r ON r.id = p.registration_id
JOIN accreditation a ON a.id = r.accreditation_id
JOIN person n ON n.id = a.person_id
JOIN outlet o ON o.id = a.outlet_id
WHERE p.conference_id = ?1 AND p.state = 'active'
	AND a.state <> 'suspended' AND (?2 = 0 OR a.outlet_id = ?2) AND (?3 < 0 OR a.class = ?3)
	AND (?4 = '' OR instr(lower(n.name), lower(?4)) > 0 OR instr(lower(o.name), lower(?4)) > 0
		OR p.code = replace(upper(?4), '-', ''))
	AND (?5 = 0 OR (?5 = 2) = EXISTS (SELECT 1 FROM badge_print b WHERE b.pass_id = p.id));

-- name: badge_outlets
-- Those with a pass at a conference. ?1 conference
SELECT DISTINCT o.id, o.name FROM pass p
JOIN registration r ON r.id = p.registration_id
JOIN accreditation a ON a.id = r.accreditation_id
JOIN outlet o ON o.id = a.outlet_id
WHERE p.conference_id = ?1 AND p.state = 'active' ORDER BY o.name;

-- name: badge_card
-- What a badge shows, while its pass stands. ?1 pass
SELECT n.name, o.name, a.class, p.code, p.qr, f.bytes
FROM pass p
JOIN registration r ON r.id = p.registration_id
JOIN accreditation a ON a.id = r.accreditation_id
JOIN person n ON n.id = a.person_id
JOIN outlet o ON o.id = a.outlet_id
LEFT JOIN photo f ON f.hash = n.photo
WHERE p.id = ?1 AND p.state = 'active' AND a.state <> 'suspended';

-- name: badge_run_insert
-- ?1 conference, ?2 now, ?3 staff, ?4 size, ?5 badges
INSERT INTO badge_run (conference_id, at, staff, size, badges) VALUES (?1, ?2, ?3, ?4, ?5);

-- name: badge_print_insert
-- One row while the pass stands. ?1 pass, ?2 run, ?3 cause, ?4 words
INSERT INTO badge_print (pass_id, run_id, cause, words)
SELECT id, ?2, ?3, ?4 FROM pass WHERE id = ?1 AND state = 'active';

-- name: badge_lost_insert
-- ?1 pass, ?2 now, ?3 staff, ?4 words
INSERT INTO badge_lost (pass_id, at, staff, words) VALUES (?1, ?2, ?3, ?4);

-- name: badge_history
-- What became of a registration's badges, the newest first. ?1 registration
SELECT u.at, u.staff, u.size, b.cause, b.words, p.code, p.state = 'active', u.badges
FROM pass p JOIN badge_print b ON b.pass_id = p.id JOIN badge_run u ON u.id = b.run_id
WHERE p.registration_id = ?1
UNION ALL
SELECT l.at, l.staff, '', 'lost', l.words, p.code, 0, 1
FROM pass p JOIN badge_lost l ON l.pass_id = p.id WHERE p.registration_id = ?1
ORDER BY 1 DESC LIMIT 100;

-- name: badge_names
-- ?1 accreditation
SELECT n.name, o.name FROM accreditation a
JOIN person n ON n.id = a.person_id JOIN outlet o ON o.id = a.outlet_id WHERE a.id = ?1;

-- name: badge_printed
-- How often. ?1 pass
SELECT count(*) FROM badge_print WHERE pass_id = ?1;

-- Digests over the lists as they took effect (gate/seal/digest.h): what decides and stands in the clear.

-- name: digest_roster_row
-- ?1 conference, ?2 pass -> pass, class, outlet, status, code
SELECT pass, class, outlet, status, code FROM roster WHERE conference = ?1 AND pass = ?2;

-- name: digest_roster_rows
-- ?1 conference -> pass, class, outlet, status, code
SELECT pass, class, outlet, status, code FROM roster WHERE conference = ?1;

-- name: digest_conference
-- ?1 number -> what the roster's object said of it
SELECT number, doors, starts, ends, capacity, classes, id_check, id_share, reentry,
	preregistration, admit_at_once, amber, red, version, issued, not_after
FROM conference WHERE number = ?1;

-- name: digest_revocation_row
-- ?1 pass -> pass, reason
SELECT pass, reason FROM revocation WHERE pass = ?1;

-- name: digest_revocation_rows
-- -> pass, reason
SELECT pass, reason FROM revocation;

-- name: digest_restriction_rows
-- -> pass, id, scope, conference, class, outlet, valid_from, valid_until, origin
SELECT pass, id, scope, conference, class, outlet, valid_from, valid_until, origin
FROM restriction;

-- name: digest_damaged_roster
-- ?1 conference: nobody has confirmed what is held, and it is fetched whole
UPDATE conference SET fetch = 1, checked = 0 WHERE number = ?1;

-- name: digest_kept
-- -> the conferences whose roster has a digest
SELECT number FROM conference WHERE EXISTS (SELECT 1 FROM meta
	WHERE key = 'digest_roster:' || conference.number) ORDER BY number;

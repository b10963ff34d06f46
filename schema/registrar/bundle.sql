-- What the signed objects for gates are made of. A row's own version says in which version of its
-- list it last changed, so that a delta is one step down an index.

-- name: bundle_conferences
-- ?1 a time -> id, roster_version of conferences that end after it
SELECT id, roster_version FROM conference WHERE ends > ?1 AND state <> 'draft' ORDER BY id;

-- name: bundle_renew_conferences
-- ?1 a time: rosters that travel to gates rise, as in meta_raise
UPDATE conference SET roster_version = max(roster_version + 1,
	CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER))
WHERE ends > ?1 AND state <> 'draft';

-- name: bundle_renew_passes
-- ?1 a time: every row of these rosters counts as changed in them
UPDATE pass SET roster_version =
	(SELECT c.roster_version FROM conference c WHERE c.id = pass.conference_id)
WHERE conference_id IN (SELECT id FROM conference WHERE ends > ?1 AND state <> 'draft');

-- name: bundle_renew_revocations
-- ?1 a version: every revocation counts as changed in it
UPDATE revocation SET version = ?1;

-- name: bundle_conference
-- ?1 id, ?2 a time -> the record, if it ends after the time and is no draft
SELECT slug, title, place, doors, starts, ends, capacity, classes, id_check, id_share, reentry,
	amber, red, preregistration, admit_at_once, roster_version
FROM conference WHERE id = ?1 AND ends > ?2 AND state <> 'draft';

-- name: bundle_roster_rows
-- ?1 conference, ?2 a version -> passes changed after it: id, state, registration's state, class,
-- person, outlet, photo, outlet's number; by id
SELECT p.id, p.state, r.state, a.class, n.name, o.name, n.photo, o.id
FROM pass p
JOIN registration r ON r.id = p.registration_id
JOIN accreditation a ON a.id = r.accreditation_id
JOIN person n ON n.id = a.person_id
JOIN outlet o ON o.id = a.outlet_id
WHERE p.conference_id = ?1 AND p.roster_version > ?2
ORDER BY p.id;

-- name: bundle_roster_changed
-- ?1 conference, ?2 a version -> how many passes changed after it, how many there are
SELECT (SELECT count(*) FROM pass WHERE conference_id = ?1 AND roster_version > ?2),
	(SELECT count(*) FROM pass WHERE conference_id = ?1);

-- name: bundle_revocations
-- ?1 a version, ?2 a time -> pass_id, reason of revocations made after the version that still matter
-- at the time, by pass
SELECT pass_id, reason FROM revocation WHERE version > ?1 AND expires > ?2 ORDER BY pass_id;

-- name: bundle_revocations_gone
-- ?1 a version -> pass_id of those taken back after it, by pass
SELECT pass_id FROM revocation WHERE version > ?1 AND expires = 0 ORDER BY pass_id;

-- name: bundle_revocations_changed
-- ?1 a version, ?2 a time -> how many bundle_revocations and bundle_revocations_gone give, and how
-- many bundle_revocations gives from version 0
SELECT (SELECT count(*) FROM revocation WHERE version > ?1 AND (expires > ?2 OR expires = 0)),
	(SELECT count(*) FROM revocation WHERE expires > ?2);

-- name: bundle_restrictions
-- ?1 a time, ?2 an earlier one -> those that are not lifted and end after ?1, by id; and what gates
-- made and was lifted since ?2, as long over: by any gate's clock
SELECT x.id, x.scope, x.conference_id, x.class, o.name, x.pass_id,
	CASE WHEN x.lifted IS NULL THEN x.valid_from ELSE 1600000000 END,
	CASE WHEN x.lifted IS NULL THEN x.valid_until ELSE 1600000001 END,
	x.words, x.outlet_id, x.origin
FROM restriction x LEFT JOIN outlet o ON o.id = x.outlet_id
WHERE (x.lifted IS NULL AND (x.valid_until IS NULL OR x.valid_until > ?1))
	OR (x.origin <> '' AND x.lifted > ?2)
ORDER BY x.id;

-- name: bundle_officers
-- ?1 now -> name, role, pin_salt, pin_public of who may sign in at a door, by name
SELECT name, role, pin_salt, pin_public FROM staff
WHERE state = 'active' AND pin_salt IS NOT NULL AND pin_public IS NOT NULL AND role IN ('security', 'supervisor')
	AND coalesce(trained_until > ?1, TRUE) AND coalesce(authorised_from <= ?1, TRUE)
	AND coalesce(authorised_until > ?1, TRUE)
ORDER BY name;

-- name: bundle_keys
-- ?1 a time -> keys that gates look at and that end after it
SELECT use, public, conference_id, valid_from, valid_until, state FROM key
WHERE use IN ('pass', 'bundle', 'witness') AND valid_until > ?1 ORDER BY kid;

-- name: bundle_devices
-- -> name, journal_key, state, tls_spki of every gate that was enrolled
SELECT name, journal_key, state, tls_spki FROM gate WHERE journal_key IS NOT NULL ORDER BY name;

-- Lists from the registrar: each object takes effect in one transaction.

-- name: lists_object_put
-- ?1 kind, ?2 version, ?3 issued, ?4 not_after, ?5 bytes
INSERT INTO object (kind, version, issued, not_after, bytes) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (kind) DO UPDATE SET version = excluded.version, issued = excluded.issued,
	not_after = excluded.not_after, bytes = excluded.bytes;

-- name: lists_roster_held
-- ?1 conference -> version, issued, not_after, checked, fetch
SELECT version, issued, not_after, checked, fetch FROM conference WHERE number = ?1;

-- name: lists_conference_put
-- ?1 number, ?2 slug, ?3 title, ?4 place, ?5 doors, ?6 starts, ?7 ends, ?8 capacity, ?9 classes,
-- ?10 id_check, ?11 id_share, ?12 reentry, ?13 preregistration, ?14 admit_at_once, ?15 amber,
-- ?16 red, ?17 version, ?18 issued, ?19 not_after, ?20 checked
INSERT INTO conference (number, slug, title, place, doors, starts, ends, capacity, classes,
	id_check, id_share, reentry, preregistration, admit_at_once, amber, red, version, issued,
	not_after, checked)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)
ON CONFLICT (number) DO UPDATE SET slug = excluded.slug, title = excluded.title,
	place = excluded.place, doors = excluded.doors, starts = excluded.starts,
	ends = excluded.ends, capacity = excluded.capacity, classes = excluded.classes,
	id_check = excluded.id_check, id_share = excluded.id_share, reentry = excluded.reentry,
	preregistration = excluded.preregistration, admit_at_once = excluded.admit_at_once,
	amber = excluded.amber, red = excluded.red, version = excluded.version,
	issued = excluded.issued, not_after = excluded.not_after, checked = excluded.checked;

-- name: lists_roster_fetched
-- ?1 conference: its rows are sealed for the officers of now
UPDATE conference SET fetch = 0 WHERE number = ?1;

-- name: lists_conference_checked
-- ?1 number, ?2 when the registrar said that the roster held is the newest
UPDATE conference SET checked = ?2 WHERE number = ?1;

-- name: lists_roster_clear
-- ?1 conference
DELETE FROM roster WHERE conference = ?1;

-- name: lists_roster_put
-- ?1 conference, ?2 pass, ?3 class, ?4 outlet's number, ?5 status, ?6 code, ?7 seal, ?8 person
INSERT INTO roster (conference, pass, class, outlet, status, code, seal, person)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT (conference, pass) DO UPDATE SET class = excluded.class, outlet = excluded.outlet,
	status = excluded.status, seal = excluded.seal, person = excluded.person;

-- name: lists_roster_remove
-- ?1 conference, ?2 pass
DELETE FROM roster WHERE conference = ?1 AND pass = ?2;

-- name: lists_roster_total
-- ?1 conference -> rows
SELECT count(*) FROM roster WHERE conference = ?1;

-- name: lists_revocation_clear
DELETE FROM revocation;

-- name: lists_revocation_put
-- ?1 pass, ?2 reason
INSERT INTO revocation (pass, reason) VALUES (?1, ?2)
ON CONFLICT (pass) DO UPDATE SET reason = excluded.reason;

-- name: lists_revocation_remove
-- ?1 pass
DELETE FROM revocation WHERE pass = ?1;

-- name: lists_revocation_total
-- -> rows
SELECT count(*) FROM revocation;

-- name: lists_restriction_clear
DELETE FROM restriction;

-- name: lists_restriction_put
-- ?1 id, ?2 scope, ?3 conference, ?4 class, ?5 outlet's number, ?6 pass, ?7 from, ?8 until,
-- ?9 origin, ?10 seal, ?11 words
INSERT INTO restriction (id, scope, conference, class, outlet, pass, valid_from, valid_until,
	origin, seal, words)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11);

-- name: forget_newest
-- -> the newest issue time of any list held, 0: none
SELECT max(coalesce((SELECT max(issued) FROM conference), 0),
	coalesce((SELECT max(issued) FROM object), 0),
	coalesce((SELECT value FROM meta WHERE key = 'revoked_issued'), 0));

-- name: forget_conferences
-- -> number, doors, ends
SELECT number, doors, ends FROM conference ORDER BY number;

-- name: forget_conference
-- ?1 number
DELETE FROM conference WHERE number = ?1;

-- name: sync_logs
-- ?1 an epoch -> epoch, origin, size, received, checkpoint, salvaged of every epoch with entries that have no
-- receipt, and of this one and all later ones in any case, oldest first
SELECT epoch, origin, size, received, checkpoint, salvaged FROM log
WHERE received < size OR epoch >= ?1 ORDER BY epoch;

-- name: sync_entries
-- ?1 epoch, ?2 first seq, ?3 how many -> seq, text, salt, detail, sealed
SELECT e.seq, e.text, d.salt, d.detail, d.sealed
FROM entry e LEFT JOIN detail d ON d.epoch = e.epoch AND d.seq = e.seq
WHERE e.epoch = ?1 AND e.seq >= ?2 ORDER BY e.seq LIMIT ?3;

-- name: sync_received
-- ?1 epoch, ?2 size, ?3 cosignature; a receipt for fewer entries changes nothing
UPDATE log SET received = ?2, cosignature = ?3 WHERE epoch = ?1 AND received < ?2 AND size >= ?2;

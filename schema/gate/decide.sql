-- What one decision looks up. Each is one step down an index.

-- name: conference_by_slug
-- ?1 slug -> the conference's record and how fresh its roster is; the newest of that slug
SELECT number, slug, title, place, doors, starts, ends, capacity, classes, id_check, id_share,
	reentry, preregistration, admit_at_once, amber, red, version, issued, not_after, checked
FROM conference WHERE slug = ?1 ORDER BY number DESC LIMIT 1;

-- name: conference_by_number
-- ?1 number -> as conference_by_slug
SELECT number, slug, title, place, doors, starts, ends, capacity, classes, id_check, id_share,
	reentry, preregistration, admit_at_once, amber, red, version, issued, not_after, checked
FROM conference WHERE number = ?1;

-- name: conference_all
-- -> as conference_by_slug, soonest first
SELECT number, slug, title, place, doors, starts, ends, capacity, classes, id_check, id_share,
	reentry, preregistration, admit_at_once, amber, red, version, issued, not_after, checked
FROM conference ORDER BY starts, number;

-- name: roster_find
-- ?1 conference, ?2 pass -> pass, class, outlet's number, status, seal, person
SELECT pass, class, outlet, status, seal, person FROM roster WHERE conference = ?1 AND pass = ?2;

-- name: roster_all
-- ?1 conference -> as roster_find, by pass
SELECT pass, class, outlet, status, seal, person FROM roster WHERE conference = ?1 ORDER BY pass;

-- name: roster_class
-- ?1 conference, ?2 pass -> class
SELECT class FROM roster WHERE conference = ?1 AND pass = ?2;

-- name: roster_by_code
-- ?1 conference, ?2 code (8 characters, no dash) -> pass, class; two rows at most
SELECT pass, class FROM roster WHERE conference = ?1 AND code = ?2 LIMIT 2;

-- name: roster_count
-- ?1 conference -> lines
SELECT count(*) FROM roster WHERE conference = ?1;

-- name: revocation_find
-- ?1 pass -> reason
SELECT reason FROM revocation WHERE pass = ?1;

-- name: revocation_count
-- -> lines
SELECT count(*) FROM revocation;

-- name: restriction_hit
-- ?1 now, ?2 conference, ?3 class, ?4 outlet's number (0: none), ?5 pass, ?6 what has begun by
-- this time has begun -> scope, id, seal, words of the widest that holds; what gates made (origin)
-- not where a gate has lifted it since
SELECT scope, id, seal, words FROM restriction
WHERE valid_from <= ?6 AND (valid_until = 0 OR ?1 < valid_until)
	AND (conference = 0 OR conference = ?2)
	AND (scope IN (1, 2)
		OR (scope = 3 AND class = ?3)
		OR (scope = 4 AND ?4 <> 0 AND outlet = ?4)
		OR (scope = 5 AND pass = ?5))
	AND (origin = '' OR NOT EXISTS (SELECT 1 FROM stop_lift l
		WHERE l.scope = restriction.scope
			AND (l.scope <> 2 OR l.conference =
				(SELECT k.slug FROM conference k WHERE k.number = restriction.conference))
			AND (l.scope <> 5 OR l.pass = restriction.pass)
			AND CASE WHEN instr(restriction.origin, l.device || '/' || l.epoch || '/') = 1
				THEN CAST(substr(restriction.origin, length(l.device || l.epoch) + 3)
					AS INTEGER) < l.seq
				ELSE restriction.valid_from * 1000 <= l.made_ms END))
ORDER BY scope LIMIT 1;

-- name: revoked_state
-- -> version, issued, not_after, checked of the revocations held; NULL where there are none
SELECT (SELECT value FROM meta WHERE key = 'revoked_version'),
	(SELECT value FROM meta WHERE key = 'revoked_issued'),
	(SELECT value FROM meta WHERE key = 'revoked_not_after'),
	(SELECT value FROM meta WHERE key = 'revoked_checked');

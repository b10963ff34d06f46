-- name: pass_insert
INSERT INTO pass (id, registration_id, conference_id, code, qr, issued, state, roster_version)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'active', ?7);

-- name: pass_code_taken
-- Whether a typed code, or the id itself, is in use.
SELECT count(*) FROM pass WHERE (conference_id = ?1 AND code = ?2) OR id = ?3;

-- name: pass_active_of_registration
SELECT id FROM pass WHERE registration_id = ?1 AND state = 'active';

-- name: pass_revoke
UPDATE pass SET state = 'revoked', roster_version = ?2 WHERE id = ?1;

-- name: pass_revocation_insert
-- It travels to the gates until the pass would have ended anyway: an hour after the conference. It
-- stands in for a suspension, or for one that was taken back. ?1 pass, ?2 reason, ?3 now, ?4 version
INSERT INTO revocation (pass_id, reason, at, version, expires)
SELECT ?1, ?2, ?3, ?4, c.ends + 86400 FROM pass p JOIN conference c ON c.id = p.conference_id
WHERE p.id = ?1
ON CONFLICT (pass_id) DO UPDATE SET reason = excluded.reason, at = excluded.at,
	version = excluded.version, expires = excluded.expires;

-- name: pass_is_suspended
-- ?1 registration -> a row where its accreditation is suspended
SELECT 1 FROM registration r JOIN accreditation a ON a.id = r.accreditation_id
WHERE r.id = ?1 AND a.state = 'suspended';

-- name: pass_suspend
-- All active passes of an accreditation that may still be shown. ?1 accreditation, ?2 reason, ?3
-- now, ?4 version
INSERT INTO revocation (pass_id, reason, at, version, expires)
SELECT p.id, ?2, ?3, ?4, c.ends + 86400
FROM pass p
JOIN registration r ON r.id = p.registration_id
JOIN conference c ON c.id = p.conference_id
WHERE r.accreditation_id = ?1 AND p.state = 'active' AND c.ends + 86400 > ?3
ON CONFLICT (pass_id) DO UPDATE SET reason = excluded.reason, at = excluded.at,
	version = excluded.version, expires = excluded.expires;

-- name: pass_restore
-- Takes back what pass_suspend did: the row stays, so that a delta can say that it is gone. ?1
-- accreditation, ?2 reason, ?3 version
UPDATE revocation SET expires = 0, version = ?3
WHERE reason = ?2 AND expires > 0 AND pass_id IN (
	SELECT p.id FROM pass p JOIN registration r ON r.id = p.registration_id
	WHERE r.accreditation_id = ?1);

-- name: pass_active_of_conference
SELECT id, registration_id, qr FROM pass WHERE conference_id = ?1 AND state = 'active' ORDER BY id;

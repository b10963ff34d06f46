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
-- It travels to the gates until the pass would have ended anyway: an hour after the conference.
INSERT INTO revocation (pass_id, reason, at, version, expires)
SELECT ?1, ?2, ?3, ?4, c.ends + 86400 FROM pass p JOIN conference c ON c.id = p.conference_id
WHERE p.id = ?1;

-- name: pass_active_of_conference
SELECT id, registration_id, qr FROM pass WHERE conference_id = ?1 AND state = 'active' ORDER BY id;

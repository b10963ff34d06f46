-- Gates: enrolment, keys, end.

-- name: gate_by_name
-- ?1 name -> id, name, state, journal_key, tls_spki, code_expires, created, enrolled, seen
SELECT id, name, state, journal_key, tls_spki, code_expires, created, enrolled, seen
FROM gate WHERE name = ?1;

-- name: gate_by_spki
-- ?1 SHA-256 of the certificate's public key -> as gate_by_name
SELECT id, name, state, journal_key, tls_spki, code_expires, created, enrolled, seen
FROM gate WHERE tls_spki = ?1;

-- name: gate_list
-- -> as gate_by_name, by name
SELECT id, name, state, journal_key, tls_spki, code_expires, created, enrolled, seen
FROM gate ORDER BY name;

-- name: gate_codes
-- ?1 now -> as gate_by_name, then code_hash, of every gate whose code still stands
SELECT id, name, state, journal_key, tls_spki, code_expires, created, enrolled, seen, code_hash
FROM gate WHERE code_hash IS NOT NULL AND code_expires > ?1 AND state <> 'revoked';

-- name: gate_insert
-- ?1 name, ?2 code hash, ?3 when the code ends, ?4 now
INSERT INTO gate (name, state, code_hash, code_expires, created)
VALUES (?1, 'waiting', ?2, ?3, ?4);

-- name: gate_set_code
-- ?1 id, ?2 code hash, ?3 when the code ends; a waiting gate's only
UPDATE gate SET code_hash = ?2, code_expires = ?3 WHERE id = ?1 AND state = 'waiting';

-- name: gate_keys_taken
-- ?1 SHA-256 of a certificate's public key, ?2 journal key -> gates that have either
SELECT count(*) FROM gate WHERE tls_spki = ?1 OR journal_key = ?2;

-- name: gate_enrol
-- ?1 id, ?2 SHA-256 of the certificate's public key, ?3 journal key, ?4 now
UPDATE gate SET state = 'enrolled', tls_spki = ?2, journal_key = ?3, enrolled = ?4, seen = ?4
WHERE id = ?1 AND state = 'waiting';

-- name: gate_revoke
-- ?1 id
UPDATE gate SET state = 'revoked', code_hash = NULL, code_expires = NULL WHERE id = ?1;

-- name: gate_seen
-- ?1 id, ?2 now
UPDATE gate SET seen = ?2 WHERE id = ?1;

-- name: gate_set_peer
-- ?1 id, ?2 HOST:PORT or ''; nothing changes where it is the same
UPDATE gate SET peer = ?2 WHERE id = ?1 AND peer <> ?2;

-- name: gate_peers
-- ?1 a gate that is left out -> name, HOST:PORT of the enrolled gates that have one, by name
SELECT name, peer FROM gate WHERE state = 'enrolled' AND peer <> '' AND id <> ?1 ORDER BY name;

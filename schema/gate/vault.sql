-- What is sealed, and for whom (gate/seal/vault.h).

-- name: vault_newest
-- -> generation, public of the newest
SELECT generation, public FROM vault ORDER BY generation DESC LIMIT 1;

-- name: vault_writer
-- ?1 a seal -> the newest generation, its public half, and the seal's sealed key when it is of that
-- generation, else NULL
SELECT v.generation, v.public, s.sealed
FROM (SELECT generation, public FROM vault ORDER BY generation DESC LIMIT 1) v
LEFT JOIN seal s ON s.id = ?1 AND s.generation = v.generation;

-- name: vault_insert
-- ?1 generation, ?2 public
INSERT INTO vault (generation, public) VALUES (?1, ?2);

-- name: vault_wrap_put
-- ?1 generation, ?2 officer, ?3 officer's public half, ?4 wrapped
INSERT INTO vault_key (generation, officer, officer_public, wrapped) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (generation, officer) DO UPDATE SET officer_public = excluded.officer_public,
	wrapped = excluded.wrapped;

-- name: vault_wraps
-- -> generation, officer, officer's public half, by generation
SELECT generation, officer, officer_public FROM vault_key ORDER BY generation, officer;

-- name: vault_wrap_remove
-- ?1 generation, ?2 officer
DELETE FROM vault_key WHERE generation = ?1 AND officer = ?2;

-- name: vault_wraps_of
-- ?1 officer -> generation, public, officer's public half, wrapped; newest first
SELECT v.generation, v.public, k.officer_public, k.wrapped
FROM vault v JOIN vault_key k ON k.generation = v.generation
WHERE k.officer = ?1 ORDER BY v.generation DESC;

-- name: vault_prune_wraps
-- Wraps of older generations that no data key is sealed to.
DELETE FROM vault_key WHERE generation < (SELECT max(generation) FROM vault)
	AND generation NOT IN (SELECT generation FROM seal);

-- name: vault_prune
DELETE FROM vault WHERE generation < (SELECT max(generation) FROM vault)
	AND generation NOT IN (SELECT generation FROM seal);

-- name: vault_fetch_rosters
-- The rosters held are fetched whole again.
UPDATE conference SET fetch = 1;

-- name: seal_insert
-- ?1 generation, ?2 the data key, sealed
INSERT INTO seal (generation, sealed) VALUES (?1, ?2);

-- name: seal_get
-- ?1 id -> generation, the generation's public half, sealed
SELECT s.generation, v.public, s.sealed
FROM seal s JOIN vault v ON v.generation = s.generation WHERE s.id = ?1;

-- name: seal_older
-- ?1 above this id -> id, generation, sealed of those not of the newest generation; by id
SELECT id, generation, sealed FROM seal
WHERE id > ?1 AND generation < (SELECT max(generation) FROM vault) ORDER BY id LIMIT 1;

-- name: seal_collect
-- Data keys with which nothing that is kept is sealed.
DELETE FROM seal WHERE id NOT IN (SELECT seal FROM roster UNION SELECT seal FROM restriction
	UNION SELECT seal FROM photo UNION SELECT seal FROM stop UNION SELECT seal FROM referral
	UNION SELECT words_seal FROM referral);

-- name: seal_set
-- ?1 id, ?2 generation, ?3 sealed
UPDATE seal SET generation = ?2, sealed = ?3 WHERE id = ?1;

-- name: detail_clear
-- -> epoch, seq, salt, detail of one that is not sealed and may name somebody
SELECT d.epoch, d.seq, d.salt, d.detail
FROM detail d JOIN entry e ON e.epoch = d.epoch AND e.seq = d.seq
WHERE d.sealed IS NULL AND instr(e.text, CAST('decision epoch' AS BLOB)) = 0
	AND instr(e.text, CAST('decision gap' AS BLOB)) = 0 LIMIT 1;

-- name: detail_seal
-- ?1 epoch, ?2 seq, ?3 sealed
UPDATE detail SET salt = NULL, detail = NULL, sealed = ?3 WHERE epoch = ?1 AND seq = ?2;

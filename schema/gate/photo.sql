-- Photographs: what rosters show (photo_want), and what is held of it, sealed (photo). The order in
-- which they are fetched, and kept where there are too many: conferences that are over last, then
-- by their doors. A photograph under a generation of the vault that is not the newest counts as not
-- held: the officers of today can't open it, and it comes again.

-- name: photo_get
-- ?1 hash -> seal, bytes
SELECT seal, bytes FROM photo WHERE hash = ?1;

-- name: photo_put
-- ?1 hash, ?2 seal, ?3 bytes
INSERT INTO photo (hash, seal, bytes) VALUES (?1, ?2, ?3)
ON CONFLICT (hash) DO UPDATE SET seal = excluded.seal, bytes = excluded.bytes;

-- name: photo_want
-- ?1 conference, ?2 pass, ?3 hash
INSERT INTO photo_want (conference, pass, hash) VALUES (?1, ?2, ?3)
ON CONFLICT (conference, pass) DO UPDATE SET hash = excluded.hash;

-- name: photo_unwant
-- ?1 conference, ?2 pass
DELETE FROM photo_want WHERE conference = ?1 AND pass = ?2;

-- name: photo_unwant_all
-- ?1 conference
DELETE FROM photo_want WHERE conference = ?1;

-- name: photo_wanted
-- ?1 hash -> a row if some roster shows it
SELECT 1 FROM photo_want WHERE hash = ?1 LIMIT 1;

-- name: photo_sweep
DELETE FROM photo WHERE hash NOT IN (SELECT hash FROM photo_want);

-- name: photo_crowd
-- ?1 now, ?2 how many may be held
DELETE FROM photo WHERE (SELECT count(*) FROM photo) > ?2 AND hash NOT IN (
	SELECT w.hash FROM photo_want w JOIN conference c ON c.number = w.conference
	GROUP BY w.hash ORDER BY min((c.ends <= ?1) * 1000000000000 + c.doors), w.hash LIMIT ?2);

-- name: photo_lacking
-- ?1 now, ?2 how many may be held, ?3 how many -> hash of those to be fetched next
SELECT hash FROM (
	SELECT w.hash AS hash, min((c.ends <= ?1) * 1000000000000 + c.doors) AS place
	FROM photo_want w JOIN conference c ON c.number = w.conference
	GROUP BY w.hash ORDER BY place, w.hash LIMIT ?2)
WHERE hash NOT IN (SELECT p.hash FROM photo p JOIN seal s ON s.id = p.seal
	WHERE s.generation = (SELECT max(generation) FROM vault))
ORDER BY place, hash LIMIT ?3;

-- name: photo_state
-- -> a number that changes with every roster, how many photographs are held
SELECT coalesce(sum(version), 0) + coalesce(sum(number), 0),
	(SELECT count(*) FROM photo p JOIN seal s ON s.id = p.seal
	WHERE s.generation = (SELECT max(generation) FROM vault))
FROM conference;

-- name: photo_count
-- ?1 conference, 0: all -> different photographs shown, how many of them are held
SELECT count(*), coalesce(sum(held), 0) FROM (
	SELECT w.hash, EXISTS (SELECT 1 FROM photo p JOIN seal s ON s.id = p.seal
		WHERE p.hash = w.hash
		AND s.generation = (SELECT max(generation) FROM vault)) AS held
	FROM photo_want w WHERE ?1 = 0 OR w.conference = ?1 GROUP BY w.hash);

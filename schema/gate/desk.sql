-- What the desk keeps: shifts, paired devices, what it searches.

-- name: shift_insert
-- ?1 officer, ?2 conference, ?3 began_ms, ?4 epoch, ?5 seq of its first entry
INSERT INTO shift (officer, conference, began_ms, epoch, seq) VALUES (?1, ?2, ?3, ?4, ?5);

-- name: shift_close
-- ?1 id, ?2 ended_ms
UPDATE shift SET ended_ms = ?2 WHERE id = ?1 AND ended_ms = 0;

-- name: shift_act_insert
-- ?1 shift, ?2 epoch, ?3 seq: an entry that carries another name and belongs to that shift
INSERT INTO shift_act (shift, epoch, seq) VALUES (?1, ?2, ?3);

-- name: shift_act_find
-- ?1 shift, ?2 epoch, ?3 seq -> 1
SELECT 1 FROM shift_act WHERE shift = ?1 AND epoch = ?2 AND seq = ?3;

-- name: shift_entries
-- ?1 epoch, ?2 seq, ?3 how many -> epoch, seq, text of the entries after that one, oldest first
SELECT epoch, seq, text FROM entry WHERE (epoch, seq) > (?1, ?2) ORDER BY epoch, seq LIMIT ?3;

-- name: shift_newest_entries
-- ?1 epoch, ?2 seq, ?3 how many -> epoch, seq, text of the entries before that one, newest first
SELECT epoch, seq, text FROM entry WHERE (epoch, seq) < (?1, ?2)
ORDER BY epoch DESC, seq DESC LIMIT ?3;

-- name: shift_conflicts
-- ?1 conference, ?2 since (ms) -> how many were found since
SELECT count(*) FROM conflict WHERE conference = ?1 AND found_ms >= ?2;

-- name: pairing_insert
-- ?1 hash of the token, ?2 name, ?3 made, ?4 made_by
INSERT INTO pairing (hash, name, made, made_by) VALUES (?1, ?2, ?3, ?4);

-- name: pairing_find
-- ?1 hash, ?2 made at the earliest -> id, name, seen of one that stands
SELECT id, name, seen FROM pairing WHERE hash = ?1 AND revoked = 0 AND made >= ?2;

-- name: pairing_seen
-- ?1 id, ?2 when
UPDATE pairing SET seen = ?2 WHERE id = ?1;

-- name: pairing_list
-- ?1 made at the earliest -> id, name, made, made_by, seen of those that stand, newest first
SELECT id, name, made, made_by, seen FROM pairing WHERE revoked = 0 AND made >= ?1
ORDER BY id DESC;

-- name: pairing_count
-- ?1 made at the earliest -> how many stand
SELECT count(*) FROM pairing WHERE revoked = 0 AND made >= ?1;

-- name: pairing_revoke
-- ?1 id, ?2 when
UPDATE pairing SET revoked = ?2 WHERE id = ?1 AND revoked = 0;

-- name: roster_passes
-- ?1 conference, ?2 pass, ?3 how many -> the passes behind that one
SELECT pass FROM roster WHERE conference = ?1 AND pass > ?2 ORDER BY pass LIMIT ?3;

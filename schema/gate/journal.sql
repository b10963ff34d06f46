-- The journal: heads, entries and their details. Nothing here changes or removes an entry.

-- name: log_newest
-- -> epoch, origin, size, tree, checkpoint, received of the newest epoch
SELECT epoch, origin, size, tree, checkpoint, received FROM log ORDER BY epoch DESC LIMIT 1;

-- name: log_get
-- ?1 epoch -> epoch, origin, size, tree, checkpoint, received, cosignature
SELECT epoch, origin, size, tree, checkpoint, received, cosignature FROM log WHERE epoch = ?1;

-- name: log_list
-- -> epoch, origin, size, tree, checkpoint, received, cosignature of all that have entries, oldest
-- first
SELECT epoch, origin, size, tree, checkpoint, received, cosignature FROM log WHERE size > 0
ORDER BY epoch;

-- name: log_insert
-- ?1 epoch, ?2 origin, ?3 size, ?4 tree, ?5 checkpoint
INSERT INTO log (epoch, origin, size, tree, checkpoint) VALUES (?1, ?2, ?3, ?4, ?5);

-- name: log_update
-- ?1 epoch, ?2 size, ?3 tree, ?4 checkpoint; changes nothing when size does not grow
UPDATE log SET size = ?2, tree = ?3, checkpoint = ?4 WHERE epoch = ?1 AND size < ?2;

-- name: entry_insert
-- ?1 epoch, ?2 seq, ?3 text
INSERT INTO entry (epoch, seq, text) VALUES (?1, ?2, ?3);

-- name: entry_get
-- ?1 epoch, ?2 seq -> text
SELECT text FROM entry WHERE epoch = ?1 AND seq = ?2;

-- name: entry_range
-- ?1 epoch, ?2 first seq, ?3 how many -> seq, text
SELECT seq, text FROM entry WHERE epoch = ?1 AND seq >= ?2 ORDER BY seq LIMIT ?3;

-- name: detail_insert
-- ?1 epoch, ?2 seq, ?3 salt, ?4 detail, ?5 both sealed; either the first two are NULL or the last
INSERT INTO detail (epoch, seq, salt, detail, sealed) VALUES (?1, ?2, ?3, ?4, ?5);

-- name: detail_get
-- ?1 epoch, ?2 seq -> salt, detail, sealed
SELECT salt, detail, sealed FROM detail WHERE epoch = ?1 AND seq = ?2;

-- name: journal_totals
-- -> entries of every epoch, how many of them the registrar has received, how many epochs, how many
-- entries will not be received because their epoch's upload is stopped
SELECT coalesce(sum(size), 0), coalesce(sum(received), 0), count(*),
	coalesce(sum(CASE WHEN EXISTS (SELECT 1 FROM meta WHERE key = 'upload_stopped_' || epoch)
		THEN max(size - received, 0) ELSE 0 END), 0)
FROM log;

-- name: entry_details
-- ?1 epoch, ?2 first seq, ?3 how many -> seq, text, salt, detail, sealed (all NULL where none is
-- kept)
SELECT e.seq, e.text, d.salt, d.detail, d.sealed
FROM entry e LEFT JOIN detail d ON d.epoch = e.epoch AND d.seq = e.seq
WHERE e.epoch = ?1 AND e.seq >= ?2 ORDER BY e.seq LIMIT ?3;

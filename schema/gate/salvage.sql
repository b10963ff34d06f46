-- What is kept for the salvage of a damaged store, and what comes out of one.

-- name: anchor_insert
-- ?1 epoch, ?2 size, ?3 tree, ?4 checkpoint
INSERT INTO anchor (epoch, size, tree, checkpoint) VALUES (?1, ?2, ?3, ?4);

-- name: salvage_log
-- ?1 epoch, ?2 origin, ?3 size, ?4 tree, ?5 checkpoint
INSERT INTO log (epoch, origin, size, tree, checkpoint, salvaged) VALUES (?1, ?2, ?3, ?4, ?5, 1);

-- name: salvage_detail
-- ?1 epoch, ?2 seq, ?3 salt, ?4 detail, ?5 both sealed; the same again is one
INSERT INTO detail (epoch, seq, salt, detail, sealed) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT DO NOTHING;

-- name: salvage_is
-- ?1 epoch -> 1 when that log came out of a damaged store
SELECT salvaged FROM log WHERE epoch = ?1;

-- name: salvage_any
-- -> 1 when any log did
SELECT 1 FROM log WHERE salvaged = 1 LIMIT 1;

-- name: salvage_entries
-- -> epoch, text of every entry in logs that came out of a damaged store, in their order
SELECT e.epoch, e.text FROM log l JOIN entry e ON e.epoch = l.epoch
WHERE l.salvaged = 1 ORDER BY e.epoch, e.seq;

-- Other gates: where they are, when they were heard, how far their journals are followed.

-- name: peer_list
-- -> device, address, by_hand, heard_ms, by name
SELECT device, address, by_hand, heard_ms FROM peer ORDER BY device;

-- name: peer_put
-- ?1 device, ?2 address, ?3 by hand; what was set by hand is changed by hand only
INSERT INTO peer (device, address, by_hand) VALUES (?1, ?2, ?3)
ON CONFLICT (device) DO UPDATE SET address = excluded.address, by_hand = excluded.by_hand
WHERE excluded.by_hand = 1 OR by_hand = 0;

-- name: peer_forget
-- ?1 device
UPDATE peer SET address = '', by_hand = 0 WHERE device = ?1;

-- name: peer_heard
-- ?1 device, ?2 ms
INSERT INTO peer (device, address, heard_ms) VALUES (?1, '', ?2)
ON CONFLICT (device) DO UPDATE SET heard_ms = excluded.heard_ms;

-- name: follow_get
-- ?1 device, ?2 epoch -> size, tree, checkpoint, alarm
SELECT size, tree, checkpoint, alarm FROM follow WHERE device = ?1 AND epoch = ?2;

-- name: follow_put
-- ?1 device, ?2 epoch, ?3 size, ?4 tree, ?5 checkpoint, ?6 alarm
INSERT INTO follow (device, epoch, size, tree, checkpoint, alarm) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (device, epoch) DO UPDATE SET size = excluded.size, tree = excluded.tree,
	checkpoint = excluded.checkpoint, alarm = excluded.alarm;

-- name: follow_list
-- -> device, epoch, size, alarm, newest epoch first
SELECT device, epoch, size, alarm FROM follow ORDER BY epoch DESC, device;

-- name: follow_forget
-- ?1 device
DELETE FROM follow WHERE device = ?1;

-- name: follow_forget_good
-- Every log without an alarm is asked for anew.
DELETE FROM follow WHERE alarm = '';

-- name: peer_logs
-- ?1 how many -> epoch, origin, size, checkpoint of this gate's own logs, newest first
SELECT epoch, origin, size, checkpoint FROM log WHERE size > 0 ORDER BY epoch DESC LIMIT ?1;

-- name: peer_address
-- ?1 device -> address
SELECT address FROM peer WHERE device = ?1;

-- name: peer_clear
-- What the registrar says next is all it says: addresses set by hand stay.
UPDATE peer SET address = '' WHERE by_hand = 0 AND address <> '';

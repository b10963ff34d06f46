-- Webhooks and what is told to them.

-- name: webhook_insert
-- ?1 url ?2 secret ?3 events ?4 now ?5 who
INSERT INTO webhook (url, secret, events, created, made_by) VALUES (?1, ?2, ?3, ?4, ?5);

-- name: webhook_count
SELECT count(*) FROM webhook WHERE ended IS NULL;

-- name: webhook_for
-- ?1 the event's bit
SELECT id FROM webhook WHERE ended IS NULL AND (events & ?1) <> 0;

-- name: webhook_list
-- -> those that stand: id, url, events, created, who, next try, and how many wait, were delivered
-- and failed
SELECT w.id, w.url, w.events, w.created, w.made_by, w.next_try,
	(SELECT count(*) FROM webhook_delivery d WHERE d.webhook_id = w.id AND d.state = 'waiting'),
	(SELECT count(*) FROM webhook_delivery d WHERE d.webhook_id = w.id AND d.state = 'delivered'),
	(SELECT count(*) FROM webhook_delivery d WHERE d.webhook_id = w.id AND d.state = 'failed')
FROM webhook w WHERE w.ended IS NULL ORDER BY w.id;

-- name: webhook_end
-- Its secret goes too. ?1 id ?2 now ?3 a secret that is none
UPDATE webhook SET ended = ?2, secret = ?3 WHERE id = ?1 AND ended IS NULL;

-- name: webhook_drop_waiting
DELETE FROM webhook_delivery WHERE webhook_id = ?1 AND state = 'waiting';

-- name: webhook_known
SELECT 1 FROM webhook WHERE id = ?1 AND ended IS NULL;

-- name: webhook_deliver
-- ?1 webhook ?2 event ?3 key ?4 body ?5 now
INSERT INTO webhook_delivery (webhook_id, event, key, body, next_try, created)
VALUES (?1, ?2, ?3, ?4, ?5, ?5);

-- name: webhook_next
-- ?1 now -> delivery, webhook, url, secret, event, key, body, created, tries
SELECT d.id, w.id, w.url, w.secret, d.event, d.key, d.body, d.created, d.tries
FROM webhook_delivery d JOIN webhook w ON w.id = d.webhook_id
WHERE d.state = 'waiting' AND d.next_try <= ?1 AND w.next_try <= ?1
ORDER BY d.next_try, d.id LIMIT 1;

-- name: webhook_delivered
-- ?1 id ?2 now ?3 status
UPDATE webhook_delivery SET state = 'delivered', tries = tries + 1, done = ?2, status = ?3,
	error = NULL
WHERE id = ?1;

-- name: webhook_retry
-- ?1 id ?2 next try ?3 status or NULL ?4 error
UPDATE webhook_delivery SET tries = tries + 1, next_try = ?2, status = ?3, error = ?4 WHERE id = ?1;

-- name: webhook_fail
-- ?1 id ?2 now ?3 status or NULL ?4 error
UPDATE webhook_delivery SET state = 'failed', tries = tries + 1, done = ?2, status = ?3, error = ?4
WHERE id = ?1;

-- name: webhook_pause
-- ?1 webhook ?2 until
UPDATE webhook SET next_try = ?2 WHERE id = ?1;

-- name: webhook_deliveries
-- ?1 webhook ?2 at most -> the newest first
SELECT id, event, state, tries, created, next_try, done, status, error FROM webhook_delivery
WHERE webhook_id = ?1 ORDER BY id DESC LIMIT ?2;

-- name: webhook_purge
-- ?1 done before
DELETE FROM webhook_delivery WHERE state <> 'waiting' AND done < ?1;

-- name: webhook_reference
-- ?1 pass -> reference of its registration
SELECT r.reference FROM pass p JOIN registration r ON r.id = p.registration_id WHERE p.id = ?1;

-- name: webhook_log
-- ?1 log -> device, epoch
SELECT device, epoch FROM log WHERE id = ?1;

-- name: outbox_insert
-- ?1 recipient ?2 subject ?3 body ?4 now
INSERT INTO outbox (recipient, subject, body, state, next_try, created)
VALUES (?1, ?2, ?3, 'waiting', ?4, ?4);

-- name: outbox_next
SELECT id, recipient, subject, body, created, tries FROM outbox
WHERE state = 'waiting' AND next_try <= ?1
ORDER BY next_try, id LIMIT 1;

-- name: outbox_tries
SELECT tries FROM outbox WHERE id = ?1 AND state = 'waiting';

-- name: outbox_sent
-- What was sent is no longer kept: neither the body nor the address.
UPDATE outbox SET state = 'sent', tries = tries + 1, recipient = 'sent', subject = 'sent',
	body = '', error = NULL
WHERE id = ?1 AND state = 'waiting';

-- name: outbox_retry
-- ?1 id ?2 next try ?3 error
UPDATE outbox SET tries = tries + 1, next_try = ?2, error = ?3
WHERE id = ?1 AND state = 'waiting';

-- name: outbox_fail
-- ?1 id ?2 error. The body goes too: a link in it must not stay.
UPDATE outbox SET state = 'failed', tries = tries + 1, body = '', error = ?2
WHERE id = ?1 AND state = 'waiting';

-- name: outbox_purge
-- Rows of mail that is done. ?1 created before
DELETE FROM outbox WHERE state <> 'waiting' AND created < ?1;

-- name: outbox_insert
-- ?1 recipient ?2 subject ?3 body ?4 now ?5 kind ?6 language ?7 unsubscribe ?8 trace ?9 its hash
-- ?10 mark
INSERT INTO outbox (recipient, subject, body, state, next_try, created, kind, language, unsubscribe,
	trace, trace_hash, mark)
VALUES (?1, ?2, ?3, 'waiting', ?4, ?4, ?5, ?6, ?7, ?8, ?9, ?10);

-- name: outbox_attach
-- ?1 mail ?2 name ?3 type ?4 bytes ?5 whether they are a text to be sent as a QR code
INSERT INTO outbox_attachment (outbox_id, n, name, type, bytes, code)
SELECT ?1, 1 + count(*), ?2, ?3, ?4, ?5 FROM outbox_attachment WHERE outbox_id = ?1;

-- name: outbox_next
-- To an address that takes no mail only what proves it goes; the rest waits.
SELECT id, recipient, subject, body, created, tries, kind, language, unsubscribe, trace FROM outbox
WHERE state = 'waiting' AND next_try <= ?1
	AND (kind = 'proof' OR NOT EXISTS (SELECT 1 FROM bounce WHERE email = outbox.recipient))
ORDER BY (kind = 'announcement'), next_try, id LIMIT 1;

-- name: outbox_attachments
SELECT name, type, bytes, code FROM outbox_attachment WHERE outbox_id = ?1 ORDER BY n;

-- name: outbox_detach
DELETE FROM outbox_attachment WHERE outbox_id = ?1;

-- name: outbox_tries
SELECT tries FROM outbox WHERE id = ?1 AND state = 'waiting';

-- name: outbox_sent
-- What was sent is no longer kept: neither the body nor the address.
UPDATE outbox SET state = 'sent', tries = tries + 1, recipient = 'sent', subject = 'sent',
	body = '', unsubscribe = '', trace = NULL, error = NULL
WHERE id = ?1 AND state = 'waiting';

-- name: outbox_retry
-- ?1 id ?2 next try ?3 error
UPDATE outbox SET tries = tries + 1, next_try = ?2, error = ?3
WHERE id = ?1 AND state = 'waiting';

-- name: outbox_fail
-- ?1 id ?2 error. The body goes too: a link in it must not stay.
UPDATE outbox SET state = 'failed', tries = tries + 1, body = '', unsubscribe = '', trace = NULL,
	error = ?2
WHERE id = ?1 AND state = 'waiting';

-- name: outbox_traced
-- ?1 hash of a trace
SELECT id, mark FROM outbox WHERE trace_hash = ?1;

-- name: outbox_give_up
-- What waited a month for an address that takes no mail. ?1 created before
DELETE FROM outbox WHERE state = 'waiting' AND created < ?1
	AND EXISTS (SELECT 1 FROM bounce WHERE email = outbox.recipient);

-- name: outbox_purge
-- Rows of mail that is done. ?1 created before
DELETE FROM outbox WHERE state <> 'waiting' AND created < ?1;

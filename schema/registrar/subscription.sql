-- name: subscription_ask
-- A new address, or one that asks again: what it gets stays until its link is used.
-- ?1 address ?2 language ?3 wanted ?4 hash of the link ?5 its end ?6 key ?7 now
INSERT INTO subscription (email, language, kinds, wanted, token, expires, key, created)
VALUES (?1, ?2, 0, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (email) DO UPDATE SET language = excluded.language, wanted = excluded.wanted,
	token = excluded.token, expires = excluded.expires;

-- name: subscription_by_token
-- ?1 hash ?2 now
SELECT id, email, language, kinds, wanted FROM subscription WHERE token = ?1 AND expires > ?2;

-- name: subscription_confirm
-- ?1 hash ?2 now
UPDATE subscription SET kinds = wanted, token = NULL, confirmed = ?2
WHERE token = ?1 AND expires > ?2;

-- name: subscription_stop
DELETE FROM subscription WHERE key = ?1;

-- name: subscription_purge
-- Those that nobody confirmed, once their link has ended. ?1 now
DELETE FROM subscription WHERE kinds = 0 AND expires < ?1;

-- name: subscription_next
-- Who gets one kind of mail. ?1 after this id ?2 bits of kinds ?3 how many
SELECT s.id, s.email, s.language, s.key FROM subscription s
WHERE s.id > ?1 AND s.kinds & ?2 <> 0
	AND NOT EXISTS (SELECT 1 FROM bounce WHERE email = s.email)
ORDER BY s.id LIMIT ?3;

-- name: subscription_count
-- How many subscription_next gives in all. ?1 bits of kinds
SELECT count(*) FROM subscription s
WHERE s.kinds & ?1 <> 0 AND NOT EXISTS (SELECT 1 FROM bounce WHERE email = s.email);

-- name: announcement_begin
-- ?1 what ?2 now
INSERT INTO announcement (what, begun) VALUES (?1, ?2) ON CONFLICT (what) DO NOTHING;

-- name: announcement_read
SELECT reached, mails, finished, begun FROM announcement WHERE what = ?1;

-- name: announcement_advance
-- ?1 what ?2 reached ?3 mails more ?4 finished or NULL
UPDATE announcement SET reached = ?2, mails = mails + ?3, finished = ?4 WHERE what = ?1;

-- name: announcement_material
-- ?1 number
SELECT m.title, c.slug, c.title, c.state FROM material m JOIN conference c ON c.id = m.conference_id
WHERE m.id = ?1;

-- Questions to communications, and their answers.

-- name: referral_insert
-- ?1 id, ?2 conference, ?3 pass (empty: none), ?4 kind, ?5 staff, ?6 made_ms, ?7 seal, ?8 person,
-- ?9 letter
INSERT INTO referral (id, conference, pass, kind, staff, made_ms, seal, person, letter)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9);

-- name: referral_get
-- ?1 id -> id, conference, pass, kind, staff, made_ms, sent_ms, answer, answered_ms, answered_by,
-- closed_ms, seal, person, words_seal, words
SELECT id, conference, pass, kind, staff, made_ms, sent_ms, answer, answered_ms, answered_by,
	closed_ms, seal, person, words_seal, words
FROM referral WHERE id = ?1;

-- name: referral_open
-- ?1 conference, 0: of all -> as referral_get: those not closed, answered ones first, then oldest
SELECT id, conference, pass, kind, staff, made_ms, sent_ms, answer, answered_ms, answered_by,
	closed_ms, seal, person, words_seal, words
FROM referral WHERE closed_ms = 0 AND (?1 = 0 OR conference = ?1)
ORDER BY answer = '', made_ms, id LIMIT 500;

-- name: referral_close
-- ?1 id, ?2 now
UPDATE referral SET closed_ms = max(?2, 1) WHERE id = ?1 AND closed_ms = 0;

-- name: referral_withdraw
-- ?1 id, ?2 now; one that was never sent need not be told of
UPDATE referral SET answer = 'withdrawn', answered_ms = ?2, closed_ms = max(?2, 1),
	letter = CASE WHEN sent_ms = 0 THEN x'' ELSE letter END
WHERE id = ?1 AND answer = '' AND closed_ms = 0;

-- name: referral_unsent
-- -> id, letter, answer of what the registrar is to be told: questions it does not have, oldest
-- first, and questions withdrawn
SELECT id, letter, answer FROM referral
WHERE (answer = '' AND sent_ms = 0 AND closed_ms = 0)
	OR (answer = 'withdrawn' AND length(letter) > 0)
ORDER BY made_ms, id LIMIT 20;

-- name: referral_sent
-- ?1 id, ?2 now; told of a withdrawn one, nothing is left to tell
UPDATE referral SET sent_ms = max(?2, 1),
	letter = CASE WHEN answer = 'withdrawn' THEN x'' ELSE letter END
WHERE id = ?1;

-- name: referral_waiting
-- -> how many are sent and not answered
SELECT count(*) FROM referral WHERE answer = '' AND sent_ms > 0 AND closed_ms = 0;

-- name: referral_sent_ids
-- -> id of those
SELECT id FROM referral WHERE answer = '' AND sent_ms > 0 AND closed_ms = 0 ORDER BY id;

-- name: referral_unsend
-- ?1 id: the registrar does not have it any more
UPDATE referral SET sent_ms = 0 WHERE id = ?1 AND answer = '';

-- name: referral_answer
-- ?1 id, ?2 answer, ?3 answered_ms, ?4 by, ?5 words' seal, ?6 words; only one that waits
UPDATE referral SET answer = ?2, answered_ms = ?3, answered_by = ?4, words_seal = ?5, words = ?6,
	letter = x''
WHERE id = ?1 AND answer = '';

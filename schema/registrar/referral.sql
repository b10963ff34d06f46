-- Questions from the doors, and answers.

-- name: referral_get
-- ?1 id -> gate, answer, conference's slug, pass
SELECT f.gate_id, f.answer, c.slug, f.pass FROM referral f
JOIN conference c ON c.id = f.conference_id WHERE f.id = ?1;

-- name: referral_conference
-- ?1 conference -> slug
SELECT slug FROM conference WHERE id = ?1;

-- name: referral_waiting_of
-- ?1 gate -> how many of its questions wait
SELECT count(*) FROM referral WHERE answer = '' AND gate_id = ?1;

-- name: referral_insert
-- ?1 id, ?2 gate, ?3 conference, ?4 pass or NULL, ?5 kind, ?6 staff, ?7 name, ?8 outlet, ?9 words,
-- ?10 made_ms, ?11 received
INSERT INTO referral (id, gate_id, conference_id, pass, kind, staff, name, outlet, words, made_ms,
	received)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11);

-- name: referral_answer
-- ?1 id, ?2 answer, ?3 words, ?4 who, ?5 now, ?6 version; only one that waits
UPDATE referral SET answer = ?2, answer_words = ?3, answered_by = ?4, answered = ?5, version = ?6
WHERE id = ?1 AND answer = '';

-- name: referral_open
-- -> those that wait, oldest first
SELECT f.id, g.name, c.title, c.slug, f.pass, n.name, f.kind, f.staff, f.name, f.outlet, f.words,
	f.made_ms, f.received, f.answer, f.answer_words, f.answered_by, f.answered
FROM referral f
JOIN gate g ON g.id = f.gate_id
JOIN conference c ON c.id = f.conference_id
LEFT JOIN pass p ON p.id = f.pass
LEFT JOIN registration r ON r.id = p.registration_id
LEFT JOIN accreditation a ON a.id = r.accreditation_id
LEFT JOIN person n ON n.id = a.person_id
WHERE f.answer = '' ORDER BY f.received, f.id;

-- name: referral_answered
-- ?1 how many -> as referral_open, those that were answered, newest first
SELECT f.id, g.name, c.title, c.slug, f.pass, n.name, f.kind, f.staff, f.name, f.outlet, f.words,
	f.made_ms, f.received, f.answer, f.answer_words, f.answered_by, f.answered
FROM referral f
JOIN gate g ON g.id = f.gate_id
JOIN conference c ON c.id = f.conference_id
LEFT JOIN pass p ON p.id = f.pass
LEFT JOIN registration r ON r.id = p.registration_id
LEFT JOIN accreditation a ON a.id = r.accreditation_id
LEFT JOIN person n ON n.id = a.person_id
WHERE f.answer <> '' ORDER BY f.answered DESC, f.id LIMIT ?1;

-- name: referral_count
-- ?1 conference or 0 -> how many wait
SELECT count(*) FROM referral WHERE answer = '' AND (?1 = 0 OR conference_id = ?1);

-- name: referral_version
-- ?1 gate -> version of the newest answer to it, 0: none
SELECT coalesce(max(version), 0) FROM referral WHERE gate_id = ?1;

-- name: referral_answers
-- ?1 gate, ?2 a version, ?3 how many -> answers above it, oldest first: id, answer, words, who,
-- when, version
SELECT id, answer, answer_words, answered_by, answered, version FROM referral
WHERE gate_id = ?1 AND version > ?2 ORDER BY version, id LIMIT ?3;

-- name: referral_waiting
-- ?1 gate -> ids of its questions that wait
SELECT id FROM referral WHERE gate_id = ?1 AND answer = '' ORDER BY id LIMIT 200;

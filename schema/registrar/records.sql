-- Retention: what is past its term, and its destruction by field. Of purge_due_... and purge_fill_...:
-- ?1 last used before, ?2 now; of the second ?3 how many at most. What a hold covers is neither
-- due nor filled. A batch's statements work on the rows of purge_item.

-- name: purge_due_person
SELECT count(*) FROM person_use u WHERE u.used < ?1
	AND u.person_id NOT IN (SELECT person_id FROM held_person WHERE until IS NULL OR until > ?2);

-- name: purge_fill_person
INSERT INTO purge_item (kind, a) SELECT 'person', u.person_id FROM person_use u WHERE u.used < ?1
	AND u.person_id NOT IN (SELECT person_id FROM held_person WHERE until IS NULL OR until > ?2)
LIMIT ?3;

-- name: purge_add_person
-- ?1 person: an erasure
INSERT INTO purge_item (kind, a) VALUES ('person', ?1);

-- name: purge_items
-- ?1 kind
SELECT count(*) FROM purge_item WHERE kind = ?1;

-- name: purge_people
SELECT p.id, p.created, p.email FROM purge_item i JOIN person p ON p.id = i.a
WHERE i.kind = 'person' ORDER BY p.id;

-- name: purge_clear
DELETE FROM purge_item;

-- name: purge_person_applications
-- With those that wait for the person's confirmation: they name the address, and no person yet.
INSERT INTO purge_item (kind, a) SELECT 'application', a.id FROM application a
WHERE a.purged IS NULL AND (a.person_id IN (SELECT a FROM purge_item WHERE kind = 'person')
	OR (a.person_id IS NULL AND a.email IN (SELECT p.email FROM purge_item i JOIN person p ON p.id = i.a
		WHERE i.kind = 'person')));

-- name: purge_person_registrations
INSERT INTO purge_item (kind, a) SELECT 'registration', r.id FROM registration r
JOIN accreditation x ON x.id = r.accreditation_id
WHERE x.person_id IN (SELECT a FROM purge_item WHERE kind = 'person');

-- name: purge_person_details
-- Journal details of the person's passes.
INSERT INTO purge_item (kind, a, b) SELECT 'detail', e.log_id, e.seq FROM purge_item i
JOIN pass p ON p.registration_id = i.a JOIN log_entry e ON e.pass = p.id
JOIN log_detail d ON d.log_id = e.log_id AND d.seq = e.seq
WHERE i.kind = 'registration' AND e.decision <> 'epoch';

-- name: purge_naming
-- How the people of the batch, and their applications and registrations, are named.
SELECT p.name FROM purge_item i JOIN person p ON p.id = i.a WHERE i.kind = 'person'
UNION SELECT p.email FROM purge_item i JOIN person p ON p.id = i.a WHERE i.kind = 'person'
UNION SELECT 'accreditation ' || x.id FROM purge_item i JOIN accreditation x ON x.person_id = i.a
	WHERE i.kind = 'person'
UNION SELECT 'person ' || i.a FROM purge_item i WHERE i.kind = 'person'
UNION SELECT a.name FROM purge_item i JOIN application a ON a.id = i.a WHERE i.kind = 'application'
UNION SELECT a.email FROM purge_item i JOIN application a ON a.id = i.a WHERE i.kind = 'application'
UNION SELECT a.reference FROM purge_item i JOIN application a ON a.id = i.a WHERE i.kind = 'application'
UNION SELECT r.reference FROM purge_item i JOIN registration r ON r.id = i.a
	WHERE i.kind = 'registration';

-- name: purge_details_naming
-- Journal details with this text in them, as words of its own. ?1 text
INSERT INTO purge_item (kind, a, b) SELECT 'detail', d.log_id, d.seq
FROM log_detail d JOIN log_entry e ON e.log_id = d.log_id AND e.seq = d.seq
WHERE instr(d.detail, ?1) > 0 AND e.decision <> 'epoch'
	AND substr(' ' || d.detail, instr(d.detail, ?1), 1) NOT GLOB '[A-Za-z0-9]'
	AND substr(d.detail || ' ', instr(d.detail, ?1) + length(?1), 1) NOT GLOB '[A-Za-z0-9]'
ON CONFLICT DO NOTHING;

-- name: purge_due_photo
SELECT count(*) FROM person_use u JOIN person p ON p.id = u.person_id
WHERE u.used < ?1 AND p.photo IS NOT NULL
	AND p.id NOT IN (SELECT person_id FROM held_person WHERE until IS NULL OR until > ?2);

-- name: purge_fill_photo
INSERT INTO purge_item (kind, a) SELECT 'person', p.id FROM person_use u JOIN person p ON p.id = u.person_id
WHERE u.used < ?1 AND p.photo IS NOT NULL
	AND p.id NOT IN (SELECT person_id FROM held_person WHERE until IS NULL OR until > ?2)
LIMIT ?3;

-- name: purge_photo
UPDATE person SET photo = NULL WHERE photo IS NOT NULL
	AND id IN (SELECT a FROM purge_item WHERE kind = 'person');

-- name: purge_photo_sweep
DELETE FROM photo WHERE hash NOT IN (SELECT photo FROM person WHERE photo IS NOT NULL);

-- name: purge_due_application
SELECT count(*) FROM application_use u WHERE u.used < ?1 AND (u.person_id IS NULL
	OR u.person_id NOT IN (SELECT person_id FROM held_person WHERE until IS NULL OR until > ?2));

-- name: purge_fill_application
INSERT INTO purge_item (kind, a) SELECT 'application', u.application_id FROM application_use u
WHERE u.used < ?1 AND (u.person_id IS NULL
	OR u.person_id NOT IN (SELECT person_id FROM held_person WHERE until IS NULL OR until > ?2))
LIMIT ?3;

-- name: purge_due_proof
SELECT count(*) FROM application_use u JOIN application a ON a.id = u.application_id
WHERE u.used < ?1 AND (a.proof <> '' OR EXISTS (SELECT 1 FROM dossier d WHERE d.application_id = a.id))
	AND (u.person_id IS NULL
	OR u.person_id NOT IN (SELECT person_id FROM held_person WHERE until IS NULL OR until > ?2));

-- name: purge_fill_proof
INSERT INTO purge_item (kind, a) SELECT 'application', a.id
FROM application_use u JOIN application a ON a.id = u.application_id
WHERE u.used < ?1 AND (a.proof <> '' OR EXISTS (SELECT 1 FROM dossier d WHERE d.application_id = a.id))
	AND (u.person_id IS NULL
	OR u.person_id NOT IN (SELECT person_id FROM held_person WHERE until IS NULL OR until > ?2))
LIMIT ?3;

-- name: purge_due_correspondence
SELECT count(DISTINCT c.application_id) FROM application_use u
JOIN correspondence c ON c.application_id = u.application_id
WHERE u.used < ?1 AND c.words <> '' AND (u.person_id IS NULL
	OR u.person_id NOT IN (SELECT person_id FROM held_person WHERE until IS NULL OR until > ?2));

-- name: purge_fill_correspondence
INSERT INTO purge_item (kind, a) SELECT DISTINCT 'application', c.application_id FROM application_use u
JOIN correspondence c ON c.application_id = u.application_id
WHERE u.used < ?1 AND c.words <> '' AND (u.person_id IS NULL
	OR u.person_id NOT IN (SELECT person_id FROM held_person WHERE until IS NULL OR until > ?2))
LIMIT ?3;

-- name: purge_due_notes
SELECT count(*) FROM application_use u JOIN application a ON a.id = u.application_id
WHERE u.used < ?1 AND (a.note <> '' OR EXISTS (SELECT 1 FROM review_note n WHERE n.application_id = a.id))
	AND (u.person_id IS NULL
	OR u.person_id NOT IN (SELECT person_id FROM held_person WHERE until IS NULL OR until > ?2));

-- name: purge_fill_notes
INSERT INTO purge_item (kind, a) SELECT 'application', a.id
FROM application_use u JOIN application a ON a.id = u.application_id
WHERE u.used < ?1 AND (a.note <> '' OR EXISTS (SELECT 1 FROM review_note n WHERE n.application_id = a.id))
	AND (u.person_id IS NULL
	OR u.person_id NOT IN (SELECT person_id FROM held_person WHERE until IS NULL OR until > ?2))
LIMIT ?3;

-- name: purge_files
-- With what was answered and uploaded.
DELETE FROM dossier WHERE application_id IN (SELECT a FROM purge_item WHERE kind = 'application');

-- name: purge_proof
UPDATE application SET proof = '' WHERE proof <> ''
	AND id IN (SELECT a FROM purge_item WHERE kind = 'application');

-- name: purge_correspondence
UPDATE correspondence SET words = '' WHERE words <> ''
	AND application_id IN (SELECT a FROM purge_item WHERE kind = 'application');

-- name: purge_message
UPDATE application SET message = NULL WHERE message IS NOT NULL
	AND id IN (SELECT a FROM purge_item WHERE kind = 'application');

-- name: purge_vouches
UPDATE vouch SET words = '' WHERE words <> ''
	AND application_id IN (SELECT a FROM purge_item WHERE kind = 'application');

-- name: purge_notes
UPDATE application SET note = NULL WHERE note IS NOT NULL
	AND id IN (SELECT a FROM purge_item WHERE kind = 'application');

-- name: purge_application_links
DELETE FROM link WHERE application_id IN (SELECT a FROM purge_item WHERE kind = 'application');

-- name: purge_application
-- ?1 now
UPDATE application SET purged = ?1, reference = 'purged-' || id, email = 'purged:' || id,
	name = 'purged person', outlet = 'purged', proof = '', message = NULL, note = NULL,
	language = 'en'
WHERE id IN (SELECT a FROM purge_item WHERE kind = 'application');

-- name: purge_due_registration
SELECT count(*) FROM conference c JOIN registration r ON r.conference_id = c.id
JOIN accreditation x ON x.id = r.accreditation_id JOIN person p ON p.id = x.person_id
WHERE c.ends < ?1 AND p.purged IS NULL
	AND p.id NOT IN (SELECT person_id FROM held_person WHERE until IS NULL OR until > ?2);

-- name: purge_fill_registration
INSERT INTO purge_item (kind, a) SELECT 'registration', r.id
FROM conference c JOIN registration r ON r.conference_id = c.id
JOIN accreditation x ON x.id = r.accreditation_id JOIN person p ON p.id = x.person_id
WHERE c.ends < ?1 AND p.purged IS NULL
	AND p.id NOT IN (SELECT person_id FROM held_person WHERE until IS NULL OR until > ?2)
LIMIT ?3;

-- name: purge_registration_person
-- From now on somebody without a name was there. ?1 now
INSERT INTO person (email, name, created, purged)
SELECT 'purged:r' || r.id, 'purged person', c.ends, ?1 FROM purge_item i
JOIN registration r ON r.id = i.a JOIN conference c ON c.id = r.conference_id
WHERE i.kind = 'registration';

-- name: purge_registration_accreditation
INSERT INTO accreditation (person_id, outlet_id, class, state, valid_from, valid_until)
SELECT n.id, x.outlet_id, x.class, 'expired', x.valid_from, x.valid_until FROM purge_item i
JOIN registration r ON r.id = i.a JOIN accreditation x ON x.id = r.accreditation_id
JOIN person n ON n.email = 'purged:r' || r.id WHERE i.kind = 'registration';

-- name: purge_registration_move
UPDATE registration SET accreditation_id = (SELECT x.id FROM person n
	JOIN accreditation x ON x.person_id = n.id WHERE n.email = 'purged:r' || registration.id)
WHERE id IN (SELECT a FROM purge_item WHERE kind = 'registration');

-- name: purge_registration
UPDATE registration SET reference = 'purged-' || id
WHERE id IN (SELECT a FROM purge_item WHERE kind = 'registration');

-- name: purge_due_pass
SELECT count(*) FROM conference c JOIN pass p ON p.conference_id = c.id
WHERE c.ends < ?1 AND substr(p.qr, 1, 3) <> '---' AND (SELECT x.person_id FROM registration r
	JOIN accreditation x ON x.id = r.accreditation_id WHERE r.id = p.registration_id)
	NOT IN (SELECT person_id FROM held_person WHERE until IS NULL OR until > ?2);

-- name: purge_fill_pass
INSERT INTO purge_item (kind, a) SELECT DISTINCT 'registration', p.registration_id
FROM conference c JOIN pass p ON p.conference_id = c.id
WHERE c.ends < ?1 AND substr(p.qr, 1, 3) <> '---' AND (SELECT x.person_id FROM registration r
	JOIN accreditation x ON x.id = r.accreditation_id WHERE r.id = p.registration_id)
	NOT IN (SELECT person_id FROM held_person WHERE until IS NULL OR until > ?2)
LIMIT ?3;

-- name: purge_pass
-- The signed text and the typed code; the number stays, and with it what doors counted. No code that
-- is typed begins with a tilde.
UPDATE pass SET qr = printf('%.100c', '-'), code = '~' || printf('%07d', f.n)
FROM (SELECT p.id AS id, row_number() OVER (PARTITION BY p.conference_id ORDER BY p.id)
	+ (SELECT count(*) FROM pass q WHERE q.conference_id = p.conference_id AND q.code >= '~') AS n
	FROM pass p WHERE substr(p.qr, 1, 3) <> '---'
	AND p.registration_id IN (SELECT a FROM purge_item WHERE kind = 'registration')) f
WHERE f.id = pass.id;

-- name: purge_due_journal
-- What only says how the journal itself goes on is no personal detail.
SELECT count(*) FROM log_detail d JOIN log_entry e ON e.log_id = d.log_id AND e.seq = d.seq
WHERE e.time_ms < ?1 * 1000 AND e.decision <> 'epoch'
	AND e.reason NOT IN ('records-purged', 'records-erased', 'backup-made', 'key-made', 'key-retired')
	AND NOT EXISTS (SELECT 1 FROM hold h JOIN conference c ON c.id = h.conference_id
		WHERE c.slug = e.event AND h.lifted IS NULL AND (h.until IS NULL OR h.until > ?2))
	AND NOT EXISTS (SELECT 1 FROM pass p JOIN registration r ON r.id = p.registration_id
		JOIN accreditation x ON x.id = r.accreditation_id JOIN held_person n
		ON n.person_id = x.person_id WHERE p.id = e.pass AND (n.until IS NULL OR n.until > ?2))
	AND NOT EXISTS (SELECT 1 FROM held_person n JOIN person p ON p.id = n.person_id
		WHERE (n.until IS NULL OR n.until > ?2)
		AND (instr(d.detail, p.name) > 0 OR instr(d.detail, p.email) > 0
		OR EXISTS (SELECT 1 FROM application a WHERE a.person_id = p.id
			AND instr(d.detail, a.reference) > 0)));

-- name: purge_fill_journal
INSERT INTO purge_item (kind, a, b) SELECT 'detail', d.log_id, d.seq
FROM log_detail d JOIN log_entry e ON e.log_id = d.log_id AND e.seq = d.seq
WHERE e.time_ms < ?1 * 1000 AND e.decision <> 'epoch'
	AND e.reason NOT IN ('records-purged', 'records-erased', 'backup-made', 'key-made', 'key-retired')
	AND NOT EXISTS (SELECT 1 FROM hold h JOIN conference c ON c.id = h.conference_id
		WHERE c.slug = e.event AND h.lifted IS NULL AND (h.until IS NULL OR h.until > ?2))
	AND NOT EXISTS (SELECT 1 FROM pass p JOIN registration r ON r.id = p.registration_id
		JOIN accreditation x ON x.id = r.accreditation_id JOIN held_person n
		ON n.person_id = x.person_id WHERE p.id = e.pass AND (n.until IS NULL OR n.until > ?2))
	AND NOT EXISTS (SELECT 1 FROM held_person n JOIN person p ON p.id = n.person_id
		WHERE (n.until IS NULL OR n.until > ?2)
		AND (instr(d.detail, p.name) > 0 OR instr(d.detail, p.email) > 0
		OR EXISTS (SELECT 1 FROM application a WHERE a.person_id = p.id
			AND instr(d.detail, a.reference) > 0)))
LIMIT ?3;

-- name: purge_journal
-- The entry stands, with the hash that it commits to.
DELETE FROM log_detail WHERE (log_id, seq) IN (SELECT a, b FROM purge_item WHERE kind = 'detail');

-- name: purge_due_referral
SELECT count(*) FROM referral f WHERE max(f.received, f.answered) < ?1 AND (f.name <> '' OR f.words <> '')
	AND f.conference_id NOT IN (SELECT conference_id FROM hold WHERE conference_id IS NOT NULL
		AND lifted IS NULL AND (until IS NULL OR until > ?2))
	AND NOT EXISTS (SELECT 1 FROM pass p JOIN registration r ON r.id = p.registration_id
		JOIN accreditation x ON x.id = r.accreditation_id JOIN held_person n
		ON n.person_id = x.person_id WHERE p.id = f.pass AND (n.until IS NULL OR n.until > ?2));

-- name: purge_referral
UPDATE referral SET name = '', outlet = '', words = '', answer_words = ''
WHERE max(received, answered) < ?1 AND (name <> '' OR words <> '')
	AND conference_id NOT IN (SELECT conference_id FROM hold WHERE conference_id IS NOT NULL
		AND lifted IS NULL AND (until IS NULL OR until > ?2))
	AND NOT EXISTS (SELECT 1 FROM pass p JOIN registration r ON r.id = p.registration_id
		JOIN accreditation x ON x.id = r.accreditation_id JOIN held_person n
		ON n.person_id = x.person_id
		WHERE p.id = referral.pass AND (n.until IS NULL OR n.until > ?2));

-- name: purge_person_referrals
UPDATE referral SET name = '', outlet = '', words = '', answer_words = '' WHERE pass IN (
	SELECT p.id FROM purge_item i JOIN pass p ON p.registration_id = i.a WHERE i.kind = 'registration');

-- name: purge_due_restriction
-- Of one person's pass, over or lifted.
SELECT count(*) FROM restriction x WHERE x.scope = 5 AND x.words <> 'purged'
	AND coalesce(x.lifted, x.valid_until) < ?1
	AND NOT EXISTS (SELECT 1 FROM pass p JOIN registration r ON r.id = p.registration_id
		JOIN accreditation a ON a.id = r.accreditation_id JOIN held_person n
		ON n.person_id = a.person_id WHERE p.id = x.pass_id AND (n.until IS NULL OR n.until > ?2));

-- name: purge_restriction
UPDATE restriction SET words = 'purged' WHERE scope = 5 AND words <> 'purged'
	AND coalesce(lifted, valid_until) < ?1
	AND NOT EXISTS (SELECT 1 FROM pass p JOIN registration r ON r.id = p.registration_id
		JOIN accreditation a ON a.id = r.accreditation_id JOIN held_person n
		ON n.person_id = a.person_id
		WHERE p.id = restriction.pass_id AND (n.until IS NULL OR n.until > ?2));

-- name: purge_person_restrictions
UPDATE restriction SET words = 'purged' WHERE words <> 'purged' AND pass_id IN (
	SELECT p.id FROM purge_item i JOIN pass p ON p.registration_id = i.a WHERE i.kind = 'registration');

-- name: purge_due_request
SELECT count(*) FROM subject_request q WHERE q.answered < ?1 AND (q.words <> '' OR q.message <> '')
	AND q.person_id NOT IN (SELECT person_id FROM held_person WHERE until IS NULL OR until > ?2);

-- name: purge_request
UPDATE subject_request SET words = '', message = '' WHERE answered < ?1 AND (words <> '' OR message <> '')
	AND person_id NOT IN (SELECT person_id FROM held_person WHERE until IS NULL OR until > ?2);

-- name: purge_person_requests
UPDATE subject_request SET words = '', message = '' WHERE (words <> '' OR message <> '')
	AND person_id IN (SELECT a FROM purge_item WHERE kind = 'person');

-- name: purge_due_bounce
SELECT count(*) FROM bounce b WHERE b.last < ?1 AND b.email NOT IN (SELECT p.email FROM held_person n
	JOIN person p ON p.id = n.person_id WHERE n.until IS NULL OR n.until > ?2);

-- name: purge_bounce
DELETE FROM bounce WHERE last < ?1 AND email NOT IN (SELECT p.email FROM held_person n
	JOIN person p ON p.id = n.person_id WHERE n.until IS NULL OR n.until > ?2);

-- name: purge_due_outbox
SELECT count(*) FROM outbox o WHERE o.created < ?1 AND o.state <> 'waiting' AND ?2 > 0;

-- name: purge_outbox
DELETE FROM outbox WHERE created < ?1 AND state <> 'waiting' AND ?2 > 0;

-- name: purge_due_links
-- Links, changes of address, and sign-ins that are over.
SELECT (SELECT count(*) FROM link WHERE expires < ?1) + (SELECT count(*) FROM email_change
	WHERE expires < ?1) + (SELECT count(*) FROM session WHERE seen < ?1) WHERE ?2 > 0;

-- name: purge_links
DELETE FROM link WHERE expires < ?1 AND ?2 > 0;

-- name: purge_email_changes
DELETE FROM email_change WHERE expires < ?1 AND ?2 > 0;

-- name: purge_sessions
DELETE FROM session WHERE seen < ?1 AND ?2 > 0;

-- name: purge_due_subscription
-- That nobody confirmed, or that gets nothing any more.
SELECT count(*) FROM subscription s WHERE s.kinds = 0 AND max(s.created, s.expires) < ?1 AND ?2 > 0;

-- name: purge_subscription
DELETE FROM subscription WHERE kinds = 0 AND max(created, expires) < ?1 AND ?2 > 0;

-- name: purge_due_hold
SELECT count(*) FROM hold h WHERE h.reason <> 'purged'
	AND coalesce(h.lifted, h.until) < ?1 AND ?2 > 0;

-- name: purge_hold
UPDATE hold SET reason = 'purged', lifted_words = '' WHERE reason <> 'purged'
	AND coalesce(lifted, until) < ?1 AND ?2 > 0;

-- name: purge_person_holds
UPDATE hold SET reason = 'purged', lifted_words = ''
WHERE person_id IN (SELECT a FROM purge_item WHERE kind = 'person');

-- name: purge_person_bounces
DELETE FROM bounce WHERE email IN (SELECT p.email FROM purge_item i JOIN person p ON p.id = i.a
	WHERE i.kind = 'person');

-- name: purge_person_outbox
-- What still waits tells the person, and its address goes once it is sent.
DELETE FROM outbox WHERE state <> 'waiting' AND recipient IN (SELECT p.email FROM purge_item i
	JOIN person p ON p.id = i.a WHERE i.kind = 'person');

-- name: purge_person_subscriptions
DELETE FROM subscription WHERE email IN (SELECT p.email FROM purge_item i JOIN person p ON p.id = i.a
	WHERE i.kind = 'person');

-- name: purge_person_sessions
DELETE FROM session WHERE person_id IN (SELECT a FROM purge_item WHERE kind = 'person');

-- name: purge_person_links
DELETE FROM link WHERE person_id IN (SELECT a FROM purge_item WHERE kind = 'person');

-- name: purge_person_email_changes
DELETE FROM email_change WHERE person_id IN (SELECT a FROM purge_item WHERE kind = 'person');

-- name: purge_person_vouches
UPDATE vouch SET words = '' WHERE words <> ''
	AND person_id IN (SELECT a FROM purge_item WHERE kind = 'person');

-- name: purge_person_accreditations
UPDATE accreditation SET state = 'revoked' WHERE state IN ('active', 'limited', 'suspended')
	AND person_id IN (SELECT a FROM purge_item WHERE kind = 'person');

-- name: purge_person
-- ?1 now
UPDATE person SET purged = ?1, email = 'purged:' || id, name = 'purged person', phone = '',
	language = 'en', photo = NULL
WHERE id IN (SELECT a FROM purge_item WHERE kind = 'person');

-- name: purge_begin
-- ?1 kind ?2 now ?3 who ?4 salt
INSERT INTO purge (kind, begun, made_by, salt) VALUES (?1, ?2, ?3, ?4);

-- name: purge_unfinished
SELECT id, kind, begun, made_by, salt FROM purge WHERE ended IS NULL ORDER BY id LIMIT 1;

-- name: purge_count
-- ?1 purge ?2 rule ?3 records
INSERT INTO purge_count (purge_id, rule, records) VALUES (?1, ?2, ?3)
ON CONFLICT (purge_id, rule) DO UPDATE SET records = records + excluded.records;

-- name: purge_counts
SELECT rule, records FROM purge_count WHERE purge_id = ?1 AND records > 0 ORDER BY rule;

-- name: purge_person_note
-- ?1 purge ?2 hash
INSERT INTO purged_person (purge_id, hash) VALUES (?1, ?2) ON CONFLICT DO NOTHING;

-- name: purge_person_notes
SELECT hash FROM purged_person WHERE purge_id = ?1 ORDER BY hash;

-- name: purge_end
-- ?1 purge ?2 now ?3 receipt ?4 digest
UPDATE purge SET ended = ?2, receipt = ?3, digest = ?4 WHERE id = ?1 AND ended IS NULL;

-- name: purge_drop
-- One that had nothing to do.
DELETE FROM purge WHERE id = ?1 AND ended IS NULL
	AND NOT EXISTS (SELECT 1 FROM purge_count WHERE purge_id = ?1)
	AND NOT EXISTS (SELECT 1 FROM purged_person WHERE purge_id = ?1);

-- name: purge_list
SELECT id, kind, begun, ended, made_by, digest,
	(SELECT coalesce(sum(records), 0) FROM purge_count WHERE purge_id = purge.id)
FROM purge WHERE ended IS NOT NULL ORDER BY id DESC LIMIT ?1;

-- name: purge_by_id
SELECT id, kind, begun, ended, made_by, digest, receipt, salt,
	(SELECT coalesce(sum(records), 0) FROM purge_count WHERE purge_id = purge.id)
FROM purge WHERE id = ?1 AND ended IS NOT NULL;

-- name: purge_by_digest
SELECT id FROM purge WHERE digest = ?1;

-- name: purge_held_people
-- ?1 now
SELECT count(DISTINCT person_id) FROM held_person WHERE until IS NULL OR until > ?1;

-- name: purge_standing_people
SELECT id, created FROM person WHERE purged IS NULL ORDER BY id;

-- name: purge_is_held
-- ?1 person ?2 now
SELECT 1 FROM held_person WHERE person_id = ?1 AND (until IS NULL OR until > ?2) LIMIT 1;

-- name: purge_daily_read
SELECT value FROM meta WHERE key = 'purge_daily';

-- name: purge_daily_write
INSERT INTO meta (key, value) VALUES ('purge_daily', ?1)
ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: purge_due_views
SELECT count(*) FROM view_log v WHERE v.last < ?1 AND (v.person_id IS NULL
	OR v.person_id NOT IN (SELECT person_id FROM held_person WHERE until IS NULL OR until > ?2));

-- name: purge_views
DELETE FROM view_log WHERE last < ?1 AND (person_id IS NULL
	OR person_id NOT IN (SELECT person_id FROM held_person WHERE until IS NULL OR until > ?2));

-- name: purge_view_reasons
DELETE FROM view_reason WHERE at < ?1
	AND person_id NOT IN (SELECT person_id FROM held_person WHERE until IS NULL OR until > ?2);

-- name: purge_person_views
-- That staff looked stays for its own term, at somebody without a name.
UPDATE view_log SET words = '', item = ''
WHERE person_id IN (SELECT a FROM purge_item WHERE kind = 'person')
	OR application_id IN (SELECT a FROM purge_item WHERE kind = 'application');

-- name: purge_person_view_reasons
DELETE FROM view_reason WHERE person_id IN (SELECT a FROM purge_item WHERE kind = 'person');

-- name: purge_places_given
UPDATE place_given SET reason = 'purged' WHERE reason <> 'purged'
	AND registration_id IN (SELECT a FROM purge_item WHERE kind = 'registration');

-- name: purge_conflicts
-- What was said when a conflict at the doors was resolved.
UPDATE conflict_resolved SET words = 'purged' WHERE resolved < ?1 AND words <> 'purged'
	AND coalesce(conference_id, 0) NOT IN (SELECT conference_id FROM hold
		WHERE conference_id IS NOT NULL AND lifted IS NULL AND (until IS NULL OR until > ?2));

-- name: purge_review_notes
DELETE FROM review_note WHERE application_id IN (SELECT a FROM purge_item WHERE kind = 'application');

-- name: purge_review_steps
UPDATE review_step SET words = '' WHERE words <> ''
	AND application_id IN (SELECT a FROM purge_item WHERE kind = 'application');

-- name: purge_proposals
DELETE FROM proposal WHERE application_id IN (SELECT a FROM purge_item WHERE kind = 'application');

-- name: purge_work
DELETE FROM work WHERE application_id IN (SELECT a FROM purge_item WHERE kind = 'application')
	OR request_id IN (SELECT q.id FROM subject_request q JOIN purge_item i ON i.a = q.person_id
		WHERE i.kind = 'person');

-- name: purge_person_unsubscribed
-- What was never confirmed, or ended. A subscription that stands is a consent of its own.
DELETE FROM subscription WHERE kinds = 0 AND email IN (SELECT p.email FROM purge_item i
	JOIN person p ON p.id = i.a WHERE i.kind = 'person');

-- name: purge_badges_lost
UPDATE badge_lost SET words = 'purged' WHERE words <> 'purged' AND pass_id IN (
	SELECT p.id FROM purge_item i JOIN pass p ON p.registration_id = i.a WHERE i.kind = 'registration');

-- name: purge_badges_printed
UPDATE badge_print SET words = '' WHERE words <> '' AND pass_id IN (
	SELECT p.id FROM purge_item i JOIN pass p ON p.registration_id = i.a WHERE i.kind = 'registration');

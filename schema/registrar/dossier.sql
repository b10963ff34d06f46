-- name: dossier_insert
-- ?1 hash of the token ?2 now
INSERT INTO dossier (token, created, changed) VALUES (?1, ?2, ?2);

-- name: dossier_by_token
-- ?1 hash ?2 changed after
SELECT d.id, coalesce(d.application_id, 0), coalesce(a.reference, ''), d.created, d.changed, d.sent
FROM dossier d LEFT JOIN application a ON a.id = d.application_id
WHERE d.token = ?1 AND d.changed > ?2;

-- name: dossier_by_back
-- ?1 hash ?2 changed after
SELECT d.id, coalesce(d.application_id, 0), coalesce(a.reference, ''), d.created, d.changed, d.sent
FROM dossier d LEFT JOIN application a ON a.id = d.application_id
WHERE d.back = ?1 AND d.changed > ?2;

-- name: dossier_by_application
SELECT d.id, d.application_id, a.reference, d.created, d.changed, d.sent
FROM dossier d JOIN application a ON a.id = d.application_id
WHERE d.application_id = ?1;

-- name: dossier_set_back
-- ?1 id ?2 hash
UPDATE dossier SET back = ?2 WHERE id = ?1;

-- name: dossier_set_token
-- The mailed link is used up, and the browser it was asked in has it no more. ?1 id ?2 hash
UPDATE dossier SET token = ?2, back = NULL WHERE id = ?1;

-- name: dossier_set_application
-- ?1 id ?2 application ?3 now
UPDATE dossier SET application_id = ?2, sent = ?3 WHERE id = ?1;

-- name: dossier_close
-- From now on it is the application's. ?1 application
UPDATE dossier SET token = NULL, back = NULL WHERE application_id = ?1;

-- name: dossier_touch
-- ?1 id ?2 now
UPDATE dossier SET changed = ?2, sent = 0 WHERE id = ?1;

-- name: dossier_delete
DELETE FROM dossier WHERE id = ?1;

-- name: dossier_purge
-- What nobody sent and confirmed. ?1 changed before
DELETE FROM dossier WHERE changed < ?1 AND (application_id IS NULL OR EXISTS (
	SELECT 1 FROM application a WHERE a.id = application_id AND a.state = 'draft'));

-- name: answer_put
-- ?1 dossier ?2 name ?3 value
INSERT INTO answer (dossier_id, name, value) VALUES (?1, ?2, ?3)
ON CONFLICT (dossier_id, name) DO UPDATE SET value = excluded.value;

-- name: answer_delete
-- ?1 dossier ?2 name
DELETE FROM answer WHERE dossier_id = ?1 AND name = ?2;

-- name: answer_list
SELECT name, value FROM answer WHERE dossier_id = ?1 ORDER BY name LIMIT 100;

-- name: upload_insert
-- ?1 dossier ?2 name ?3 kind ?4 title ?5 type ?6 bytes ?7 now ?8 width ?9 height
INSERT INTO upload (dossier_id, name, kind, title, type, bytes, created, width, height)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9);

-- name: upload_list
SELECT name, kind, title, type, length(bytes), width, height FROM upload WHERE dossier_id = ?1
ORDER BY id LIMIT 50;

-- name: upload_open
-- ?1 dossier ?2 name
SELECT name, kind, title, type, length(bytes), width, height, bytes FROM upload
WHERE dossier_id = ?1 AND name = ?2;

-- name: upload_photo
SELECT name, kind, title, type, length(bytes), width, height, bytes FROM upload
WHERE dossier_id = ?1 AND kind = 'photo';

-- name: upload_count
-- ?1 dossier -> files that are no photograph
SELECT count(*), coalesce(sum(length(bytes)), 0) FROM upload
WHERE dossier_id = ?1 AND kind <> 'photo';

-- name: upload_delete
-- ?1 dossier ?2 name
DELETE FROM upload WHERE dossier_id = ?1 AND name = ?2;

-- name: upload_delete_photo
DELETE FROM upload WHERE dossier_id = ?1 AND kind = 'photo';

-- name: upload_waiting_bytes
-- What strangers have left here that nobody has confirmed.
SELECT coalesce(sum(length(u.bytes)), 0) FROM upload u JOIN dossier d ON d.id = u.dossier_id
WHERE d.token IS NOT NULL OR d.back IS NOT NULL;

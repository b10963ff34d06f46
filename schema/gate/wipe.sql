-- A gate that is out of the Service's hands forgets people (gate/seal/wipe.h). The journal stays.

-- name: wipe_anything
-- -> whether there is anything to wipe
SELECT EXISTS (SELECT 1 FROM vault) OR EXISTS (SELECT 1 FROM roster)
	OR EXISTS (SELECT 1 FROM conference) OR EXISTS (SELECT 1 FROM photo)
	OR EXISTS (SELECT 1 FROM referral) OR EXISTS (SELECT 1 FROM restriction)
	OR EXISTS (SELECT 1 FROM object WHERE kind = 'staff');

-- name: wipe_vault_keys
DELETE FROM vault_key;
-- name: wipe_vault
DELETE FROM vault;
-- name: wipe_seals
DELETE FROM seal;
-- name: wipe_rosters
DELETE FROM roster;
-- name: wipe_conferences
DELETE FROM conference;
-- name: wipe_photos
DELETE FROM photo;
-- name: wipe_photo_wants
DELETE FROM photo_want;
-- name: wipe_referrals
DELETE FROM referral;
-- name: wipe_restrictions
DELETE FROM restriction;
-- name: wipe_revocations
DELETE FROM revocation;
-- name: wipe_stops
-- The words of stops can't be read any more; the stops themselves name nobody and stay.
UPDATE stop SET words = x'', seal = 0;
-- name: wipe_staff
DELETE FROM object WHERE kind = 'staff';
-- name: wipe_facts
-- How new the lists were, and who tried a PIN how often.
DELETE FROM meta WHERE key LIKE 'revoked\_%' ESCAPE '\' OR key = 'staff_checked'
	OR key LIKE 'signin:%' OR key LIKE 'digest\_%' ESCAPE '\';
-- name: wipe_heard
-- -> when the registrar was last heard in any list, and when the gate was enrolled; 0: never
SELECT max(coalesce((SELECT max(value) FROM meta WHERE key IN ('keys_checked', 'staff_checked',
		'revoked_checked', 'enrolled', 'heard')), 0),
	coalesce((SELECT max(checked) FROM conference), 0));

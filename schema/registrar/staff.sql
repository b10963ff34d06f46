-- name: staff_insert
INSERT INTO staff (name, full_name, role, password, pin_salt, pin_public, must_change, state,
	created)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'active', ?8);

-- name: staff_by_name
SELECT name, full_name, role, password IS NOT NULL, pin_public IS NOT NULL, must_change, state, created,
	failures, blocked_until
FROM staff WHERE name = ?1;

-- name: staff_list
SELECT name, full_name, role, password IS NOT NULL, pin_public IS NOT NULL, must_change, state, created,
	failures, blocked_until
FROM staff ORDER BY name;

-- name: staff_verifier
-- The password's verifier of an active account.
SELECT password FROM staff WHERE name = ?1 AND state = 'active' AND password IS NOT NULL;

-- name: staff_set_password
UPDATE staff SET password = ?2, must_change = ?3, failures = 0, blocked_until = 0
WHERE name = ?1 AND state = 'active';

-- name: staff_set_pin
-- ?1 name, ?2 salt, ?3 public half of what comes of both
UPDATE staff SET pin_salt = ?2, pin_public = ?3 WHERE name = ?1 AND state = 'active';

-- name: staff_disable
UPDATE staff SET state = 'disabled' WHERE name = ?1 AND state = 'active';

-- name: staff_other_administrators
SELECT count(*) FROM staff WHERE role = 'administrator' AND state = 'active' AND name <> ?1;

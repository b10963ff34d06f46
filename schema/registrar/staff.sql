-- name: staff_insert
INSERT INTO staff (name, full_name, role, password, pin, must_change, state, created)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'active', ?7);

-- name: staff_by_name
SELECT name, full_name, role, password IS NOT NULL, pin IS NOT NULL, must_change, state, created,
	failures, blocked_until
FROM staff WHERE name = ?1;

-- name: staff_list
SELECT name, full_name, role, password IS NOT NULL, pin IS NOT NULL, must_change, state, created,
	failures, blocked_until
FROM staff ORDER BY name;

-- name: staff_verifier
-- The password's verifier of an active account.
SELECT password FROM staff WHERE name = ?1 AND state = 'active' AND password IS NOT NULL;

-- name: staff_set_password
UPDATE staff SET password = ?2, must_change = ?3, failures = 0, blocked_until = 0
WHERE name = ?1 AND state = 'active';

-- name: staff_set_pin
UPDATE staff SET pin = ?2 WHERE name = ?1 AND state = 'active';

-- name: staff_disable
UPDATE staff SET state = 'disabled' WHERE name = ?1 AND state = 'active';

-- name: staff_other_administrators
SELECT count(*) FROM staff WHERE role = 'administrator' AND state = 'active' AND name <> ?1;

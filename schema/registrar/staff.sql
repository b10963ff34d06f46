-- name: staff_insert
INSERT INTO staff (name, full_name, role, password, pin_salt, pin_public, must_change, state,
	created)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'active', ?8);

-- name: staff_by_name
SELECT name, full_name, role, password IS NOT NULL, pin_public IS NOT NULL, must_change, state, created,
	failures, blocked_until, trained_until, authorised_from, authorised_until, dates_by, dates_set, proxy_user,
	EXISTS (SELECT 1 FROM staff_factor f WHERE f.staff = name AND f.state = 'standing')
FROM staff WHERE name = ?1;

-- name: staff_list
SELECT name, full_name, role, password IS NOT NULL, pin_public IS NOT NULL, must_change, state, created,
	failures, blocked_until, trained_until, authorised_from, authorised_until, dates_by, dates_set, proxy_user,
	EXISTS (SELECT 1 FROM staff_factor f WHERE f.staff = name AND f.state = 'standing')
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
-- ?1 a name ?2 now -> how many others can act
SELECT count(*) FROM staff WHERE role = 'administrator' AND state = 'active' AND name <> ?1
	AND coalesce(trained_until > ?2, TRUE) AND coalesce(authorised_from <= ?2, TRUE)
	AND coalesce(authorised_until > ?2, TRUE);

-- name: staff_by_proxy_user
-- ?1 who a trusted proxy says it is -> the account's name
SELECT name FROM staff WHERE coalesce(proxy_user, name) = ?1 AND state = 'active';

-- name: staff_set_role
-- ?1 name ?2 role
UPDATE staff SET role = ?2 WHERE name = ?1 AND state = 'active';

-- name: staff_set_proxy_user
-- ?1 name ?2 who a trusted proxy calls them, NULL: the same
UPDATE staff SET proxy_user = ?2 WHERE name = ?1;

-- name: staff_enable
UPDATE staff SET state = 'active' WHERE name = ?1 AND state = 'disabled';

-- name: staff_set_dates
-- ?1 name ?2 trained until ?3 authorised from ?4 authorised until, each or NULL ?5 by ?6 now
UPDATE staff SET trained_until = ?2, authorised_from = ?3, authorised_until = ?4, dates_by = ?5,
	dates_set = ?6
WHERE name = ?1;

-- name: staff_dates_turned
-- ?1 a time ?2 a later one -> how many accounts' dates begin or end between them
SELECT count(*) FROM staff
WHERE (trained_until > ?1 AND trained_until <= ?2) OR (authorised_from > ?1 AND authorised_from <= ?2)
	OR (authorised_until > ?1 AND authorised_until <= ?2);

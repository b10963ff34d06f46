-- What readiness looks up.

-- name: ready_staff
-- -> officers for whom the newest generation of the vault is wrapped; not_after of the list of
-- officers held, 0: none
SELECT (SELECT count(*) FROM vault_key WHERE generation = (SELECT max(generation) FROM vault)),
	coalesce((SELECT not_after FROM object WHERE kind = 'staff'), 0);

-- name: ready_devices
-- -> tablets and phones that are paired
SELECT count(*) FROM pairing WHERE revoked = 0;

-- name: ready_shifts
-- -> shifts that are open
SELECT count(*) FROM shift WHERE ended_ms = 0;

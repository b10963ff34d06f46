-- name: factor_read
SELECT sealed, state, step, begun FROM staff_factor WHERE staff = ?1;

-- name: factor_first
SELECT staff, sealed FROM staff_factor ORDER BY staff LIMIT 1;

-- name: factor_any
SELECT count(*) FROM staff_factor;

-- name: factor_begin
-- ?1 staff ?2 sealed secret ?3 now: in the place of one that waits, never of one that stands
INSERT INTO staff_factor (staff, sealed, state, begun) VALUES (?1, ?2, 'waiting', ?3)
ON CONFLICT (staff) DO UPDATE SET sealed = ?2, begun = ?3, step = 0 WHERE state = 'waiting';

-- name: factor_stand
-- ?1 staff ?2 the step of the code that proved it
UPDATE staff_factor SET state = 'standing', step = ?2 WHERE staff = ?1 AND state = 'waiting';

-- name: factor_use
-- ?1 staff ?2 a step: each is used once, and none before one that was used
UPDATE staff_factor SET step = ?2 WHERE staff = ?1 AND state = 'standing' AND step < ?2;

-- name: factor_end
DELETE FROM staff_factor WHERE staff = ?1;

-- name: recovery_insert
INSERT INTO staff_recovery (staff, hash) VALUES (?1, ?2);

-- name: recovery_use
DELETE FROM staff_recovery WHERE staff = ?1 AND hash = ?2;

-- name: recovery_left
SELECT count(*) FROM staff_recovery WHERE staff = ?1;

-- name: recovery_end
DELETE FROM staff_recovery WHERE staff = ?1;

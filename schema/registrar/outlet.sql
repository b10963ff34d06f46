-- name: outlet_insert
-- ?1 name ?2 folded name ?3 local ?4 now
INSERT INTO outlet (name, name_fold, local, created) VALUES (?1, ?2, ?3, ?4);

-- name: outlet_by_fold
SELECT id, name, local FROM outlet WHERE name_fold = ?1;

-- name: outlet_by_id
SELECT id, name, local FROM outlet WHERE id = ?1;

-- name: outlet_list
SELECT id, name, local FROM outlet ORDER BY name_fold LIMIT 5000;

-- name: outlet_set_local
-- ?1 id ?2 local
UPDATE outlet SET local = ?2 WHERE id = ?1;

-- name: outlet_insert
-- ?1 name ?2 folded name ?3 local ?4 now
INSERT INTO outlet (name, name_fold, local, created) VALUES (?1, ?2, ?3, ?4);

-- name: outlet_by_fold
-- Under its own name or another.
SELECT id, name, local, site, address FROM outlet WHERE name_fold = ?1
UNION ALL
SELECT o.id, o.name, o.local, o.site, o.address FROM outlet_alias a
JOIN outlet o ON o.id = a.outlet_id WHERE a.name_fold = ?1
LIMIT 1;

-- name: outlet_by_id
SELECT id, name, local, site, address FROM outlet WHERE id = ?1;

-- name: outlet_list
SELECT id, name, local, site, address FROM outlet ORDER BY name_fold LIMIT 5000;

-- name: outlet_names
-- Every name of every outlet: its own first.
SELECT o.id, o.name, o.local, o.site, o.address, o.name, o.name_fold FROM outlet o
UNION ALL
SELECT o.id, o.name, o.local, o.site, o.address, a.name, a.name_fold FROM outlet_alias a
JOIN outlet o ON o.id = a.outlet_id
LIMIT 20000;

-- name: outlet_set_local
-- ?1 id ?2 local
UPDATE outlet SET local = ?2 WHERE id = ?1;

-- name: outlet_set_details
-- ?1 id ?2 site ?3 address; what is known already stays where nothing is given
UPDATE outlet SET site = iif(?2 = '', site, ?2), address = iif(?3 = '', address, ?3) WHERE id = ?1;

-- name: outlet_set_fold
-- Where another outlet has it, that one keeps it. ?1 id ?2 folded name
UPDATE OR IGNORE outlet SET name_fold = ?2 WHERE id = ?1 AND name_fold <> ?2;

-- name: outlet_alias_insert
-- ?1 folded name ?2 outlet ?3 name ?4 now ?5 who
INSERT INTO outlet_alias (name_fold, outlet_id, name, created, made_by)
VALUES (?1, ?2, ?3, ?4, ?5);

-- name: publication_insert
-- ?1 conference ?2 part ?3 rule ?4 reason ?5 staff ?6 now
INSERT INTO publication (conference_id, part, rule, reason, staff, at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6);

-- name: publication_of_conference
-- The newest first.
SELECT part, rule, reason, staff, at FROM publication WHERE conference_id = ?1
ORDER BY at DESC, id DESC LIMIT 200;

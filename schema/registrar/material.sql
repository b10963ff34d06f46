-- name: material_insert
-- ?1 conference ?2 kind ?3 title ?4 url ?5 published
INSERT INTO material (conference_id, kind, title, url, published) VALUES (?1, ?2, ?3, ?4, ?5);

-- name: material_of_conference
-- The first published first.
SELECT m.id, m.conference_id, m.kind, m.title, m.url, m.published, c.slug, c.title
FROM material m JOIN conference c ON c.id = m.conference_id
WHERE m.conference_id = ?1 ORDER BY m.published, m.id LIMIT 500;

-- name: material_news
-- What was published after ?1, of conferences shown in public, the last first.
SELECT m.id, m.conference_id, m.kind, m.title, m.url, m.published, c.slug, c.title
FROM material m JOIN conference c ON c.id = m.conference_id
WHERE m.published > ?1 AND c.state <> 'draft' ORDER BY m.published DESC, m.id DESC LIMIT ?2;

-- name: material_delete
DELETE FROM material WHERE id = ?1 AND conference_id = ?2;

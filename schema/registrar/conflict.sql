-- Conflicts that a person resolved.

-- name: conflict_resolve
-- ?1 key ?2 conference ?3 who ?4 words ?5 now
INSERT INTO conflict_resolved (key, conference_id, staff, words, resolved) VALUES (?1, ?2, ?3, ?4, ?5);

-- name: conflict_resolutions
-- Of a conference.
SELECT key, staff, words, resolved FROM conflict_resolved WHERE conference_id = ?1 ORDER BY key;

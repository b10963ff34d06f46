-- name: note_insert
-- ?1 words, ?2 body, ?3 writer
INSERT INTO note (words, body, writer) VALUES (?1, ?2, ?3);

-- name: note_get
-- ?1 id; gives words, body, writer
SELECT words, body, writer FROM note WHERE id = ?1;

-- name: note_find
-- ?1 words; gives id
SELECT id FROM note WHERE words = ?1;

-- name: note_count
SELECT count(*) FROM note;

-- name: note_list
-- In the order of their ids; gives id, words, writer.
SELECT id, words, writer FROM note ORDER BY id;

-- name: note_delete
DELETE FROM note WHERE id = ?1;

-- name: reply_insert
-- ?1 note; the reference is checked at the end of the transaction
INSERT INTO reply (note) VALUES (?1);

-- Builds note anew while replies refer to it, as a later migration may have to.
CREATE TABLE reply (
	id INTEGER PRIMARY KEY,
	note INTEGER NOT NULL REFERENCES note (id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
INSERT INTO reply (note) SELECT id FROM note;
CREATE TABLE note_new (
	id INTEGER PRIMARY KEY,
	words TEXT NOT NULL UNIQUE CHECK (length(words) BETWEEN 1 AND 4000),
	body BLOB,
	writer INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO note_new (id, words, body) SELECT id, words, body FROM note;
DROP TABLE note;
ALTER TABLE note_new RENAME TO note;

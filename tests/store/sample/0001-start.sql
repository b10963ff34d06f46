-- A small database for the store's own tests, with an account book that must always balance.
CREATE TABLE note (
	id INTEGER PRIMARY KEY,
	words TEXT NOT NULL UNIQUE CHECK (length(words) BETWEEN 1 AND 4000)
) STRICT;
INSERT INTO note (words) VALUES ('the first');

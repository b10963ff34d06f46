CREATE TABLE account (
	name TEXT PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 16),
	amount INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO account (name, amount) VALUES ('left', 0), ('right', 0);
ALTER TABLE note ADD COLUMN body BLOB;

-- Printed badges: each time somebody printed, and which passes came out of it.
CREATE TABLE badge_run (
	id INTEGER PRIMARY KEY,
	conference_id INTEGER NOT NULL REFERENCES conference (id),
	at INTEGER NOT NULL,
	staff TEXT NOT NULL CHECK (length(staff) BETWEEN 1 AND 16),
	size TEXT NOT NULL CHECK (size IN ('cr80', 'a6', 'letter-8up')),
	badges INTEGER NOT NULL CHECK (badges > 0)
) STRICT;
CREATE INDEX badge_run_conference ON badge_run (conference_id, id);

-- They go with their pass. words: the reason a member of staff gave.
CREATE TABLE badge_print (
	pass_id BLOB NOT NULL REFERENCES pass (id) ON DELETE CASCADE,
	run_id INTEGER NOT NULL REFERENCES badge_run (id) ON DELETE CASCADE,
	cause TEXT NOT NULL CHECK (cause IN ('badge', 'misprint')),
	words TEXT NOT NULL DEFAULT '' CHECK (length(words) <= 200),
	PRIMARY KEY (pass_id, run_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX badge_print_run ON badge_print (run_id);

-- A badge that was lost: its pass was taken back, and another issued.
CREATE TABLE badge_lost (
	pass_id BLOB PRIMARY KEY REFERENCES pass (id) ON DELETE CASCADE,
	at INTEGER NOT NULL,
	staff TEXT NOT NULL CHECK (length(staff) BETWEEN 1 AND 16),
	words TEXT NOT NULL CHECK (length(words) BETWEEN 1 AND 200)
) STRICT, WITHOUT ROWID;

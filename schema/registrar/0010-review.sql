-- The review queue: who has an item, steps before the decision, who looked at a file and why.

-- A look of staff at a person's file. person_id NULL: an application of nobody yet. words: what was
-- given as the reason where no work led there; it may hold personal details.
CREATE TABLE view_log (
	id INTEGER PRIMARY KEY,
	at INTEGER NOT NULL,
	last INTEGER NOT NULL,
	times INTEGER NOT NULL DEFAULT 1 CHECK (times >= 1),
	staff TEXT NOT NULL REFERENCES staff (name),
	role TEXT NOT NULL,                              -- as it was then
	person_id INTEGER REFERENCES person (id) ON DELETE CASCADE,
	application_id INTEGER REFERENCES application (id) ON DELETE CASCADE,
	what TEXT NOT NULL CHECK (what IN ('application', 'file', 'photo', 'request', 'registration',
		'badge', 'person', 'list')),
	why TEXT NOT NULL CHECK (why IN ('review', 'decision', 'answer', 'conference', 'door', 'asked')),
	item TEXT NOT NULL DEFAULT '' CHECK (length(item) <= 64),
	words TEXT NOT NULL DEFAULT '' CHECK (length(words) <= 400)
) STRICT;
CREATE INDEX view_log_person ON view_log (person_id, id);
CREATE INDEX view_log_staff ON view_log (staff, id);
CREATE INDEX view_log_application ON view_log (application_id);

-- Why a member of staff opens a person's file that no work leads to; it holds for a while.
CREATE TABLE view_reason (
	staff TEXT NOT NULL REFERENCES staff (name),
	person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	at INTEGER NOT NULL,
	words TEXT NOT NULL CHECK (length(words) BETWEEN 1 AND 400),
	PRIMARY KEY (staff, person_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX view_reason_person ON view_reason (person_id);

-- Conferences made on pages: why one was cancelled, templates, and what a person decided where the
-- check of public texts found something.
ALTER TABLE conference ADD COLUMN because TEXT NOT NULL DEFAULT '' CHECK (length(because) <= 400);

-- All fields of a conference but its dates: how long before the start doors open, and how long it
-- lasts, in seconds.
CREATE TABLE conference_template (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 100),
	title TEXT NOT NULL CHECK (length(title) <= 200),
	summary TEXT NOT NULL CHECK (length(summary) <= 4000),
	place TEXT NOT NULL CHECK (length(place) BETWEEN 1 AND 200),
	stream TEXT NOT NULL CHECK (length(stream) <= 500),
	doors_before INTEGER NOT NULL CHECK (doors_before BETWEEN 0 AND 2678400),
	lasts INTEGER NOT NULL CHECK (lasts BETWEEN 60 AND 2678400),
	capacity INTEGER NOT NULL CHECK (capacity BETWEEN 0 AND 1000000),
	classes INTEGER NOT NULL CHECK (classes BETWEEN 1 AND 16777215),
	per_outlet INTEGER NOT NULL CHECK (per_outlet BETWEEN 0 AND 10000),
	preregistration INTEGER NOT NULL CHECK (preregistration IN (0, 1)),
	id_check INTEGER NOT NULL CHECK (id_check IN (0, 1, 2)),
	id_share INTEGER NOT NULL CHECK (id_share BETWEEN 0 AND 100),
	reentry INTEGER NOT NULL CHECK (reentry IN (0, 1)),
	admit_at_once INTEGER NOT NULL CHECK (admit_at_once IN (0, 1)),
	names_on_pass INTEGER NOT NULL CHECK (names_on_pass IN (0, 1)),
	emerging INTEGER NOT NULL CHECK (emerging IN (0, 1)),
	amber INTEGER NOT NULL CHECK (amber > 0),
	red INTEGER NOT NULL CHECK (red > amber),
	made_by TEXT NOT NULL CHECK (length(made_by) <= 16),
	changed INTEGER NOT NULL
) STRICT;
INSERT INTO conference_template (name, title, summary, place, stream, doors_before, lasts, capacity,
	classes, per_outlet, preregistration, id_check, id_share, reentry, admit_at_once,
	names_on_pass, emerging, amber, red, made_by, changed)
VALUES
	('Media Gallery news conference', '', 'Questions are taken after the statement.',
		'Media Gallery', '', 3600, 3600, 60, 16777215, 3, 1, 0, 0, 1, 0, 0, 0, 900, 43200, '', 0),
	('Emerging matter', '', 'A first statement. More follows when it is known.',
		'Media Gallery', '', 1800, 2700, 40, 16777215, 2, 1, 1, 0, 0, 0, 0, 1, 300, 14400, '', 0),
	('Disciplinary Tribunal week', 'Disciplinary Tribunal: hearings of the week',
		'The hearings of this week, each day in the same room.', 'Tribunal hearing room', '',
		1800, 374400, 20, 16777215, 1, 1, 1, 0, 1, 0, 0, 0, 900, 43200, '', 0);

-- What a person decided about a finding of the check: never the text itself.
CREATE TABLE publication (
	id INTEGER PRIMARY KEY,
	conference_id INTEGER NOT NULL REFERENCES conference (id),
	part TEXT NOT NULL CHECK (length(part) BETWEEN 1 AND 32),   -- title, summary, material...
	rule TEXT NOT NULL CHECK (length(rule) BETWEEN 1 AND 32),
	reason TEXT NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
	staff TEXT NOT NULL CHECK (length(staff) <= 16),
	at INTEGER NOT NULL
) STRICT;
CREATE INDEX publication_conference ON publication (conference_id, at, id);

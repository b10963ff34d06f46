-- The reporter's own page: what was said and done about an application, renewals and changes of
-- outlet, a person's own details and requests.

ALTER TABLE person ADD COLUMN language TEXT NOT NULL DEFAULT 'en'
	CHECK (length(language) BETWEEN 2 AND 16);
ALTER TABLE person ADD COLUMN phone TEXT NOT NULL DEFAULT '' CHECK (length(phone) <= 40);

-- What an application is for: a first accreditation, or the one of accreditation_id for longer, or
-- that one with another outlet.
ALTER TABLE application ADD COLUMN purpose TEXT NOT NULL DEFAULT 'new'
	CHECK (purpose IN ('new', 'renewal', 'outlet'));
ALTER TABLE application ADD COLUMN accreditation_id INTEGER REFERENCES accreditation (id);

-- What was said and done about an application, both sides' part, in order. staff NULL: the applicant.
-- words hold personal details; an internal note never stands here.
CREATE TABLE correspondence (
	id INTEGER PRIMARY KEY,
	application_id INTEGER NOT NULL REFERENCES application (id) ON DELETE CASCADE,
	at INTEGER NOT NULL,
	kind TEXT NOT NULL CHECK (kind IN ('message', 'asked', 'answered', 'approved', 'refused',
		'responded', 'appealed', 'withdrawn')),
	staff TEXT REFERENCES staff (name),
	words TEXT NOT NULL CHECK (length(words) <= 4000)
) STRICT;
CREATE INDEX correspondence_application ON correspondence (application_id, id);

-- Decisions made before this table was there.
INSERT INTO correspondence (application_id, at, kind, staff, words)
SELECT id, decided, state, decided_by, coalesce(message, '') FROM application
WHERE state IN ('approved', 'refused') AND decided IS NOT NULL ORDER BY decided, id;

-- A new e-mail address, until it is proven by the link that was sent to it.
CREATE TABLE email_change (
	hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
	person_id INTEGER NOT NULL REFERENCES person (id),
	email TEXT NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
	created INTEGER NOT NULL,
	expires INTEGER NOT NULL,
	used INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX email_change_person ON email_change (person_id);

-- R14: what a person asks about the records of them and the desk answers.
CREATE TABLE subject_request (
	id INTEGER PRIMARY KEY,
	reference TEXT NOT NULL UNIQUE CHECK (length(reference) BETWEEN 6 AND 20),
	person_id INTEGER NOT NULL REFERENCES person (id),
	kind TEXT NOT NULL CHECK (kind IN ('name', 'disposal')),
	state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'refused', 'withdrawn')),
	words TEXT NOT NULL CHECK (length(words) <= 4000),  -- the new name, or what the person says
	created INTEGER NOT NULL,
	due INTEGER NOT NULL,
	answered INTEGER,
	answered_by TEXT REFERENCES staff (name),
	message TEXT NOT NULL DEFAULT '' CHECK (length(message) <= 4000)
) STRICT;
CREATE INDEX subject_request_person ON subject_request (person_id, id);
CREATE INDEX subject_request_waiting ON subject_request (due, id) WHERE state = 'waiting';

-- An application is answered question by question, with files; outlets have other names.

-- What an applicant has answered so far, and what stays with the application that comes of it. Until
-- it is confirmed the browser's cookie (token) opens it, and a link that is mailed (back) brings it
-- back. answer and upload hold personal details.
CREATE TABLE dossier (
	id INTEGER PRIMARY KEY,
	token BLOB UNIQUE CHECK (length(token) = 32),   -- SHA-256 of the cookie
	back BLOB UNIQUE CHECK (length(back) = 32),     -- SHA-256 of the mailed link
	application_id INTEGER UNIQUE REFERENCES application (id) ON DELETE SET NULL,
	created INTEGER NOT NULL,
	changed INTEGER NOT NULL,
	sent INTEGER NOT NULL DEFAULT 0                 -- 0: not since the last change
) STRICT;
CREATE INDEX dossier_changed ON dossier (changed);

CREATE TABLE answer (
	dossier_id INTEGER NOT NULL REFERENCES dossier (id) ON DELETE CASCADE,
	name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 32),
	value TEXT NOT NULL CHECK (length(value) BETWEEN 1 AND 4000),
	PRIMARY KEY (dossier_id, name)
) STRICT, WITHOUT ROWID;

-- A letter, a press card, a work sample, or the photograph (decoded and encoded anew).
CREATE TABLE upload (
	id INTEGER PRIMARY KEY,
	dossier_id INTEGER NOT NULL REFERENCES dossier (id) ON DELETE CASCADE,
	name TEXT NOT NULL UNIQUE CHECK (length(name) = 43),     -- in addresses: random
	kind TEXT NOT NULL CHECK (kind IN ('letter', 'press-card', 'sample', 'photo')),
	title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 200), -- as the file was called
	type TEXT NOT NULL CHECK (type IN ('application/pdf', 'image/jpeg', 'image/png')),
	bytes BLOB NOT NULL CHECK (length(bytes) BETWEEN 1 AND 5242880),
	width INTEGER NOT NULL DEFAULT 0,                        -- of the photograph
	height INTEGER NOT NULL DEFAULT 0,
	created INTEGER NOT NULL
) STRICT;
CREATE INDEX upload_dossier ON upload (dossier_id, id);

ALTER TABLE outlet ADD COLUMN site TEXT NOT NULL DEFAULT '' CHECK (length(site) <= 500);
ALTER TABLE outlet ADD COLUMN address TEXT NOT NULL DEFAULT '' CHECK (length(address) <= 500);

-- Another name of an outlet. name_fold as in outlet: no name is two outlets'.
CREATE TABLE outlet_alias (
	name_fold TEXT PRIMARY KEY CHECK (length(name_fold) BETWEEN 1 AND 400),
	outlet_id INTEGER NOT NULL REFERENCES outlet (id),
	name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
	created INTEGER NOT NULL,
	made_by TEXT NOT NULL CHECK (length(made_by) BETWEEN 1 AND 200)
) STRICT, WITHOUT ROWID;
CREATE INDEX outlet_alias_outlet ON outlet_alias (outlet_id);

-- Who at an outlet answers for its crew: made by staff, ended by staff, never deleted.
CREATE TABLE focal_point (
	id INTEGER PRIMARY KEY,
	outlet_id INTEGER NOT NULL REFERENCES outlet (id),
	person_id INTEGER NOT NULL REFERENCES person (id),
	made INTEGER NOT NULL,
	made_by TEXT NOT NULL CHECK (length(made_by) BETWEEN 1 AND 200),
	ended INTEGER,
	ended_by TEXT CHECK (length(ended_by) <= 200)
) STRICT;
CREATE UNIQUE INDEX focal_point_standing ON focal_point (outlet_id, person_id) WHERE ended IS NULL;
CREATE INDEX focal_point_person ON focal_point (person_id);

-- A focal point's word for an application of the outlet; one each.
CREATE TABLE vouch (
	application_id INTEGER NOT NULL REFERENCES application (id) ON DELETE CASCADE,
	person_id INTEGER NOT NULL REFERENCES person (id),
	works INTEGER NOT NULL CHECK (works IN (0, 1)),  -- 0: does not work for the outlet
	words TEXT NOT NULL CHECK (length(words) <= 1000),
	at INTEGER NOT NULL,
	PRIMARY KEY (application_id, person_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX vouch_person ON vouch (person_id);

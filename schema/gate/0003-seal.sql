-- Personal details at rest are sealed (gate/seal/vault.h).

-- What was held before names people in the clear: it is downloaded again and sealed as it comes.
DROP TABLE roster;
CREATE TABLE roster (
	conference INTEGER NOT NULL,
	pass BLOB NOT NULL CHECK (length(pass) = 16),
	class INTEGER NOT NULL CHECK (class BETWEEN 0 AND 23),
	outlet INTEGER NOT NULL,             -- the registrar's number, 0: none; the name is sealed
	status INTEGER NOT NULL,
	code TEXT NOT NULL CHECK (length(code) = 8),
	seal INTEGER NOT NULL,               -- the data key its person is sealed with
	person BLOB NOT NULL,                -- sealed: name, outlet, hash of the photo (gate/seal/person.h)
	PRIMARY KEY (conference, pass)
) STRICT, WITHOUT ROWID;
CREATE INDEX roster_code ON roster (conference, code);

-- 1: its rows are sealed for officers of an older list, and it is fetched whole again. For the
-- restrictions meta revoked_fetch says so.
ALTER TABLE conference ADD COLUMN fetch INTEGER NOT NULL DEFAULT 0 CHECK (fetch IN (0, 1));
UPDATE conference SET version = 0;

DROP TABLE restriction;
CREATE TABLE restriction (
	id INTEGER PRIMARY KEY,
	scope INTEGER NOT NULL CHECK (scope BETWEEN 1 AND 5),
	conference INTEGER NOT NULL,
	class INTEGER NOT NULL,
	outlet INTEGER NOT NULL,             -- the registrar's number, 0: none
	pass BLOB NOT NULL,
	valid_from INTEGER NOT NULL,
	valid_until INTEGER NOT NULL,        -- 0: open
	origin TEXT NOT NULL,                -- DEVICE/EPOCH/SEQ of the gate's entry that made it, or ''
	seal INTEGER NOT NULL,
	words BLOB NOT NULL                  -- sealed; empty: none, or nobody to seal for
) STRICT;

-- A detail is kept sealed to the registrar's details key, salt and text in one. In the clear it is
-- kept only until the gate has that key, and where it names nobody (an epoch, a gap).
ALTER TABLE detail RENAME TO detail_clear;
CREATE TABLE detail (
	epoch INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	salt BLOB CHECK (length(salt) = 32),
	detail TEXT CHECK (length(detail) <= 4000),
	sealed BLOB CHECK (length(sealed) <= 4200),
	PRIMARY KEY (epoch, seq),
	FOREIGN KEY (epoch, seq) REFERENCES entry (epoch, seq),
	CHECK ((sealed IS NULL) = (detail IS NOT NULL AND salt IS NOT NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO detail (epoch, seq, salt, detail) SELECT epoch, seq, salt, detail FROM detail_clear;
DROP TABLE detail_clear;
CREATE INDEX detail_open ON detail (epoch, seq) WHERE sealed IS NULL;

DELETE FROM object WHERE kind = 'staff';
DELETE FROM meta WHERE key IN ('revoked_version', 'staff_checked');

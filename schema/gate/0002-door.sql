-- The door: sealed details, many gates, shifts, referrals. Times as in 0001.

-- One key pair a gate makes for what it seals; its secret is kept for each officer only, wrapped.
CREATE TABLE vault (
	generation INTEGER PRIMARY KEY,
	public BLOB NOT NULL CHECK (length(public) = 32)
) STRICT;
CREATE TABLE vault_key (
	generation INTEGER NOT NULL REFERENCES vault (generation),
	officer TEXT NOT NULL,
	officer_public BLOB NOT NULL CHECK (length(officer_public) = 32),
	wrapped BLOB NOT NULL,
	PRIMARY KEY (generation, officer)
) STRICT, WITHOUT ROWID;
-- Data keys, each sealed to the vault's public key.
CREATE TABLE seal (
	id INTEGER PRIMARY KEY,
	generation INTEGER NOT NULL,
	sealed BLOB NOT NULL
) STRICT;

CREATE TABLE photo (
	hash BLOB PRIMARY KEY CHECK (length(hash) = 32), -- SHA-256 of the picture as it came
	seal INTEGER NOT NULL,
	bytes BLOB NOT NULL
) STRICT, WITHOUT ROWID;
-- Which pass of the rosters held shows which photograph.
CREATE TABLE photo_want (
	conference INTEGER NOT NULL,
	pass BLOB NOT NULL CHECK (length(pass) = 16),
	hash BLOB NOT NULL CHECK (length(hash) = 32),
	PRIMARY KEY (conference, pass)
) STRICT, WITHOUT ROWID;
CREATE INDEX photo_want_hash ON photo_want (hash);

-- What the doors recorded of each pass: this gate's own entries and those followed from others.
-- presence is the sum of these.
CREATE TABLE movement (
	conference INTEGER NOT NULL,
	pass BLOB NOT NULL CHECK (length(pass) = 16),
	time_ms INTEGER NOT NULL,
	device TEXT NOT NULL,
	epoch INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 3), -- 1 in, 2 out, 3 in by an override
	voided INTEGER NOT NULL DEFAULT 0 CHECK (voided IN (0, 1)),
	staff TEXT NOT NULL,
	PRIMARY KEY (conference, pass, time_ms, device, epoch, seq)
) STRICT, WITHOUT ROWID;
ALTER TABLE presence ADD COLUMN staff TEXT NOT NULL DEFAULT '';
-- Until now a gate knew its own admissions only, one a pass.
INSERT INTO movement (conference, pass, time_ms, device, epoch, seq, kind, staff)
SELECT conference, pass, time_ms, device, epoch, seq, 1, '' FROM presence WHERE inside = 1;

-- Two doors that both let one pass in: both entries, the earlier first. Nothing is rewritten.
CREATE TABLE conflict (
	conference INTEGER NOT NULL,
	pass BLOB NOT NULL CHECK (length(pass) = 16),
	first_device TEXT NOT NULL,
	first_epoch INTEGER NOT NULL,
	first_seq INTEGER NOT NULL,
	first_ms INTEGER NOT NULL,
	first_staff TEXT NOT NULL,
	second_device TEXT NOT NULL,
	second_epoch INTEGER NOT NULL,
	second_seq INTEGER NOT NULL,
	second_ms INTEGER NOT NULL,
	second_staff TEXT NOT NULL,
	found_ms INTEGER NOT NULL,
	PRIMARY KEY (conference, pass, first_device, first_epoch, first_seq,
		second_device, second_epoch, second_seq)
) STRICT, WITHOUT ROWID;

-- Journals of other gates, as far as they were followed and verified.
CREATE TABLE follow (
	device TEXT NOT NULL,
	epoch INTEGER NOT NULL,
	size INTEGER NOT NULL,
	tree BLOB NOT NULL,
	checkpoint TEXT NOT NULL,
	alarm TEXT NOT NULL DEFAULT '',      -- why it is followed no further
	PRIMARY KEY (device, epoch)
) STRICT, WITHOUT ROWID;
CREATE TABLE peer (
	device TEXT PRIMARY KEY,
	address TEXT NOT NULL,               -- host:port on the local network, '' not known
	by_hand INTEGER NOT NULL DEFAULT 0 CHECK (by_hand IN (0, 1)),
	heard_ms INTEGER NOT NULL DEFAULT 0  -- newest word of it, straight or through the registrar
) STRICT, WITHOUT ROWID;

-- A supervisor's STOP made at a gate, this one or one followed.
CREATE TABLE stop (
	device TEXT NOT NULL,
	epoch INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	scope INTEGER NOT NULL CHECK (scope IN (1, 2, 5)), -- building, conference, pass
	conference TEXT NOT NULL,            -- slug; '' for the building
	pass BLOB NOT NULL,
	made_ms INTEGER NOT NULL,
	staff TEXT NOT NULL,
	words BLOB NOT NULL,                 -- sealed; empty for one followed
	seal INTEGER NOT NULL DEFAULT 0,
	lifted_ms INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (device, epoch, seq)
) STRICT, WITHOUT ROWID;

-- Every lifting heard of, since a stop may be heard of after what lifted it.
CREATE TABLE stop_lift (
	device TEXT NOT NULL,
	epoch INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	scope INTEGER NOT NULL CHECK (scope IN (1, 2, 5)),
	conference TEXT NOT NULL,
	pass BLOB NOT NULL,
	made_ms INTEGER NOT NULL,
	PRIMARY KEY (device, epoch, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX stop_lift_of ON stop_lift (scope, conference, pass);

-- Questions to communications, and their answers.
CREATE TABLE referral (
	id BLOB PRIMARY KEY CHECK (length(id) = 16),
	conference INTEGER NOT NULL,
	pass BLOB NOT NULL CHECK (length(pass) IN (0, 16)),
	kind TEXT NOT NULL,                  -- not-on-roster, no-phone, lost-badge, wrong-day, ...
	staff TEXT NOT NULL,
	made_ms INTEGER NOT NULL,
	seal INTEGER NOT NULL,               -- of what this gate shows
	person BLOB NOT NULL,                -- sealed here
	letter BLOB NOT NULL,                -- sealed to the registrar, empty once it needs none
	sent_ms INTEGER NOT NULL DEFAULT 0,
	answer TEXT NOT NULL DEFAULT '' CHECK (answer IN ('', 'admit', 'refuse', 'withdrawn')),
	answered_ms INTEGER NOT NULL DEFAULT 0,
	answered_by TEXT NOT NULL DEFAULT '',
	words_seal INTEGER NOT NULL DEFAULT 0,
	words BLOB NOT NULL DEFAULT x'',     -- of the answer, sealed here
	closed_ms INTEGER NOT NULL DEFAULT 0 -- the door has acted on it
) STRICT, WITHOUT ROWID;

-- Tablets and phones that may open the desk's pages. The token itself is not stored.
CREATE TABLE pairing (
	id INTEGER PRIMARY KEY,
	hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
	name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
	made INTEGER NOT NULL,
	made_by TEXT NOT NULL,
	seen INTEGER NOT NULL DEFAULT 0,
	revoked INTEGER NOT NULL DEFAULT 0
) STRICT;

-- A shift: what a summary counts from.
CREATE TABLE shift (
	id INTEGER PRIMARY KEY,
	officer TEXT NOT NULL,
	conference INTEGER NOT NULL,
	began_ms INTEGER NOT NULL,
	ended_ms INTEGER NOT NULL DEFAULT 0,
	epoch INTEGER NOT NULL,
	seq INTEGER NOT NULL                 -- of its first entry
) STRICT;

-- Heads of the journal along the way, so that a damaged page costs few entries (gate/salvage/salvage.h).
CREATE TABLE anchor (
	epoch INTEGER NOT NULL,
	size INTEGER NOT NULL,
	tree BLOB NOT NULL,
	checkpoint TEXT NOT NULL,
	PRIMARY KEY (epoch, size)
) STRICT, WITHOUT ROWID;
-- 1: the log came out of a damaged store; entries beyond its size were proved after a hole.
ALTER TABLE log ADD COLUMN salvaged INTEGER NOT NULL DEFAULT 0 CHECK (salvaged IN (0, 1));

-- Entries of a shift that carry another name than its officer's: a supervisor's acts at that desk.
CREATE TABLE shift_act (
	shift INTEGER NOT NULL REFERENCES shift (id),
	epoch INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	PRIMARY KEY (shift, epoch, seq)
) STRICT, WITHOUT ROWID;

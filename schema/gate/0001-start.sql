-- A gate's store. Times are Unix seconds in UTC, or milliseconds where the name ends in _ms.

-- Facts there is one of: device, site, url, server_pin, root (blob), enrolled, keys_version,
-- revoked_version, revoked_issued, revoked_not_after, revoked_checked, staff_version, epoch,
-- newest_time_ms (of the last recorded entry).
CREATE TABLE meta (
	key TEXT PRIMARY KEY CHECK (length(key) BETWEEN 1 AND 64),
	value ANY NOT NULL
) STRICT, WITHOUT ROWID;

-- The signed keys object as received: parsed and checked again at each start.
CREATE TABLE object (
	kind TEXT PRIMARY KEY CHECK (kind IN ('keys', 'staff')),
	version INTEGER NOT NULL,
	issued INTEGER NOT NULL,
	not_after INTEGER NOT NULL,
	bytes BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- One row a conference whose roster this gate holds: its record and the roster's state.
CREATE TABLE conference (
	number INTEGER PRIMARY KEY CHECK (number BETWEEN 1 AND 4294967295),
	slug TEXT NOT NULL CHECK (length(slug) BETWEEN 1 AND 64),
	title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 800),
	place TEXT NOT NULL,
	doors INTEGER NOT NULL,
	starts INTEGER NOT NULL,
	ends INTEGER NOT NULL,
	capacity INTEGER NOT NULL,
	classes INTEGER NOT NULL,
	id_check INTEGER NOT NULL,
	id_share INTEGER NOT NULL,
	reentry INTEGER NOT NULL,
	preregistration INTEGER NOT NULL,
	admit_at_once INTEGER NOT NULL,
	amber INTEGER NOT NULL,
	red INTEGER NOT NULL,
	version INTEGER NOT NULL,
	issued INTEGER NOT NULL,
	not_after INTEGER NOT NULL,
	checked INTEGER NOT NULL             -- when the registrar last said that this is the newest
) STRICT;
CREATE INDEX conference_slug ON conference (slug);

CREATE TABLE roster (
	conference INTEGER NOT NULL,
	pass BLOB NOT NULL CHECK (length(pass) = 16),
	class INTEGER NOT NULL CHECK (class BETWEEN 0 AND 23),
	name TEXT NOT NULL,
	outlet TEXT NOT NULL,
	photo BLOB NOT NULL,                 -- SHA-256, or empty
	status INTEGER NOT NULL,
	code TEXT NOT NULL CHECK (length(code) = 8),
	PRIMARY KEY (conference, pass)
) STRICT, WITHOUT ROWID;
CREATE INDEX roster_code ON roster (conference, code);

CREATE TABLE revocation (
	pass BLOB PRIMARY KEY CHECK (length(pass) = 16),
	reason INTEGER NOT NULL CHECK (reason BETWEEN 1 AND 255)
) STRICT, WITHOUT ROWID;

CREATE TABLE restriction (
	id INTEGER PRIMARY KEY,
	scope INTEGER NOT NULL CHECK (scope BETWEEN 1 AND 5),
	conference INTEGER NOT NULL,
	class INTEGER NOT NULL,
	outlet TEXT NOT NULL,
	pass BLOB NOT NULL,
	valid_from INTEGER NOT NULL,
	valid_until INTEGER NOT NULL,        -- 0: open
	words TEXT NOT NULL
) STRICT;

-- One row an epoch of this gate's journal: head of the log and what the registrar has received.
CREATE TABLE log (
	epoch INTEGER PRIMARY KEY CHECK (epoch >= 1),
	origin TEXT NOT NULL,
	size INTEGER NOT NULL,
	tree BLOB NOT NULL,
	checkpoint TEXT NOT NULL,
	received INTEGER NOT NULL DEFAULT 0, -- cosigned size: pruning stays below it
	cosignature TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE entry (
	epoch INTEGER NOT NULL REFERENCES log (epoch),
	seq INTEGER NOT NULL,
	text BLOB NOT NULL CHECK (length(text) BETWEEN 1 AND 1024),
	PRIMARY KEY (epoch, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE detail (
	epoch INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	salt BLOB NOT NULL CHECK (length(salt) = 32),
	detail TEXT NOT NULL CHECK (length(detail) <= 4000),
	PRIMARY KEY (epoch, seq),
	FOREIGN KEY (epoch, seq) REFERENCES entry (epoch, seq)
) STRICT, WITHOUT ROWID;

-- Anti-passback: where each pass stands. Written in the same transaction as its entry.
CREATE TABLE presence (
	conference INTEGER NOT NULL,
	pass BLOB NOT NULL CHECK (length(pass) = 16),
	inside INTEGER NOT NULL CHECK (inside IN (0, 1)),
	entries INTEGER NOT NULL,
	time_ms INTEGER NOT NULL,
	device TEXT NOT NULL,
	epoch INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	PRIMARY KEY (conference, pass)
) STRICT, WITHOUT ROWID;
CREATE INDEX presence_inside ON presence (conference, inside);

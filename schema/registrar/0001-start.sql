-- The registrar's store. Times are Unix seconds in UTC, or milliseconds where the name ends in _ms.
-- Personal details stand in person, application, outlet, outbox and log_detail, and nowhere else.

-- Counters and facts there is one of: site (text), keys_version, revoked_version, staff_version.
CREATE TABLE meta (
	key TEXT PRIMARY KEY CHECK (length(key) BETWEEN 1 AND 64),
	value ANY NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO meta (key, value) VALUES ('keys_version', 1), ('revoked_version', 1),
	('staff_version', 1);

CREATE TABLE person (
	id INTEGER PRIMARY KEY,
	email TEXT NOT NULL UNIQUE CHECK (length(email) BETWEEN 3 AND 254), -- folded, as compared
	name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),          -- NFC
	created INTEGER NOT NULL
) STRICT;

CREATE TABLE outlet (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
	name_fold TEXT NOT NULL UNIQUE CHECK (length(name_fold) BETWEEN 1 AND 400),
	local INTEGER NOT NULL DEFAULT 0 CHECK (local IN (0, 1)),           -- R8
	created INTEGER NOT NULL
) STRICT;

-- One application for accreditation. message goes to the applicant, note stays inside: two
-- columns, and no query that feeds a mail reads the second.
CREATE TABLE application (
	id INTEGER PRIMARY KEY,
	reference TEXT NOT NULL UNIQUE CHECK (length(reference) BETWEEN 6 AND 20),
	state TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'more-information',
		'pre-approved', 'approved', 'refused', 'withdrawn', 'appealed')),
	email TEXT NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
	name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
	outlet TEXT NOT NULL CHECK (length(outlet) BETWEEN 1 AND 200),      -- as typed
	outlet_id INTEGER REFERENCES outlet (id),
	class INTEGER NOT NULL CHECK (class BETWEEN 0 AND 23),
	proof TEXT NOT NULL CHECK (length(proof) <= 4000),
	created INTEGER NOT NULL,
	submitted INTEGER,
	due INTEGER,                                                        -- R9, R10
	decided INTEGER,
	decided_by TEXT REFERENCES staff (name),
	criterion TEXT CHECK (length(criterion) <= 64),
	message TEXT CHECK (length(message) <= 4000),
	note TEXT CHECK (length(note) <= 4000),
	person_id INTEGER REFERENCES person (id)
) STRICT;
CREATE INDEX application_queue ON application (state, due, id);

CREATE TABLE accreditation (
	id INTEGER PRIMARY KEY,
	person_id INTEGER NOT NULL REFERENCES person (id),
	outlet_id INTEGER NOT NULL REFERENCES outlet (id),
	application_id INTEGER REFERENCES application (id),
	class INTEGER NOT NULL CHECK (class BETWEEN 0 AND 23),
	state TEXT NOT NULL CHECK (state IN ('active', 'limited', 'suspended', 'revoked', 'expired')),
	valid_from INTEGER NOT NULL,
	valid_until INTEGER NOT NULL CHECK (valid_until > valid_from)
) STRICT;
CREATE INDEX accreditation_person ON accreditation (person_id);

-- id is the conference number of the pass format. roster_version rises with each change of a
-- roster row or of this record, in the same transaction.
CREATE TABLE conference (
	id INTEGER PRIMARY KEY CHECK (id BETWEEN 1 AND 4294967295),
	slug TEXT NOT NULL UNIQUE CHECK (length(slug) BETWEEN 1 AND 64),
	title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
	summary TEXT NOT NULL DEFAULT '' CHECK (length(summary) <= 4000),
	place TEXT NOT NULL CHECK (length(place) BETWEEN 1 AND 200),
	doors INTEGER NOT NULL,
	starts INTEGER NOT NULL CHECK (starts >= doors),
	ends INTEGER NOT NULL CHECK (ends > starts),
	capacity INTEGER NOT NULL DEFAULT 0 CHECK (capacity BETWEEN 0 AND 1000000), -- 0: no limit
	classes INTEGER NOT NULL DEFAULT 16777215 CHECK (classes BETWEEN 1 AND 16777215),
	per_outlet INTEGER NOT NULL DEFAULT 0 CHECK (per_outlet BETWEEN 0 AND 10000),
	preregistration INTEGER NOT NULL DEFAULT 1 CHECK (preregistration IN (0, 1)), -- R3
	id_check INTEGER NOT NULL DEFAULT 0 CHECK (id_check IN (0, 1, 2)), -- R4: request, always, share
	id_share INTEGER NOT NULL DEFAULT 0 CHECK (id_share BETWEEN 0 AND 100),
	reentry INTEGER NOT NULL DEFAULT 0 CHECK (reentry IN (0, 1)),
	admit_at_once INTEGER NOT NULL DEFAULT 0 CHECK (admit_at_once IN (0, 1)),
	names_on_pass INTEGER NOT NULL DEFAULT 0 CHECK (names_on_pass IN (0, 1)),
	emerging INTEGER NOT NULL DEFAULT 0 CHECK (emerging IN (0, 1)),             -- R8
	amber INTEGER NOT NULL DEFAULT 900 CHECK (amber > 0),   -- seconds: age of lists at a gate
	red INTEGER NOT NULL DEFAULT 43200 CHECK (red > amber),
	stream TEXT NOT NULL DEFAULT '' CHECK (length(stream) <= 500),              -- R6
	state TEXT NOT NULL DEFAULT 'announced' CHECK (state IN ('draft', 'announced', 'cancelled')),
	roster_version INTEGER NOT NULL DEFAULT 1,
	-- How many registrations are so: kept by triggers, so that giving a place counts nothing.
	confirmed INTEGER NOT NULL DEFAULT 0 CHECK (confirmed >= 0),
	waitlisted INTEGER NOT NULL DEFAULT 0 CHECK (waitlisted >= 0),
	cancelled INTEGER NOT NULL DEFAULT 0 CHECK (cancelled >= 0)
) STRICT;
CREATE INDEX conference_starts ON conference (starts, id);

-- Consent to screening (R2) is recorded with the time it was given.
CREATE TABLE registration (
	id INTEGER PRIMARY KEY,
	reference TEXT NOT NULL UNIQUE CHECK (length(reference) BETWEEN 6 AND 20),
	conference_id INTEGER NOT NULL REFERENCES conference (id),
	accreditation_id INTEGER NOT NULL REFERENCES accreditation (id),
	state TEXT NOT NULL CHECK (state IN ('requested', 'confirmed', 'waitlisted', 'declined',
		'cancelled')),
	consented INTEGER NOT NULL,
	created INTEGER NOT NULL,
	changed INTEGER NOT NULL,
	explanation TEXT NOT NULL DEFAULT '' CHECK (length(explanation) <= 500)
) STRICT;
-- One standing registration a person and conference; a cancelled one may be followed by another.
CREATE UNIQUE INDEX registration_standing ON registration (conference_id, accreditation_id)
	WHERE state <> 'cancelled';
CREATE INDEX registration_conference ON registration (conference_id, state, created, id);
CREATE INDEX registration_accreditation ON registration (accreditation_id);
CREATE TRIGGER registration_counted AFTER INSERT ON registration BEGIN
	UPDATE conference SET confirmed = confirmed + (NEW.state = 'confirmed'),
		waitlisted = waitlisted + (NEW.state = 'waitlisted'),
		cancelled = cancelled + (NEW.state = 'cancelled')
	WHERE id = NEW.conference_id;
END;
CREATE TRIGGER registration_recounted AFTER UPDATE OF state ON registration BEGIN
	UPDATE conference SET
		confirmed = confirmed + (NEW.state = 'confirmed') - (OLD.state = 'confirmed'),
		waitlisted = waitlisted + (NEW.state = 'waitlisted') - (OLD.state = 'waitlisted'),
		cancelled = cancelled + (NEW.state = 'cancelled') - (OLD.state = 'cancelled')
	WHERE id = NEW.conference_id;
END;
CREATE TRIGGER registration_uncounted AFTER DELETE ON registration BEGIN
	UPDATE conference SET confirmed = confirmed - (OLD.state = 'confirmed'),
		waitlisted = waitlisted - (OLD.state = 'waitlisted'),
		cancelled = cancelled - (OLD.state = 'cancelled')
	WHERE id = OLD.conference_id;
END;

-- Each pass ever issued. A re-issue is a new row; the old one is revoked.
CREATE TABLE pass (
	id BLOB PRIMARY KEY CHECK (length(id) = 16),
	registration_id INTEGER NOT NULL REFERENCES registration (id),
	conference_id INTEGER NOT NULL REFERENCES conference (id),
	code TEXT NOT NULL CHECK (length(code) = 8),   -- typed code, without the dash
	qr TEXT NOT NULL CHECK (length(qr) BETWEEN 100 AND 311),
	issued INTEGER NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('active', 'revoked')),
	roster_version INTEGER NOT NULL,               -- of the conference, when this row last changed
	UNIQUE (conference_id, code)
) STRICT, WITHOUT ROWID;
CREATE INDEX pass_registration ON pass (registration_id);
CREATE INDEX pass_roster ON pass (conference_id, roster_version);

-- reason: the class of formats section 2: 1 cancelled 2 reissued 3 revoked 4 suspended 5 withdrawn.
CREATE TABLE revocation (
	pass_id BLOB PRIMARY KEY CHECK (length(pass_id) = 16) REFERENCES pass (id),
	reason INTEGER NOT NULL CHECK (reason BETWEEN 1 AND 5),
	at INTEGER NOT NULL,
	version INTEGER NOT NULL,
	expires INTEGER NOT NULL                       -- a day after the pass ends: it travels no more
) STRICT, WITHOUT ROWID;
CREATE INDEX revocation_version ON revocation (version);
CREATE INDEX revocation_expires ON revocation (expires);

-- R5. scope: 1 building 2 conference 3 class 4 outlet 5 one pass.
CREATE TABLE restriction (
	id INTEGER PRIMARY KEY,
	scope INTEGER NOT NULL CHECK (scope BETWEEN 1 AND 5),
	conference_id INTEGER REFERENCES conference (id),
	class INTEGER CHECK (class BETWEEN 0 AND 23),
	outlet_id INTEGER REFERENCES outlet (id),
	pass_id BLOB CHECK (length(pass_id) = 16),
	valid_from INTEGER NOT NULL,
	valid_until INTEGER,
	words TEXT NOT NULL CHECK (length(words) BETWEEN 1 AND 200),
	made_by TEXT NOT NULL,
	lifted INTEGER,
	lifted_by TEXT
) STRICT;

-- Public keys. Secrets stand in files of the data folder, named by use and kid.
CREATE TABLE key (
	kid BLOB PRIMARY KEY CHECK (length(kid) = 8),
	use TEXT NOT NULL CHECK (use IN ('root', 'pass', 'bundle', 'witness', 'journal')),
	public BLOB NOT NULL CHECK (length(public) = 32),
	conference_id INTEGER REFERENCES conference (id), -- a pass key serves one conference
	valid_from INTEGER NOT NULL,
	valid_until INTEGER NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('active', 'retired', 'revoked'))
) STRICT, WITHOUT ROWID;

-- The list of keys as the root signed it last: given to gates while the root key is kept offline.
-- meta keys_wait is 1 while changes wait for the root.
CREATE TABLE keys_object (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	version INTEGER NOT NULL,
	issued INTEGER NOT NULL,
	not_after INTEGER NOT NULL,
	bytes BLOB NOT NULL
) STRICT;

CREATE TABLE staff (
	name TEXT PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 16 AND name NOT GLOB '*[^a-z0-9]*'),
	full_name TEXT NOT NULL CHECK (length(full_name) BETWEEN 1 AND 200),
	role TEXT NOT NULL CHECK (role IN ('administrator', 'communications', 'reviewer',
		'supervisor', 'security')),
	password TEXT CHECK (length(password) <= 128),  -- Argon2id, NULL: may not sign in on the web
	pin TEXT CHECK (length(pin) <= 128),            -- Argon2id, for the door
	must_change INTEGER NOT NULL DEFAULT 0 CHECK (must_change IN (0, 1)),
	state TEXT NOT NULL CHECK (state IN ('active', 'disabled')),
	failures INTEGER NOT NULL DEFAULT 0,
	blocked_until INTEGER NOT NULL DEFAULT 0,
	created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A session of a staff member or of a person, never both. The token itself is not stored.
CREATE TABLE session (
	hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
	staff TEXT REFERENCES staff (name),
	person_id INTEGER REFERENCES person (id),
	created INTEGER NOT NULL,
	seen INTEGER NOT NULL,
	CHECK ((staff IS NULL) <> (person_id IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX session_staff ON session (staff);

-- Links sent by mail: single use, short life, hashed.
CREATE TABLE link (
	hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
	purpose TEXT NOT NULL CHECK (purpose IN ('confirm', 'sign-in')),
	application_id INTEGER REFERENCES application (id),
	person_id INTEGER REFERENCES person (id),
	created INTEGER NOT NULL,
	expires INTEGER NOT NULL,
	used INTEGER
) STRICT, WITHOUT ROWID;

-- Mail waiting or sent. A sent mail keeps no body.
CREATE TABLE outbox (
	id INTEGER PRIMARY KEY,
	recipient TEXT NOT NULL CHECK (length(recipient) BETWEEN 3 AND 254),
	subject TEXT NOT NULL CHECK (length(subject) BETWEEN 1 AND 400),
	body TEXT NOT NULL CHECK (length(body) <= 20000),
	state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'failed')),
	tries INTEGER NOT NULL DEFAULT 0,
	next_try INTEGER NOT NULL,
	error TEXT CHECK (length(error) <= 500),
	created INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_waiting ON outbox (state, next_try);

-- Gates. Until it is enrolled a gate has a code; from then on a journal key and a TLS key.
CREATE TABLE gate (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 32 AND name NOT GLOB '*[^a-z0-9-]*'),
	state TEXT NOT NULL CHECK (state IN ('waiting', 'enrolled', 'revoked')),
	code_hash BLOB CHECK (length(code_hash) = 32),
	code_expires INTEGER,
	journal_key BLOB CHECK (length(journal_key) = 32),
	tls_spki BLOB UNIQUE CHECK (length(tls_spki) = 32),
	created INTEGER NOT NULL,
	enrolled INTEGER,
	seen INTEGER
) STRICT;

-- Every log this registrar holds: its own (gate_id NULL) and the gates'. tree is the compact
-- frontier of the Merkle tree at size; checkpoint is the signed note over it.
CREATE TABLE log (
	id INTEGER PRIMARY KEY,
	origin TEXT NOT NULL UNIQUE CHECK (length(origin) BETWEEN 5 AND 255),
	device TEXT NOT NULL,
	epoch INTEGER NOT NULL CHECK (epoch >= 1),
	gate_id INTEGER REFERENCES gate (id),
	public BLOB NOT NULL CHECK (length(public) = 32),
	size INTEGER NOT NULL DEFAULT 0,
	tree BLOB NOT NULL,
	checkpoint TEXT NOT NULL DEFAULT '',
	cosignature TEXT NOT NULL DEFAULT '',
	UNIQUE (device, epoch)
) STRICT;

-- text is what is hashed; the other columns are read out of it and only help to search.
CREATE TABLE log_entry (
	log_id INTEGER NOT NULL REFERENCES log (id),
	seq INTEGER NOT NULL,
	text BLOB NOT NULL CHECK (length(text) BETWEEN 1 AND 1024),
	time_ms INTEGER NOT NULL,
	event TEXT NOT NULL,             -- a conference's slug, or '-'
	pass BLOB CHECK (length(pass) = 16),
	decision TEXT NOT NULL,
	reason TEXT NOT NULL,
	staff TEXT NOT NULL,
	received INTEGER NOT NULL,
	PRIMARY KEY (log_id, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX log_entry_event ON log_entry (event, decision, time_ms);
CREATE INDEX log_entry_pass ON log_entry (pass);

-- What an entry's commit stands for; destroyed at retention.
CREATE TABLE log_detail (
	log_id INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	salt BLOB NOT NULL CHECK (length(salt) = 32),
	detail TEXT NOT NULL CHECK (length(detail) <= 4000),
	PRIMARY KEY (log_id, seq),
	FOREIGN KEY (log_id, seq) REFERENCES log_entry (log_id, seq)
) STRICT, WITHOUT ROWID;

-- Each receipt given for an upload: the same upload gets the same one again.
CREATE TABLE receipt (
	log_id INTEGER NOT NULL REFERENCES log (id),
	size INTEGER NOT NULL,
	checkpoint TEXT NOT NULL,
	cosignature TEXT NOT NULL,
	given INTEGER NOT NULL,
	PRIMARY KEY (log_id, size)
) STRICT, WITHOUT ROWID;

-- An upload that says something else about an index already held: both are kept.
CREATE TABLE equivocation (
	id INTEGER PRIMARY KEY,
	log_id INTEGER NOT NULL REFERENCES log (id),
	seq INTEGER NOT NULL,
	checkpoint TEXT NOT NULL,
	text BLOB NOT NULL,
	seen INTEGER NOT NULL,
	UNIQUE (log_id, seq, text)
) STRICT;

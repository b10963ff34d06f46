-- Retention, holds, purges and their receipts.

-- A person of whom only the count is left: when the details were destroyed.
ALTER TABLE person ADD COLUMN purged INTEGER;
CREATE INDEX person_standing ON person (id) WHERE purged IS NULL;
ALTER TABLE application ADD COLUMN purged INTEGER;

-- What a person's records are found by.
CREATE INDEX records_application_person ON application (person_id);
CREATE INDEX records_accreditation_application ON accreditation (application_id);
CREATE INDEX records_accreditation_outlet ON accreditation (outlet_id);
CREATE INDEX records_session_person ON session (person_id);
CREATE INDEX records_link_person ON link (person_id);
CREATE INDEX records_link_application ON link (application_id);
CREATE INDEX records_outbox_recipient ON outbox (recipient);

-- A legal hold: while it stands nothing that it covers is purged or erased. It ends by being lifted,
-- or at `until`. reason may name people, and goes a term after the end.
CREATE TABLE hold (
	id INTEGER PRIMARY KEY,
	person_id INTEGER REFERENCES person (id),
	conference_id INTEGER REFERENCES conference (id),
	outlet_id INTEGER REFERENCES outlet (id),
	reason TEXT NOT NULL CHECK (length(reason) BETWEEN 1 AND 1000),
	made INTEGER NOT NULL,
	made_by TEXT NOT NULL CHECK (length(made_by) BETWEEN 1 AND 200),
	until INTEGER,
	lifted INTEGER,
	lifted_by TEXT CHECK (length(lifted_by) <= 200),
	lifted_words TEXT NOT NULL DEFAULT '' CHECK (length(lifted_words) <= 1000),
	CHECK ((person_id IS NOT NULL) + (conference_id IS NOT NULL) + (outlet_id IS NOT NULL) = 1)
) STRICT;
CREATE INDEX hold_standing ON hold (id) WHERE lifted IS NULL;

-- Whom a hold covers, with its end (NULL: until it is lifted).
CREATE VIEW held_person (person_id, until) AS
	SELECT person_id, until FROM hold WHERE lifted IS NULL AND person_id IS NOT NULL
	UNION ALL
	SELECT a.person_id, h.until FROM hold h JOIN registration r ON r.conference_id = h.conference_id
	JOIN accreditation a ON a.id = r.accreditation_id WHERE h.lifted IS NULL
	UNION ALL
	SELECT a.person_id, h.until FROM hold h JOIN accreditation a ON a.outlet_id = h.outlet_id
	WHERE h.lifted IS NULL
	UNION ALL
	SELECT a.person_id, h.until FROM hold h JOIN application a ON a.outlet_id = h.outlet_id
	WHERE h.lifted IS NULL AND a.person_id IS NOT NULL
	UNION ALL
	SELECT f.person_id, h.until FROM hold h JOIN focal_point f ON f.outlet_id = h.outlet_id
	WHERE h.lifted IS NULL;

-- When the records of an application were last used: an accreditation that came of it uses them
-- until it ends. NULL: it still waits for the desk.
CREATE VIEW application_use (application_id, person_id, used) AS
	SELECT a.id, a.person_id,
		CASE WHEN a.state IN ('submitted', 'pre-approved', 'appealed') THEN NULL
		ELSE max(a.created, coalesce(a.submitted, 0), coalesce(a.decided, 0),
			coalesce((SELECT max(c.at) FROM correspondence c WHERE c.application_id = a.id), 0),
			coalesce((SELECT max(x.valid_until) FROM accreditation x
				WHERE x.application_id = a.id AND x.state <> 'revoked'), 0)) END
	FROM application a WHERE a.purged IS NULL;

-- When a person's records were last used. NULL: they are in use.
CREATE VIEW person_use (person_id, used) AS
	SELECT p.id, CASE
		WHEN EXISTS (SELECT 1 FROM focal_point f WHERE f.person_id = p.id AND f.ended IS NULL)
			OR EXISTS (SELECT 1 FROM subject_request q
				WHERE q.person_id = p.id AND q.state = 'waiting')
			OR EXISTS (SELECT 1 FROM application a WHERE a.person_id = p.id
				AND a.state IN ('submitted', 'pre-approved', 'appealed')) THEN NULL
		ELSE max(p.created,
			coalesce((SELECT max(u.used) FROM application_use u WHERE u.person_id = p.id), 0),
			coalesce((SELECT max(x.valid_until) FROM accreditation x
				WHERE x.person_id = p.id AND x.state <> 'revoked'), 0),
			coalesce((SELECT max(c.ends) FROM accreditation x
				JOIN registration r ON r.accreditation_id = x.id
				JOIN conference c ON c.id = r.conference_id WHERE x.person_id = p.id), 0),
			coalesce((SELECT max(s.seen) FROM session s WHERE s.person_id = p.id), 0),
			coalesce((SELECT max(q.created, coalesce(q.answered, 0)) FROM subject_request q
				WHERE q.person_id = p.id ORDER BY 1 DESC LIMIT 1), 0),
			coalesce((SELECT max(f.ended) FROM focal_point f WHERE f.person_id = p.id), 0),
			coalesce((SELECT max(v.at) FROM vouch v WHERE v.person_id = p.id), 0)) END
	FROM person p WHERE p.purged IS NULL;

-- What a batch of a purge works on; empty between transactions. kind: person, application,
-- registration, detail.
CREATE TABLE purge_item (
	kind TEXT NOT NULL CHECK (kind IN ('person', 'application', 'registration', 'detail')),
	a INTEGER NOT NULL,
	b INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (kind, a, b)
) STRICT, WITHOUT ROWID;

-- One carrying out of the rules, or an erasure. receipt is the text whose SHA-256 is digest; it
-- names no person. salt keys the hashes of purged_person.
CREATE TABLE purge (
	id INTEGER PRIMARY KEY,
	kind TEXT NOT NULL CHECK (kind IN ('term', 'erasure', 'restored')),
	begun INTEGER NOT NULL,
	ended INTEGER,
	made_by TEXT NOT NULL CHECK (length(made_by) BETWEEN 1 AND 200),
	salt BLOB NOT NULL CHECK (length(salt) = 32),
	receipt TEXT NOT NULL DEFAULT '' CHECK (length(receipt) <= 16000000),
	digest BLOB UNIQUE CHECK (length(digest) = 32)
) STRICT;
CREATE TABLE purge_count (
	purge_id INTEGER NOT NULL REFERENCES purge (id),
	rule TEXT NOT NULL CHECK (length(rule) BETWEEN 1 AND 32),
	records INTEGER NOT NULL,
	PRIMARY KEY (purge_id, rule)
) STRICT, WITHOUT ROWID;
-- Who was purged, so that an older copy that is put back purges them again: a keyed hash of number
-- and time of making, of no use to who does not have the copy.
CREATE TABLE purged_person (
	purge_id INTEGER NOT NULL REFERENCES purge (id),
	hash BLOB NOT NULL CHECK (length(hash) = 32),
	PRIMARY KEY (purge_id, hash)
) STRICT, WITHOUT ROWID;

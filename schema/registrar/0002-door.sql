-- The door: officers' keys, other gates' journals, photos, referrals, health of gates.

-- An officer's PIN opens what gates seal: from it and the salt comes a key pair, whose public half
-- gates are told. A PIN set before can't be turned into one and has to be set again.
ALTER TABLE staff ADD COLUMN pin_salt BLOB CHECK (length(pin_salt) = 16);
ALTER TABLE staff ADD COLUMN pin_public BLOB CHECK (length(pin_public) = 32);

-- Where a gate's door to other gates is, as it said last, and how it stands.
ALTER TABLE gate ADD COLUMN peer TEXT NOT NULL DEFAULT '' CHECK (length(peer) <= 128);
ALTER TABLE gate ADD COLUMN health TEXT NOT NULL DEFAULT '' CHECK (length(health) <= 8000);
ALTER TABLE gate ADD COLUMN health_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE gate ADD COLUMN health_since INTEGER NOT NULL DEFAULT 0; -- without a silence

-- Gates know each other by their TLS keys, which the list of keys has from now on: it is signed anew.
INSERT INTO meta (key, value) SELECT 'keys_wait', 1 WHERE EXISTS (SELECT 1 FROM keys_object)
ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- A restriction that a supervisor made at a gate: DEVICE/EPOCH/SEQ of the entry that made it.
ALTER TABLE restriction ADD COLUMN origin TEXT NOT NULL DEFAULT '' CHECK (length(origin) <= 128);
CREATE UNIQUE INDEX restriction_origin ON restriction (origin) WHERE origin <> '';

-- How often a log was contradicted: of many only the first are kept.
ALTER TABLE log ADD COLUMN contradicted INTEGER NOT NULL DEFAULT 0;
UPDATE log SET contradicted = (SELECT count(*) FROM equivocation e WHERE e.log_id = log.id);

-- Photographs, decoded and encoded anew before they are kept.
CREATE TABLE photo (
	hash BLOB PRIMARY KEY CHECK (length(hash) = 32), -- SHA-256 of bytes
	bytes BLOB NOT NULL CHECK (length(bytes) BETWEEN 100 AND 400000), -- JPEG
	width INTEGER NOT NULL,
	height INTEGER NOT NULL,
	made INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
ALTER TABLE person ADD COLUMN photo BLOB REFERENCES photo (hash) CHECK (length(photo) = 32);
CREATE INDEX person_photo ON person (photo) WHERE photo IS NOT NULL;

INSERT INTO meta (key, value) VALUES ('answers_version', 1);
-- Questions from the doors. person and words are personal details.
CREATE TABLE referral (
	id BLOB PRIMARY KEY CHECK (length(id) = 16),
	gate_id INTEGER NOT NULL REFERENCES gate (id),
	conference_id INTEGER NOT NULL REFERENCES conference (id),
	pass BLOB CHECK (length(pass) = 16),
	kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 32),
	staff TEXT NOT NULL,
	name TEXT NOT NULL CHECK (length(name) <= 200),
	outlet TEXT NOT NULL CHECK (length(outlet) <= 200),
	words TEXT NOT NULL CHECK (length(words) <= 1000),
	made_ms INTEGER NOT NULL,
	received INTEGER NOT NULL,
	answer TEXT NOT NULL DEFAULT '' CHECK (answer IN ('', 'admit', 'refuse', 'withdrawn')),
	answer_words TEXT NOT NULL DEFAULT '' CHECK (length(answer_words) <= 500),
	answered_by TEXT NOT NULL DEFAULT '',
	answered INTEGER NOT NULL DEFAULT 0,
	version INTEGER NOT NULL DEFAULT 0   -- rises with each answer, so that a gate asks for newer
) STRICT, WITHOUT ROWID;
CREATE INDEX referral_open ON referral (answer, received);
CREATE INDEX referral_gate ON referral (gate_id, version);

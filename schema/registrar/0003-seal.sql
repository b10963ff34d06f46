-- Personal details at rest on gates are sealed: officers' key pairs, the details key.

-- A key to which gates seal what is for the registrar: its use is `details`.
CREATE TABLE key_new (
	kid BLOB PRIMARY KEY CHECK (length(kid) = 8),
	use TEXT NOT NULL CHECK (use IN ('root', 'pass', 'bundle', 'witness', 'journal', 'details')),
	public BLOB NOT NULL CHECK (length(public) = 32),
	conference_id INTEGER REFERENCES conference (id), -- a pass key serves one conference
	valid_from INTEGER NOT NULL,
	valid_until INTEGER NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('active', 'retired', 'revoked'))
) STRICT, WITHOUT ROWID;
INSERT INTO key_new SELECT kid, use, public, conference_id, valid_from, valid_until, state FROM key;
DROP TABLE key;
ALTER TABLE key_new RENAME TO key;

-- Verifiers of PINs can't be turned into key pairs: PINs have to be set again. The objects that
-- gates hold change their shape.
UPDATE staff SET pin = NULL;
UPDATE meta SET value = value + 1
WHERE key IN ('staff_version', 'keys_version', 'revoked_version');
UPDATE conference SET roster_version = roster_version + 1;

-- What goes with a mail; who gets announcements; addresses that take no mail.

-- A mail's language; what it is for: 'proof' carries a link that proves the address, 'notice' tells a
-- person about their own business, 'announcement' goes to subscribers. unsubscribe: the address that
-- ends the subscription.
ALTER TABLE outbox ADD COLUMN kind TEXT NOT NULL DEFAULT 'notice'
	CHECK (kind IN ('proof', 'notice', 'announcement'));
ALTER TABLE outbox ADD COLUMN language TEXT NOT NULL DEFAULT 'en'
	CHECK (length(language) BETWEEN 2 AND 16);
ALTER TABLE outbox ADD COLUMN unsubscribe TEXT NOT NULL DEFAULT '' CHECK (length(unsubscribe) <= 500);

-- trace is the secret in the Message-ID; it is gone once the mail is done. A report of failure that
-- names it is known by trace_hash, and the address it is about by mark, a hash of it keyed by trace.
ALTER TABLE outbox ADD COLUMN trace BLOB CHECK (length(trace) = 16);
ALTER TABLE outbox ADD COLUMN trace_hash BLOB CHECK (length(trace_hash) = 32);
ALTER TABLE outbox ADD COLUMN mark BLOB CHECK (length(mark) = 32);
CREATE UNIQUE INDEX outbox_trace ON outbox (trace_hash) WHERE trace_hash IS NOT NULL;
-- Announcements come after everything else.
CREATE INDEX outbox_turn ON outbox (state, (kind = 'announcement'), next_try, id);
DROP INDEX outbox_waiting;

-- Removed when its mail is done.
CREATE TABLE outbox_attachment (
	outbox_id INTEGER NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
	n INTEGER NOT NULL CHECK (n BETWEEN 1 AND 4),
	name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 80 AND name NOT GLOB '*[^a-zA-Z0-9._-]*'),
	type TEXT NOT NULL CHECK (length(type) BETWEEN 3 AND 100),
	code INTEGER NOT NULL CHECK (code IN (0, 1)),   -- 1: bytes is a text, sent as a QR code (PNG)
	bytes BLOB NOT NULL CHECK (length(bytes) BETWEEN 1 AND 262144),
	PRIMARY KEY (outbox_id, n)
) STRICT, WITHOUT ROWID;

-- Addresses that a mail server refused for good, until somebody proves them again.
CREATE TABLE bounce (
	email TEXT PRIMARY KEY CHECK (length(email) BETWEEN 3 AND 254),
	status TEXT NOT NULL CHECK (length(status) BETWEEN 3 AND 20),    -- RFC 3463 or 5yz
	times INTEGER NOT NULL DEFAULT 1,
	first INTEGER NOT NULL,
	last INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who gets announcements (R13). kinds: bit 0 conferences, 1 releases, 2 the week's schedule. Until
-- the link is used kinds is 0 and wanted waits. key: the secret of the addresses that end it.
CREATE TABLE subscription (
	id INTEGER PRIMARY KEY,
	email TEXT NOT NULL UNIQUE CHECK (length(email) BETWEEN 3 AND 254),
	language TEXT NOT NULL CHECK (length(language) BETWEEN 2 AND 16),
	kinds INTEGER NOT NULL CHECK (kinds BETWEEN 0 AND 7),
	wanted INTEGER NOT NULL CHECK (wanted BETWEEN 0 AND 7),
	token BLOB UNIQUE CHECK (length(token) = 32),    -- SHA-256 of the link's secret
	expires INTEGER NOT NULL,                        -- of the link
	key TEXT NOT NULL UNIQUE CHECK (length(key) = 43),
	created INTEGER NOT NULL,
	confirmed INTEGER
) STRICT;

-- What was announced, and how far its mails are: begun again it goes on where it stopped.
CREATE TABLE announcement (
	what TEXT PRIMARY KEY CHECK (length(what) BETWEEN 1 AND 200),
	reached INTEGER NOT NULL DEFAULT 0,              -- the last subscription that has its mail
	mails INTEGER NOT NULL DEFAULT 0,
	begun INTEGER NOT NULL,
	finished INTEGER
) STRICT, WITHOUT ROWID;

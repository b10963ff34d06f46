-- Tokens of the JSON API, and webhooks.

-- A token's text is shown once; only its SHA-256 is kept. scopes: bits of registrar/api/scope.h.
CREATE TABLE api_token (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
	hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
	scopes INTEGER NOT NULL CHECK (scopes > 0),
	network TEXT NOT NULL DEFAULT '' CHECK (length(network) <= 50), -- where it may be used; '': anywhere
	created INTEGER NOT NULL,
	made_by TEXT NOT NULL,
	expires INTEGER NOT NULL CHECK (expires > created),
	revoked INTEGER,
	revoked_by TEXT,
	used INTEGER,                                  -- when it was last
	uses INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Where events are told. events: bits of registrar/webhook/event.h. next_try: after a failure
-- nothing goes there before.
CREATE TABLE webhook (
	id INTEGER PRIMARY KEY,
	url TEXT NOT NULL CHECK (length(url) BETWEEN 8 AND 500),
	secret TEXT NOT NULL CHECK (length(secret) BETWEEN 40 AND 100),
	events INTEGER NOT NULL CHECK (events > 0),
	created INTEGER NOT NULL,
	made_by TEXT NOT NULL,
	next_try INTEGER NOT NULL DEFAULT 0,
	ended INTEGER
) STRICT;

-- An event for one of them. body holds ids and references, nobody's details.
CREATE TABLE webhook_delivery (
	id INTEGER PRIMARY KEY,
	webhook_id INTEGER NOT NULL REFERENCES webhook (id),
	event TEXT NOT NULL CHECK (length(event) BETWEEN 3 AND 64),
	key TEXT NOT NULL CHECK (length(key) = 32),    -- of the event, the same at each try
	body TEXT NOT NULL CHECK (length(body) <= 2000),
	state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'failed')),
	tries INTEGER NOT NULL DEFAULT 0,
	next_try INTEGER NOT NULL,
	created INTEGER NOT NULL,
	done INTEGER,
	status INTEGER,                                -- of the newest answer, NULL: none
	error TEXT CHECK (length(error) <= 200)
) STRICT;
CREATE INDEX webhook_delivery_waiting ON webhook_delivery (next_try, id) WHERE state = 'waiting';
CREATE INDEX webhook_delivery_of ON webhook_delivery (webhook_id, id);
CREATE INDEX webhook_delivery_done ON webhook_delivery (done) WHERE state <> 'waiting';

-- Entries about a conference page by page.
CREATE INDEX log_entry_event_time ON log_entry (event, time_ms);

-- Runs of the allocation, pools, and why each registration stands where it does.

-- A conference that gives its places by allocation: registrations are `requested` until a run is
-- applied. Without a row places are given at once.
CREATE TABLE allocation (
	conference_id INTEGER PRIMARY KEY REFERENCES conference (id),
	deadline INTEGER NOT NULL,                      -- by when to ask; Unix seconds
	by_itself INTEGER NOT NULL CHECK (by_itself IN (0, 1)), -- the run is made at the deadline
	applied INTEGER                                 -- when a run was applied; NULL: none was
) STRICT;
CREATE INDEX allocation_due ON allocation (deadline) WHERE applied IS NULL;

-- Places for the whole press: whoever has one shares the material.
CREATE TABLE pool (
	id INTEGER PRIMARY KEY,
	conference_id INTEGER NOT NULL REFERENCES conference (id),
	name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
	places INTEGER NOT NULL CHECK (places BETWEEN 1 AND 1000),
	classes INTEGER NOT NULL CHECK (classes BETWEEN 1 AND 16777215),
	UNIQUE (conference_id, name)
) STRICT;

-- Limits of a class besides pools, and of each outlet in it; NULL: none; 0: by pools alone.
CREATE TABLE class_limit (
	conference_id INTEGER NOT NULL REFERENCES conference (id),
	class INTEGER NOT NULL CHECK (class BETWEEN 0 AND 23),
	places INTEGER CHECK (places BETWEEN 0 AND 1000000),
	per_outlet INTEGER CHECK (per_outlet BETWEEN 0 AND 10000),
	PRIMARY KEY (conference_id, class)
) STRICT, WITHOUT ROWID;

-- The pool of a confirmed registration's place, and who gave a place out of turn and why.
ALTER TABLE registration ADD COLUMN pool_id INTEGER REFERENCES pool (id) ON DELETE SET NULL;
CREATE TABLE place_given (
	registration_id INTEGER PRIMARY KEY REFERENCES registration (id) ON DELETE CASCADE,
	staff TEXT NOT NULL,
	reason TEXT NOT NULL CHECK (length(reason) BETWEEN 1 AND 400),
	given INTEGER NOT NULL
) STRICT;

-- A run, with everything that it looked at, so that it can be made again: rules (JSON) and cases. No
-- personal details: registrations and outlets by number.
CREATE TABLE allocation_run (
	id INTEGER PRIMARY KEY,
	conference_id INTEGER NOT NULL REFERENCES conference (id),
	made INTEGER NOT NULL,
	made_by TEXT,                                   -- NULL: at the deadline, by itself
	rules_version INTEGER NOT NULL,
	rules TEXT NOT NULL CHECK (length(rules) <= 8000),
	digest BLOB NOT NULL CHECK (length(digest) = 32), -- of rules and cases
	asked INTEGER NOT NULL,                         -- how many asked, got a place, wait
	places INTEGER NOT NULL,
	waiting INTEGER NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('running', 'applied'))
) STRICT;
CREATE INDEX allocation_run_conference ON allocation_run (conference_id, id);
CREATE INDEX allocation_run_running ON allocation_run (id) WHERE state = 'running';
CREATE TABLE allocation_case (
	run_id INTEGER NOT NULL REFERENCES allocation_run (id),
	registration_id INTEGER NOT NULL,               -- may be purged since
	outlet_id INTEGER NOT NULL,
	class INTEGER NOT NULL,
	local INTEGER NOT NULL,
	asked INTEGER NOT NULL,
	stands INTEGER NOT NULL,
	has INTEGER NOT NULL,
	had_pool INTEGER NOT NULL,
	outcome INTEGER NOT NULL,                       -- as allocation_decide() gave it
	pool_id INTEGER NOT NULL,
	number INTEGER NOT NULL,
	of INTEGER NOT NULL,
	line INTEGER NOT NULL,
	near INTEGER NOT NULL,
	PRIMARY KEY (run_id, registration_id)
) STRICT, WITHOUT ROWID;

-- Conflicts that a person resolved: what the doors recorded stays as it is.
CREATE TABLE conflict_resolved (
	key TEXT PRIMARY KEY CHECK (length(key) BETWEEN 1 AND 200), -- kind and the entries it is of
	conference_id INTEGER REFERENCES conference (id),
	staff TEXT NOT NULL,
	words TEXT NOT NULL CHECK (length(words) BETWEEN 1 AND 400),
	resolved INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX conflict_resolved_conference ON conflict_resolved (conference_id);

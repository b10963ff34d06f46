-- The review queue: who has an item, steps before the decision, who looked at a file and why.

-- A look of staff at a person's file. person_id NULL: an application of nobody yet. words: what was
-- given as the reason where no work led there; it may hold personal details.
CREATE TABLE view_log (
	id INTEGER PRIMARY KEY,
	at INTEGER NOT NULL,
	last INTEGER NOT NULL,
	times INTEGER NOT NULL DEFAULT 1 CHECK (times >= 1),
	staff TEXT NOT NULL REFERENCES staff (name),
	role TEXT NOT NULL,                              -- as it was then
	person_id INTEGER REFERENCES person (id) ON DELETE CASCADE,
	application_id INTEGER REFERENCES application (id) ON DELETE CASCADE,
	what TEXT NOT NULL CHECK (what IN ('application', 'file', 'photo', 'request', 'registration',
		'badge', 'person', 'list')),
	why TEXT NOT NULL CHECK (why IN ('review', 'decision', 'answer', 'conference', 'door', 'asked')),
	item TEXT NOT NULL DEFAULT '' CHECK (length(item) <= 64),
	words TEXT NOT NULL DEFAULT '' CHECK (length(words) <= 400)
) STRICT;
CREATE INDEX view_log_person ON view_log (person_id, id);
CREATE INDEX view_log_staff ON view_log (staff, id);
CREATE INDEX view_log_application ON view_log (application_id);

-- Why a member of staff opens a person's file that no work leads to; it holds for a while.
CREATE TABLE view_reason (
	staff TEXT NOT NULL REFERENCES staff (name),
	person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	at INTEGER NOT NULL,
	words TEXT NOT NULL CHECK (length(words) BETWEEN 1 AND 400),
	PRIMARY KEY (staff, person_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX view_reason_person ON view_reason (person_id);

-- What waits for the desk (waits_for 0) or for the applicant (1), kept by the triggers below, so that
-- the queue is read in its order without looking at all of it. remote: 1 but for local outlets (R8).
-- sought: what a search looks through. acked: when a mail said that it came. answered: when somebody
-- of the desk wrote first since it came. held_until: it comes back then; NULL: it is not held.
CREATE TABLE work (
	id INTEGER PRIMARY KEY,
	kind TEXT NOT NULL CHECK (kind IN ('application', 'answer', 'response', 'appeal', 'renewal',
		'outlet', 'message', 'request')),
	application_id INTEGER REFERENCES application (id) ON DELETE CASCADE,
	request_id INTEGER REFERENCES subject_request (id) ON DELETE CASCADE,
	waits_for INTEGER NOT NULL DEFAULT 0 CHECK (waits_for IN (0, 1)),
	remote INTEGER NOT NULL DEFAULT 1 CHECK (remote IN (0, 1)),
	due INTEGER NOT NULL,
	class INTEGER NOT NULL DEFAULT 63,               -- 63: of no class
	came INTEGER NOT NULL,
	acked INTEGER,
	answered INTEGER,
	assignee TEXT REFERENCES staff (name),
	held_until INTEGER,
	vouched INTEGER NOT NULL DEFAULT 0 CHECK (vouched IN (0, 1, 2)), -- 1 vouches, 2 says no
	proposed INTEGER NOT NULL DEFAULT 0 CHECK (proposed IN (0, 1)),
	sought TEXT NOT NULL DEFAULT '',
	CHECK ((application_id IS NULL) <> (request_id IS NULL))
) STRICT;
CREATE UNIQUE INDEX work_application ON work (application_id) WHERE kind <> 'message';
CREATE UNIQUE INDEX work_message ON work (application_id) WHERE kind = 'message';
CREATE UNIQUE INDEX work_request ON work (request_id);
-- All that filters ask stands in the index, so that rows which do not fit are never read.
CREATE INDEX work_order ON work (waits_for, remote, due, id, class, kind, assignee, held_until,
	answered, vouched, sought);
CREATE INDEX work_due ON work (waits_for, due) WHERE answered IS NULL;
CREATE INDEX work_assignee ON work (assignee, waits_for) WHERE assignee IS NOT NULL;
CREATE INDEX work_of ON work (application_id);
CREATE INDEX application_decided ON application (decided, id) WHERE state IN ('approved', 'refused');
CREATE INDEX application_person ON application (person_id, id);
CREATE INDEX application_outlet ON application (outlet_id) WHERE outlet_id IS NOT NULL;

-- When a mail last said that messages came: not more than once an hour.
ALTER TABLE application ADD COLUMN messages_acked INTEGER;

-- How much waits, by kind: kept so that the page counts nothing.
CREATE TABLE work_count (
	kind TEXT PRIMARY KEY,
	n INTEGER NOT NULL DEFAULT 0 CHECK (n >= 0)
) STRICT, WITHOUT ROWID;
INSERT INTO work_count (kind) VALUES ('application'), ('answer'), ('response'), ('appeal'), ('renewal'),
	('outlet'), ('message'), ('request'), ('applicant');
CREATE TRIGGER work_counted AFTER INSERT ON work BEGIN
	UPDATE work_count SET n = n + 1 WHERE kind = iif(NEW.waits_for, 'applicant', NEW.kind);
END;
CREATE TRIGGER work_recounted AFTER UPDATE OF kind, waits_for ON work BEGIN
	UPDATE work_count SET n = n - 1 WHERE kind = iif(OLD.waits_for, 'applicant', OLD.kind);
	UPDATE work_count SET n = n + 1 WHERE kind = iif(NEW.waits_for, 'applicant', NEW.kind);
END;
CREATE TRIGGER work_uncounted AFTER DELETE ON work BEGIN
	UPDATE work_count SET n = n - 1 WHERE kind = iif(OLD.waits_for, 'applicant', OLD.kind);
END;

CREATE TRIGGER work_of_new AFTER INSERT ON application
WHEN NEW.state IN ('submitted', 'more-information', 'pre-approved', 'appealed') BEGIN
	INSERT INTO work (kind, application_id, waits_for, remote, due, class, came, sought)
	SELECT iif(NEW.state = 'appealed', 'appeal', iif(NEW.purpose = 'new', 'application', NEW.purpose)),
		NEW.id, NEW.state = 'more-information',
		coalesce((SELECT 1 - local FROM outlet WHERE id = NEW.outlet_id), 1),
		coalesce(NEW.due, NEW.created), NEW.class, coalesce(NEW.submitted, NEW.created),
		lower(NEW.reference || ' ' || NEW.name || ' ' || NEW.outlet);
END;
-- What comes back from the applicant begins anew, but stays with whom it was.
CREATE TRIGGER work_of_changed AFTER UPDATE OF state, due, class, outlet_id ON application
WHEN NEW.state IN ('submitted', 'more-information', 'pre-approved', 'appealed') BEGIN
	INSERT INTO work (kind, application_id, waits_for, remote, due, class, came, sought)
	SELECT iif(NEW.state = 'appealed', 'appeal', iif(OLD.state = 'refused', 'response',
			iif(NEW.purpose = 'new', 'application', NEW.purpose))),
		NEW.id, NEW.state = 'more-information',
		coalesce((SELECT 1 - local FROM outlet WHERE id = NEW.outlet_id), 1),
		coalesce(NEW.due, NEW.created), NEW.class,
		iif(OLD.state = 'refused', CAST(strftime('%s', 'now') AS INTEGER),
			coalesce(NEW.submitted, NEW.created)),
		lower(NEW.reference || ' ' || NEW.name || ' ' || NEW.outlet)
	WHERE true
	ON CONFLICT (application_id) WHERE kind <> 'message' DO UPDATE SET
		kind = iif(NEW.state = 'appealed', 'appeal',
			iif(OLD.state = 'more-information' AND NEW.state = 'submitted', 'answer', kind)),
		waits_for = NEW.state = 'more-information', due = excluded.due, class = NEW.class,
		remote = iif(NEW.outlet_id IS OLD.outlet_id, remote, excluded.remote),
		answered = iif(OLD.state = 'more-information' AND NEW.state <> OLD.state, NULL, answered),
		acked = iif(OLD.state = 'more-information' AND NEW.state <> OLD.state, NULL, acked),
		held_until = iif(NEW.state = OLD.state, held_until, NULL);
END;
CREATE TRIGGER work_of_decided AFTER UPDATE OF state ON application
WHEN NEW.state NOT IN ('submitted', 'more-information', 'pre-approved', 'appealed') BEGIN
	DELETE FROM work WHERE application_id = NEW.id AND kind <> 'message';
	DELETE FROM work WHERE application_id = NEW.id AND kind = 'message' AND NEW.state <> 'draft';
END;
CREATE TRIGGER work_of_local AFTER UPDATE OF local ON outlet WHEN NEW.local <> OLD.local BEGIN
	UPDATE work SET remote = 1 - NEW.local
	WHERE application_id IN (SELECT id FROM application WHERE outlet_id = NEW.id);
END;
-- Two hours stand until the desk's hours are counted by who adds the message.
CREATE TRIGGER work_of_message AFTER INSERT ON correspondence
WHEN NEW.staff IS NULL AND NEW.kind = 'message' BEGIN
	INSERT INTO work (kind, application_id, remote, due, class, came, assignee, sought)
	SELECT 'message', a.id, coalesce(w.remote, (SELECT 1 - local FROM outlet WHERE id = a.outlet_id), 1),
		NEW.at + 7200, a.class, NEW.at, w.assignee,
		coalesce(w.sought, lower(a.reference || ' ' || a.name || ' ' || a.outlet))
	FROM application a LEFT JOIN work w ON w.application_id = a.id AND w.kind <> 'message'
	WHERE a.id = NEW.application_id
	ON CONFLICT (application_id) WHERE kind = 'message' DO NOTHING;
END;
CREATE TRIGGER work_of_answer AFTER INSERT ON correspondence WHEN NEW.staff IS NOT NULL BEGIN
	DELETE FROM work WHERE application_id = NEW.application_id AND kind = 'message';
	UPDATE work SET answered = NEW.at WHERE application_id = NEW.application_id AND answered IS NULL;
END;
CREATE TRIGGER work_of_vouch AFTER INSERT ON vouch BEGIN
	UPDATE work SET vouched = 2 - NEW.works WHERE application_id = NEW.application_id AND kind <> 'message';
END;
CREATE TRIGGER work_of_vouch_again AFTER UPDATE ON vouch BEGIN
	UPDATE work SET vouched = 2 - NEW.works WHERE application_id = NEW.application_id AND kind <> 'message';
END;
CREATE TRIGGER work_of_request AFTER INSERT ON subject_request WHEN NEW.state = 'waiting' BEGIN
	INSERT INTO work (kind, request_id, due, came, sought)
	SELECT 'request', NEW.id, NEW.due, NEW.created, lower(NEW.reference || ' ' || p.name)
	FROM person p WHERE p.id = NEW.person_id;
END;
CREATE TRIGGER work_of_request_done AFTER UPDATE OF state ON subject_request
WHEN NEW.state <> 'waiting' BEGIN
	DELETE FROM work WHERE request_id = NEW.id;
END;

INSERT INTO work (kind, application_id, waits_for, remote, due, class, came, sought)
SELECT iif(a.state = 'appealed', 'appeal', iif(a.purpose = 'new', 'application', a.purpose)), a.id,
	a.state = 'more-information', coalesce((SELECT 1 - local FROM outlet WHERE id = a.outlet_id), 1),
	coalesce(a.due, a.created), a.class, coalesce(a.submitted, a.created),
	lower(a.reference || ' ' || a.name || ' ' || a.outlet)
FROM application a WHERE a.state IN ('submitted', 'more-information', 'pre-approved', 'appealed');
INSERT INTO work (kind, request_id, due, came, sought)
SELECT 'request', q.id, q.due, q.created, lower(q.reference || ' ' || p.name)
FROM subject_request q JOIN person p ON p.id = q.person_id WHERE q.state = 'waiting';
INSERT INTO work (kind, application_id, due, class, came, sought)
SELECT 'message', a.id, c.at + 7200, a.class, c.at,
	lower(a.reference || ' ' || a.name || ' ' || a.outlet)
FROM correspondence c JOIN application a ON a.id = c.application_id
WHERE c.kind = 'message' AND c.staff IS NULL AND c.id = (
	SELECT max(id) FROM correspondence WHERE application_id = c.application_id);

-- What the desk did with an application beside writing and deciding; words stay inside.
CREATE TABLE review_step (
	id INTEGER PRIMARY KEY,
	application_id INTEGER NOT NULL REFERENCES application (id) ON DELETE CASCADE,
	at INTEGER NOT NULL,
	staff TEXT NOT NULL REFERENCES staff (name),
	kind TEXT NOT NULL CHECK (kind IN ('taken', 'assigned', 'put-back', 'pre-approved', 'held',
		'released', 'proposed-approval', 'proposed-refusal', 'sent-back', 'taken-back', 'confirmed')),
	other TEXT REFERENCES staff (name),              -- to whom, or whose proposal
	until INTEGER,                                   -- of a hold
	words TEXT NOT NULL DEFAULT '' CHECK (length(words) <= 1000)
) STRICT;
CREATE INDEX review_step_application ON review_step (application_id, id);

-- Internal notes. No query of a mail, a person's page or an export reads this table.
CREATE TABLE review_note (
	id INTEGER PRIMARY KEY,
	application_id INTEGER NOT NULL REFERENCES application (id) ON DELETE CASCADE,
	at INTEGER NOT NULL,
	staff TEXT NOT NULL REFERENCES staff (name),
	words TEXT NOT NULL CHECK (length(words) BETWEEN 1 AND 4000)
) STRICT;
CREATE INDEX review_note_application ON review_note (application_id, id);
INSERT INTO review_note (application_id, at, staff, words)
SELECT id, decided, decided_by, note FROM application
WHERE coalesce(note, '') <> '' AND decided IS NOT NULL AND decided_by IS NOT NULL;

-- A decision that waits for a second reviewer: what the first one filled in.
CREATE TABLE proposal (
	application_id INTEGER PRIMARY KEY REFERENCES application (id) ON DELETE CASCADE,
	at INTEGER NOT NULL,
	staff TEXT NOT NULL REFERENCES staff (name),
	approves INTEGER NOT NULL CHECK (approves IN (0, 1)),
	outlet_id INTEGER NOT NULL DEFAULT 0,            -- 0: a new one
	alias INTEGER NOT NULL DEFAULT 0 CHECK (alias IN (0, 1)),
	local INTEGER NOT NULL DEFAULT 0 CHECK (local IN (0, 1)),
	months INTEGER NOT NULL DEFAULT 12,
	limit_class INTEGER,
	limit_conference INTEGER REFERENCES conference (id),
	limit_until INTEGER,
	criterion TEXT NOT NULL DEFAULT '' CHECK (length(criterion) <= 64),
	message TEXT NOT NULL DEFAULT '' CHECK (length(message) <= 4000),
	note TEXT NOT NULL DEFAULT '' CHECK (length(note) <= 4000)
) STRICT;
CREATE TRIGGER proposal_stands AFTER INSERT ON proposal BEGIN
	UPDATE work SET proposed = 1 WHERE application_id = NEW.application_id AND kind <> 'message';
END;
CREATE TRIGGER proposal_ends AFTER DELETE ON proposal BEGIN
	UPDATE work SET proposed = 0 WHERE application_id = OLD.application_id AND kind <> 'message';
END;
-- The applicant's next word, or a decision, ends it: it was about something else.
CREATE TRIGGER proposal_overtaken AFTER UPDATE OF state ON application WHEN NEW.state <> OLD.state BEGIN
	DELETE FROM proposal WHERE application_id = NEW.id;
END;

-- What a limited accreditation is for: one conference, or until when a conference may begin.
CREATE TABLE accreditation_limit (
	accreditation_id INTEGER PRIMARY KEY REFERENCES accreditation (id) ON DELETE CASCADE,
	conference_id INTEGER REFERENCES conference (id),
	until INTEGER,
	CHECK (conference_id IS NOT NULL OR until IS NOT NULL)
) STRICT;

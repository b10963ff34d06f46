-- What the public reads of a conference: when it was made and last changed, how often its calendar entry
-- changed (SEQUENCE, RFC 5545), and what is published afterwards or upon request (R7).
ALTER TABLE conference ADD COLUMN created INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conference ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conference ADD COLUMN sequence INTEGER NOT NULL DEFAULT 0 CHECK (sequence >= 0);
UPDATE conference SET created = CAST(strftime('%s', 'now') AS INTEGER),
	changed = CAST(strftime('%s', 'now') AS INTEGER);
CREATE INDEX conference_changed ON conference (changed, id);

-- Whoever changes what a calendar shows, the entry counts it.
CREATE TRIGGER conference_calendar
AFTER UPDATE OF title, summary, place, stream, doors, starts, ends, state ON conference
WHEN (OLD.title, OLD.summary, OLD.place, OLD.stream, OLD.doors, OLD.starts, OLD.ends, OLD.state)
	IS NOT (NEW.title, NEW.summary, NEW.place, NEW.stream, NEW.doors, NEW.starts, NEW.ends, NEW.state)
BEGIN
	UPDATE conference SET sequence = OLD.sequence + 1,
		changed = max(OLD.changed, CAST(strftime('%s', 'now') AS INTEGER))
	WHERE id = NEW.id;
END;

CREATE TABLE material (
	id INTEGER PRIMARY KEY,
	conference_id INTEGER NOT NULL REFERENCES conference (id),
	kind TEXT NOT NULL CHECK (kind IN ('release', 'photograph', 'recording')),
	title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
	url TEXT NOT NULL CHECK (length(url) BETWEEN 9 AND 500),
	published INTEGER NOT NULL,
	UNIQUE (conference_id, url)
) STRICT;
CREATE INDEX material_conference ON material (conference_id, published, id);
CREATE INDEX material_published ON material (published, id);
CREATE TRIGGER material_added AFTER INSERT ON material BEGIN
	UPDATE conference SET changed = max(changed, NEW.published) WHERE id = NEW.conference_id;
END;
CREATE TRIGGER material_removed AFTER DELETE ON material BEGIN
	UPDATE conference SET changed = max(changed, CAST(strftime('%s', 'now') AS INTEGER))
	WHERE id = OLD.conference_id;
END;

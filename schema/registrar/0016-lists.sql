-- What attendance that is kept in memory has to read again. Every change of what it was made from
-- raises a number, in the same transaction and whoever makes it:
-- attendance_version with each registration or pass that changed, which is named below;
-- attendance_base where more is in doubt than one registration: something was removed, a person, an
-- outlet or an accreditation changed, or an entry of a journal was altered. All is read again then.
-- New entries of a journal raise neither: the size of their log tells of them.
INSERT INTO meta (key, value) VALUES ('attendance_version', 1), ('attendance_base', 1);
CREATE TABLE attendance_change (
	registration_id INTEGER PRIMARY KEY,
	conference_id INTEGER NOT NULL,
	version INTEGER NOT NULL
) STRICT;
CREATE INDEX attendance_change_version ON attendance_change (conference_id, version);

CREATE TRIGGER attendance_registered AFTER INSERT ON registration BEGIN
	UPDATE meta SET value = value + 1 WHERE key = 'attendance_version';
	INSERT INTO attendance_change (registration_id, conference_id, version)
	SELECT NEW.id, NEW.conference_id, value FROM meta WHERE key = 'attendance_version'
	ON CONFLICT (registration_id) DO UPDATE SET version = excluded.version,
		conference_id = excluded.conference_id;
END;
CREATE TRIGGER attendance_changed AFTER UPDATE OF state, reference, created ON registration BEGIN
	UPDATE meta SET value = value + 1 WHERE key = 'attendance_version';
	INSERT INTO attendance_change (registration_id, conference_id, version)
	SELECT NEW.id, NEW.conference_id, value FROM meta WHERE key = 'attendance_version'
	ON CONFLICT (registration_id) DO UPDATE SET version = excluded.version,
		conference_id = excluded.conference_id;
END;
CREATE TRIGGER attendance_moved AFTER UPDATE OF id, conference_id, accreditation_id ON registration
WHEN OLD.id <> NEW.id OR OLD.conference_id <> NEW.conference_id
	OR OLD.accreditation_id <> NEW.accreditation_id BEGIN
	UPDATE meta SET value = value + 1 WHERE key = 'attendance_base';
END;
CREATE TRIGGER attendance_removed AFTER DELETE ON registration BEGIN
	UPDATE meta SET value = value + 1 WHERE key = 'attendance_base';
	DELETE FROM attendance_change WHERE registration_id = OLD.id;
END;

CREATE TRIGGER attendance_pass_made AFTER INSERT ON pass BEGIN
	UPDATE meta SET value = value + 1 WHERE key = 'attendance_version';
	INSERT INTO attendance_change (registration_id, conference_id, version)
	SELECT NEW.registration_id, NEW.conference_id, value FROM meta WHERE key = 'attendance_version'
	ON CONFLICT (registration_id) DO UPDATE SET version = excluded.version;
END;
CREATE TRIGGER attendance_pass_changed AFTER UPDATE OF state, code ON pass BEGIN
	UPDATE meta SET value = value + 1 WHERE key = 'attendance_version';
	INSERT INTO attendance_change (registration_id, conference_id, version)
	SELECT NEW.registration_id, NEW.conference_id, value FROM meta WHERE key = 'attendance_version'
	ON CONFLICT (registration_id) DO UPDATE SET version = excluded.version;
END;
CREATE TRIGGER attendance_pass_moved AFTER UPDATE OF id, registration_id, conference_id ON pass
WHEN OLD.id <> NEW.id OR OLD.registration_id <> NEW.registration_id
	OR OLD.conference_id <> NEW.conference_id BEGIN
	UPDATE meta SET value = value + 1 WHERE key = 'attendance_base';
END;
CREATE TRIGGER attendance_pass_removed AFTER DELETE ON pass BEGIN
	UPDATE meta SET value = value + 1 WHERE key = 'attendance_base';
END;
CREATE TRIGGER attendance_revoked AFTER INSERT ON revocation BEGIN
	UPDATE meta SET value = value + 1 WHERE key = 'attendance_version';
	INSERT INTO attendance_change (registration_id, conference_id, version)
	SELECT p.registration_id, p.conference_id, m.value FROM pass p, meta m
	WHERE p.id = NEW.pass_id AND m.key = 'attendance_version'
	ON CONFLICT (registration_id) DO UPDATE SET version = excluded.version;
END;
CREATE TRIGGER attendance_revocation_changed AFTER UPDATE ON revocation BEGIN
	UPDATE meta SET value = value + 1 WHERE key = 'attendance_version';
	INSERT INTO attendance_change (registration_id, conference_id, version)
	SELECT p.registration_id, p.conference_id, m.value FROM pass p, meta m
	WHERE p.id = NEW.pass_id AND m.key = 'attendance_version'
	ON CONFLICT (registration_id) DO UPDATE SET version = excluded.version;
END;
CREATE TRIGGER attendance_unrevoked AFTER DELETE ON revocation BEGIN
	UPDATE meta SET value = value + 1 WHERE key = 'attendance_base';
END;

CREATE TRIGGER attendance_person AFTER UPDATE OF id, name ON person
WHEN OLD.id <> NEW.id OR OLD.name <> NEW.name BEGIN
	UPDATE meta SET value = value + 1 WHERE key = 'attendance_base';
END;
CREATE TRIGGER attendance_outlet AFTER UPDATE OF id, name, local ON outlet
WHEN OLD.id <> NEW.id OR OLD.name <> NEW.name OR OLD.local <> NEW.local BEGIN
	UPDATE meta SET value = value + 1 WHERE key = 'attendance_base';
END;
CREATE TRIGGER attendance_accreditation
AFTER UPDATE OF id, person_id, outlet_id, class ON accreditation
WHEN OLD.id <> NEW.id OR OLD.person_id <> NEW.person_id OR OLD.outlet_id <> NEW.outlet_id
	OR OLD.class <> NEW.class BEGIN
	UPDATE meta SET value = value + 1 WHERE key = 'attendance_base';
END;
CREATE TRIGGER attendance_slug AFTER UPDATE OF slug ON conference
WHEN OLD.slug <> NEW.slug BEGIN
	UPDATE meta SET value = value + 1 WHERE key = 'attendance_base';
END;
CREATE TRIGGER attendance_altered
AFTER UPDATE OF log_id, seq, text, time_ms, event, pass, decision, reason, staff ON log_entry BEGIN
	UPDATE meta SET value = value + 1 WHERE key = 'attendance_base';
END;
CREATE TRIGGER attendance_deleted AFTER DELETE ON log_entry BEGIN
	UPDATE meta SET value = value + 1 WHERE key = 'attendance_base';
END;
CREATE TRIGGER attendance_log_changed
AFTER UPDATE OF origin, device, epoch, gate_id, public, size ON log
WHEN NEW.size < OLD.size OR OLD.origin <> NEW.origin OR OLD.public <> NEW.public OR OLD.device <> NEW.device OR OLD.epoch <> NEW.epoch
	OR OLD.gate_id IS NOT NEW.gate_id BEGIN
	UPDATE meta SET value = value + 1 WHERE key = 'attendance_base';
END;
CREATE TRIGGER attendance_log_removed AFTER DELETE ON log BEGIN
	UPDATE meta SET value = value + 1 WHERE key = 'attendance_base';
END;

-- Staff: second factor, recovery, training and authorisation; what a session's owner knows it by.

-- Until when someone is trained, and from when until when authorised (R15): NULL sets no limit. An
-- account outside of these does nothing, here or at a door. proxy_user: who a trusted proxy calls
-- them, where that is another name.
ALTER TABLE staff ADD COLUMN trained_until INTEGER;
ALTER TABLE staff ADD COLUMN authorised_from INTEGER;
ALTER TABLE staff ADD COLUMN authorised_until INTEGER;
ALTER TABLE staff ADD COLUMN dates_by TEXT CHECK (length(dates_by) BETWEEN 1 AND 16);
ALTER TABLE staff ADD COLUMN dates_set INTEGER;
ALTER TABLE staff ADD COLUMN proxy_user TEXT CHECK (length(proxy_user) BETWEEN 1 AND 200);
CREATE UNIQUE INDEX staff_proxy_user ON staff (coalesce(proxy_user, name));

-- The secret of a one-time code, sealed (staff/factor_key.h); step: the newest one that was used.
CREATE TABLE staff_factor (
	staff TEXT PRIMARY KEY REFERENCES staff (name),
	sealed BLOB NOT NULL CHECK (length(sealed) = 60),
	state TEXT NOT NULL CHECK (state IN ('waiting', 'standing')),
	step INTEGER NOT NULL DEFAULT 0,
	begun INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Recovery codes that are left, hashed with the name.
CREATE TABLE staff_recovery (
	staff TEXT NOT NULL REFERENCES staff (name),
	hash BLOB NOT NULL CHECK (length(hash) = 32),
	PRIMARY KEY (staff, hash)
) STRICT, WITHOUT ROWID;

-- stage: 'half' has the password and waits for the code. via: who looked at the person. browser and
-- network: in words, for the session's owner.
ALTER TABLE session ADD COLUMN stage TEXT NOT NULL DEFAULT 'whole' CHECK (stage IN ('half', 'whole'));
ALTER TABLE session ADD COLUMN via TEXT NOT NULL DEFAULT 'local' CHECK (via IN ('local', 'proxy'));
ALTER TABLE session ADD COLUMN browser TEXT NOT NULL DEFAULT '' CHECK (length(browser) <= 60);
ALTER TABLE session ADD COLUMN network TEXT NOT NULL DEFAULT '' CHECK (length(network) <= 64);

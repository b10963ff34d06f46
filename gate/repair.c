#include "gate/repair.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gate/identity.h"
#include "schema/gate_db.h"

enum { PATH_MAX_BYTES = 4096 };

static int set_aside(const struct gate *gate, const char *suffix, long long stamp)
{
	char from[PATH_MAX_BYTES], to[PATH_MAX_BYTES];

	if ((size_t)snprintf(from, sizeof(from), "%s/gate.db%s", gate->dir, suffix) >=
		sizeof(from) ||
	    (size_t)snprintf(to, sizeof(to), "%s/gate.db.damaged-%lld%s", gate->dir, stamp,
		suffix) >= sizeof(to))
		return GATE_NO_FOLDER;
	return rename(from, to) == 0 || errno == ENOENT ? 0 : GATE_NO_FOLDER;
}

struct identity_change {
	const struct gate_identity *identity;
	int64_t now;
};

static int identity_body(struct store_tx *tx, void *context)
{
	const struct identity_change *change = context;

	return identity_write(tx, change->identity, change->now);
}

static int load_anew(struct gate *gate, char *why, size_t why_size)
{
	struct identity_change change = {&gate->identity, (int64_t)time(NULL)};
	bool create = gate->options.create;
	char *path;
	int r;

	gate->options.create = true;
	r = gate_open_store(gate, why, why_size);
	gate->options.create = create;
	if (r == 0)
		r = store_write(gate->store, identity_body, &change);
	if (r == 0 && gate->journal_key == NULL) {
		path = gate_path(gate, "keys/journal.key");
		r = path == NULL ? GATE_MEMORY : key_load(path, KEY_USE_DEVICE, &gate->journal_key);
		free(path);
		if (r != 0)
			r = GATE_BAD_KEY;
	}
	gate->enrolled = r == 0;
	return r;
}

int repair_store(struct gate *gate, char *why, size_t why_size)
{
	static const char *const suffixes[] = {"-wal", "-shm", ""};
	long long stamp = (long long)time(NULL);
	int r = 0;

	if (identity_load(gate->dir, &gate->identity) != 0) {
		snprintf(why, why_size,
		    "%s/identity.json is missing or damaged too, so this gate does not know who it "
		    "is. Enrol it again in a new folder.",
		    gate->dir);
		return GATE_NOT_ENROLLED;
	}
	store_close(gate->store);
	gate->store = NULL;
	why[0] = '\0';
	for (size_t i = 0; r == 0 && i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		r = set_aside(gate, suffixes[i], stamp);
	if (r != 0) {
		snprintf(why, why_size, "The damaged store can't be renamed: %s.", strerror(errno));
		return r;
	}
	keyset_free(gate->keys);
	gate->keys = NULL;
	memset(&gate->journal.log, 0, sizeof(gate->journal.log));
	gate->journal.epoch = 0;
	r = load_anew(gate, why, why_size);
	if (r == 0)
		r = journal_load(gate, why, why_size);
	return r;
}

int repair_reopen(struct gate *gate)
{
	char why[GATE_WHY_MAX];
	int r;

	store_close(gate->store);
	gate->store = NULL;
	gate->tally_conference = 0;
	r = gate_open_store(gate, why, sizeof(why));
	if (r == 0)
		r = store_verify(gate->store, why, sizeof(why));
	if (r == 0)
		r = journal_load(gate, why, sizeof(why));
	if (r != 0) {
		store_close(gate->store);
		gate->store = NULL;
	}
	gate->journal.failed = r;
	return r;
}

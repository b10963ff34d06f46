#include "gate/gate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gate/folder.h"
#include "gate/seal/digest.h"
#include "gate/seal/forget.h"
#include "gate/identity.h"
#include "gate/peer/peer.h"
#include "gate/salvage/repair.h"
#include "gate/seal/wipe.h"
#include "schema/gate_db.h"

char *gate_path(const struct gate *gate, const char *name)
{
	size_t size = strlen(gate->dir) + strlen(name) + 2;
	char *path = malloc(size);

	if (path != NULL)
		snprintf(path, size, "%s/%s", gate->dir, name);
	return path;
}

int gate_meta_i64(struct store_tx *tx, const char *key, int64_t *ret_value)
{
	struct store_rows *rows = NULL;
	int r = store_one(tx, GATE_Q_META_GET, STORE_ARGS(store_text(key)), &rows);

	if (r == STORE_ROW)
		*ret_value = store_get_i64(rows, 0);
	store_done(rows);
	return r;
}

int gate_meta_text(struct store_tx *tx, const char *key, char *ret_text, size_t size)
{
	struct store_rows *rows = NULL;
	int r = store_one(tx, GATE_Q_META_GET, STORE_ARGS(store_text(key)), &rows);

	if (r == STORE_ROW) {
		const char *text = store_get_text(rows, 0);

		if (strlen(text) >= size)
			r = STORE_CORRUPT;
		else
			memcpy(ret_text, text, strlen(text) + 1);
	}
	store_done(rows);
	return r;
}

int gate_meta_set(struct store_tx *tx, const char *key, struct store_value value)
{
	return store_exec(tx, GATE_Q_META_SET, STORE_ARGS(store_text(key), value), NULL);
}

void gate_lock(struct gate *gate)
{
	pthread_mutex_lock(&gate->lock);
}

void gate_unlock(struct gate *gate)
{
	pthread_mutex_unlock(&gate->lock);
}

int gate_open_store(struct gate *gate, char *why, size_t why_size)
{
	const struct store_options options = {
	    .create = gate->options.create,
	    .exclusive = true,
	    .vfs = gate->options.vfs,
	    .synchronous = gate->options.synchronous,
	};
	char *path = gate_path(gate, "gate.db");
	int r = GATE_MEMORY;

	if (path == NULL)
		return r;
	r = store_open(path, &gate_store_spec, &options, &gate->store, why, why_size);
	free(path);
	return r;
}

static int read_keys_object(struct gate *gate, struct store_tx *tx)
{
	struct store_rows *rows = NULL;
	struct keyset *keys = NULL;
	size_t len;
	const void *bytes;
	int r = store_one(tx, GATE_Q_OBJECT_GET, STORE_ARGS(store_text("keys")), &rows);

	if (r == STORE_NOT_FOUND)
		return 0;
	if (r != STORE_ROW)
		return r;
	bytes = store_get_blob(rows, 0, &len);
	r = keyset_open(bytes, len, gate->identity.root, 0, &keys);
	store_done(rows);
	if (r == BUNDLE_E_MEMORY)
		return GATE_MEMORY;
	if (r != 0)
		return GATE_BAD_KEYS;
	keyset_free(gate->keys);
	gate->keys = keys;
	return 0;
}

int gate_look(struct gate *gate, struct store_tx **ret_tx)
{
	int r;

	gate_lock(gate);
	r = gate->store == NULL ? STORE_CLOSED : store_read_begin(gate->store, ret_tx);
	if (r != 0)
		gate_unlock(gate);
	return r;
}

int gate_look_now(struct gate *gate, struct clock_reading *ret_now, struct store_tx **ret_tx)
{
	int r = gate_look(gate, ret_tx);

	if (r != 0 || clock_read(&gate->clock, ret_now) == 0)
		return r;
	gate_look_end(gate, *ret_tx);
	*ret_tx = NULL;
	return STORE_CLOSED;
}

void gate_look_end(struct gate *gate, struct store_tx *tx)
{
	store_read_end(tx);
	gate_unlock(gate);
}

int gate_load_keys(struct gate *gate)
{
	struct store_tx *tx = NULL;
	int r = store_read_begin(gate->store, &tx);

	if (r == 0)
		r = read_keys_object(gate, tx);
	if (r == 0)
		r = vault_load(gate, tx);
	store_read_end(tx);
	return r;
}

static int load_journal_key(struct gate *gate, char *why, size_t why_size)
{
	char *path = gate_path(gate, "keys/journal.key");
	int r;

	if (path == NULL)
		return GATE_MEMORY;
	r = key_load(path, KEY_USE_DEVICE, &gate->journal_key);
	if (r != 0) {
		snprintf(why, why_size,
		    "The journal's key %s can't be used: %s. If it is lost, enrol this gate again "
		    "in a new folder.",
		    path, key_error_words(r));
		r = GATE_BAD_KEY;
	}
	free(path);
	return r;
}

/* A gate's journal key is born here. A try to enrol that failed left one, and it serves again. */
static int make_journal_key(struct gate *gate, char *why, size_t why_size)
{
	char *path = gate_path(gate, "keys/journal.key");
	struct key_secret *key = NULL;
	int r = path == NULL ? KEY_E_MEMORY : 0;

	if (r == 0 && access(path, F_OK) != 0) {
		r = key_new(KEY_USE_DEVICE, &key);
		if (r == 0)
			r = key_save(key, path);
		key_free(key);
	}
	free(path);
	if (r != 0) {
		snprintf(why, why_size, "The journal's key can't be made in %s/keys: %s.",
		    gate->dir, key_error_words(r));
		return GATE_BAD_KEY;
	}
	return load_journal_key(gate, why, why_size);
}

static int load_identity(struct gate *gate)
{
	struct store_tx *tx = NULL;
	int r = store_read_begin(gate->store, &tx);

	if (r == 0)
		r = identity_read(tx, &gate->identity);
	store_read_end(tx);
	return r;
}

/* What a store's code means for a gate as a whole; why has the store's own sentence before. */
static int translate(int r, char *why, size_t why_size)
{
	if (r == STORE_LOCKED)
		return GATE_BUSY;
	if (r == STORE_CORRUPT || r == STORE_NOT_A_STORE) {
		snprintf(why, why_size,
		    "This gate's store is damaged. Use the paper list now. Then run: gate check "
		    "--repair. It keeps the damaged file and begins a new journal.");
		return GATE_DAMAGED;
	}
	return r;
}

static int load_enrolled(struct gate *gate, char *why, size_t why_size)
{
	int r = load_identity(gate);

	if (r == STORE_NOT_FOUND && gate->options.create)
		return make_journal_key(gate, why, why_size);
	if (r == STORE_NOT_FOUND) {
		snprintf(why, why_size,
		    "Enrolment of the gate in %s was not finished. Run gate enrol again.",
		    gate->dir);
		return GATE_NOT_ENROLLED;
	}
	if (r != STORE_ROW)
		return r;
	gate->enrolled = true;
	/* Only the repair of a damaged store reads it, so a full disk does not keep a gate shut. */
	identity_keep(gate->dir, &gate->identity);
	r = load_journal_key(gate, why, why_size);
	if (r == 0)
		r = gate_load_keys(gate);
	if (r == GATE_BAD_KEYS)
		snprintf(why, why_size,
		    "The list of keys this gate holds does not verify. Run: gate check --repair");
	return r;
}

static int open_all(struct gate *gate, char *why, size_t why_size)
{
	int r = 0;

	if (gate->options.create)
		r = folder_make(gate->dir, why, why_size);
	if (r == 0)
		r = folder_check(gate->dir, why, why_size);
	if (r == 0) {
		r = repair_finish(gate);
		if (r != 0)
			snprintf(why, why_size, "A repair that was begun can't be ended: %s.",
			    strerror(errno));
	}
	if (r == 0)
		r = gate_open_store(gate, why, why_size);
	if (r == STORE_NOT_FOUND) {
		snprintf(why, why_size, "No gate is enrolled in %s. Run gate enrol.", gate->dir);
		r = GATE_NOT_ENROLLED;
	}
	if (r == 0)
		r = load_enrolled(gate, why, why_size);
	if (r == 0 && gate->enrolled)
		r = journal_load(gate, why, why_size);
	return r;
}

static struct gate *new_gate(const char *dir, const struct gate_options *options)
{
	struct gate *gate = calloc(1, sizeof(*gate));

	if (gate == NULL)
		return NULL;
	gate->dir = strdup(dir);
	if (gate->dir == NULL || pthread_mutex_init(&gate->lock, NULL) != 0) {
		free(gate->dir);
		free(gate);
		return NULL;
	}
	if (gong_init(&gate->gong) != 0) {
		pthread_mutex_destroy(&gate->lock);
		free(gate->dir);
		free(gate);
		return NULL;
	}
	gate->options = *options;
	gate->journal.mark = -1;
	clock_init(&gate->clock, options->clock_source, options->clock_context);
	if (options->built_s != 0)
		gate->clock.built_s = options->built_s;
	return gate;
}

/* A store that lost its tables looks like one that was never enrolled. */
static bool can_be_repaired(const struct gate *gate, int r)
{
	struct gate_identity identity;

	switch (r) {
	case STORE_CORRUPT:
	case STORE_NOT_A_STORE:
	case STORE_IO:
	case STORE_MISUSE:
	case GATE_BAD_KEYS:
		return true;
	case GATE_NOT_ENROLLED:
		return identity_load(gate->dir, &identity) == 0;
	default:
		return false;
	}
}

int gate_open(const char *dir, const struct gate_options *options, struct gate **ret_gate,
    char *why, size_t why_size)
{
	struct gate *gate = new_gate(dir, options);
	unsigned forgotten, damaged;
	bool wiped;
	int r;

	if (gate == NULL) {
		snprintf(why, why_size, "There is no memory left.");
		return GATE_MEMORY;
	}
	why[0] = '\0';
	r = open_all(gate, why, why_size);
	/* A damaged page is met only where somebody reads it. */
	if (r == 0 && options->repair)
		r = store_verify(gate->store, why, why_size);
	if (options->repair && can_be_repaired(gate, r))
		r = repair_store(gate, why, why_size);
	if (r == 0) {
		/* What could not be forgotten now is at the next sync or start. */
		if (gate->enrolled && forget_rosters(gate, NULL, &forgotten) != 0)
			forgotten = 0;
		if (gate->enrolled && wipe_when_unheard(gate, &wiped) != 0)
			wiped = false;
		/* A store that fails here says so at the first scan. */
		if (gate->enrolled && digest_look(gate, &damaged) != 0)
			damaged = 0;
		*ret_gate = gate;
		return 0;
	}
	if (why[0] == '\0')
		snprintf(why, why_size, "%s", journal_strerror(r));
	r = translate(r, why, why_size);
	gate_close(gate);
	return r;
}

void gate_close(struct gate *gate)
{
	if (gate == NULL)
		return;
	journal_unload(gate);
	store_close(gate->store);
	vault_drop(gate);
	keyset_free(gate->keys);
	key_free(gate->journal_key);
	gong_free(&gate->gong);
	peer_free(gate);
	pthread_mutex_destroy(&gate->lock);
	free(gate->dir);
	free(gate);
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

int gate_set_identity(struct gate *gate, const struct gate_identity *identity)
{
	struct identity_change change = {identity, (int64_t)time(NULL)};
	char why[GATE_WHY_MAX];
	int r;

	gate_lock(gate);
	r = store_write(gate->store, identity_body, &change);
	if (r == 0) {
		gate->identity = *identity;
		gate->enrolled = true;
		identity_keep(gate->dir, identity);
	}
	if (r == 0 && gate->journal_key == NULL)
		r = load_journal_key(gate, why, sizeof(why));
	if (r == 0)
		r = journal_load(gate, why, sizeof(why));
	gate_unlock(gate);
	return r;
}

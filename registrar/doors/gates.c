#include "registrar/doors/gates.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include <sodium.h>

#include "badges/key.h"
#include "registrar/journal/journal.h"
#include "registrar/keys/keys_object.h"
#include "registrar/registrar.h"
#include "schema/registrar_db.h"

static bool name_holds(const char *name)
{
	size_t len = strnlen(name, GATES_NAME_MAX + 1);

	/* The registrar's own log goes by that name. */
	if (len == 0 || len > GATES_NAME_MAX || name[0] == '-' || strcmp(name, "registrar") == 0)
		return false;
	return strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

/* Columns 0..8 as every query of gate.sql gives them. */
static int gate_read(struct store_rows *rows, struct gates_gate *ret)
{
	struct gates_gate gate = {.id = store_get_i64(rows, 0)};
	const char *state = store_get_text(rows, 2);
	int r = 0;

	(void)snprintf(gate.name, sizeof(gate.name), "%s", store_get_text(rows, 1));
	gate.state = strcmp(state, "enrolled") == 0  ? GATES_ENROLLED
		     : strcmp(state, "revoked") == 0 ? GATES_REVOKED_STATE
						     : GATES_WAITING;
	if (!store_is_null(rows, 3))
		r = store_get_fixed(rows, 3, gate.journal_key, sizeof(gate.journal_key));
	if (r == 0 && !store_is_null(rows, 4))
		r = store_get_fixed(rows, 4, gate.spki, sizeof(gate.spki));
	gate.code_expires = store_get_i64(rows, 5);
	gate.created = store_get_i64(rows, 6);
	gate.enrolled = store_get_i64(rows, 7);
	gate.seen = store_get_i64(rows, 8);
	if (r == 0)
		*ret = gate;
	return r;
}

static int gate_one(
    struct store_tx *tx, unsigned query, struct store_value key, struct gates_gate *ret)
{
	struct store_rows *rows = NULL;
	int r = store_one(tx, query, &key, 1, &rows);

	if (r == STORE_NOT_FOUND)
		return GATES_UNKNOWN;
	if (r != STORE_ROW)
		return r;
	r = gate_read(rows, ret);
	store_done(rows);
	return r;
}

int gates_find(
    struct store_tx *tx, const uint8_t spki[static GATES_KEY], struct gates_gate *ret_gate)
{
	return gate_one(tx, REGISTRAR_Q_GATE_BY_SPKI, store_blob(spki, GATES_KEY), ret_gate);
}

static int journal(struct store_tx *tx, struct registrar *registrar, enum journal_kind kind,
    const char *name, const char *staff)
{
	/* The name of a gate is no personal detail, but the entry itself has no room for it. */
	return journal_append(
	    tx, registrar, &(struct journal_line){.kind = kind, .staff = staff, .detail = name});
}

struct code_work {
	struct registrar *registrar;
	const char *name, *staff;
	uint8_t hash[ENROL_CODE_HASH];
	int64_t now;
};

static int code_body(struct store_tx *tx, void *context)
{
	struct code_work *work = context;
	struct gates_gate gate = {0};
	int64_t ends = work->now + GATES_CODE_SECONDS;
	int r = gate_one(tx, REGISTRAR_Q_GATE_BY_NAME, store_text(work->name), &gate);

	if (r == GATES_UNKNOWN)
		r = store_exec(tx, REGISTRAR_Q_GATE_INSERT,
		    STORE_ARGS(store_text(work->name), store_blob(work->hash, ENROL_CODE_HASH),
			store_i64(ends), store_i64(work->now)),
		    NULL);
	else if (r == 0 && gate.state != GATES_WAITING)
		return GATES_TAKEN;
	else if (r == 0)
		r = store_exec(tx, REGISTRAR_Q_GATE_SET_CODE,
		    STORE_ARGS(store_i64(gate.id), store_blob(work->hash, ENROL_CODE_HASH),
			store_i64(ends)),
		    NULL);
	if (r != 0)
		return r;
	return journal(tx, work->registrar, JOURNAL_GATE_CODE, work->name, work->staff);
}

int gates_code(struct registrar *registrar, const char *name, const char *staff,
    char ret_code[static GATES_CODE_TEXT + 1])
{
	struct code_work work = {
	    .registrar = registrar, .name = name, .staff = staff, .now = registrar_now()};
	char code[GATES_CODE_TEXT + 1];
	int r;

	if (!name_holds(name))
		return GATES_BAD_NAME;
	if (keys_object_need_root(registrar, NULL) != 0)
		return GATES_NO_ROOT;
	enrol_code_new(code, work.hash);
	r = store_write(registrar->store, code_body, &work);
	if (r == 0)
		memcpy(ret_code, code, sizeof(code));
	sodium_memzero(code, sizeof(code));
	return r;
}

void gates_guard_init(struct gates_guard *guard)
{
	*guard = (struct gates_guard){0};
	/* Without attributes this can't fail here. */
	pthread_mutex_init(&guard->mutex, NULL);
}

void gates_guard_destroy(struct gates_guard *guard)
{
	pthread_mutex_destroy(&guard->mutex);
}

static int64_t monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	/* One is added so that no time is 0, which stands for none. */
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + 1;
}

/* Counts a wrong code: GATES_WRONG_CODE, or GATES_TOO_MANY once the minute's tries are used up. */
static int guard_wrong(struct gates_guard *guard)
{
	int64_t now = monotonic_ms();
	int result = GATES_TOO_MANY;

	pthread_mutex_lock(&guard->mutex);
	for (unsigned i = 0; result == GATES_TOO_MANY && i < GATES_TRIES; i++) {
		int64_t then = guard->wrong_ms[i];

		if (then == 0 || now - then >= 60000) {
			guard->wrong_ms[i] = now;
			result = GATES_WRONG_CODE;
		}
	}
	pthread_mutex_unlock(&guard->mutex);
	return result;
}

struct enrol_work {
	struct registrar *registrar;
	const struct gates_claim *claim;
	uint8_t hash[ENROL_CODE_HASH];
	int64_t now;
	struct gates_gate gate;
	bool changed;
};

/* Looks at every code that stands, so that the time taken says nothing about any. */
static int find_code(struct store_tx *tx, struct enrol_work *work)
{
	struct store_rows *rows = NULL;
	uint8_t held[ENROL_CODE_HASH];
	int found = GATES_WRONG_CODE;
	int r = store_query(tx, REGISTRAR_Q_GATE_CODES, STORE_ARGS(store_i64(work->now)), &rows);

	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		r = store_get_fixed(rows, 9, held, sizeof(held));
		if (r == 0 && sodium_memcmp(held, work->hash, sizeof(held)) == 0) {
			r = gate_read(rows, &work->gate);
			found = 0;
		}
	}
	store_done(rows);
	return r != 0 ? r : found;
}

static bool same_keys(const struct gates_gate *gate, const struct gates_claim *claim)
{
	return memcmp(gate->spki, claim->spki, GATES_KEY) == 0 &&
	       memcmp(gate->journal_key, claim->journal_key, GATES_KEY) == 0;
}

static int keys_free(struct store_tx *tx, const struct gates_claim *claim)
{
	struct store_rows *rows = NULL;
	int r = store_one(tx, REGISTRAR_Q_GATE_KEYS_TAKEN,
	    STORE_ARGS(
		store_blob(claim->spki, GATES_KEY), store_blob(claim->journal_key, GATES_KEY)),
	    &rows);

	if (r != STORE_ROW)
		return r;
	r = store_get_i64(rows, 0) == 0 ? 0 : GATES_KNOWN_KEY;
	store_done(rows);
	return r;
}

static int enrol_body(struct store_tx *tx, void *context)
{
	struct enrol_work *work = context;
	const struct gates_claim *claim = work->claim;
	int r = find_code(tx, work);

	work->changed = false;
	if (r != 0)
		return r;
	if (work->gate.state == GATES_ENROLLED)
		return same_keys(&work->gate, claim) ? 0 : GATES_WRONG_CODE;
	r = keys_free(tx, claim);
	if (r == 0)
		r = store_exec(tx, REGISTRAR_Q_GATE_ENROL,
		    STORE_ARGS(store_i64(work->gate.id), store_blob(claim->spki, GATES_KEY),
			store_blob(claim->journal_key, GATES_KEY), store_i64(work->now)),
		    NULL);
	if (r == 0)
		r = keys_object_changed(tx, work->registrar);
	if (r == 0)
		r = journal(tx, work->registrar, JOURNAL_GATE_ENROLLED, work->gate.name, NULL);
	if (r == 0)
		r = gate_one(
		    tx, REGISTRAR_Q_GATE_BY_NAME, store_text(work->gate.name), &work->gate);
	work->changed = r == 0;
	return r;
}

/* Whether the code stands at all, by a read: a wrong one makes no write. */
static int look_up(struct enrol_work *work)
{
	struct store_tx *tx = NULL;
	int r = store_read_begin(work->registrar->store, &tx);

	if (r == 0)
		r = find_code(tx, work);
	store_read_end(tx);
	return r;
}

int gates_enrol(struct registrar *registrar, struct gates_guard *guard,
    const struct gates_claim *claim, struct gates_gate *ret_gate)
{
	struct enrol_work work = {.registrar = registrar, .claim = claim, .now = registrar_now()};
	char chars[ENROL_CODE_CHARS];
	int r;

	if (!key_is_point(claim->journal_key))
		return GATES_BAD_KEY;
	if (keys_object_need_root(registrar, NULL) != 0)
		return GATES_NO_ROOT;
	if (!enrol_code_read(claim->code, chars))
		return guard_wrong(guard);
	enrol_code_hash(chars, work.hash);
	sodium_memzero(chars, sizeof(chars));
	r = look_up(&work);
	if (r == 0)
		r = store_write(registrar->store, enrol_body, &work);
	if (r == GATES_WRONG_CODE)
		r = guard_wrong(guard);
	if (r != 0)
		return r;
	if (work.changed)
		registrar_changed(registrar);
	*ret_gate = work.gate;
	return 0;
}

struct revoke_work {
	struct registrar *registrar;
	const char *name, *staff;
};

static int revoke_body(struct store_tx *tx, void *context)
{
	const struct revoke_work *work = context;
	struct gates_gate gate = {0};
	int r = gate_one(tx, REGISTRAR_Q_GATE_BY_NAME, store_text(work->name), &gate);

	if (r != 0 || gate.state == GATES_REVOKED_STATE)
		return r;
	r = store_exec(tx, REGISTRAR_Q_GATE_REVOKE, STORE_ARGS(store_i64(gate.id)), NULL);
	if (r == 0)
		r = keys_object_changed(tx, work->registrar);
	if (r == 0)
		r = journal(tx, work->registrar, JOURNAL_GATE_REVOKED, work->name, work->staff);
	return r;
}

int gates_revoke(struct registrar *registrar, const char *name, const char *staff)
{
	struct revoke_work work = {registrar, name, staff};
	int r = store_write(registrar->store, revoke_body, &work);

	if (r == 0)
		registrar_changed(registrar);
	return r;
}

int gates_each(
    struct store_tx *tx, void (*each)(void *context, const struct gates_gate *gate), void *context)
{
	struct store_rows *rows = NULL;
	struct gates_gate gate = {0};
	int r = store_query(tx, REGISTRAR_Q_GATE_LIST, STORE_NO_ARGS, &rows);

	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		r = gate_read(rows, &gate);
		if (r == 0)
			each(context, &gate);
	}
	store_done(rows);
	return r;
}

struct seen_work {
	int64_t id, now;
};

static int seen_body(struct store_tx *tx, void *context)
{
	const struct seen_work *work = context;

	return store_exec(
	    tx, REGISTRAR_Q_GATE_SEEN, STORE_ARGS(store_i64(work->id), store_i64(work->now)), NULL);
}

void gates_seen(struct registrar *registrar, const struct gates_gate *gate, int64_t now)
{
	struct seen_work work = {gate->id, now};

	if (now >= gate->seen && now - gate->seen < 60)
		return;
	/* When the store fails this is the least of what is wrong. */
	if (store_write(registrar->store, seen_body, &work) != 0)
		return;
}

struct peer_work {
	int64_t gate;
	const char *address;
	int64_t changed;
};

static int peer_body(struct store_tx *tx, void *context)
{
	struct peer_work *work = context;

	return store_exec(tx, REGISTRAR_Q_GATE_SET_PEER,
	    STORE_ARGS(store_i64(work->gate), store_text(work->address)), &work->changed);
}

static bool is_address(const char *text)
{
	const char *colon = strrchr(text, ':');
	size_t port = colon == NULL ? 0 : strlen(colon + 1);

	return colon != NULL && colon > text && strlen(text) <= GATES_PEER_MAX && port >= 1 &&
	       port <= 5 && strspn(colon + 1, "0123456789") == port &&
	       strspn(
		   text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-[]:") ==
		   strlen(text);
}

void gates_set_peer(struct registrar *registrar, const struct gates_gate *gate, const char *address)
{
	struct peer_work work = {gate->id, address, 0};

	if (address[0] != '\0' && !is_address(address))
		return;
	if (store_write(registrar->store, peer_body, &work) == 0 && work.changed > 0)
		registrar_changed(registrar);
}

const char *gates_state_word(enum gates_state state)
{
	static const char *const words[] = {"waiting", "enrolled", "revoked"};

	return words[state];
}

const char *gates_strerror(int result)
{
	switch (result) {
	case GATES_BAD_NAME:
		return "a gate's name has 1 to 32 of a-z, 0-9 and -, does not begin with -, and is "
		       "not \"registrar\"";
	case GATES_TAKEN:
		return "this name is or was another gate's, and its journal carries it: choose "
		       "another name";
	case GATES_WRONG_CODE:
		return "this code is wrong, used or too old: make a new one with `registrar gate "
		       "code NAME`";
	case GATES_TOO_MANY:
		return "too many wrong codes: try again in a minute";
	case GATES_KNOWN_KEY:
		return "another gate has this key: a copied data folder can't be enrolled, begin "
		       "with an empty one";
	case GATES_BAD_KEY:
		return "the journal key is no good Ed25519 public key";
	case GATES_UNKNOWN:
		return "there is no such gate: `registrar gate list` shows them";
	case GATES_NO_ROOT:
		return "enrolling a gate needs the root key, which is kept offline: put its file "
		       "back into the registrar's folder keys, enrol, and take it away again";
	case GATES_REVOKED:
		return "this gate has been revoked: enrol it under a new name";
	default:
		return model_words(result);
	}
}

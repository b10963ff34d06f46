#include "gate/shift.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/staff.h"
#include "schema/gate_db.h"

enum {
	FREE_TRIES = 2,
	LONGEST_WAIT_S = 300,
	TRIES_MAX = 250,
	TRIES_STEP = 256, /* meta holds when * TRIES_STEP + tries */
};

struct tries {
	char key[sizeof("signin:") + STAFF_NAME_MAX];
	int64_t when_s, count;
	int64_t now_s;
};

static int read_tries(struct store_tx *tx, struct tries *tries)
{
	int64_t value = 0;
	int r = gate_meta_i64(tx, tries->key, &value);

	tries->when_s = value / TRIES_STEP;
	tries->count = value % TRIES_STEP;
	return r == STORE_ROW || r == STORE_NOT_FOUND ? 0 : r;
}

static int64_t wait_left(const struct tries *tries)
{
	int64_t wait = 1, passed = tries->now_s - tries->when_s;

	if (tries->count <= FREE_TRIES)
		return 0;
	for (int64_t i = FREE_TRIES + 1; i < tries->count && wait < LONGEST_WAIT_S; i++)
		wait *= 2;
	if (wait > LONGEST_WAIT_S)
		wait = LONGEST_WAIT_S;
	if (passed < 0)
		passed = 0;
	return passed < wait ? wait - passed : 0;
}

/* Copies the officer's verifier out of the staff object held. */
static int find_verifier(struct gate *gate, struct store_tx *tx, const char *name,
    char ret_verifier[static STAFF_VERIFIER_MAX + 1])
{
	struct store_rows *rows = NULL;
	struct staff_officer officer;
	struct staff staff;
	const void *bytes;
	size_t len;
	int r = store_one(tx, GATE_Q_OBJECT_GET, STORE_ARGS(store_text("staff")), &rows);

	if (r != STORE_ROW)
		return r == STORE_NOT_FOUND ? SHIFT_NO_LIST : SHIFT_NO_STORE;
	bytes = store_get_blob(rows, 0, &len);
	r = gate->keys != NULL && staff_open(bytes, len, gate->keys, &staff) == 0 ? SHIFT_WRONG
										  : SHIFT_NO_LIST;
	while (r == SHIFT_WRONG && staff_next(&staff, &officer))
		if (strcmp(officer.name, name) == 0) {
			memcpy(ret_verifier, officer.verifier, sizeof(officer.verifier));
			r = SHIFT_OK;
		}
	store_done(rows);
	return r;
}

static int look_up(struct gate *gate, const char *name, struct tries *tries,
    char ret_verifier[static STAFF_VERIFIER_MAX + 1])
{
	struct clock_reading now;
	struct store_tx *tx = NULL;
	int r = SHIFT_NO_STORE;

	gate_lock(gate);
	if (gate->store != NULL && clock_read(&gate->clock, &now) == 0 &&
	    store_read_begin(gate->store, &tx) == 0) {
		tries->now_s = now.time_ms / 1000;
		if (read_tries(tx, tries) == 0)
			r = find_verifier(gate, tx, name, ret_verifier);
	}
	store_read_end(tx);
	gate_unlock(gate);
	return r;
}

static int write_tries(struct store_tx *tx, void *context)
{
	const struct tries *tries = context;

	if (tries->count == 0)
		return store_exec(tx, GATE_Q_META_DELETE, STORE_ARGS(store_text(tries->key)), NULL);
	return gate_meta_set(tx, tries->key,
	    store_i64(
		tries->now_s * TRIES_STEP + (tries->count < TRIES_MAX ? tries->count : TRIES_MAX)));
}

static int keep_tries(struct gate *gate, struct tries *tries)
{
	int r = STORE_CLOSED;

	gate_lock(gate);
	if (gate->store != NULL)
		r = store_write(gate->store, write_tries, tries);
	gate_unlock(gate);
	return r;
}

int shift_sign_in(
    struct gate *gate, const char *name, const char *pin, size_t len, int64_t *ret_wait_s)
{
	char verifier[STAFF_VERIFIER_MAX + 1];
	struct tries tries = {0};
	int64_t wait;
	int r;

	if (strlen(name) > STAFF_NAME_MAX || len > SHIFT_PIN_MAX)
		return SHIFT_WRONG;
	memcpy(tries.key, "signin:", sizeof("signin:"));
	memcpy(tries.key + sizeof("signin:") - 1, name, strlen(name) + 1);
	r = look_up(gate, name, &tries, verifier);
	if (r != SHIFT_OK)
		return r;
	wait = wait_left(&tries);
	if (wait > 0) {
		/* The clock was set back: the wait begins again by it, or it would never end. */
		if (tries.when_s > tries.now_s && keep_tries(gate, &tries) != 0)
			return SHIFT_NO_STORE;
		*ret_wait_s = wait;
		return SHIFT_WAIT;
	}
	/* A try counts before it is judged: cutting the power in between gains nothing. */
	tries.count++;
	if (keep_tries(gate, &tries) != 0)
		return SHIFT_NO_STORE;
	r = crypto_pwhash_str_verify(verifier, pin, len) == 0 ? SHIFT_OK : SHIFT_WRONG;
	tries.count = 0;
	if (r == SHIFT_OK && keep_tries(gate, &tries) != 0)
		return SHIFT_NO_STORE;
	return r;
}

/* The role of an officer whose PIN was right a moment ago. */
static int find_role(struct gate *gate, const char *name, enum staff_role *ret_role)
{
	struct store_rows *rows = NULL;
	struct store_tx *tx = NULL;
	struct staff_officer officer;
	struct staff staff;
	const void *bytes;
	size_t len;
	int r = SHIFT_NO_STORE;

	gate_lock(gate);
	if (gate->store != NULL && store_read_begin(gate->store, &tx) == 0 &&
	    store_one(tx, GATE_Q_OBJECT_GET, STORE_ARGS(store_text("staff")), &rows) == STORE_ROW) {
		bytes = store_get_blob(rows, 0, &len);
		if (gate->keys != NULL && staff_open(bytes, len, gate->keys, &staff) == 0)
			while (r != SHIFT_OK && staff_next(&staff, &officer))
				if (strcmp(officer.name, name) == 0) {
					*ret_role = officer.role;
					r = SHIFT_OK;
				}
	}
	store_done(rows);
	store_read_end(tx);
	gate_unlock(gate);
	return r;
}

int shift_begin(struct gate *gate, const char *name, const char *pin, size_t len,
    struct shift *ret_shift, int64_t *ret_wait_s)
{
	struct shift shift = {.gate = gate};
	int r = shift_sign_in(gate, name, pin, len, ret_wait_s);

	if (r == SHIFT_OK)
		r = find_role(gate, name, &shift.role);
	if (r != SHIFT_OK)
		return r;
	snprintf(shift.officer, sizeof(shift.officer), "%s", name);
	*ret_shift = shift;
	return SHIFT_OK;
}

void shift_end(struct shift *shift)
{
	memset(shift, 0, sizeof(*shift));
}

int shift_authorise(struct gate *gate, const char *name, const char *pin, size_t len,
    enum staff_role role, int64_t *ret_wait_s)
{
	enum staff_role held = STAFF_SECURITY;
	int r = shift_sign_in(gate, name, pin, len, ret_wait_s);

	if (r == SHIFT_OK)
		r = find_role(gate, name, &held);
	return r == SHIFT_OK && held < role ? SHIFT_ROLE : r;
}

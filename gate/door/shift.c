#include "gate/door/shift.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "badges/staff.h"
#include "gate/officers.h"
#include "gate/seal/digest.h"
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

/* A sign-in on its way. The secret half is wiped by who began it. */
struct attempt {
	struct gate *gate;
	const char *name, *pin;
	size_t len;
	struct tries tries;
	uint64_t list; /* of officers: which of this process */
	struct staff_officer officer;
	uint8_t secret[OFFICER_SECRET];
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

static int find_officer(struct store_tx *tx, struct attempt *attempt)
{
	attempt->list = attempt->gate->vault.staff;
	switch (officers_find(attempt->gate, tx, attempt->name, &attempt->officer)) {
	case 0:
		return SHIFT_OK;
	case STORE_NOT_FOUND:
		return SHIFT_WRONG;
	case OFFICERS_NO_LIST:
		return SHIFT_NO_LIST;
	default:
		return SHIFT_NO_STORE;
	}
}

static int look_up(struct attempt *attempt)
{
	struct gate *gate = attempt->gate;
	struct clock_reading now;
	struct store_tx *tx = NULL;
	int r = SHIFT_NO_STORE;

	if (gate_look_now(gate, &now, &tx) != 0)
		return r;
	attempt->tries.now_s = now.time_ms / 1000;
	if (read_tries(tx, &attempt->tries) == 0)
		r = find_officer(tx, attempt);
	gate_look_end(gate, tx);
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

/* Looked at once more where it is counted: of many at once only as many get through as one after
 * the other would. */
static int count_try(struct store_tx *tx, void *context)
{
	struct tries *tries = context;
	int r = read_tries(tx, tries);

	if (r != 0)
		return r;
	if (wait_left(tries) > 0)
		return SHIFT_WAIT;
	tries->count++;
	return write_tries(tx, tries);
}

static int keep_tries(struct gate *gate, struct tries *tries, store_body *body)
{
	int r = STORE_CLOSED;

	gate_lock(gate);
	if (gate->store != NULL)
		r = store_write(gate->store, body, tries);
	gate_unlock(gate);
	return r == 0 || r == SHIFT_WAIT ? r : SHIFT_NO_STORE;
}

/* The key pair that comes of the PIN is the officer's, or the PIN is wrong. */
static int derive(struct attempt *attempt)
{
	uint8_t public[OFFICER_PUBLIC];

	if (officer_derive(
		attempt->pin, attempt->len, attempt->officer.salt, public, attempt->secret) != 0)
		return SHIFT_MEMORY;
	return sodium_memcmp(public, attempt->officer.public, sizeof(public)) == 0 ? SHIFT_OK
										   : SHIFT_WRONG;
}

/* Up to the secret half; then the tries are cleared. */
static int try_pin(struct attempt *attempt, int64_t *ret_wait_s)
{
	struct tries *tries = &attempt->tries;
	int64_t wait;
	int r;

	if (strlen(attempt->name) > STAFF_NAME_MAX || attempt->len > SHIFT_PIN_MAX)
		return SHIFT_WRONG;
	memcpy(tries->key, "signin:", sizeof("signin:"));
	memcpy(tries->key + sizeof("signin:") - 1, attempt->name, strlen(attempt->name) + 1);
	r = look_up(attempt);
	if (r != SHIFT_OK)
		return r;
	wait = wait_left(tries);
	if (wait > 0) {
		/* The clock was set back: the wait begins again by it, or it would never end. */
		if (tries->when_s > tries->now_s &&
		    keep_tries(attempt->gate, tries, write_tries) != 0)
			return SHIFT_NO_STORE;
		*ret_wait_s = wait;
		return SHIFT_WAIT;
	}
	/* A try counts before it is judged: cutting the power in between gains nothing. */
	r = keep_tries(attempt->gate, tries, count_try);
	if (r == SHIFT_WAIT)
		*ret_wait_s = wait_left(tries);
	if (r == 0)
		r = derive(attempt);
	if (r != SHIFT_OK)
		return r;
	tries->count = 0;
	return keep_tries(attempt->gate, tries, write_tries);
}

/* What vault_open says to a right PIN. */
static int from_vault(int r)
{
	if (r == 0)
		return SHIFT_OK;
	return r == VAULT_LOCKED      ? SHIFT_NO_LIST
	       : r == STORE_NO_MEMORY ? SHIFT_MEMORY
				      : SHIFT_NO_STORE;
}

int shift_begin(struct gate *gate, const char *name, const char *pin, size_t len,
    struct shift *ret_shift, int64_t *ret_wait_s)
{
	struct attempt attempt = {.gate = gate, .name = name, .pin = pin, .len = len};
	unsigned damaged;
	int r = try_pin(&attempt, ret_wait_s);

	if (r == SHIFT_OK) {
		gate_lock(gate);
		r = from_vault(vault_open(gate, name, attempt.officer.public, attempt.secret));
		if (r == SHIFT_OK) {
			*ret_shift = (struct shift){.gate = gate,
			    .role = attempt.officer.role,
			    .round = gate->vault.round,
			    .staff = attempt.list};
			memcpy(ret_shift->public, attempt.officer.public, OFFICER_PUBLIC);
			memcpy(
			    ret_shift->officer, attempt.officer.name, sizeof(ret_shift->officer));
		}
		gate_unlock(gate);
	}
	/* A store that fails here says so at the first scan. */
	if (r == SHIFT_OK && digest_look(gate, &damaged) != 0)
		damaged = 0;
	sodium_memzero(&attempt, sizeof(attempt));
	return r;
}

bool shift_stands(struct shift *shift)
{
	struct gate *gate = shift->gate;
	struct attempt attempt = {.gate = gate, .name = shift->officer};
	struct store_tx *tx = NULL;
	int r = SHIFT_OK;

	if (gate == NULL)
		return true;
	gate_lock(gate);
	if ((shift->staff != gate->vault.staff || shift->round != gate->vault.round) &&
	    gate->store != NULL && store_read_begin(gate->store, &tx) == 0) {
		r = find_officer(tx, &attempt);
		if (r == SHIFT_OK &&
		    (attempt.officer.role != shift->role || shift->round != gate->vault.round ||
			memcmp(attempt.officer.public, shift->public, OFFICER_PUBLIC) != 0))
			r = SHIFT_WRONG;
		if (r == SHIFT_OK)
			shift->staff = attempt.list;
	}
	store_read_end(tx);
	gate_unlock(gate);
	return r == SHIFT_OK || r == SHIFT_NO_STORE;
}

void shift_end(struct shift *shift)
{
	struct gate *gate = shift->gate;

	if (gate == NULL)
		return;
	gate_lock(gate);
	if (shift->round == gate->vault.round)
		vault_close(gate);
	gate_unlock(gate);
	*shift = (struct shift){0};
}

int shift_authorise(struct gate *gate, const char *name, const char *pin, size_t len,
    enum staff_role role, int64_t *ret_wait_s)
{
	struct attempt attempt = {.gate = gate, .name = name, .pin = pin, .len = len};
	int r = try_pin(&attempt, ret_wait_s);

	if (r == SHIFT_OK && attempt.officer.role < role)
		r = SHIFT_ROLE;
	sodium_memzero(&attempt, sizeof(attempt));
	return r;
}

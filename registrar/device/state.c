#include <stdio.h>
#include <string.h>
#include <time.h>

#include <sodium.h>

#include "badges/bytes.h"
#include "registrar/device/handlers.h"
#include "registrar/journal/reception.h"
#include "registrar/doors/referral.h"
#include "registrar/registrar.h"
#include "schema/registrar_db.h"
#include "web/reply.h"
#include "web/request.h"

#define TAG_BYTES 8

/* The versions a gate compares with what it holds, and a tag over them. */
struct state {
	char tag[2 * TAG_BYTES + 1];
	struct buf versions; /* the JSON between tag and log */
	int64_t epoch;
	uint64_t size;
	bool stands; /* the gate is still enrolled */
};

static int read_rosters(struct store_tx *tx, struct buf *out, int64_t now)
{
	struct store_rows *rows = NULL;
	const char *between = "";
	int r = store_query(tx, REGISTRAR_Q_BUNDLE_CONFERENCES,
	    STORE_ARGS(store_i64(now - BUNDLES_AFTER_END)), &rows);

	buf_puts(out, "\"rosters\":[");
	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		buf_printf(out, "%s{\"conference\":%lld,\"version\":%lld}", between,
		    (long long)store_get_i64(rows, 0), (long long)store_get_i64(rows, 1));
		between = ",";
		r = 0;
	}
	store_done(rows);
	buf_puts(out, "]");
	return r;
}

/* Names and addresses hold nothing that JSON would escape. */
static int read_peers(struct store_tx *tx, struct state *state, int64_t gate)
{
	struct store_rows *rows = NULL;
	struct buf *out = &state->versions;
	const char *between = "";
	int r = store_query(tx, REGISTRAR_Q_GATE_PEERS, STORE_ARGS(store_i64(gate)), &rows);

	buf_puts(out, ",\"peers\":[");
	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		buf_printf(out, "%s{\"device\":\"%s\",\"address\":\"%s\"}", between,
		    store_get_text(rows, 0), store_get_text(rows, 1));
		between = ",";
		r = 0;
	}
	store_done(rows);
	buf_puts(out, "]");
	return r;
}

static int read_versions(
    struct store_tx *tx, const struct gates_gate *gate, struct state *state, int64_t now)
{
	int64_t keys = 0, revoked = 0, staff = 0, answers = 0;
	int r = registrar_counter(tx, "keys_version", &keys);

	if (r == 0)
		r = registrar_counter(tx, "revoked_version", &revoked);
	if (r == 0)
		r = registrar_counter(tx, "staff_version", &staff);
	if (r == 0)
		r = referral_version(tx, gate->id, &answers);
	if (r != 0)
		return r;
	buf_reset(&state->versions);
	buf_printf(&state->versions,
	    "\"keys\":%lld,\"revoked\":%lld,\"staff\":%lld,\"answers\":%lld,", (long long)keys,
	    (long long)revoked, (long long)staff, (long long)answers);
	return read_rosters(tx, &state->versions, now);
}

static int read_state(
    struct registrar *registrar, const struct gates_gate *gate, struct state *state)
{
	struct gates_gate as_now = *gate;
	uint8_t hash[crypto_hash_sha256_BYTES];
	struct store_tx *tx = NULL;
	int r = store_read_begin(registrar->store, &tx);

	if (r == 0)
		r = read_versions(tx, gate, state, registrar_now());
	if (r == 0)
		r = read_peers(tx, state, gate->id);
	if (r == 0)
		r = reception_held(tx, gate->id, &state->epoch, &state->size);
	if (r == 0)
		r = gates_find(tx, gate->spki, &as_now);
	store_read_end(tx);
	if (r != 0)
		return r;
	state->stands = as_now.state == GATES_ENROLLED;
	if (buf_error(&state->versions) != 0)
		return STORE_NO_MEMORY;
	crypto_hash_sha256(hash, (const uint8_t *)buf_text(&state->versions), state->versions.len);
	bytes_hex(hash, TAG_BYTES, state->tag);
	return 0;
}

static int64_t boot_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Reads the state, and again after each ring, until it is another than the one seen. */
static int await(struct request *req, const struct gates_gate *gate, const char *seen,
    long long seconds, struct state *state)
{
	struct registrar *registrar = ((struct device *)request_context(req))->registrar;
	int64_t end = boot_ms() + seconds * 1000;
	uint64_t rings;
	int r;

	for (;;) {
		/* Counted before reading, so that a change in between is not slept through. */
		rings = bell_count(&registrar->changes);
		r = read_state(registrar, gate, state);
		if (r != 0 || !state->stands || strcmp(state->tag, seen) != 0)
			return r;
		for (;;) {
			int64_t left = end - boot_ms();
			/* Short sleeps notice a server that stops. */
			uint64_t nap = left > 1000 ? 1000 : (uint64_t)(left > 0 ? left : 0);

			if (nap == 0 || request_stopping(req))
				return 0;
			if (bell_wait(&registrar->changes, rings, nap) != rings)
				break;
		}
	}
}

int device_state(struct request *req, struct reply *rep)
{
	struct device *device = request_context(req);
	struct form *query = request_query(req);
	struct state state = {.epoch = 0};
	struct gates_gate gate;
	int r;

	if (!device_gate(req, rep, &gate))
		return 0;
	if (!form_ok(query))
		return device_refuse(
		    rep, 400, "wait", "wait is 0 to 25 seconds, seen the tag of a state.");
	if (form_given(query, DEVICE_PEER) && !device->any_certificate)
		gates_set_peer(device->registrar, &gate, form_text(query, DEVICE_PEER));
	buf_init(&state.versions, BUF_LIMIT_PAGE);
	r = await(
	    req, &gate, form_text(query, DEVICE_SEEN), form_number(query, DEVICE_WAIT), &state);
	if (r == 0 && !state.stands) {
		r = device_refuse(rep, 403, "revoked", "This gate has been revoked.");
	} else if (r == 0) {
		reply_type(rep, "application/json");
		buf_printf(reply_body(rep),
		    "{\"tag\":\"%s\",\"now_ms\":%lld,%s,\"log\":{\"epoch\":%lld,\"size\":%llu}}\n",
		    state.tag, (long long)registrar_now_ms(), buf_text(&state.versions),
		    (long long)state.epoch, (unsigned long long)state.size);
	} else {
		r = device_fault(rep, r);
	}
	buf_free(&state.versions);
	return r;
}

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "gate/seal/forget.h"
#include "gate/peer/peer.h"
#include "gate/sync/sync_private.h"
#include "gate/seal/wipe.h"
#include "schema/gate_db.h"

/* What the registrar said it has. */
struct state {
	char tag[SYNC_TAG_MAX + 1];
	uint64_t keys, revoked, staff;
	struct {
		uint32_t conference;
		uint64_t version;
	} rosters[SYNC_ROSTERS_MAX];
	size_t n_rosters;
	/* Lists found to be the newest. */
	struct lists_name same[SYNC_ROSTERS_MAX + 3];
	size_t n_same;
};

static bool read_rosters(json_t *array, struct state *state)
{
	size_t n = json_array_size(array);

	if (!json_is_array(array) || n > SYNC_ROSTERS_MAX)
		return false;
	for (size_t i = 0; i < n; i++) {
		json_int_t conference, version;

		if (json_unpack(json_array_get(array, i), "{s:I, s:I}", "conference", &conference,
			"version", &version) != 0 ||
		    conference < 1 || conference > UINT32_MAX || version < 1)
			return false;
		state->rosters[i].conference = (uint32_t)conference;
		state->rosters[i].version = (uint64_t)version;
	}
	state->n_rosters = n;
	return true;
}

/* A registrar that holds more of an epoch than this store has: an older copy of the store was put
 * back, and what it records next would contradict what it recorded before. */
static bool is_set_back(struct sync *sync, json_int_t epoch, json_int_t size)
{
	struct store_rows *rows = NULL;
	struct store_tx *tx = NULL;
	bool back = false;

	if (epoch < 1 || sync_look(sync, &tx) != 0)
		return false;
	if (store_one(tx, GATE_Q_LOG_GET, STORE_ARGS(store_i64(epoch)), &rows) == STORE_ROW)
		back = store_get_i64(rows, 2) < size;
	store_done(rows);
	sync_look_end(sync, tx);
	return back;
}

/* When the registrar lost what it gave receipts for (it was restored from a backup), the upload
 * has to go back to where it stands. */
static void note_log(struct sync *sync, json_int_t epoch, json_int_t size)
{
	if (epoch < 0 || size < 0)
		return;
	if (is_set_back(sync, epoch, size)) {
		sync_say(sync,
		    "ALARM: the registrar holds more of epoch %" PRId64
		    " than this gate: an older copy of its store was put back; tell the "
		    "administrator",
		    (int64_t)epoch);
		sync_leave_epoch(sync, epoch, "restored");
	}
	pthread_mutex_lock(&sync->mutex);
	sync->told = (struct sync_told){.known = true, .epoch = epoch, .size = (uint64_t)size};
	pthread_mutex_unlock(&sync->mutex);
	sync_poke(sync, SYNC_UP);
}

static void note_clock(struct sync *sync, int64_t theirs)
{
	int64_t ahead = sync_wall_ms(sync) - theirs;
	bool told;

	pthread_mutex_lock(&sync->mutex);
	told = sync->status.clock_known &&
	       (sync->status.clock_ahead_ms > SYNC_CLOCK_SECONDS * 1000 ||
		   sync->status.clock_ahead_ms < -SYNC_CLOCK_SECONDS * 1000);
	sync->status.clock_known = true;
	sync->status.clock_ahead_ms = ahead;
	pthread_mutex_unlock(&sync->mutex);
	if (!told && (ahead > SYNC_CLOCK_SECONDS * 1000 || ahead < -SYNC_CLOCK_SECONDS * 1000))
		sync_say(sync,
		    "this gate's clock is %" PRId64 " s %s the registrar's: set it right",
		    (ahead < 0 ? -ahead : ahead) / 1000, ahead < 0 ? "behind" : "ahead of");
}

static int put_peers(struct store_tx *tx, void *context)
{
	json_t *peers = context;
	const char *device, *address;
	int r = store_exec(tx, GATE_Q_PEER_CLEAR, STORE_NO_ARGS, NULL);

	for (size_t i = 0; r == 0 && i < json_array_size(peers); i++)
		if (json_unpack(json_array_get(peers, i), "{s:s, s:s}", "device", &device,
			"address", &address) == 0 &&
		    strlen(device) <= BUNDLE_NAME_MAX && peer_address_is_good(address))
			r = peer_put(tx, device, address, false);
	return r;
}

/* Where the other gates are; written down where it is another answer than the last. */
static int take_peers(struct sync *sync, json_t *peers)
{
	struct gate *gate = sync->setup.gate;
	int r = STORE_CLOSED;

	gate_lock(gate);
	if (gate->store != NULL)
		r = store_write(gate->store, put_peers, peers);
	gate_unlock(gate);
	return r;
}

/* A registrar of before says nothing of answers. */
static void note_answers(struct sync *sync, json_int_t version)
{
	bool news;

	pthread_mutex_lock(&sync->mutex);
	news = version >= 0 && sync->answers_told != version;
	sync->answers_told = version;
	pthread_mutex_unlock(&sync->mutex);
	if (news)
		sync_poke(sync, SYNC_ERRANDS);
}

static bool read_state(struct sync *sync, const struct client_answer *answer, struct state *state)
{
	json_t *json =
	    json_loadb((const char *)answer->body, answer->len, JSON_REJECT_DUPLICATES, NULL);
	json_t *rosters = NULL, *peers = NULL;
	json_int_t now = 0, keys = 0, revoked = 0, staff = 0, epoch = 0, size = 0, answers = -1;
	const char *tag = NULL;
	bool read = json != NULL &&
		    json_unpack(json, "{s:s, s:I, s:I, s:I, s:I, s?I, s:o, s?o, s:{s:I, s:I}}",
			"tag", &tag, "now_ms", &now, "keys", &keys, "revoked", &revoked, "staff",
			&staff, "answers", &answers, "rosters", &rosters, "peers", &peers, "log",
			"epoch", &epoch, "size", &size) == 0 &&
		    strlen(tag) <= SYNC_TAG_MAX && strspn(tag, "0123456789abcdef") == strlen(tag) &&
		    keys > 0 && revoked > 0 && staff > 0 && read_rosters(rosters, state);

	if (read) {
		(void)snprintf(state->tag, sizeof(state->tag), "%s", tag);
		state->keys = (uint64_t)keys;
		state->revoked = (uint64_t)revoked;
		state->staff = (uint64_t)staff;
		note_clock(sync, now);
		note_log(sync, epoch, size);
		/* When they can't be written down, the next answer brings them again. */
		if (strcmp(tag, sync->tag) != 0 && take_peers(sync, peers) != 0)
			state->tag[0] = '\0';
		note_answers(sync, answers);
	}
	json_decref(json);
	return read;
}

/* Where this gate's door to other gates is; a HOST:PORT holds nothing that a query would not. */
static void add_own_address(struct sync *sync, char *path, size_t size)
{
	struct gate *gate = sync->setup.gate;
	size_t len = strlen(path);

	gate_lock(gate);
	if (gate->peer_address[0] != '\0')
		(void)snprintf(path + len, size - len, "&peer=%s", gate->peer_address);
	gate_unlock(gate);
}

static int ask_state(struct sync *sync, struct sync_line *line, struct state *state)
{
	struct client_answer answer = {0};
	char path[160 + sizeof(sync->setup.gate->peer_address)];
	int r;

	(void)snprintf(
	    path, sizeof(path), "/device/v1/state?wait=%u&seen=%s", line->wait, sync->tag);
	add_own_address(sync, path, sizeof(path));
	r = client_ask(line->client, path, NULL, 0, line->wait, &answer);
	if (r != 0)
		return r;
	if (answer.status != 200)
		r = sync_refused(sync, "state", &answer);
	else if (!read_state(sync, &answer, state))
		r = SYNC_ANSWER;
	client_answer_free(&answer);
	return r;
}

static void list_path(char *path, size_t size, const struct lists_name *name, uint64_t have)
{
	switch (name->kind) {
	case LISTS_KEYS:
	case LISTS_STAFF:
		(void)snprintf(path, size, "/device/v1/%s", lists_kind_word(name->kind));
		break;
	case LISTS_REVOKED:
	case LISTS_REVOKED_DELTA:
		(void)snprintf(path, size, "/device/v1/revoked?have=%" PRIu64, have);
		break;
	case LISTS_ROSTER:
	case LISTS_ROSTER_DELTA:
		(void)snprintf(path, size, "/device/v1/roster/%" PRIu32 "?have=%" PRIu64,
		    name->conference, have);
		break;
	}
}

/* Verifies an object and puts it into the store, under the gate's lock. */
static int apply(struct sync *sync, const struct lists_object *as_received)
{
	struct gate *gate = sync->setup.gate;
	struct lists_object object = *as_received;
	struct lists_change change;
	int r = STORE_CLOSED;

	gate_lock(gate);
	object.root = sync->root;
	object.site = sync->site;
	object.keys = gate->keys;
	object.gate = gate;
	object.now = sync_wall_ms(sync) / 1000;
	if (gate->store != NULL)
		r = lists_apply(gate, &object, &change);
	gate_unlock(gate);
	if (r == LISTS_SAME)
		return 0;
	if (r != 0)
		return r;
	pthread_mutex_lock(&sync->mutex);
	sync->status.objects++;
	pthread_mutex_unlock(&sync->mutex);
	if (sync->setup.changed != NULL)
		sync->setup.changed(sync->setup.context, &change);
	return 0;
}

/* Whether the object's kind, as its header names it, is the list asked for or a change of it. */
static bool kind_fits(enum lists_kind asked, enum lists_kind got)
{
	return got == asked || (asked == LISTS_ROSTER && got == LISTS_ROSTER_DELTA) ||
	       (asked == LISTS_REVOKED && got == LISTS_REVOKED_DELTA);
}

static int fetch(struct sync *sync, const struct lists_name *name, uint64_t have)
{
	struct client_answer answer = {0};
	struct lists_object object = {.conference = name->conference};
	char path[96];
	int r;

	list_path(path, sizeof(path), name, have);
	r = client_ask(sync->lines[SYNC_DOWN].client, path, NULL, 0, 0, &answer);
	if (r != 0)
		return r;
	if (answer.status == 204) {
		r = 0;
	} else if (answer.status == 404 && name->kind == LISTS_ROSTER) {
		r = 0; /* over since the state was read: what is held stays */
	} else if (answer.status != 200) {
		r = sync_refused(sync, lists_kind_word(name->kind), &answer);
	} else if (lists_kind_find(answer.object, &object.kind) != 0 ||
		   !kind_fits(name->kind, object.kind)) {
		r = SYNC_ANSWER;
	} else {
		object.bytes = answer.body;
		object.len = answer.len;
		r = apply(sync, &object);
	}
	client_answer_free(&answer);
	return r;
}

/* Half of an object's life has gone: the registrar gives it again under the same version. */
static bool to_renew(const struct lists_held *held, int64_t now)
{
	return now > held->issued + (held->not_after - held->issued) / 2;
}

static int look_held(struct sync *sync, const struct lists_name *name, struct lists_held *ret_held)
{
	struct store_tx *tx = NULL;
	int r = sync_look(sync, &tx);

	if (r != 0)
		return r;
	r = lists_held(tx, name->kind, name->conference, ret_held);
	sync_look_end(sync, tx);
	return r;
}

static int bring(
    struct sync *sync, struct state *state, const struct lists_name *name, uint64_t version)
{
	struct lists_held held;
	int r = look_held(sync, name, &held);

	if (r != 0)
		return r;
	if (held.version == version && !held.fetch && !to_renew(&held, sync_wall_ms(sync) / 1000)) {
		state->same[state->n_same++] = *name;
		return 0;
	}
	r = fetch(sync, name, held.version == version || held.fetch ? 0 : held.version);
	/* A change that does not fit what is held: the whole list always does. */
	if (r == LISTS_BASE || r == LISTS_COUNT || (r == LISTS_BAD && held.version != 0))
		r = fetch(sync, name, 0);
	return r;
}

/* Follows one list, and notes what kept it from being followed; the others go on. */
static void follow(
    struct sync *sync, struct state *state, struct lists_name name, uint64_t version, int *result)
{
	int r;

	/* Without the network, and for a gate that is refused, the rest is no better. */
	if (*result == SYNC_REFUSED || (*result <= CLIENT_MEMORY && *result >= CLIENT_KEY))
		return;
	r = bring(sync, state, &name, version);
	if (r > LISTS_OK && r <= LISTS_NO_STAFF) {
		sync_say(sync, "%s %" PRIu32 ": %s", lists_kind_word(name.kind), name.conference,
		    lists_strerror(r));
		pthread_mutex_lock(&sync->mutex);
		sync->status.side[SYNC_DOWN].lists_error = r;
		pthread_mutex_unlock(&sync->mutex);
		r = SYNC_LISTS;
	}
	if (*result == 0 || r == SYNC_REFUSED)
		*result = r;
}

static int note_same(struct sync *sync, const struct state *state)
{
	struct gate *gate = sync->setup.gate;
	int r = STORE_CLOSED;

	gate_lock(gate);
	if (gate->store != NULL)
		r = lists_checked(
		    gate->store, state->same, state->n_same, sync_wall_ms(sync) / 1000);
	gate_unlock(gate);
	return r;
}

/* Without the network as well: then only what has ended is forgotten. */
static int forget(struct sync *sync, const struct state *state)
{
	uint32_t numbers[SYNC_ROSTERS_MAX];
	struct forget_listed listed = {.numbers = numbers};
	unsigned forgotten = 0;
	bool wiped = false;
	int r;

	for (size_t i = 0; state != NULL && i < state->n_rosters; i++)
		numbers[listed.n++] = state->rosters[i].conference;
	r = forget_rosters(sync->setup.gate, state == NULL ? NULL : &listed, &forgotten);
	if (r == 0 && forgotten > 0)
		sync_say(sync, "rosters of conferences that are over: %u forgotten", forgotten);
	if (r == 0)
		r = state == NULL ? wipe_when_unheard(sync->setup.gate, &wiped)
				  : wipe_known(sync->setup.gate);
	if (wiped)
		sync_say(sync,
		    "the registrar was not heard for %d days: what this gate held of "
		    "people is wiped",
		    WIPE_AGE / 86400);
	return r;
}

/* A list that is refused stays so for a while; what else changes is still heard. */
bool sync_down_well(int result)
{
	return result == 0 || result == SYNC_LISTS;
}

int sync_down_once(struct sync *sync, struct sync_line *line)
{
	struct gate *gate = sync->setup.gate;
	struct state state = {.n_same = 0};
	int same, r;

	gate_lock(gate);
	/* The same state says nothing new, and yet there is something to fetch. */
	if (gate->lists_damaged)
		sync->tag[0] = '\0';
	gate->lists_damaged = false;
	gate_unlock(gate);
	r = ask_state(sync, line, &state);
	same = forget(sync, r == 0 ? &state : NULL);
	if (r == 0)
		r = same;
	if (r != 0)
		return r;
	/* Keys first: everything else is checked with them. Then who may read what comes after. */
	follow(sync, &state, (struct lists_name){.kind = LISTS_KEYS}, state.keys, &r);
	follow(sync, &state, (struct lists_name){.kind = LISTS_STAFF}, state.staff, &r);
	follow(sync, &state, (struct lists_name){.kind = LISTS_REVOKED}, state.revoked, &r);
	for (size_t i = 0; i < state.n_rosters; i++)
		follow(sync, &state, (struct lists_name){LISTS_ROSTER, state.rosters[i].conference},
		    state.rosters[i].version, &r);
	same = note_same(sync, &state);
	if (r == 0)
		r = same;
	/* A state that was not followed whole is asked for again; a list that is refused would be
	 * refused again at once, and is asked for when the long poll ends. */
	(void)snprintf(
	    sync->tag, sizeof(sync->tag), "%s", r == 0 || r == SYNC_LISTS ? state.tag : "");
	return r;
}

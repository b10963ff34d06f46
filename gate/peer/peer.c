#include "gate/peer/peer.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/gate_db.h"

enum { SAVE_MS = 60000, KNOWN_MAX = 1024 };

/* One other gate as it was heard. */
struct known {
	char device[BUNDLE_NAME_MAX + 1];
	int64_t heard_ms;		   /* wall clock; 0: never */
	uint64_t mono_ms;		   /* the same by the time since boot */
	uint64_t direct_ms;		   /* its own answer, by the time since boot */
	uint64_t relayed_ms;		   /* by the registrar's word */
	bool heard, heard_direct, relayed; /* in this process */
	bool changed;			   /* not written down yet */
};

struct peers {
	struct known *known; /* by name */
	size_t n, cap;
	bool loaded;	/* what the store says of them is in */
	bool registrar; /* its newest question was answered */
	uint64_t registrar_ms, saved_ms;
	int64_t registrar_heard_ms; /* wall clock; 0: never in this process */
};

static struct peers *peers_of(struct gate *gate)
{
	if (gate->peers == NULL)
		gate->peers = calloc(1, sizeof(*gate->peers));
	return gate->peers;
}

void peer_free(struct gate *gate)
{
	if (gate->peers != NULL)
		free(gate->peers->known);
	free(gate->peers);
	gate->peers = NULL;
}

/* The place of a device, or where it belongs. */
static size_t place_of(const struct peers *peers, const char *device)
{
	size_t low = 0, high = peers->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(peers->known[middle].device, device) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct known *find(const struct peers *peers, const char *device)
{
	size_t at = peers == NULL ? 0 : place_of(peers, device);

	if (peers == NULL || at == peers->n || strcmp(peers->known[at].device, device) != 0)
		return NULL;
	return &peers->known[at];
}

/* gcc 12 takes what is put into a list that was grown for lost. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

/* Whether there is room for one more, made where there was none. */
static bool has_room(struct peers *peers)
{
	size_t cap = peers->cap == 0 ? 16 : peers->cap * 2;
	struct known *bigger;

	if (peers->n < peers->cap)
		return true;
	bigger = realloc(peers->known, cap * sizeof(*bigger));
	if (bigger == NULL)
		return false;
	peers->known = bigger;
	peers->cap = cap;
	return true;
}

/* Found or made; NULL: no memory, or more gates than there can be. */
static struct known *make(struct peers *peers, const char *device)
{
	struct known *known = find(peers, device);
	size_t at, len = strlen(device);

	if (known != NULL || len > BUNDLE_NAME_MAX || peers->n == KNOWN_MAX)
		return known;
	if (!has_room(peers))
		return NULL;
	at = place_of(peers, device);
	known = &peers->known[at];
	memmove(known + 1, known, (peers->n - at) * sizeof(*known));
	*known = (struct known){0};
	memcpy(known->device, device, len + 1);
	peers->n++;
	return known;
}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

static int load(struct gate *gate, struct store_tx *tx)
{
	struct peers *peers = peers_of(gate);
	struct store_rows *rows = NULL;
	int r;

	if (peers == NULL)
		return STORE_NO_MEMORY;
	if (peers->loaded)
		return 0;
	r = store_query(tx, GATE_Q_PEER_LIST, STORE_NO_ARGS, &rows);
	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		struct known *known = make(peers, store_get_text(rows, 0));

		r = known == NULL ? STORE_NO_MEMORY : 0;
		if (known != NULL && known->heard_ms < store_get_i64(rows, 3))
			known->heard_ms = store_get_i64(rows, 3);
	}
	store_done(rows);
	peers->loaded = r == 0;
	return r;
}

void peer_heard(struct gate *gate, const char *device, int64_t ago, bool direct)
{
	struct clock_reading now;
	struct known *known = NULL;
	uint64_t mono;

	gate_lock(gate);
	if (ago >= 0 && clock_read(&gate->clock, &now) == 0 && ago <= now.time_ms / 1000 &&
	    peers_of(gate) != NULL)
		known = make(gate->peers, device);
	if (known != NULL) {
		mono = (uint64_t)ago * 1000 < now.mono_ms ? now.mono_ms - (uint64_t)ago * 1000 : 0;
		if (!known->heard || mono > known->mono_ms) {
			known->mono_ms = mono;
			known->heard_ms = now.time_ms - ago * 1000;
			known->heard = known->changed = true;
		}
		if (direct) {
			known->direct_ms = mono;
			known->heard_direct = true;
		} else {
			known->relayed_ms = mono;
			known->relayed = true;
		}
	}
	gate_unlock(gate);
}

void peer_registrar_heard(struct gate *gate)
{
	struct clock_reading now;

	gate_lock(gate);
	if (clock_read(&gate->clock, &now) == 0 && peers_of(gate) != NULL) {
		gate->peers->registrar = true;
		gate->peers->registrar_ms = now.mono_ms;
		gate->peers->registrar_heard_ms = now.time_ms;
	}
	gate_unlock(gate);
}

void peer_registrar_lost(struct gate *gate)
{
	gate_lock(gate);
	if (gate->peers != NULL)
		gate->peers->registrar = false;
	gate_unlock(gate);
}

static bool is_fresh(bool heard, uint64_t mono_ms, const struct clock_reading *now)
{
	return heard && now->mono_ms <= mono_ms + PEER_HEARD_SECONDS * 1000;
}

bool peer_registrar_is_heard(struct gate *gate, const struct clock_reading *now)
{
	const struct peers *peers = gate->peers;

	return peers != NULL && is_fresh(peers->registrar, peers->registrar_ms, now);
}

bool peer_is_needed(struct gate *gate, const char *device, const struct clock_reading *now)
{
	const struct known *known = find(gate->peers, device);

	if (known == NULL || !peer_registrar_is_heard(gate, now) ||
	    !is_fresh(known->relayed, known->relayed_ms, now))
		return true;
	return !known->heard_direct ||
	       now->mono_ms > known->direct_ms + (uint64_t)PEER_PROBE_SECONDS * 1000;
}

static void add_name(char names[static PEER_NAMES_MAX], const char *name)
{
	size_t len = strlen(names), more = strlen(name);

	if (len + more + 3 > PEER_NAMES_MAX)
		return;
	(void)snprintf(names + len, PEER_NAMES_MAX - len, "%s%s", len > 0 ? ", " : "", name);
}

static bool is_other(const struct gate *gate, const struct keyset_device *device)
{
	return device->state == KEYSET_ACTIVE && strcmp(device->name, gate->identity.device) != 0;
}

/* Whether the registrar, or any other gate, is heard now. */
static bool any_is_heard(struct gate *gate, const struct clock_reading *now)
{
	if (peer_registrar_is_heard(gate, now))
		return true;
	for (size_t i = 0; i < gate->peers->n; i++)
		if (is_fresh(gate->peers->known[i].heard, gate->peers->known[i].mono_ms, now))
			return true;
	return false;
}

static bool any_took_part(const struct peers *peers, int64_t since_ms)
{
	if (peers->registrar_heard_ms >= since_ms)
		return true;
	for (size_t i = 0; i < peers->n; i++)
		if (peers->known[i].heard_ms >= since_ms)
			return true;
	return false;
}

/* Whether a gate may be letting people in without being heard; since_ms 0: nothing is known of
 * today, so it counts as long as it was ever heard. */
static bool is_missed(const struct known *known, int64_t since_ms, const struct clock_reading *now)
{
	if (known == NULL || known->heard_ms == 0 || is_fresh(known->heard, known->mono_ms, now))
		return false;
	return known->heard_ms >= since_ms;
}

int peer_unheard(struct gate *gate, struct store_tx *tx, const struct clock_reading *now,
    int64_t since, unsigned *ret_count, char ret_names[static PEER_NAMES_MAX])
{
	int64_t since_ms = since * 1000;
	unsigned count = 0;
	int r = load(gate, tx);

	if (r != 0)
		return r;
	if (!any_is_heard(gate, now) && !any_took_part(gate->peers, since_ms))
		since_ms = 0;
	ret_names[0] = '\0';
	for (size_t i = 0; gate->keys != NULL && i < gate->keys->device_count; i++) {
		const struct keyset_device *device = &gate->keys->devices[i];

		if (!is_other(gate, device) ||
		    !is_missed(find(gate->peers, device->name), since_ms, now))
			continue;
		count++;
		add_name(ret_names, device->name);
	}
	*ret_count = count;
	return 0;
}

bool peer_address_is_good(const char *address)
{
	const char *colon = strrchr(address, ':');
	size_t host;
	long port = 0;

	if (colon == NULL || strlen(address) > PEER_ADDRESS_MAX)
		return false;
	host = (size_t)(colon - address);
	if (host == 0 || strlen(colon + 1) > 5 || colon[1] == '\0')
		return false;
	for (const char *at = colon + 1; *at != '\0'; at++) {
		if (!isdigit((unsigned char)*at))
			return false;
		port = port * 10 + (*at - '0');
	}
	if (port < 1 || port > 65535)
		return false;
	if (address[0] == '[')
		return host > 2 && address[host - 1] == ']' &&
		       strspn(address + 1, "0123456789abcdefABCDEF:.") == host - 2;
	return address[0] != '-' && address[0] != '.' &&
	       strspn(address,
		   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") == host;
}

int peer_put(struct store_tx *tx, const char *device, const char *address, bool by_hand)
{
	if (address[0] != '\0' && !peer_address_is_good(address))
		return STORE_MISUSE;
	if (address[0] == '\0' && by_hand)
		return store_exec(tx, GATE_Q_PEER_FORGET, STORE_ARGS(store_text(device)), NULL);
	return store_exec(tx, GATE_Q_PEER_PUT,
	    STORE_ARGS(store_text(device), store_text(address), store_i64(by_hand)), NULL);
}

int peer_address(
    struct store_tx *tx, const char *device, char ret_address[static PEER_ADDRESS_MAX + 1])
{
	struct store_rows *rows = NULL;
	int r = store_one(tx, GATE_Q_PEER_ADDRESS, STORE_ARGS(store_text(device)), &rows);
	const char *address;

	if (r != STORE_ROW)
		return r;
	address = store_get_text(rows, 0);
	if (strlen(address) > PEER_ADDRESS_MAX)
		r = STORE_CORRUPT;
	else
		memcpy(ret_address, address, strlen(address) + 1);
	store_done(rows);
	return r;
}

static int64_t age_of(bool heard, uint64_t mono_ms, const struct clock_reading *now)
{
	if (!heard)
		return -1;
	return now->mono_ms > mono_ms ? (int64_t)((now->mono_ms - mono_ms) / 1000) : 0;
}

static void fill_ages(struct gate *gate, const struct clock_reading *now, struct peer *peer)
{
	const struct known *known = find(gate->peers, peer->device);

	peer->heard_age = peer->direct_age = -1;
	if (known == NULL)
		return;
	peer->heard_age = age_of(known->heard, known->mono_ms, now);
	peer->direct_age = age_of(known->heard_direct, known->direct_ms, now);
	if (!known->heard && known->heard_ms > 0)
		peer->heard_age =
		    now->time_ms > known->heard_ms ? (now->time_ms - known->heard_ms) / 1000 : 0;
}

/* The addresses kept, by name. */
struct rows {
	struct peer *peers;
	size_t n, cap;
};

static struct peer *row_of(struct rows *rows, const char *device)
{
	size_t len = strlen(device);

	for (size_t i = 0; i < rows->n; i++)
		if (strcmp(rows->peers[i].device, device) == 0)
			return &rows->peers[i];
	if (len > BUNDLE_NAME_MAX)
		return NULL;
	if (rows->n == rows->cap) {
		size_t cap = rows->cap == 0 ? 64 : rows->cap * 2;
		struct peer *bigger = realloc(rows->peers, cap * sizeof(*bigger));

		if (bigger == NULL)
			return NULL;
		rows->peers = bigger;
		rows->cap = cap;
	}
	rows->peers[rows->n] = (struct peer){0};
	memcpy(rows->peers[rows->n].device, device, len + 1);
	return &rows->peers[rows->n++];
}

static int read_rows(struct store_tx *tx, struct rows *to)
{
	struct store_rows *rows = NULL;
	int r = store_query(tx, GATE_Q_PEER_LIST, STORE_NO_ARGS, &rows);

	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		const char *address = store_get_text(rows, 1);
		struct peer *peer = row_of(to, store_get_text(rows, 0));

		r = peer == NULL ? STORE_NO_MEMORY : 0;
		if (peer == NULL || strlen(address) > PEER_ADDRESS_MAX)
			continue;
		memcpy(peer->address, address, strlen(address) + 1);
		peer->by_hand = store_get_i64(rows, 2) != 0;
	}
	store_done(rows);
	return r;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct peer *)a)->device, ((const struct peer *)b)->device);
}

static int gather(struct gate *gate, struct store_tx *tx, struct rows *to)
{
	int r = load(gate, tx);

	if (r == 0)
		r = read_rows(tx, to);
	for (size_t i = 0; r == 0 && gate->keys != NULL && i < gate->keys->device_count; i++) {
		struct peer *peer = NULL;

		if (!is_other(gate, &gate->keys->devices[i]))
			continue;
		peer = row_of(to, gate->keys->devices[i].name);
		if (peer == NULL)
			r = STORE_NO_MEMORY;
		else
			peer->active = true;
	}
	return r;
}

int peer_each(struct gate *gate, struct store_tx *tx, peer_visit *visit, void *context)
{
	struct rows rows = {0};
	struct clock_reading now = {0};
	int r = clock_read(&gate->clock, &now) == 0 ? gather(gate, tx, &rows) : STORE_CLOSED;

	if (r == 0 && rows.n > 1)
		qsort(rows.peers, rows.n, sizeof(*rows.peers), by_name);
	for (size_t i = 0; r == 0 && i < rows.n; i++) {
		fill_ages(gate, &now, &rows.peers[i]);
		if (rows.peers[i].active || rows.peers[i].address[0] != '\0')
			r = visit(context, &rows.peers[i]);
	}
	free(rows.peers);
	return r;
}

json_t *peer_json(const struct peer *peer)
{
	json_t *json = json_pack("{s:s, s:s, s:b, s:b, s:b}", "device", peer->device, "address",
	    peer->address, "by-hand", peer->by_hand, "active", peer->active, "heard",
	    peer->heard_age >= 0 && peer->heard_age <= PEER_HEARD_SECONDS);

	if (json == NULL)
		return NULL;
	if (peer->heard_age >= 0)
		json_object_set_new(json, "heard-age", json_integer(peer->heard_age));
	if (peer->direct_age >= 0)
		json_object_set_new(json, "direct-age", json_integer(peer->direct_age));
	return json;
}

static int save_body(struct store_tx *tx, void *context)
{
	const struct peers *peers = context;
	int r = 0;

	for (size_t i = 0; r == 0 && i < peers->n; i++)
		if (peers->known[i].changed)
			r = store_exec(tx, GATE_Q_PEER_HEARD,
			    STORE_ARGS(store_text(peers->known[i].device),
				store_i64(peers->known[i].heard_ms)),
			    NULL);
	return r;
}

int peer_save(struct gate *gate)
{
	struct peers *peers;
	struct clock_reading now;
	int r = 0;

	gate_lock(gate);
	peers = gate->peers;
	if (peers != NULL && gate->store != NULL && clock_read(&gate->clock, &now) == 0 &&
	    (peers->saved_ms == 0 || now.mono_ms >= peers->saved_ms + SAVE_MS)) {
		peers->saved_ms = now.mono_ms;
		r = store_write(gate->store, save_body, peers);
		for (size_t i = 0; r == 0 && i < peers->n; i++)
			peers->known[i].changed = false;
	}
	gate_unlock(gate);
	return r;
}

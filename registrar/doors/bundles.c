#include "registrar/doors/bundles.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/doors/bundles_make.h"
#include "registrar/keys/keys_object.h"
#include "schema/registrar_db.h"

/* Full rosters kept at once: the conferences of a few days. */
#define CACHED_ROSTERS 8
#define SLOTS	       (2 + CACHED_ROSTERS) /* staff, revoked, rosters */

struct slot {
	uint32_t conference; /* rosters; 0: empty */
	uint64_t used;	     /* the newest use */
	struct bundles_object *object;
};

struct bundles {
	struct registrar *registrar;
	pthread_mutex_t mutex; /* held while a full object is built: who asks for it next waits */
	uint64_t uses;
	struct slot slots[SLOTS];
};

int bundles_open(struct registrar *registrar, struct bundles **ret_bundles)
{
	struct bundles *bundles = calloc(1, sizeof(*bundles));

	if (bundles == NULL || pthread_mutex_init(&bundles->mutex, NULL) != 0) {
		free(bundles);
		return BUNDLES_MEMORY;
	}
	bundles->registrar = registrar;
	*ret_bundles = bundles;
	return 0;
}

struct renewal {
	struct registrar *registrar;
	int64_t now;
};

static int renew_body(struct store_tx *tx, void *context)
{
	const struct renewal *renewal = context;
	const struct store_value since = store_i64(renewal->now - BUNDLES_AFTER_END);
	int64_t version = 0;
	int r = store_exec(tx, REGISTRAR_Q_BUNDLE_RENEW_CONFERENCES, STORE_ARGS(since), NULL);

	if (r == 0)
		r = store_exec(tx, REGISTRAR_Q_BUNDLE_RENEW_PASSES, STORE_ARGS(since), NULL);
	/* While the root is offline the list it signed last goes on being given. */
	if (r == 0 && keyring_signer(renewal->registrar->keyring, KEY_USE_ROOT) != NULL)
		r = keys_object_changed(tx, renewal->registrar);
	if (r == 0)
		r = registrar_raise(tx, "staff_version", NULL);
	if (r == 0)
		r = registrar_raise(tx, "revoked_version", &version);
	return r != 0 ? r
		      : store_exec(tx, REGISTRAR_Q_BUNDLE_RENEW_REVOCATIONS,
			    STORE_ARGS(store_i64(version)), NULL);
}

int bundles_renew(struct registrar *registrar, int64_t now)
{
	struct renewal renewal = {registrar, now};

	return store_write(registrar->store, renew_body, &renewal);
}

static void drop(struct bundles_object *object)
{
	if (object != NULL && --object->users == 0) {
		free((uint8_t *)(uintptr_t)object->bytes);
		free(object);
	}
}

void bundles_close(struct bundles *bundles)
{
	if (bundles == NULL)
		return;
	for (size_t i = 0; i < SLOTS; i++)
		drop(bundles->slots[i].object);
	pthread_mutex_destroy(&bundles->mutex);
	free(bundles);
}

void bundles_put(struct bundles *bundles, struct bundles_object *object)
{
	if (object == NULL)
		return;
	pthread_mutex_lock(&bundles->mutex);
	drop(object);
	pthread_mutex_unlock(&bundles->mutex);
}

static int wrap(enum bundles_kind kind, const struct bundle_head *head, struct bundles_block *block,
    struct bundles_object **ret)
{
	struct bundles_object *object = malloc(sizeof(*object));

	if (object == NULL) {
		free(block->bytes);
		return BUNDLES_MEMORY;
	}
	*object = (struct bundles_object){
	    .kind = kind,
	    .version = head->version,
	    .issued = head->issued,
	    .not_after = head->not_after,
	    .len = block->len,
	    .bytes = block->bytes,
	    .users = 1,
	};
	*ret = object;
	return 0;
}

static struct bundle_head head_now(uint64_t version, int64_t life)
{
	int64_t now = registrar_now();

	return (struct bundle_head){.version = version, .issued = now, .not_after = now + life};
}

/* Whether an object may still be given out: it is given again, under the same version, once half
 * its life has gone (or the clock was set to before its issue). */
static bool fresh(const struct bundles_object *object, uint64_t version, int64_t now)
{
	return object != NULL && object->version == version && object->issued <= now &&
	       now < object->issued + (object->not_after - object->issued) / 2;
}

static struct slot *roster_slot(struct bundles *bundles, uint32_t conference)
{
	struct slot *oldest = &bundles->slots[2];

	for (size_t i = 2; i < SLOTS; i++) {
		struct slot *slot = &bundles->slots[i];

		if (slot->conference == conference)
			return slot;
		if (slot->used < oldest->used)
			oldest = slot;
	}
	drop(oldest->object);
	*oldest = (struct slot){.conference = conference};
	return oldest;
}

/* What a full object is made from. */
struct full {
	enum bundles_kind kind;
	const struct roster_conference *conference; /* rosters */
	uint64_t version;
};

static int make_full(struct bundles *bundles, struct store_tx *tx, const struct full *full,
    struct bundles_object **ret)
{
	struct registrar *registrar = bundles->registrar;
	struct bundle_head head = head_now(full->version, BUNDLES_LISTS_LIFE);
	struct bundles_block block = {0};
	int r = BUNDLES_DATA;

	switch (full->kind) {
	case BUNDLES_KEYS:
	case BUNDLES_STAFF:
		r = bundles_make_staff(registrar, tx, &head, &block);
		break;
	case BUNDLES_ROSTER:
		r = bundles_make_roster(registrar, tx, &head, full->conference, 0, 0, &block);
		break;
	case BUNDLES_REVOKED:
		r = bundles_make_revoked(registrar, tx, &head, 0, 0, &block);
		break;
	case BUNDLES_ROSTER_DELTA:
	case BUNDLES_REVOKED_DELTA:
		break;
	}
	return r != 0 ? r : wrap(full->kind, &head, &block, ret);
}

static int take_full(struct bundles *bundles, struct store_tx *tx, const struct full *full,
    struct bundles_object **ret)
{
	struct bundles_object *made = NULL;
	struct slot *slot;
	int r = 0;

	pthread_mutex_lock(&bundles->mutex);
	slot = full->kind == BUNDLES_STAFF     ? &bundles->slots[0]
	       : full->kind == BUNDLES_REVOKED ? &bundles->slots[1]
					       : roster_slot(bundles, full->conference->number);
	slot->used = ++bundles->uses;
	if (fresh(slot->object, full->version, registrar_now())) {
		made = slot->object;
		made->users++;
	} else {
		r = make_full(bundles, tx, full, &made);
		/* A reader with an older snapshot must not push out what is newer. */
		if (r == 0 && (slot->object == NULL || slot->object->version <= made->version)) {
			drop(slot->object);
			slot->object = made;
			made->users++;
		}
	}
	if (r == 0)
		*ret = made;
	pthread_mutex_unlock(&bundles->mutex);
	return r;
}

static int counter(struct store_tx *tx, const char *key, uint64_t *ret)
{
	int64_t value;
	int r = registrar_counter(tx, key, &value);

	if (r == 0)
		*ret = (uint64_t)value;
	return r;
}

static int staff(struct bundles *bundles, struct bundles_object **ret)
{
	struct full full = {.kind = BUNDLES_STAFF};
	struct store_tx *tx = NULL;
	int r = store_read_begin(bundles->registrar->store, &tx);

	if (r == 0)
		r = counter(tx, "staff_version", &full.version);
	if (r == 0)
		r = take_full(bundles, tx, &full, ret);
	store_read_end(tx);
	return r;
}

/* What the root signed last, as long as it is the newest and lives. */
static int stored_keys(struct keys_object *stored, int64_t version, struct bundles_object **ret)
{
	struct bundle_head head = {(uint64_t)stored->version, stored->issued, stored->not_after};
	struct bundles_block block = {stored->bytes, stored->len};

	if (stored->version == 0 || stored->version != version ||
	    stored->not_after <= registrar_now()) {
		free(stored->bytes);
		return BUNDLES_NO_KEY;
	}
	return wrap(BUNDLES_KEYS, &head, &block, ret);
}

int bundles_keys(struct bundles *bundles, struct bundles_object **ret_object)
{
	struct keys_object stored = {0};
	struct store_tx *tx = NULL;
	int64_t version = 0;
	int r = keys_object_settle(bundles->registrar);

	if (r == 0)
		r = store_read_begin(bundles->registrar->store, &tx);
	if (r == 0)
		r = registrar_counter(tx, "keys_version", &version);
	if (r == 0)
		r = keys_object_read(tx, &stored);
	store_read_end(tx);
	return r != 0 ? r : stored_keys(&stored, version, ret_object);
}

int bundles_staff(struct bundles *bundles, struct bundles_object **ret_object)
{
	return staff(bundles, ret_object);
}

/* How many rows changed after a version, and how many there are. */
struct change {
	int64_t changed, total;
};

static int count_change(struct store_tx *tx, unsigned query, const struct store_value *args,
    size_t n_args, struct change *ret)
{
	struct store_rows *rows = NULL;
	int r = store_one(tx, query, args, n_args, &rows);

	if (r != STORE_ROW)
		return r;
	*ret = (struct change){store_get_i64(rows, 0), store_get_i64(rows, 1)};
	store_done(rows);
	return 0;
}

/* A full object is cached and costs nothing twice, so a delta is for small changes. */
static bool worth_a_delta(const struct change *change)
{
	return change->changed <= 16 || change->changed * 4 <= change->total;
}

static int roster_delta(struct bundles *bundles, struct store_tx *tx, const struct full *full,
    uint64_t have, struct bundles_object **ret)
{
	struct bundle_head head = head_now(full->version, BUNDLES_LISTS_LIFE);
	struct bundles_block block = {0};
	struct change change = {0};
	int r = count_change(tx, REGISTRAR_Q_BUNDLE_ROSTER_CHANGED,
	    STORE_ARGS(store_i64(full->conference->number), store_i64((int64_t)have)), &change);

	if (r == 0 && !worth_a_delta(&change))
		return take_full(bundles, tx, full, ret);
	if (r == 0)
		r = bundles_make_roster(bundles->registrar, tx, &head, full->conference, have,
		    (uint32_t)change.total, &block);
	return r != 0 ? r : wrap(BUNDLES_ROSTER_DELTA, &head, &block, ret);
}

int bundles_roster(
    struct bundles *bundles, uint32_t conference, uint64_t have, struct bundles_object **ret_object)
{
	struct roster_conference record = {0};
	struct full full = {.kind = BUNDLES_ROSTER, .conference = &record};
	struct store_rows *rows = NULL;
	struct store_tx *tx = NULL;
	int r = store_read_begin(bundles->registrar->store, &tx);

	if (r == 0)
		r = bundles_make_conference(
		    tx, conference, registrar_now(), &record, &full.version, &rows);
	if (r == STORE_ROW) {
		if (have == full.version)
			r = BUNDLES_SAME;
		else if (have > 0 && have < full.version)
			r = roster_delta(bundles, tx, &full, have, ret_object);
		else
			r = take_full(bundles, tx, &full, ret_object);
	}
	store_done(rows);
	store_read_end(tx);
	return r;
}

static int revoked_delta(struct bundles *bundles, struct store_tx *tx, const struct full *full,
    uint64_t have, struct bundles_object **ret)
{
	struct bundle_head head = head_now(full->version, BUNDLES_LISTS_LIFE);
	struct bundles_block block = {0};
	struct change change = {0};
	int r = count_change(tx, REGISTRAR_Q_BUNDLE_REVOCATIONS_CHANGED,
	    STORE_ARGS(store_i64((int64_t)have), store_i64(head.issued)), &change);

	if (r == 0 && !worth_a_delta(&change))
		return take_full(bundles, tx, full, ret);
	if (r == 0)
		r = bundles_make_revoked(
		    bundles->registrar, tx, &head, have, (uint32_t)change.total, &block);
	return r != 0 ? r : wrap(BUNDLES_REVOKED_DELTA, &head, &block, ret);
}

int bundles_revoked(struct bundles *bundles, uint64_t have, struct bundles_object **ret_object)
{
	struct full full = {.kind = BUNDLES_REVOKED};
	struct store_tx *tx = NULL;
	int r = store_read_begin(bundles->registrar->store, &tx);

	if (r == 0)
		r = counter(tx, "revoked_version", &full.version);
	if (r == 0) {
		if (have == full.version)
			r = BUNDLES_SAME;
		else if (have > 0 && have < full.version)
			r = revoked_delta(bundles, tx, &full, have, ret_object);
		else
			r = take_full(bundles, tx, &full, ret_object);
	}
	store_read_end(tx);
	return r;
}

const char *bundles_kind_word(enum bundles_kind kind)
{
	static const char *const words[] = {
	    "keys", "staff", "roster", "roster-delta", "revoked", "revoked-delta"};

	return words[kind];
}

const char *bundles_strerror(int result)
{
	switch (result) {
	case BUNDLES_SAME:
		return "this is the newest already";
	case BUNDLES_NO_CONFERENCE:
		return "no such conference, or it is long over";
	case BUNDLES_NO_KEY:
		return "the key that signs this is not there (the root key may be offline): "
		       "`registrar check` says "
		       "what to do";
	case BUNDLES_DATA:
		return "a row of the store can't be put into a signed object";
	case BUNDLES_MEMORY:
		return "out of memory";
	default:
		return model_words(result);
	}
}

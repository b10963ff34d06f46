#include "gate/sync/follow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gate/conference.h"
#include "gate/door/presence.h"
#include "gate/door/stop.h"
#include "schema/gate_db.h"

/* In meta: entries were passed over because no roster named their conference. */
static const char skipped_key[] = "follow_skipped";

/* One piece on its way. */
struct work {
	struct gate *gate;
	const struct follow_piece *piece;
	int64_t now_ms;
	struct note_key key; /* of the log */
	struct tree tree;    /* what the piece goes on from: as held, or as it came */
	struct tree held;    /* as held: empty where nothing is */
	char checkpoint[CHECKPOINT_SIGNED_MAX + 1];
	size_t skip; /* entries of the piece that are held already */
	int outcome;
	size_t news;
	char slug[CONFERENCE_SLUG_MAX + 1]; /* looked up last */
	uint32_t number;		    /* its conference, 0: not known here */
	bool skipped;
};

/* What is held of the log; STORE_NOT_FOUND: nothing. */
static int read_held(struct store_tx *tx, struct work *work)
{
	const struct follow_piece *piece = work->piece;
	struct store_rows *rows = NULL;
	const void *tree;
	size_t len;
	int r = store_one(tx, GATE_Q_FOLLOW_GET,
	    STORE_ARGS(store_text(piece->device), store_i64((int64_t)piece->epoch)), &rows);

	if (r != STORE_ROW)
		return r;
	r = 0;
	tree = store_get_blob(rows, 1, &len);
	if (tree_load(tree, len, &work->tree) != 0)
		r = STORE_CORRUPT;
	(void)snprintf(work->checkpoint, sizeof(work->checkpoint), "%s", store_get_text(rows, 2));
	if (store_get_text(rows, 3)[0] != '\0')
		work->outcome = FOLLOW_ALARM;
	store_done(rows);
	return r;
}

static int put(struct store_tx *tx, const struct work *work, const struct tree *tree,
    const char *checkpoint, size_t len, const char *alarm)
{
	uint8_t stored[TREE_STORED_MAX];
	size_t stored_len = tree_store(tree, stored);

	return store_exec(tx, GATE_Q_FOLLOW_PUT,
	    STORE_ARGS(store_text(work->piece->device), store_i64((int64_t)work->piece->epoch),
		store_i64((int64_t)tree->size), store_blob(stored, stored_len),
		store_textn(checkpoint, len), store_text(alarm)),
	    NULL);
}

/* From now on nothing of this log is taken; what was taken stays. */
static int alarm_with(struct store_tx *tx, struct work *work, const char *why)
{
	work->outcome = FOLLOW_ALARM;
	return put(tx, work, &work->held, work->checkpoint, strlen(work->checkpoint), why);
}

/* The conference of an entry, 0 where this gate has no roster of it. */
static int find_conference(struct store_tx *tx, struct work *work, const char *slug)
{
	struct conference *conference;
	int r;

	if (strcmp(work->slug, slug) == 0)
		return 0;
	conference = malloc(sizeof(*conference));
	if (conference == NULL)
		return STORE_NO_MEMORY;
	r = conference_by_slug(tx, slug, conference);
	if (r == STORE_ROW || r == STORE_NOT_FOUND) {
		work->number = r == STORE_ROW ? conference->number : 0;
		(void)snprintf(work->slug, sizeof(work->slug), "%s", slug);
		r = 0;
	}
	free(conference);
	return r;
}

static enum presence_kind kind_of(enum entry_decision decision)
{
	return decision == ENTRY_ADMIT	    ? PRESENCE_IN
	       : decision == ENTRY_OVERRIDE ? PRESENCE_OVERRIDE
	       : decision == ENTRY_EXIT	    ? PRESENCE_OUT
					    : 0;
}

static int move(struct store_tx *tx, struct work *work, const struct entry *entry)
{
	struct presence_move made = {
	    .kind = kind_of(entry->decision),
	    .time_ms = entry->time_ms,
	    .device = work->piece->device,
	    .epoch = work->piece->epoch,
	    .seq = entry->seq,
	    .staff = entry->staff,
	};
	int r;

	if (!entry->has_pass || entry->event[0] == '\0' ||
	    (made.kind == 0 && entry->decision != ENTRY_VOID))
		return 0;
	r = find_conference(tx, work, entry->event);
	if (r != 0)
		return r;
	work->skipped = work->skipped || work->number == 0;
	if (work->number == 0)
		return 0;
	made.conference = work->number;
	memcpy(made.pass, entry->pass, sizeof(made.pass));
	if (made.kind != 0)
		return presence_move(work->gate, tx, &made);
	r = presence_void_of(work->gate, tx, &made);
	return r == STORE_NOT_FOUND ? 0 : r;
}

static int take_entries(struct store_tx *tx, struct work *work)
{
	const struct follow_piece *piece = work->piece;
	struct entry entry;
	int r = 0;

	for (size_t i = work->skip; r == 0 && i < piece->n_entries; i++) {
		/* Verified as it is, it parses. */
		if (entry_parse(piece->entries[i].text, piece->entries[i].len, &entry) != 0)
			continue;
		r = move(tx, work, &entry);
		if (r == 0)
			r = stop_follow(
			    work->gate, tx, work->now_ms, piece->device, piece->epoch, &entry);
	}
	if (r == 0 && work->skipped)
		r = gate_meta_set(tx, skipped_key, store_i64(1));
	return r;
}

/* Without the check, as a test's control: the leaves are put on, whatever they are. */
static int extend_unverified(struct work *work, struct tree *ret_tree)
{
	struct tree tree = work->tree;
	uint8_t leaf[TREE_HASH];

	for (size_t i = work->skip; i < work->piece->n_entries; i++) {
		tree_leaf(work->piece->entries[i].text, work->piece->entries[i].len, leaf);
		if (tree_append(&tree, leaf) != 0)
			return LOG_FULL;
	}
	*ret_tree = tree;
	return 0;
}

static int extend(struct store_tx *tx, struct work *work)
{
	const struct follow_piece *piece = work->piece;
	struct tree tree;
	int r = work->gate->options.follow_unverified
		    ? extend_unverified(work, &tree)
		    : log_extend(&work->tree, piece->entries + work->skip,
			  piece->n_entries - work->skip, piece->checkpoint, piece->checkpoint_len,
			  &work->key, &tree, NULL, NULL);

	if (r != 0)
		return alarm_with(tx, work, log_error_word(r));
	r = take_entries(tx, work);
	if (r == 0)
		r = put(tx, work, &tree, piece->checkpoint, piece->checkpoint_len, "");
	if (r == 0)
		work->news = piece->n_entries - work->skip;
	return r;
}

/* Where nothing is held, the tree that came says where one begins. What it is worth shows when it
 * and the entries have the signed root, or not. */
static int begin(struct store_tx *tx, struct work *work)
{
	const struct follow_piece *piece = work->piece;

	tree_init(&work->tree);
	tree_init(&work->held);
	if (piece->tree == NULL && piece->old == 0)
		return extend(tx, work);
	if (piece->tree == NULL) {
		work->outcome = FOLLOW_GAP;
		return 0;
	}
	if (tree_load(piece->tree, piece->tree_len, &work->tree) != 0 ||
	    work->tree.size != piece->old)
		return alarm_with(tx, work, "bad-tree");
	return extend(tx, work);
}

static int body(struct store_tx *tx, void *context)
{
	struct work *work = context;
	const struct follow_piece *piece = work->piece;
	int r = read_held(tx, work);

	if (r == STORE_NOT_FOUND)
		return begin(tx, work);
	work->held = work->tree;
	if (r != 0 || work->outcome != 0)
		return r;
	if (piece->old > work->tree.size) {
		work->outcome = FOLLOW_GAP;
		return 0;
	}
	/* Two ways may bring the same: what is held is not looked at again. */
	work->skip = (size_t)(work->tree.size - piece->old);
	return work->skip >= piece->n_entries ? 0 : extend(tx, work);
}

/* The key of the piece's log: false when this gate follows no such device. */
static bool find_key(struct gate *gate, const struct follow_piece *piece, struct note_key *ret_key)
{
	const struct keyset_device *device =
	    gate->keys == NULL ? NULL : keyset_device(gate->keys, piece->device);
	char epoch[24], origin[CHECKPOINT_ORIGIN_MAX + 1];

	if (device == NULL || device->state != KEYSET_ACTIVE || piece->epoch == 0 ||
	    piece->epoch > INT64_MAX ||
	    (strcmp(piece->device, gate->identity.device) == 0 &&
		piece->epoch == gate->journal.epoch))
		return false;
	(void)snprintf(epoch, sizeof(epoch), "%llu", (unsigned long long)piece->epoch);
	return log_origin(gate->identity.site, piece->device, epoch, origin) == 0 &&
	       note_key_make(origin, NOTE_ED25519, device->public, ret_key) == 0;
}

static int apply(struct gate *gate, const struct follow_piece *piece, size_t *ret_news)
{
	struct work *work = calloc(1, sizeof(*work));
	int r = STORE_NO_MEMORY;

	if (work == NULL)
		return r;
	work->gate = gate;
	work->piece = piece;
	work->now_ms = clock_wall_ms(&gate->clock);
	if (piece->n_entries > FOLLOW_ENTRIES_MAX || !find_key(gate, piece, &work->key))
		r = FOLLOW_UNKNOWN;
	else if (gate->store == NULL)
		r = STORE_CLOSED;
	else
		r = store_write(gate->store, body, work);
	if (r != 0)
		gate->tally_conference = 0;
	if (r == 0)
		r = work->outcome;
	if (r == 0 && ret_news != NULL)
		*ret_news = work->news;
	if (work->news > 0 || r == FOLLOW_ALARM)
		gong_ring(&gate->gong);
	free(work);
	return r;
}

int follow_apply(struct gate *gate, const struct follow_piece *piece, size_t *ret_news)
{
	int r;

	gate_lock(gate);
	r = apply(gate, piece, ret_news);
	gate_unlock(gate);
	return r;
}

int follow_each(struct store_tx *tx, follow_visit *visit, void *context)
{
	struct store_rows *rows = NULL;
	int r = store_query(tx, GATE_Q_FOLLOW_LIST, STORE_NO_ARGS, &rows);

	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		struct follow_log log = {.epoch = (uint64_t)store_get_i64(rows, 1),
		    .size = (uint64_t)store_get_i64(rows, 2)};

		(void)snprintf(log.device, sizeof(log.device), "%s", store_get_text(rows, 0));
		(void)snprintf(log.alarm, sizeof(log.alarm), "%s", store_get_text(rows, 3));
		r = visit(context, &log);
	}
	store_done(rows);
	return r;
}

int follow_forget(struct store_tx *tx, const char *device)
{
	return store_exec(tx, GATE_Q_FOLLOW_FORGET, STORE_ARGS(store_text(device)), NULL);
}

static int afresh_body(struct store_tx *tx, void *context)
{
	int64_t skipped = 0;
	int r = gate_meta_i64(tx, skipped_key, &skipped);

	(void)context;
	if (r != STORE_ROW)
		return r == STORE_NOT_FOUND ? 0 : r;
	r = store_exec(tx, GATE_Q_FOLLOW_FORGET_GOOD, STORE_NO_ARGS, NULL);
	if (r == 0)
		r = store_exec(tx, GATE_Q_META_DELETE, STORE_ARGS(store_text(skipped_key)), NULL);
	return r;
}

int follow_afresh(struct gate *gate)
{
	int r = STORE_CLOSED;

	gate_lock(gate);
	if (gate->store != NULL)
		r = store_write(gate->store, afresh_body, NULL);
	gate_unlock(gate);
	return r;
}

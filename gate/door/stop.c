#include "gate/door/stop.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/text.h"
#include "gate/officers.h"
#include "gate/seal/vault.h"
#include "schema/gate_db.h"

static const char word_make[] = "restrict", word_lift[] = "restrict-lift";

/* What a stop or a lifting is about, as the store compares it: a pass is one at any conference. */
struct target {
	enum revoked_scope scope;
	char slug[CONFERENCE_SLUG_MAX + 1];
	const uint8_t *pass;
};

static struct store_value pass_value(const uint8_t *pass)
{
	return pass == NULL ? store_blob("", 0) : store_blob(pass, 16);
}

static size_t characters(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static int look(const struct stop_order *order, struct target *ret)
{
	bool of_conference = order->scope == REVOKED_SCOPE_CONFERENCE;
	bool of_pass = order->scope == REVOKED_SCOPE_PASS;
	const char *slug = order->slug == NULL ? "" : order->slug;

	if (order->role != STAFF_SUPERVISOR || order->staff == NULL || order->staff[0] == '\0')
		return STOP_NOT_SUPERVISOR;
	if ((order->scope != REVOKED_SCOPE_BUILDING && !of_conference && !of_pass) ||
	    of_pass != (order->pass != NULL) || (of_conference && slug[0] == '\0') ||
	    (order->scope == REVOKED_SCOPE_BUILDING && slug[0] != '\0') ||
	    strlen(slug) > CONFERENCE_SLUG_MAX)
		return STOP_BAD_SCOPE;
	if (order->words == NULL || order->words[0] == '\0' ||
	    characters(order->words) > STOP_WORDS_MAX ||
	    !text_is_plain(order->words, strlen(order->words)))
		return STOP_BAD_WORDS;
	*ret = (struct target){.scope = order->scope, .pass = order->pass};
	if (of_conference)
		memcpy(ret->slug, slug, strlen(slug) + 1);
	return 0;
}

/* ---- what is written ---- */

struct act {
	const struct stop_order *order;
	struct target target;
	char *detail;
};

/* Where an entry stands, and when it was made. */
struct place {
	const char *device;
	int64_t epoch, seq, made_ms;
};

static struct place own_place(
    const struct gate *gate, const struct journal_record *record, const struct clock_reading *now)
{
	return (struct place){gate->identity.device, (int64_t)gate->journal.epoch,
	    (int64_t)record->seq, now->time_ms};
}

/* A supervisor's words, sealed; empty where they are not known. */
struct sealed {
	int64_t seal;
	size_t len;
	uint8_t blob[STOP_WORDS_SIZE + VAULT_OVERHEAD];
};

static int put_stop(struct store_tx *tx, const struct place *at, const struct target *target,
    const char *staff, const struct sealed *words, bool here)
{
	return store_exec(tx, GATE_Q_STOP_PUT,
	    STORE_ARGS(store_text(at->device), store_i64(at->epoch), store_i64(at->seq),
		store_i64(target->scope), store_text(target->slug), pass_value(target->pass),
		store_i64(at->made_ms), store_text(staff), store_blob(words->blob, words->len),
		store_i64(words->seal), store_i64(here)),
	    NULL);
}

static int put_lift(struct store_tx *tx, const struct place *at, const struct target *target)
{
	const struct store_value args[] = {store_text(at->device), store_i64(at->epoch),
	    store_i64(at->seq), store_i64(target->scope), store_text(target->slug),
	    pass_value(target->pass), store_i64(at->made_ms)};
	const size_t n = sizeof(args) / sizeof(args[0]);
	int r = store_exec(tx, GATE_Q_STOP_LIFT_PUT, args, n, NULL);

	return r == 0 ? store_exec(tx, GATE_Q_STOP_LIFT_APPLY, args, n, NULL) : r;
}

static int fill_record(struct act *act, const char *reason, struct journal_record *record)
{
	const struct stop_order *order = act->order;
	json_t *json = json_pack("{s:s}", "words", order->words);

	free(act->detail);
	act->detail = json == NULL ? NULL : json_dumps(json, JSON_COMPACT);
	json_decref(json);
	if (act->detail == NULL)
		return STORE_NO_MEMORY;
	record->decision = ENTRY_SYNC;
	snprintf(record->reason, sizeof(record->reason), "%s", reason);
	if (order->slug != NULL)
		snprintf(record->event, sizeof(record->event), "%s", order->slug);
	record->has_pass = order->pass != NULL;
	if (order->pass != NULL)
		memcpy(record->pass, order->pass, sizeof(record->pass));
	snprintf(record->staff, sizeof(record->staff), "%s", order->staff);
	record->detail = act->detail;
	record->detail_len = strlen(act->detail);
	return 0;
}

static int fill_revision(struct store_tx *tx, struct journal_record *record)
{
	return conference_revision(tx, &record->rev);
}

static struct vault_place words_place(int64_t seq, const int64_t *epoch)
{
	return (struct vault_place){
	    .table = "stop", .number = seq, .id = epoch, .id_len = sizeof(*epoch)};
}

/* Where there is nobody to seal them for, they stand in the entry's detail alone. */
static int seal_words(struct gate *gate, struct store_tx *tx, const struct place *at,
    const char *words, struct sealed *ret)
{
	const struct vault_place place = words_place(at->seq, &at->epoch);
	size_t len = strlen(words);
	int r = vault_seal(gate, tx, &place, words, len, &ret->seal, ret->blob);

	ret->len = r == 0 ? len + VAULT_OVERHEAD : 0;
	return r == VAULT_NO_STAFF ? 0 : r;
}

static int make_body(struct gate *gate, struct store_tx *tx, const struct clock_reading *now,
    struct journal_record *record, void *context)
{
	struct act *act = context;
	struct place at = own_place(gate, record, now);
	struct sealed words = {.len = 0};
	int r = seal_words(gate, tx, &at, act->order->words, &words);

	if (r == 0)
		r = put_stop(tx, &at, &act->target, act->order->staff, &words, true);
	if (r == 0)
		r = fill_revision(tx, record);
	return r == 0 ? fill_record(act, word_make, record) : r;
}

static int count_made(struct store_tx *tx, const struct target *target, int64_t *ret_count)
{
	return store_number(tx, GATE_Q_STOP_MADE,
	    STORE_ARGS(
		store_i64(target->scope), store_text(target->slug), pass_value(target->pass)),
	    ret_count);
}

static int lift_body(struct gate *gate, struct store_tx *tx, const struct clock_reading *now,
    struct journal_record *record, void *context)
{
	struct act *act = context;
	struct place at = own_place(gate, record, now);
	int64_t before = 0, after = 0;
	int r = count_made(tx, &act->target, &before);

	if (r == 0 && before == 0)
		return STOP_NONE;
	if (r == 0)
		r = put_lift(tx, &at, &act->target);
	if (r == 0)
		r = count_made(tx, &act->target, &after);
	/* One made later than now by its own gate's clock: elsewhere it would not be lifted. */
	if (r == 0 && after > 0)
		return STOP_CLOCK;
	if (r == 0)
		r = fill_revision(tx, record);
	return r == 0 ? fill_record(act, word_lift, record) : r;
}

static int carry_out(
    struct gate *gate, const struct stop_order *order, journal_body *body, uint64_t *ret_seq)
{
	struct act act = {.order = order};
	int r = look(order, &act.target);

	if (r == 0)
		r = journal_write(gate, body, &act, ret_seq);
	free(act.detail);
	return r;
}

int stop_make(struct gate *gate, const struct stop_order *order, uint64_t *ret_seq)
{
	return carry_out(gate, order, make_body, ret_seq);
}

int stop_lift(struct gate *gate, const struct stop_order *order, uint64_t *ret_seq)
{
	return carry_out(gate, order, lift_body, ret_seq);
}

/* ---- what other gates wrote ---- */

static void target_of(const struct entry *entry, struct target *ret)
{
	*ret = (struct target){.scope = REVOKED_SCOPE_BUILDING};
	if (entry->has_pass) {
		ret->scope = REVOKED_SCOPE_PASS;
		ret->pass = entry->pass;
	} else if (entry->event[0] != '\0') {
		ret->scope = REVOKED_SCOPE_CONFERENCE;
		memcpy(ret->slug, entry->event, sizeof(entry->event));
	}
}

static bool is_about_stops(const struct entry *entry)
{
	return entry->decision == ENTRY_SYNC &&
	       (strcmp(entry->reason, word_make) == 0 || strcmp(entry->reason, word_lift) == 0);
}

static int take(struct store_tx *tx, const struct place *at, const struct entry *entry)
{
	const struct sealed unknown = {.len = 0};
	struct target target;

	target_of(entry, &target);
	if (strcmp(entry->reason, word_lift) == 0)
		return put_lift(tx, at, &target);
	return put_stop(tx, at, &target, entry->staff, &unknown, false);
}

/* What the list of officers held says of somebody: 0 where it does not name them. */
static int role_of(struct gate *gate, struct store_tx *tx, const char *name, int *ret_role)
{
	struct staff_officer officer;
	int r = officers_find(gate, tx, name, &officer);

	*ret_role = r == 0 ? (int)officer.role : 0;
	return r == STORE_NOT_FOUND || r == OFFICERS_NO_LIST ? 0 : r;
}

int stop_follow(struct gate *gate, struct store_tx *tx, int64_t now_ms, const char *device,
    uint64_t epoch, const struct entry *entry)
{
	/* A clock that is ahead neither lifts what is stopped later nor keeps it from being lifted.
	 */
	const struct place at = {device, (int64_t)epoch, (int64_t)entry->seq,
	    entry->time_ms < now_ms ? entry->time_ms : now_ms};
	bool make = strcmp(entry->reason, word_make) == 0;
	int role, r;

	if (!is_about_stops(entry) || entry->staff[0] == '\0')
		return 0;
	r = role_of(gate, tx, entry->staff, &role);
	if (r != 0)
		return r;
	if (make ? role == STAFF_SECURITY : role != STAFF_SUPERVISOR)
		return 0;
	return take(tx, &at, entry);
}

int stop_again(struct store_tx *tx, const char *device, uint64_t epoch, const struct entry *entry)
{
	const struct place at = {device, (int64_t)epoch, (int64_t)entry->seq, entry->time_ms};

	return is_about_stops(entry) ? take(tx, &at, entry) : 0;
}

int stop_listed(struct store_tx *tx, int64_t now_s)
{
	return store_exec(tx, GATE_Q_STOP_LISTED, STORE_ARGS(store_i64(now_s)), NULL);
}

/* ---- what stands ---- */

/* Columns of stop_hit and stop_standing. */
enum { SCOPE, SLUG, PASS, SINCE, STAFF, DEVICE, EPOCH, SEQ, SEAL, WORDS, ORIGIN, NUMBER };

/* What officers read where the supervisor's own words are not known, or locked away. */
static void plain_words(struct store_rows *rows, struct stop *stop)
{
	size_t device = strcspn(stop->origin, "/");

	if (store_get_text(rows, STAFF)[0] != '\0')
		snprintf(stop->words, sizeof(stop->words), "Stopped by %s at %s",
		    store_get_text(rows, STAFF), store_get_text(rows, DEVICE));
	else if (stop->origin[0] != '\0')
		snprintf(
		    stop->words, sizeof(stop->words), "Stopped at %.*s", (int)device, stop->origin);
	else
		snprintf(stop->words, sizeof(stop->words), "Entry is restricted");
}

static int open_words(struct gate *gate, struct store_tx *tx, struct store_rows *rows,
    int64_t number, struct stop *stop)
{
	const int64_t epoch = store_get_i64(rows, EPOCH);
	struct vault_place place = {.table = "restriction", .number = number};
	uint8_t words[STOP_WORDS_SIZE];
	size_t len;
	const void *blob = store_get_blob(rows, WORDS, &len);
	int r;

	plain_words(rows, stop);
	if (len < VAULT_OVERHEAD || len >= sizeof(words) + VAULT_OVERHEAD)
		return 0;
	if (number == 0)
		place = words_place(store_get_i64(rows, SEQ), &epoch);
	r = vault_unseal(gate, tx, &place, store_get_i64(rows, SEAL), blob, len, words);
	if (r == VAULT_LOCKED || r == VAULT_BAD)
		return 0;
	if (r != 0)
		return r;
	memcpy(stop->words, words, len - VAULT_OVERHEAD);
	stop->words[len - VAULT_OVERHEAD] = '\0';
	return 0;
}

/* number: of a restriction of the registrar's list; 0: a stop of ours. */
static int read_stop(struct gate *gate, struct store_tx *tx, struct store_rows *rows,
    const char *origin, int64_t number, struct stop *ret)
{
	size_t len;
	const void *pass = store_get_blob(rows, PASS, &len);

	*ret = (struct stop){.scope = (enum revoked_scope)store_get_i64(rows, SCOPE),
	    .since_ms = store_get_i64(rows, SINCE),
	    .has_pass = len == 16};
	if (ret->has_pass)
		memcpy(ret->pass, pass, sizeof(ret->pass));
	snprintf(ret->slug, sizeof(ret->slug), "%s", store_get_text(rows, SLUG));
	if (number == 0)
		snprintf(ret->origin, sizeof(ret->origin), "%s/%" PRId64 "/%" PRId64,
		    store_get_text(rows, DEVICE), store_get_i64(rows, EPOCH),
		    store_get_i64(rows, SEQ));
	else
		snprintf(ret->origin, sizeof(ret->origin), "%s", origin);
	ret->liftable = ret->origin[0] != '\0';
	return open_words(gate, tx, rows, number, ret);
}

int stop_hit(struct gate *gate, struct store_tx *tx, const char *slug, const uint8_t *pass,
    struct stop *ret_stop)
{
	struct store_rows *rows = NULL;
	int r =
	    store_one(tx, GATE_Q_STOP_HIT, STORE_ARGS(store_text(slug), pass_value(pass)), &rows);

	if (r != STORE_ROW)
		return r;
	r = read_stop(gate, tx, rows, "", 0, ret_stop);
	store_done(rows);
	return r == 0 ? STORE_ROW : r;
}

/* slug NULL: everything. What has begun by a clock that is behind, yet not suspect, is as the
 * decision takes it (facts.c). */
static int each(struct gate *gate, struct store_tx *tx, int64_t now_s, const char *slug,
    stop_visit *visit, void *context)
{
	struct store_rows *rows = NULL;
	struct stop stop;
	int r = store_query(tx, GATE_Q_STOP_STANDING,
	    STORE_ARGS(store_i64(now_s), slug == NULL ? store_null() : store_text(slug),
		store_i64(now_s + CLOCK_TOLERANCE_MS / 1000)),
	    &rows);

	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		r = read_stop(gate, tx, rows, store_get_text(rows, ORIGIN),
		    store_get_i64(rows, NUMBER), &stop);
		if (r == 0)
			r = visit(context, &stop);
	}
	store_done(rows);
	return r;
}

static int take_first(void *context, const struct stop *stop)
{
	*(struct stop *)context = *stop;
	return STORE_ROW;
}

int stop_standing(struct gate *gate, struct store_tx *tx, int64_t now_s, uint32_t conference,
    struct stop *ret_stop)
{
	struct conference here;
	int r = conference_by_number(tx, conference, &here);

	if (r != STORE_ROW)
		return r;
	r = each(gate, tx, now_s, here.slug, take_first, ret_stop);
	return r == 0 ? STORE_NOT_FOUND : r;
}

int stop_each(
    struct gate *gate, struct store_tx *tx, int64_t now_s, stop_visit *visit, void *context)
{
	return each(gate, tx, now_s, NULL, visit, context);
}

const char *stop_strerror(int result)
{
	switch (result) {
	case STOP_NOT_SUPERVISOR:
		return "Only a supervisor stops and lifts. Ask one to sign in.";
	case STOP_BAD_SCOPE:
		return "Choose what to stop: the building, this conference, or one pass.";
	case STOP_BAD_WORDS:
		return "Give the reason: 1 to 200 characters of plain text.";
	case STOP_NONE:
		return "Nothing that a door stopped stands here. What communications stopped, "
		       "communications lifts.";
	case STOP_CLOCK:
		return "This gate's clock is behind the door that stopped. Lift it at that door, "
		       "or ask communications.";
	default:
		return journal_strerror(result);
	}
}

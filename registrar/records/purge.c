#include "registrar/records/purge.h"

#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/bytes.h"
#include "registrar/attendance/attendance_cache.h"
#include "registrar/journal/journal.h"
#include "registrar/list.h"
#include "registrar/records/mail_files.h"
#include "registrar/records/purge_private.h"
#include "registrar/records/purge_steps.h"
#include "registrar/registrar.h"
#include "schema/registrar_db.h"

enum { BATCH_PEOPLE = 20, BATCH = 500 };

static pthread_mutex_t running = PTHREAD_MUTEX_INITIALIZER;

int purge_take(void)
{
	return pthread_mutex_trylock(&running) == 0 ? 0 : MODEL_BUSY;
}

void purge_give(void)
{
	pthread_mutex_unlock(&running);
}

void purge_hash(const uint8_t salt[static PURGE_SALT], int64_t person_id, int64_t created,
    uint8_t ret[static PURGE_DIGEST])
{
	char text[96];

	snprintf(text, sizeof(text), "pressgate-purged/v1\n%lld\n%lld\n", (long long)person_id,
	    (long long)created);
	crypto_generichash(
	    ret, PURGE_DIGEST, (const uint8_t *)text, strlen(text), salt, PURGE_SALT);
}

/* ---- what is due ---- */

static int count_due(struct store_tx *tx, const struct settings *settings, enum records_rule rule,
    unsigned query, int64_t now, struct purge_due *due)
{
	int64_t n = 0;
	int result = store_number(
	    tx, query, STORE_ARGS(store_i64(rule_before(settings, rule, now)), store_i64(now)), &n);

	if (result == 0) {
		due->records[rule] = n;
		due->total += n;
	}
	return result;
}

int purge_due(struct registrar *registrar, int64_t now, struct purge_due *ret)
{
	const struct settings *settings = &registrar->settings;
	struct purge_due due = {.total = 0};
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar->store, &tx);

	for (size_t i = 0; result == 0 && i < purge_n_sweeps; i++)
		result =
		    count_due(tx, settings, purge_sweeps[i].rule, purge_sweeps[i].due, now, &due);
	for (size_t i = 0; result == 0 && i < purge_n_strokes; i++)
		result =
		    count_due(tx, settings, purge_strokes[i].rule, purge_strokes[i].due, now, &due);
	if (result == 0)
		result = store_number(
		    tx, REGISTRAR_Q_PURGE_HELD_PEOPLE, STORE_ARGS(store_i64(now)), &due.held);
	store_read_end(tx);
	if (result < 0)
		return result;
	due.records[RULE_MAIL_FILES] =
	    mail_files_old(registrar, rule_before(settings, RULE_MAIL_FILES, now), false);
	if (due.records[RULE_MAIL_FILES] < 0)
		return MODEL_SYSTEM;
	due.total += due.records[RULE_MAIL_FILES];
	*ret = due;
	return 0;
}

/* ---- within a write ---- */

int purge_add(
    struct store_tx *tx, const struct purge *purge, enum records_rule rule, int64_t records)
{
	if (records == 0 || rule == RULES)
		return 0;
	return store_exec(tx, REGISTRAR_Q_PURGE_COUNT,
	    STORE_ARGS(
		store_i64(purge->id), store_text(records_rules[rule].key), store_i64(records)),
	    NULL);
}

int purge_begin(struct store_tx *tx, struct purge *purge)
{
	int result;

	randombytes_buf(purge->salt, sizeof(purge->salt));
	result = store_exec(tx, REGISTRAR_Q_PURGE_BEGIN,
	    STORE_ARGS(store_text(purge->kind), store_i64(purge->now), store_text(purge->made_by),
		store_blob(purge->salt, sizeof(purge->salt))),
	    NULL);
	if (result == 0)
		purge->id = store_last_id(tx);
	return result;
}

static int take_steps(
    struct store_tx *tx, const struct purge *purge, const struct purge_step *steps, size_t n)
{
	const struct store_value now = store_i64(purge->now);
	int result = 0;

	for (size_t i = 0; result == 0 && i < n; i++) {
		int64_t changes = 0;
		result = store_exec(tx, steps[i].query, &now, steps[i].now ? 1 : 0, &changes);
		if (result == 0)
			result = purge_add(tx, purge, steps[i].rule, changes);
	}
	return result;
}

static int keep_email(struct purge *purge, const char *email)
{
	void *more = list_grow(purge->emails, purge->n_emails, &purge->room, sizeof(char *));

	if (!more)
		return STORE_NO_MEMORY;
	purge->emails = more;
	purge->emails[purge->n_emails] = list_text(email);
	return purge->emails[purge->n_emails++] ? 0 : STORE_NO_MEMORY;
}

/* Notes who they are, by hash, and where their mails went. */
static int note_people(struct store_tx *tx, struct purge *purge)
{
	struct store_rows *rows = NULL;
	uint8_t hash[PURGE_DIGEST];
	int result = store_query(tx, REGISTRAR_Q_PURGE_PEOPLE, STORE_NO_ARGS, &rows);

	while (result == 0 && (result = store_next(rows)) == STORE_ROW) {
		purge_hash(purge->salt, store_get_i64(rows, 0), store_get_i64(rows, 1), hash);
		result = keep_email(purge, store_get_text(rows, 2));
		if (result == 0)
			result = store_exec(tx, REGISTRAR_Q_PURGE_PERSON_NOTE,
			    STORE_ARGS(store_i64(purge->id), store_blob(hash, sizeof(hash))), NULL);
	}
	store_done(rows);
	return result;
}

/* Journal details that name them. */
static int find_naming(struct store_tx *tx)
{
	struct store_rows *rows = NULL;
	int result = store_query(tx, REGISTRAR_Q_PURGE_NAMING, STORE_NO_ARGS, &rows);

	while (result == 0 && (result = store_next(rows)) == STORE_ROW)
		result = store_exec(tx, REGISTRAR_Q_PURGE_DETAILS_NAMING,
		    STORE_ARGS(store_text(store_get_text(rows, 0))), NULL);
	store_done(rows);
	return result;
}

int purge_people(struct store_tx *tx, struct purge *purge)
{
	static const unsigned fills[] = {REGISTRAR_Q_PURGE_PERSON_APPLICATIONS,
	    REGISTRAR_Q_PURGE_PERSON_REGISTRATIONS, REGISTRAR_Q_PURGE_PERSON_DETAILS};
	int result = note_people(tx, purge);

	for (size_t i = 0; result == 0 && i < sizeof(fills) / sizeof(*fills); i++)
		result = store_exec(tx, fills[i], STORE_NO_ARGS, NULL);
	if (result == 0)
		result = find_naming(tx);
	if (result == 0)
		result = take_steps(tx, purge, purge_person_steps, purge_n_person_steps);
	return result;
}

static int journal_end(
    struct store_tx *tx, const struct purge *purge, const uint8_t digest[static PURGE_DIGEST])
{
	char hex[2 * PURGE_DIGEST + 1], detail[160];
	const struct journal_line line = {
	    .kind = strcmp(purge->kind, "erasure") == 0 ? JOURNAL_ERASED : JOURNAL_PURGED,
	    .staff = strcmp(purge->made_by, "daily") == 0 ? NULL : purge->made_by,
	    .detail = detail};

	sodium_bin2hex(hex, sizeof(hex), digest, PURGE_DIGEST);
	snprintf(detail, sizeof(detail), "receipt %lld sha256 %s", (long long)purge->id, hex);
	return journal_append(tx, purge->registrar, &line);
}

int purge_end(struct store_tx *tx, struct purge *purge)
{
	uint8_t digest[PURGE_DIGEST];
	int64_t dropped = 0;
	char *text = NULL;
	int result =
	    store_exec(tx, REGISTRAR_Q_PURGE_DROP, STORE_ARGS(store_i64(purge->id)), &dropped);

	if (result == 0 && dropped > 0)
		purge->id = 0;
	if (result < 0 || dropped > 0)
		return result;
	result = purge_write_receipt(tx, purge, &text);
	if (result < 0)
		return result;
	crypto_hash_sha256(digest, (const uint8_t *)text, strlen(text));
	result = store_exec(tx, REGISTRAR_Q_PURGE_END,
	    STORE_ARGS(store_i64(purge->id), store_i64(purge->now), store_text(text),
		store_blob(digest, sizeof(digest))),
	    NULL);
	free(text);
	return result == 0 ? journal_end(tx, purge, digest) : result;
}

void purge_release(struct purge *purge)
{
	/* Each batch is written by itself: even of one that failed something may be gone. */
	if (purge->id != 0)
		attendance_cache_forget(purge->registrar->attendance);
	for (size_t i = 0; i < purge->n_emails; i++)
		free(purge->emails[i]);
	free(purge->emails);
	purge->emails = NULL;
	purge->n_emails = purge->room = 0;
}

int purge_settle(struct purge *purge)
{
	int64_t files = mail_files_to(purge->registrar, purge->emails, purge->n_emails);
	int result = purge_keep_receipts(purge->registrar);

	if (files < 0)
		result = MODEL_SYSTEM;
	if (purge->id != 0) {
		int packed = store_scrub(purge->registrar->store);
		/* A reader in the way: the next pause empties the WAL. */
		if (packed < 0 && packed != STORE_LOCKED)
			result = packed;
	}
	return result;
}

/* ---- a whole one ---- */

/* The one that was cut off, or a new one. */
static int begin_body(struct store_tx *tx, void *context)
{
	struct purge *purge = context;
	struct store_rows *rows = NULL;
	int result = store_one(tx, REGISTRAR_Q_PURGE_UNFINISHED, STORE_NO_ARGS, &rows);

	if (result == STORE_NOT_FOUND)
		return purge_begin(tx, purge);
	if (result < 0)
		return result;
	purge->id = store_get_i64(rows, 0);
	snprintf(purge->kind, sizeof(purge->kind), "%s", store_get_text(rows, 1));
	snprintf(purge->made_by, sizeof(purge->made_by), "%s", store_get_text(rows, 3));
	result = store_get_fixed(rows, 4, purge->salt, sizeof(purge->salt));
	store_done(rows);
	return result;
}

static int end_body(struct store_tx *tx, void *context)
{
	return purge_end(tx, context);
}

struct sweeping {
	struct purge *purge;
	const struct purge_sweep *sweep;
	int64_t filled;
};

static int sweep_body(struct store_tx *tx, void *context)
{
	struct sweeping *it = context;
	const struct purge *purge = it->purge;
	const bool people = it->sweep->rule == RULE_PERSON;
	int result = store_exec(tx, it->sweep->fill,
	    STORE_ARGS(
		store_i64(rule_before(&purge->registrar->settings, it->sweep->rule, purge->now)),
		store_i64(purge->now), store_i64(people ? BATCH_PEOPLE : BATCH)),
	    &it->filled);

	if (result == 0 && it->filled > 0)
		result = people ? purge_people(tx, it->purge)
				: take_steps(tx, purge, it->sweep->steps, it->sweep->n);
	return result == 0 ? store_exec(tx, REGISTRAR_Q_PURGE_CLEAR, STORE_NO_ARGS, NULL) : result;
}

static int sweep_all(struct purge *purge, const struct purge_sweep *sweep)
{
	struct sweeping it = {.purge = purge, .sweep = sweep};
	int result;

	do
		result = store_write(purge->registrar->store, sweep_body, &it);
	while (result == 0 && it.filled > 0);
	return result;
}

static int strokes_body(struct store_tx *tx, void *context)
{
	const struct purge *purge = context;
	int result = 0;

	for (size_t i = 0; i < purge_n_strokes; i++) {
		const struct purge_stroke *stroke = &purge_strokes[i];
		int64_t before = rule_before(&purge->registrar->settings, stroke->rule, purge->now);
		for (size_t k = 0; result == 0 && k < stroke->n; k++) {
			int64_t changes = 0;
			result = store_exec(tx, stroke->queries[k],
			    STORE_ARGS(store_i64(before), store_i64(purge->now)), &changes);
			if (result == 0)
				result = purge_add(tx, purge, stroke->rule, changes);
		}
	}
	return result;
}

struct adding {
	struct purge *purge;
	int64_t records;
};

static int files_body(struct store_tx *tx, void *context)
{
	const struct adding *it = context;

	return purge_add(tx, it->purge, RULE_MAIL_FILES, it->records);
}

static int remove_files(struct purge *purge)
{
	struct adding it = {purge, 0};

	it.records = mail_files_old(purge->registrar,
	    rule_before(&purge->registrar->settings, RULE_MAIL_FILES, purge->now), true);
	if (it.records < 0)
		return MODEL_SYSTEM;
	return it.records == 0 ? 0 : store_write(purge->registrar->store, files_body, &it);
}

static int carry_out(struct purge *purge)
{
	struct store *store = purge->registrar->store;
	int result = store_write(store, begin_body, purge);

	for (size_t i = 0; result == 0 && i < purge_n_sweeps; i++)
		result = sweep_all(purge, &purge_sweeps[i]);
	if (result == 0)
		result = store_write(store, strokes_body, purge);
	if (result == 0)
		result = remove_files(purge);
	if (result == 0)
		result = store_write(store, end_body, purge);
	return result;
}

int purge_run(struct registrar *registrar, const char *by, int64_t now, int64_t *ret_id)
{
	struct purge purge = {.registrar = registrar, .now = now, .kind = "term"};
	int result = purge_take();

	if (result < 0)
		return result;
	snprintf(purge.made_by, sizeof(purge.made_by), "%s", by);
	result = carry_out(&purge);
	if (result == 0)
		result = purge_settle(&purge);
	purge_release(&purge);
	purge_give();
	if (result == 0)
		*ret_id = purge.id;
	return result;
}

/* ---- one person ---- */

struct one {
	struct purge purge;
	int64_t person;
	store_body *closing;
	void *context;
	struct refusal *why;
};

static int check_hold(struct store_tx *tx, const struct one *it)
{
	int64_t held = 0;
	int result = store_number(tx, REGISTRAR_Q_PURGE_IS_HELD,
	    STORE_ARGS(store_i64(it->person), store_i64(it->purge.now)), &held);

	if (result == STORE_NOT_FOUND)
		return 0;
	return result < 0 ? result
			  : refuse(it->why, "",
				"A legal hold covers this person: nothing is destroyed until it "
				"is lifted.");
}

static int one_body(struct store_tx *tx, void *context)
{
	struct one *it = context;
	int64_t ended = 0;
	int result = check_hold(tx, it);

	if (result == 0 && it->closing)
		result = it->closing(tx, it->context);
	if (result == 0)
		result = purge_begin(tx, &it->purge);
	if (result == 0)
		result = store_exec(
		    tx, REGISTRAR_Q_PURGE_ADD_PERSON, STORE_ARGS(store_i64(it->person)), NULL);
	if (result == 0)
		result =
		    store_exec(tx, REGISTRAR_Q_PURGE_PERSON_SUBSCRIPTIONS, STORE_NO_ARGS, &ended);
	if (result == 0)
		result = purge_add(tx, &it->purge, RULE_SUBSCRIPTION, ended);
	if (result == 0)
		result = purge_people(tx, &it->purge);
	if (result == 0)
		result = store_exec(tx, REGISTRAR_Q_PURGE_CLEAR, STORE_NO_ARGS, NULL);
	return result == 0 ? purge_end(tx, &it->purge) : result;
}

int purge_one(struct registrar *registrar, int64_t person_id, const char *by, int64_t now,
    store_body *closing, void *context, int64_t *ret_id, struct refusal *why)
{
	struct one it = {
	    .purge = {.registrar = registrar, .now = now, .kind = "erasure"},
	    .person = person_id,
	    .closing = closing,
	    .context = context,
	    .why = why,
	};
	int result = purge_take();

	if (result < 0)
		return result;
	snprintf(it.purge.made_by, sizeof(it.purge.made_by), "%s", by);
	result = store_write(registrar->store, one_body, &it);
	if (result == 0)
		result = purge_settle(&it.purge);
	purge_release(&it.purge);
	purge_give();
	if (result == 0)
		*ret_id = it.purge.id;
	return result;
}

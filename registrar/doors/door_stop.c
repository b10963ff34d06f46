#include "registrar/doors/door_stop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "badges/revoked.h"
#include "badges/text.h"
#include "registrar/journal/journal.h"
#include "registrar/registrar.h"
#include "registrar/press/restriction.h"
#include "schema/registrar_db.h"
#include "web/text.h"

enum { ORIGIN_MAX = 128, WORDS_SIZE = 4 * RESTRICTION_WORDS_MAX + 1 };

static enum revoked_scope scope_of(const struct entry *entry)
{
	if (entry->has_pass)
		return REVOKED_SCOPE_PASS;
	return entry->event[0] == '\0' ? REVOKED_SCOPE_BUILDING : REVOKED_SCOPE_CONFERENCE;
}

static struct store_value slug_of(const struct entry *entry)
{
	return entry->event[0] == '\0' ? store_null() : store_text(entry->event);
}

static struct store_value pass_of(const struct entry *entry)
{
	return entry->has_pass ? store_blob(entry->pass, sizeof(entry->pass)) : store_null();
}

/* The supervisor's words, if the detail came and they can be shown. */
static bool take_words(const char *detail, char ret_words[static WORDS_SIZE])
{
	json_t *json = json_loads(detail, JSON_REJECT_DUPLICATES, NULL);
	const char *words = json_string_value(json_object_get(json, "words"));
	bool good = words != NULL && words[0] != '\0' &&
		    text_length(words) <= RESTRICTION_WORDS_MAX &&
		    text_is_plain(words, strlen(words));

	if (good)
		(void)snprintf(ret_words, WORDS_SIZE, "%s", words);
	json_decref(json);
	return good;
}

static int read_words(
    struct store_tx *tx, const struct door_stop_entry *stored, char ret_words[static WORDS_SIZE])
{
	const struct entry *entry = stored->entry;
	struct store_rows *rows = NULL;
	bool known = false;
	int r = store_one(tx, REGISTRAR_Q_RESTRICTION_DETAIL,
	    STORE_ARGS(store_i64(stored->log), store_i64((int64_t)entry->seq)), &rows);

	if (r == STORE_ROW)
		known = take_words(store_get_text(rows, 0), ret_words);
	store_done(rows);
	if (!known)
		(void)snprintf(ret_words, WORDS_SIZE, "Stopped by %s at %s",
		    entry->staff[0] == '\0' ? "a supervisor" : entry->staff, stored->device);
	return r == STORE_ROW || r == STORE_NOT_FOUND ? 0 : r;
}

/* Every change: the revocations get a new version, this registrar's journal says what changed. */
static int note(struct store_tx *tx, struct registrar *registrar,
    const struct door_stop_entry *stored, enum journal_kind kind, const char *words)
{
	const struct entry *entry = stored->entry;
	char detail[ORIGIN_MAX + WORDS_SIZE + 8];
	int64_t version;
	int r = registrar_raise(tx, "revoked_version", &version);

	if (r != 0)
		return r;
	(void)snprintf(detail, sizeof(detail), "%s/%lld/%llu: %s", stored->device,
	    (long long)stored->epoch, (unsigned long long)entry->seq, words);
	return journal_append(tx, registrar,
	    &(struct journal_line){.kind = kind,
		.event = entry->event[0] == '\0' ? NULL : entry->event,
		.pass = entry->has_pass ? entry->pass : NULL,
		.staff = entry->staff[0] == '\0' ? NULL : entry->staff,
		.detail = detail});
}

static int take_stop(struct store_tx *tx, struct registrar *registrar,
    const struct door_stop_entry *stored, bool *ret_changed)
{
	const struct entry *entry = stored->entry;
	/* A gate's clock that is ahead must not put it off. */
	int64_t from = entry->time_ms / 1000 < stored->now ? entry->time_ms / 1000 : stored->now;
	char origin[ORIGIN_MAX], words[WORDS_SIZE];
	int64_t changes = 0;
	int r = read_words(tx, stored, words);

	(void)snprintf(origin, sizeof(origin), "%s/%lld/%llu", stored->device,
	    (long long)stored->epoch, (unsigned long long)entry->seq);
	if (r == 0)
		r = store_exec(tx, REGISTRAR_Q_RESTRICTION_TAKE,
		    STORE_ARGS(store_i64(scope_of(entry)), slug_of(entry), pass_of(entry),
			store_i64(from), store_text(words),
			store_text(entry->staff[0] == '\0' ? "-" : entry->staff),
			store_text(origin), store_i64(stored->log), store_i64((int64_t)entry->seq),
			store_i64(entry->time_ms)),
		    &changes);
	if (r != 0 || changes == 0)
		return r;
	*ret_changed = true;
	return note(tx, registrar, stored, JOURNAL_RESTRICTED, words);
}

static int take_lift(struct store_tx *tx, struct registrar *registrar,
    const struct door_stop_entry *stored, bool *ret_changed)
{
	const struct entry *entry = stored->entry;
	char prefix[ORIGIN_MAX];
	int64_t changes = 0, latest = stored->now * 1000 + 999;
	int r;

	(void)snprintf(
	    prefix, sizeof(prefix), "%s/%lld/", stored->device, (long long)stored->epoch);
	r = store_exec(tx, REGISTRAR_Q_RESTRICTION_TAKE_LIFT,
	    STORE_ARGS(store_i64(scope_of(entry)), slug_of(entry), pass_of(entry),
		store_text(prefix), store_i64((int64_t)entry->seq),
		store_i64(entry->time_ms < latest ? entry->time_ms : latest),
		store_i64(stored->now), store_text(entry->staff[0] == '\0' ? "-" : entry->staff)),
	    &changes);
	if (r != 0 || changes == 0)
		return r;
	*ret_changed = true;
	return note(tx, registrar, stored, JOURNAL_RESTRICTION_LIFTED, "lifted at a gate");
}

/* By the rule of gates (gate/door/stop.h): where it is not certain who may, a door stays shut. */
static int look_who(struct store_tx *tx, const char *name, bool *ret_may_stop, bool *ret_may_lift)
{
	struct store_rows *rows = NULL;
	int r = store_one(tx, REGISTRAR_Q_RESTRICTION_OFFICER,
	    STORE_ARGS(store_text(name), store_i64(registrar_now())), &rows);

	*ret_may_stop = r == STORE_NOT_FOUND && name[0] != '\0';
	*ret_may_lift = false;
	if (r == STORE_ROW) {
		*ret_may_stop = strcmp(store_get_text(rows, 0), "supervisor") == 0;
		*ret_may_lift = *ret_may_stop && store_get_i64(rows, 1) != 0;
	}
	store_done(rows);
	return r == STORE_ROW || r == STORE_NOT_FOUND ? 0 : r;
}

int door_stop_take(struct store_tx *tx, struct registrar *registrar,
    const struct door_stop_entry *stored, bool *ret_changed)
{
	const struct entry *entry = stored->entry;
	bool stop = strcmp(entry->reason, "restrict") == 0, may_stop, may_lift;
	int r;

	if (entry->decision != ENTRY_SYNC || (!stop && strcmp(entry->reason, "restrict-lift") != 0))
		return 0;
	r = look_who(tx, entry->staff, &may_stop, &may_lift);
	if (r != 0)
		return r;
	if (stop)
		return may_stop ? take_stop(tx, registrar, stored, ret_changed) : 0;
	return may_lift ? take_lift(tx, registrar, stored, ret_changed) : 0;
}

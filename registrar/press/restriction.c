#include "registrar/press/restriction.h"

#include <stdio.h>
#include <string.h>

#include "badges/text.h"
#include "registrar/journal/journal.h"
#include "registrar/registrar.h"
#include "schema/registrar_db.h"
#include "web/text.h"

struct add_work {
	struct registrar *registrar;
	const struct restriction *wish;
	int64_t id;
};

/* Whether a thing the restriction names is there; the query's first column goes to ret (may be
 * NULL). */
static int named(
    struct store_tx *tx, unsigned query, struct store_value key, char *ret, size_t size)
{
	struct store_rows *rows = NULL;
	int r = store_one(tx, query, &key, 1, &rows);

	if (r == STORE_NOT_FOUND)
		return RESTRICTION_UNKNOWN;
	if (r != STORE_ROW)
		return r;
	if (ret != NULL)
		(void)snprintf(ret, size, "%s", store_get_text(rows, 0));
	store_done(rows);
	return 0;
}

static int shape(const struct restriction *wish)
{
	bool of_class = wish->scope == REVOKED_SCOPE_CLASS;
	bool of_outlet = wish->scope == REVOKED_SCOPE_OUTLET;
	bool of_pass = wish->scope == REVOKED_SCOPE_PASS;

	if (wish->scope < REVOKED_SCOPE_BUILDING || wish->scope > REVOKED_SCOPE_PASS ||
	    (of_class && (wish->pass_class < 0 || wish->pass_class > 23)) ||
	    of_outlet != (wish->outlet != 0) || of_pass != (wish->pass != NULL) ||
	    (wish->scope == REVOKED_SCOPE_CONFERENCE && wish->conference == 0) ||
	    (wish->scope == REVOKED_SCOPE_BUILDING && wish->conference != 0))
		return RESTRICTION_BAD_SCOPE;
	if (wish->until != 0 && wish->until <= wish->from)
		return RESTRICTION_BAD_TIME;
	if (wish->words[0] == '\0' || text_length(wish->words) > RESTRICTION_WORDS_MAX ||
	    !text_is_plain(wish->words, strlen(wish->words)))
		return RESTRICTION_BAD_WORDS;
	return 0;
}

/* Every change of a restriction: revocations get a new version, the journal says who. */
static int note(struct store_tx *tx, struct registrar *registrar, enum journal_kind kind,
    const char *slug, const uint8_t *pass, const char *staff, const char *words)
{
	int64_t version;
	int r = registrar_raise(tx, "revoked_version", &version);

	if (r != 0)
		return r;
	return journal_append(tx, registrar,
	    &(struct journal_line){.kind = kind,
		.event = slug[0] == '\0' ? NULL : slug,
		.pass = pass,
		.staff = staff,
		.detail = words});
}

static int add_body(struct store_tx *tx, void *context)
{
	struct add_work *work = context;
	const struct restriction *w = work->wish;
	char slug[65] = "";
	int r = 0;

	if (w->conference != 0)
		r = named(tx, REGISTRAR_Q_RESTRICTION_CONFERENCE, store_i64(w->conference), slug,
		    sizeof(slug));
	if (r == 0 && w->outlet != 0)
		r = named(tx, REGISTRAR_Q_RESTRICTION_OUTLET, store_i64(w->outlet), NULL, 0);
	if (r == 0 && w->pass != NULL)
		r = named(tx, REGISTRAR_Q_RESTRICTION_PASS, store_blob(w->pass, 16), NULL, 0);
	if (r == 0)
		r = store_exec(tx, REGISTRAR_Q_RESTRICTION_INSERT,
		    STORE_ARGS(store_i64(w->scope),
			w->conference == 0 ? store_null() : store_i64(w->conference),
			w->scope == REVOKED_SCOPE_CLASS ? store_i64(w->pass_class) : store_null(),
			w->outlet == 0 ? store_null() : store_i64(w->outlet),
			w->pass == NULL ? store_null() : store_blob(w->pass, 16),
			store_i64(w->from), w->until == 0 ? store_null() : store_i64(w->until),
			store_text(w->words), store_text(w->staff)),
		    NULL);
	if (r != 0)
		return r;
	work->id = store_last_id(tx);
	return note(tx, work->registrar, JOURNAL_RESTRICTED, slug, w->pass, w->staff, w->words);
}

int restriction_add(
    struct registrar *registrar, const struct restriction *restriction, int64_t *ret_id)
{
	struct add_work work = {.registrar = registrar, .wish = restriction};
	int r = shape(restriction);

	if (r == 0)
		r = store_write(registrar->store, add_body, &work);
	if (r != 0)
		return r;
	registrar_changed(registrar);
	*ret_id = work.id;
	return 0;
}

struct lift_work {
	struct registrar *registrar;
	int64_t id;
	const char *staff;
	bool lifted;
};

static int lift_body(struct store_tx *tx, void *context)
{
	struct lift_work *work = context;
	char words[64];
	int64_t changes = 0;
	int r = named(tx, REGISTRAR_Q_RESTRICTION_GET, store_i64(work->id), NULL, 0);

	work->lifted = false;
	if (r == 0)
		r = store_exec(tx, REGISTRAR_Q_RESTRICTION_LIFT,
		    STORE_ARGS(
			store_i64(work->id), store_i64(registrar_now()), store_text(work->staff)),
		    &changes);
	if (r != 0 || changes == 0)
		return r;
	work->lifted = true;
	(void)snprintf(words, sizeof(words), "restriction %lld", (long long)work->id);
	return note(tx, work->registrar, JOURNAL_RESTRICTION_LIFTED, "", NULL, work->staff, words);
}

int restriction_lift(struct registrar *registrar, int64_t id, const char *staff)
{
	struct lift_work work = {.registrar = registrar, .id = id, .staff = staff};
	int r = store_write(registrar->store, lift_body, &work);

	if (r == 0 && work.lifted)
		registrar_changed(registrar);
	return r;
}

const char *restriction_strerror(int result)
{
	switch (result) {
	case RESTRICTION_BAD_SCOPE:
		return "say what is restricted: the building, or one of conference, class, outlet "
		       "and pass";
	case RESTRICTION_BAD_TIME:
		return "the end has to come after the beginning";
	case RESTRICTION_BAD_WORDS:
		return "give the reason the officer reads: 1 to 200 characters of plain text";
	case RESTRICTION_UNKNOWN:
		return "there is no such conference, outlet, pass or restriction";
	default:
		return model_words(result);
	}
}

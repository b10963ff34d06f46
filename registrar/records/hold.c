#include "registrar/records/hold.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/journal/journal.h"
#include "registrar/list.h"
#include "registrar/press/outlet.h"
#include "registrar/press/person.h"
#include "schema/registrar_db.h"

static const struct {
	unsigned find;
	const char *field, *unknown;
} scopes[] = {
    [HOLD_PERSON] = {REGISTRAR_Q_HOLD_FIND_PERSON, "what",
	"Nobody has this e-mail address. Write the address the person signs in with."},
    [HOLD_CONFERENCE] = {REGISTRAR_Q_HOLD_FIND_CONFERENCE, "what",
	"There is no conference of this short name (slug)."},
    [HOLD_OUTLET] = {REGISTRAR_Q_HOLD_FIND_OUTLET, "what",
	"There is no outlet of this name in the registry."},
};

/* A person's address in its one spelling, an outlet's name as it is compared. */
static int find(
    struct store_tx *tx, const struct hold_wish *wish, int64_t *ret_id, struct refusal *why)
{
	char email[PERSON_EMAIL_MAX + 1];
	const char *what = wish->what;
	int result = 0;

	if (wish->scope == HOLD_PERSON) {
		if (person_email_key(wish->what, email) < 0)
			return refuse(why, "what", "%s", scopes[HOLD_PERSON].unknown);
		what = email;
	}
	result = store_number(tx, scopes[wish->scope].find, STORE_ARGS(store_text(what)), ret_id);
	return result == STORE_NOT_FOUND
		   ? refuse(why, scopes[wish->scope].field, "%s", scopes[wish->scope].unknown)
		   : result;
}

static int check(const struct hold_wish *wish, int64_t now, struct refusal *why)
{
	if (!*wish->reason)
		return refuse(
		    why, "reason", "Say why: who asks for the hold, and in which matter.");
	if (wish->until != 0 && wish->until <= now)
		return refuse(why, "until", "The end of the hold is over already.");
	return 0;
}

static int note(struct store_tx *tx, struct registrar *registrar, enum journal_kind kind,
    int64_t id, const char *staff)
{
	char detail[40];

	snprintf(detail, sizeof(detail), "hold %lld", (long long)id);
	return journal_append(
	    tx, registrar, &(struct journal_line){.kind = kind, .staff = staff, .detail = detail});
}

int hold_place(struct store_tx *tx, struct registrar *registrar, const struct hold_wish *wish,
    int64_t now, int64_t *ret_id, struct refusal *why)
{
	const struct store_value none = store_null();
	int64_t of = 0, id;
	int result = check(wish, now, why);

	if (result == 0)
		result = find(tx, wish, &of, why);
	if (result == 0)
		result = store_exec(tx, REGISTRAR_Q_HOLD_INSERT,
		    STORE_ARGS(wish->scope == HOLD_PERSON ? store_i64(of) : none,
			wish->scope == HOLD_CONFERENCE ? store_i64(of) : none,
			wish->scope == HOLD_OUTLET ? store_i64(of) : none, store_text(wish->reason),
			store_i64(now), store_text(wish->staff),
			wish->until ? store_i64(wish->until) : none),
		    NULL);
	if (result < 0)
		return result;
	id = store_last_id(tx);
	result = note(tx, registrar, JOURNAL_HOLD_PLACED, id, wish->staff);
	if (result == 0)
		*ret_id = id;
	return result;
}

int hold_lift(struct store_tx *tx, struct registrar *registrar, int64_t id, const char *words,
    const char *staff, int64_t now)
{
	int64_t changes = 0;
	int result = store_exec(tx, REGISTRAR_Q_HOLD_LIFT,
	    STORE_ARGS(store_i64(id), store_i64(now), store_text(staff), store_text(words)),
	    &changes);

	if (result == 0 && changes != 1)
		result = MODEL_NOT_FOUND;
	return result == 0 ? note(tx, registrar, JOURNAL_HOLD_LIFTED, id, staff) : result;
}

static int read_row(struct store_rows *rows, void *item)
{
	struct hold *ret = item;

	*ret = (struct hold){.id = store_get_i64(rows, 0),
	    .scope = (enum hold_scope)store_get_i64(rows, 1),
	    .made = store_get_i64(rows, 4),
	    .until = store_get_i64(rows, 6),
	    .lifted = store_get_i64(rows, 7)};
	snprintf(ret->what, sizeof(ret->what), "%s", store_get_text(rows, 2));
	snprintf(ret->reason, sizeof(ret->reason), "%s", store_get_text(rows, 3));
	snprintf(ret->made_by, sizeof(ret->made_by), "%s", store_get_text(rows, 5));
	snprintf(ret->lifted_by, sizeof(ret->lifted_by), "%s", store_get_text(rows, 8));
	snprintf(ret->lifted_words, sizeof(ret->lifted_words), "%s", store_get_text(rows, 9));
	return 0;
}

int hold_list(struct store_tx *tx, int64_t now, struct holds *ret)
{
	struct list_rows list = {NULL, 0};
	int result = list_read(tx, REGISTRAR_Q_HOLD_LIST, STORE_ARGS(store_i64(now)),
	    sizeof(*ret->items), read_row, NULL, &list);

	if (result == 0)
		*ret = (struct holds){list.items, list.n};
	return result;
}

int hold_by_id(struct store_tx *tx, int64_t id, struct hold *ret)
{
	struct store_rows *rows = NULL;
	int result = store_one(tx, REGISTRAR_Q_HOLD_BY_ID, STORE_ARGS(store_i64(id)), &rows);

	if (result < 0)
		return result;
	result = read_row(rows, ret);
	store_done(rows);
	return result;
}

bool hold_stands(const struct hold *hold, int64_t now)
{
	return hold->lifted == 0 && (hold->until == 0 || hold->until > now);
}

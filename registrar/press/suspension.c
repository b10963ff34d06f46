#include "registrar/press/suspension.h"

#include <stdio.h>
#include <string.h>

#include "badges/revoked.h"
#include "badges/text.h"
#include "registrar/journal/journal.h"
#include "registrar/press/accreditation.h"
#include "registrar/press/person.h"
#include "registrar/registrar.h"
#include "schema/registrar_db.h"
#include "web/text.h"

/* The two ways, side by side. */
struct way {
	const char *from, *to; /* states of an accreditation */
	enum journal_kind kind;
	const char *nothing; /* what is said where nothing was in the first state */
};

static const struct way suspend = {"active", "suspended", JOURNAL_SUSPENDED,
    "There is no active accreditation of this person to suspend."};
static const struct way restore = {"suspended", "active", JOURNAL_RESTORED,
    "There is no suspended accreditation of this person to restore."};

struct work {
	struct registrar *registrar;
	const struct suspension_wish *wish;
	const struct way *way;
	struct refusal *why;
	int64_t version; /* of the revocations, raised with the first accreditation */
	unsigned count;
};

static int find_person(struct store_tx *tx, const struct work *work, struct person *ret_person)
{
	char email[PERSON_EMAIL_MAX + 1];
	int result = STORE_NOT_FOUND;

	if (person_email_key(work->wish->email, email) == 0)
		result = person_by_email(tx, email, ret_person);
	if (result == STORE_NOT_FOUND)
		return refuse(work->why, "email",
		    "Nobody is known by that address. Look at the person's page for the address.");
	return result;
}

/* Where an outlet was named, the number that counts; 0: all. */
static int find_outlet(struct store_tx *tx, const struct work *work, int64_t *ret_outlet)
{
	struct outlet outlet;
	int result;

	*ret_outlet = 0;
	if (work->wish->outlet == NULL)
		return 0;
	result = outlet_by_name(tx, work->wish->outlet, &outlet);
	if (result == STORE_NOT_FOUND)
		return refuse(work->why, "outlet", "There is no such outlet.");
	if (result == 0)
		*ret_outlet = outlet.id;
	return result;
}

static int change_passes(struct store_tx *tx, const struct work *work, int64_t accreditation)
{
	if (work->way == &suspend)
		return store_exec(tx, REGISTRAR_Q_PASS_SUSPEND,
		    STORE_ARGS(store_i64(accreditation), store_i64(REVOKED_SUSPENDED),
			store_i64(work->wish->now), store_i64(work->version)),
		    NULL);
	return store_exec(tx, REGISTRAR_Q_PASS_RESTORE,
	    STORE_ARGS(
		store_i64(accreditation), store_i64(REVOKED_SUSPENDED), store_i64(work->version)),
	    NULL);
}

static int change(struct store_tx *tx, struct work *work, int64_t accreditation)
{
	char detail[32 + 4 * SUSPENSION_WORDS_MAX];
	int64_t changes = 0;
	int result = store_exec(tx, REGISTRAR_Q_ACCREDITATION_SET_STATE,
	    STORE_ARGS(
		store_i64(accreditation), store_text(work->way->from), store_text(work->way->to)),
	    &changes);

	if (result != 0 || changes == 0)
		return result;
	if (work->count++ == 0)
		result = registrar_raise(tx, "revoked_version", &work->version);
	if (result == 0)
		result = change_passes(tx, work, accreditation);
	(void)snprintf(detail, sizeof(detail), "accreditation %lld: %s", (long long)accreditation,
	    work->wish->words);
	if (result == 0)
		result = journal_append(tx, work->registrar,
		    &(struct journal_line){
			.kind = work->way->kind, .staff = work->wish->staff, .detail = detail});
	return result;
}

static int body(struct store_tx *tx, void *context)
{
	struct work *work = context;
	struct accreditation_list list = {NULL, 0};
	struct person person;
	int64_t outlet = 0;
	int result = find_person(tx, work, &person);

	work->count = 0;
	if (result == 0)
		result = find_outlet(tx, work, &outlet);
	if (result == 0)
		result = accreditation_of_person(tx, person.id, &list);
	for (size_t i = 0; result == 0 && i < list.n; i++)
		if (outlet == 0 || list.items[i].outlet_id == outlet)
			result = change(tx, work, list.items[i].id);
	accreditation_list_free(&list);
	if (result == 0 && work->count == 0)
		result =
		    refuse(work->why, outlet == 0 ? "email" : "outlet", "%s", work->way->nothing);
	return result;
}

static int carry_out(struct registrar *registrar, const struct suspension_wish *wish,
    const struct way *way, unsigned *ret_count, struct refusal *why)
{
	struct work work = {.registrar = registrar, .wish = wish, .way = way, .why = why};
	int result;

	if (wish->words[0] == '\0' || text_length(wish->words) > SUSPENSION_WORDS_MAX ||
	    !text_is_plain(wish->words, strlen(wish->words)))
		return refuse(why, "words", "Say why, in 1 to 200 characters of plain text.");
	result = store_write(registrar->store, body, &work);
	if (result != 0)
		return result;
	registrar_changed(registrar);
	*ret_count = work.count;
	return 0;
}

int suspension_begin(struct registrar *registrar, const struct suspension_wish *wish,
    unsigned *ret_count, struct refusal *why)
{
	return carry_out(registrar, wish, &suspend, ret_count, why);
}

int suspension_end(struct registrar *registrar, const struct suspension_wish *wish,
    unsigned *ret_count, struct refusal *why)
{
	return carry_out(registrar, wish, &restore, ret_count, why);
}

#include "registrar/press/case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/list.h"
#include "registrar/press/person.h"
#include "registrar/press/queue.h"
#include "registrar/press/reference.h"
#include "registrar/press/registration.h"
#include "schema/registrar_db.h"

/* A reference has 40 random bits: that eight are taken in a row does not happen. */
enum { REFERENCE_TRIES = 8 };

static const char *const purposes[] = {
    [CASE_NEW] = "new", [CASE_RENEWAL] = "renewal", [CASE_OUTLET] = "outlet"};

struct facts {
	char state[20];
	unsigned class;
	int64_t decided, accreditation_id;
	enum case_purpose purpose;
};

static int read_facts(struct store_tx *tx, int64_t id, struct facts *ret)
{
	struct store_rows *rows = NULL;
	int result = store_one(tx, REGISTRAR_Q_CASE_FACTS, STORE_ARGS(store_i64(id)), &rows);

	if (result < 0)
		return result;
	*ret = (struct facts){.class = (unsigned)store_get_i64(rows, 1),
	    .decided = store_get_i64(rows, 2),
	    .accreditation_id = store_get_i64(rows, 4)};
	snprintf(ret->state, sizeof(ret->state), "%s", store_get_text(rows, 0));
	for (unsigned i = 0; i < sizeof(purposes) / sizeof(*purposes); i++)
		if (strcmp(purposes[i], store_get_text(rows, 3)) == 0)
			ret->purpose = (enum case_purpose)i;
	store_done(rows);
	return 0;
}

static bool is(const struct facts *facts, const char *state)
{
	return strcmp(facts->state, state) == 0;
}

int case_read(struct store_tx *tx, int64_t application_id, struct case_file *ret)
{
	struct case_file file = {.purpose = CASE_NEW};
	struct facts facts;
	int result = read_facts(tx, application_id, &facts);

	if (result == 0 && facts.accreditation_id)
		result = accreditation_by_id(tx, facts.accreditation_id, &file.accreditation);
	if (result == 0)
		result = correspondence_read(tx, application_id, &file.said);
	if (result < 0)
		return result;
	file.purpose = facts.purpose;
	*ret = file;
	return 0;
}

void case_free(struct case_file *file)
{
	correspondence_free(&file->said);
}

int case_find(struct store_tx *tx, const char *reference, int64_t person_id, int64_t *ret_id)
{
	return store_number(tx, REGISTRAR_Q_CASE_FIND,
	    STORE_ARGS(store_text(reference), store_i64(person_id)), ret_id);
}

static bool happened(const struct case_file *file, enum correspondence_kind kind)
{
	for (size_t i = 0; i < file->said.n; i++)
		if (file->said.items[i].kind == kind)
			return true;
	return false;
}

struct case_options case_options(
    const struct application *application, const struct case_file *file, int64_t now)
{
	struct case_options options = {.withdraw = application_waits(application)};
	bool refused = strcmp(application->state, "refused") == 0;

	options.answer = strcmp(application->state, "more-information") == 0;
	options.until = refused ? application->decided + CASE_APPEAL_SECONDS : application->due;
	if (refused && now < options.until) {
		options.appeal = !happened(file, CORRESPONDENCE_APPEALED);
		options.respond = options.appeal && !happened(file, CORRESPONDENCE_RESPONDED);
	}
	return options;
}

static int move(
    struct store_tx *tx, int64_t id, const struct facts *facts, const char *to, int64_t due)
{
	int64_t changes = 0;
	int result = store_exec(tx, REGISTRAR_Q_CASE_MOVE,
	    STORE_ARGS(store_i64(id), store_text(facts->state), store_text(to), store_i64(due)),
	    &changes);

	return result == 0 && changes != 1 ? CASE_E_STATE : result;
}

/* Whether this was done before, by anybody. */
static int was_done(struct store_tx *tx, int64_t id, enum correspondence_kind kind, bool *ret_done)
{
	int64_t n = 0;
	int result = correspondence_count(tx, id, kind, NULL, &n);

	if (result == 0)
		*ret_done = n > 0;
	return result;
}

int case_answer(
    struct store_tx *tx, int64_t id, const char *words, const struct due_desk *desk, int64_t now)
{
	struct facts facts;
	bool appealed = false;
	int result = read_facts(tx, id, &facts);

	if (result == 0 && !is(&facts, "more-information"))
		result = CASE_E_STATE;
	if (result == 0)
		result = was_done(tx, id, CORRESPONDENCE_APPEALED, &appealed);
	if (result == 0)
		result = move(tx, id, &facts, appealed ? "appealed" : "submitted",
		    due_for(desk, facts.class, now));
	if (result == 0)
		result = correspondence_add(tx, id, CORRESPONDENCE_ANSWERED, NULL, words, now);
	return result;
}

/* Either way against a refusal: within its time, once, and not after an appeal. */
static int contest(struct store_tx *tx, int64_t id, enum correspondence_kind kind,
    const char *words, const struct due_desk *desk, int64_t now)
{
	struct facts facts;
	bool done = false, appealed = false;
	int result = read_facts(tx, id, &facts);

	if (result == 0)
		result = was_done(tx, id, kind, &done);
	if (result == 0)
		result = was_done(tx, id, CORRESPONDENCE_APPEALED, &appealed);
	if (result < 0)
		return result;
	if (!is(&facts, "refused"))
		return CASE_E_STATE;
	if (done || appealed)
		return CASE_E_ONCE;
	if (now >= facts.decided + CASE_APPEAL_SECONDS)
		return CASE_E_LATE;
	result = move(tx, id, &facts, kind == CORRESPONDENCE_APPEALED ? "appealed" : "submitted",
	    due_for(desk, facts.class, now));
	if (result == 0)
		result = correspondence_add(tx, id, kind, NULL, words, now);
	return result;
}

int case_respond(
    struct store_tx *tx, int64_t id, const char *words, const struct due_desk *desk, int64_t now)
{
	return contest(tx, id, CORRESPONDENCE_RESPONDED, words, desk, now);
}

int case_appeal(
    struct store_tx *tx, int64_t id, const char *words, const struct due_desk *desk, int64_t now)
{
	return contest(tx, id, CORRESPONDENCE_APPEALED, words, desk, now);
}

int case_withdraw(struct store_tx *tx, int64_t id, int64_t now)
{
	struct application application = {0};
	struct facts facts;
	int result = read_facts(tx, id, &facts);

	if (result < 0 || is(&facts, "withdrawn"))
		return result;
	snprintf(application.state, sizeof(application.state), "%s", facts.state);
	if (!application_waits(&application))
		return CASE_E_STATE;
	result = move(tx, id, &facts, "withdrawn", now);
	if (result == 0)
		result = correspondence_add(tx, id, CORRESPONDENCE_WITHDRAWN, NULL, "", now);
	return result;
}

int case_message(struct store_tx *tx, int64_t id, const char *staff, const char *words,
    const struct due_desk *desk, int64_t now)
{
	struct facts facts;
	int64_t unanswered = 0;
	int result = read_facts(tx, id, &facts);

	if (result == 0 && is(&facts, "draft"))
		result = CASE_E_STATE;
	if (result == 0 && !staff)
		result = correspondence_unanswered(tx, id, &unanswered);
	if (result == 0 && unanswered >= CASE_UNANSWERED_MAX)
		result = CASE_E_MANY;
	if (result == 0)
		result = correspondence_add(tx, id, CORRESPONDENCE_MESSAGE, staff, words, now);
	if (result == 0 && !staff && unanswered == 0)
		result = store_exec(tx, REGISTRAR_Q_QUEUE_SET_MESSAGE_DUE,
		    STORE_ARGS(store_i64(id), store_i64(due_at(desk, now))), NULL);
	return result;
}

int case_ask(struct store_tx *tx, int64_t id, const char *staff, const char *words, int64_t now)
{
	struct facts facts;
	int result = read_facts(tx, id, &facts);

	if (result == 0 && !is(&facts, "submitted") && !is(&facts, "pre-approved") &&
	    !is(&facts, "appealed"))
		result = CASE_E_STATE;
	if (result == 0)
		result = case_may_decide(tx, id, staff);
	if (result == 0)
		result = move(tx, id, &facts, "more-information", now + CASE_ANSWER_SECONDS);
	if (result == 0)
		result = correspondence_add(tx, id, CORRESPONDENCE_ASKED, staff, words, now);
	return result;
}

/* A refusal of two reviewers is both's: who proposed one does not decide the appeal. */
static int refused_before(struct store_tx *tx, int64_t id, const char *staff, int64_t *ret_count)
{
	return store_number(tx, REGISTRAR_Q_DECISION_REFUSED_BEFORE,
	    STORE_ARGS(store_i64(id), store_text(staff)), ret_count);
}

int case_may_decide(struct store_tx *tx, int64_t id, const char *staff)
{
	int64_t refused = 0, proposed = 0;
	bool appealed = false;
	int result = was_done(tx, id, CORRESPONDENCE_APPEALED, &appealed);

	if (result == 0)
		result = correspondence_count(tx, id, CORRESPONDENCE_REFUSED, staff, &refused);
	if (result == 0)
		result = refused_before(tx, id, staff, &proposed);
	return result == 0 && appealed && refused + proposed > 0 ? CASE_E_DECIDER : result;
}

int case_grant(struct store_tx *tx, const struct accreditation *grant, unsigned months, int64_t now,
    int64_t *ret_accreditation)
{
	struct accreditation old;
	struct facts facts;
	int64_t until;
	int result = read_facts(tx, grant->application_id, &facts);

	if (result < 0)
		return result;
	if (facts.purpose == CASE_NEW)
		return accreditation_grant(tx, grant, ret_accreditation);
	result = accreditation_by_id(tx, facts.accreditation_id, &old);
	if (result < 0)
		return result;
	until = old.valid_until;
	if (facts.purpose == CASE_RENEWAL)
		until = accreditation_months_later(until > now ? until : now, months);
	result = store_exec(tx, REGISTRAR_Q_CASE_GRANT,
	    STORE_ARGS(store_i64(old.id), store_i64(grant->outlet_id),
		store_i64(grant->application_id), store_i64(grant->class), store_i64(until)),
	    NULL);
	if (result == 0)
		*ret_accreditation = old.id;
	return result;
}

bool case_renewable(const struct accreditation *accreditation, int64_t now)
{
	return accreditation_stands(accreditation, now) &&
	       now >= accreditation->valid_until - CASE_RENEW_SECONDS;
}

static int find_waiting(
    struct store_tx *tx, const struct case_wish *wish, char ret_reference[APPLICATION_REFERENCE])
{
	struct store_rows *rows = NULL;
	int result = store_one(tx, REGISTRAR_Q_CASE_WAITING_FOR,
	    STORE_ARGS(store_i64(wish->accreditation_id), store_text(purposes[wish->purpose])),
	    &rows);

	if (result < 0)
		return result;
	snprintf(ret_reference, APPLICATION_REFERENCE, "%s", store_get_text(rows, 0));
	store_done(rows);
	return 0;
}

static int insert(struct store_tx *tx, const struct case_wish *wish,
    const struct accreditation *accreditation, int64_t due, int64_t now,
    char ret_reference[APPLICATION_REFERENCE])
{
	bool moves = wish->purpose == CASE_OUTLET;
	struct person person;
	int result = person_by_id(tx, wish->person_id, &person);

	if (result < 0)
		return result;
	result = STORE_CONFLICT;
	for (int i = 0; i < REFERENCE_TRIES && result == STORE_CONFLICT; i++) {
		reference_new('A', ret_reference);
		result = store_exec(tx, REGISTRAR_Q_CASE_INSERT,
		    STORE_ARGS(store_text(ret_reference), store_text(person.email),
			store_text(person.name),
			store_text(moves ? wish->outlet : accreditation->outlet.name),
			moves ? store_null() : store_i64(accreditation->outlet_id),
			store_i64(accreditation->class), store_text(wish->proof), store_i64(now),
			store_i64(due), store_i64(wish->person_id),
			store_text(purposes[wish->purpose]), store_i64(accreditation->id)),
		    NULL);
	}
	if (result == 0)
		result = queue_index(tx, store_last_id(tx), ret_reference, person.name,
		    moves ? wish->outlet : accreditation->outlet.name, !moves);
	return result;
}

int case_apply(struct store_tx *tx, const struct case_wish *wish, const struct due_desk *desk,
    int64_t now, char ret_reference[APPLICATION_REFERENCE])
{
	struct accreditation accreditation;
	char reference[APPLICATION_REFERENCE];
	int result = accreditation_by_id(tx, wish->accreditation_id, &accreditation);

	if (result == 0 && accreditation.person_id != wish->person_id)
		result = STORE_NOT_FOUND;
	if (result < 0)
		return result;
	result = find_waiting(tx, wish, reference);
	if (result == STORE_NOT_FOUND) {
		if (!accreditation_stands(&accreditation, now))
			return CASE_E_STATE;
		if (wish->purpose == CASE_RENEWAL && !case_renewable(&accreditation, now))
			return CASE_E_EARLY;
		result = insert(tx, wish, &accreditation, due_for(desk, accreditation.class, now),
		    now, reference);
	}
	if (result == 0)
		memcpy(ret_reference, reference, sizeof(reference));
	return result;
}

enum { REISSUE_MAX = 200 };

int case_reissue(struct store_tx *tx, struct registrar *registrar, int64_t person_id,
    int64_t accreditation_id, const char *staff, int64_t now)
{
	struct store_value which = accreditation_id ? store_i64(accreditation_id) : store_null();
	struct store_rows *rows = NULL;
	int64_t ids[REISSUE_MAX];
	size_t n = 0;
	int result = store_query(tx, REGISTRAR_Q_CASE_PASSES,
	    STORE_ARGS(which, store_i64(person_id), store_i64(now)), &rows);

	while (result == 0 && n < REISSUE_MAX && (result = store_next(rows)) == STORE_ROW) {
		ids[n++] = store_get_i64(rows, 0);
		result = 0;
	}
	store_done(rows);
	for (size_t i = 0; result == 0 && i < n; i++)
		result = registration_reissue_within(tx, registrar, ids[i], staff, now, NULL);
	return result;
}

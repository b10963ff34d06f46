#include "registrar/press/allocation_draft.h"

#include <stdlib.h>
#include <string.h>

#include "registrar/list.h"
#include "registrar/press/allocation_say.h"
#include "registrar/press/conference.h"
#include "schema/registrar_db.h"
#include "web/say.h"

void allocation_draft_free(struct allocation_draft *draft)
{
	for (size_t i = 0; i < draft->n; i++) {
		free(draft->people[i].reference);
		free(draft->people[i].name);
		free(draft->people[i].outlet);
		free(draft->people[i].given_by);
	}
	free(draft->cases);
	free(draft->results);
	free(draft->people);
	draft->cases = NULL;
	draft->results = NULL;
	draft->people = NULL;
	draft->n = 0;
}

static int grow(struct allocation_draft *draft, size_t *room)
{
	size_t cases_room = *room;
	struct allocation_case *cases =
	    list_grow(draft->cases, draft->n, &cases_room, sizeof *cases);

	if (!cases)
		return MODEL_SYSTEM;
	draft->cases = cases;
	struct allocation_person *people = list_grow(draft->people, draft->n, room, sizeof *people);
	if (!people)
		return MODEL_SYSTEM;
	draft->people = people;
	return 0;
}

static int read_row(struct store_rows *rows, struct allocation_draft *draft)
{
	struct allocation_person *person = &draft->people[draft->n];

	draft->cases[draft->n++] = (struct allocation_case){.id = store_get_i64(rows, 0),
	    .outlet = store_get_i64(rows, 1),
	    .local = store_get_i64(rows, 2) == 1,
	    .asked = store_get_i64(rows, 3),
	    .pass_class = (uint8_t)store_get_i64(rows, 4),
	    .stands = store_get_i64(rows, 5) == 1,
	    .has = store_get_i64(rows, 6) == 1,
	    .pool = store_get_i64(rows, 6) == 1 ? store_get_i64(rows, 7) : 0};
	*person = (struct allocation_person){.reference = list_text(store_get_text(rows, 8)),
	    .name = list_text(store_get_text(rows, 9)),
	    .outlet = list_text(store_get_text(rows, 10)),
	    .given_by = list_text(store_get_text(rows, 13)),
	    .accreditation_id = store_get_i64(rows, 12),
	    .requested = strcmp(store_get_text(rows, 11), "requested") == 0};
	return person->reference && person->name && person->outlet && person->given_by
		   ? 0
		   : MODEL_SYSTEM;
}

static int read_cases(
    struct store_tx *tx, int64_t conference, int64_t now, struct allocation_draft *draft)
{
	struct store_rows *rows = NULL;
	size_t room = 0;
	int result = store_query(tx, REGISTRAR_Q_ALLOCATION_REGISTRATIONS,
	    STORE_ARGS(store_i64(conference), store_i64(now)), &rows);

	while (!result && (result = store_next(rows)) == STORE_ROW) {
		result = grow(draft, &room);
		if (!result)
			result = read_row(rows, draft);
	}
	store_done(rows);
	return result;
}

static void count(struct allocation_draft *draft)
{
	for (size_t i = 0; i < draft->n; i++) {
		draft->asked += !draft->cases[i].has;
		draft->places += allocation_gives(&draft->results[i]);
	}
	draft->waiting = draft->asked - draft->places;
}

int allocation_draft_read(struct store_tx *tx, const struct conference *conference, int64_t now,
    struct allocation_draft *ret)
{
	struct allocation_draft draft = {.n = 0};
	int result = allocation_setting_read(tx, conference, &draft.setting);

	if (!result)
		result = read_cases(tx, conference->id, now, &draft);
	if (!result) {
		draft.results = calloc(draft.n + 1, sizeof *draft.results);
		result = draft.results ? 0 : MODEL_SYSTEM;
	}
	if (!result &&
	    (allocation_decide(&draft.setting.rules, draft.cases, draft.n, draft.results) ||
		allocation_digest(&draft.setting.rules, draft.cases, draft.n, draft.digest)))
		result = MODEL_SYSTEM;
	if (result) {
		allocation_draft_free(&draft);
		return result;
	}
	count(&draft);
	*ret = draft;
	return 0;
}

void allocation_draft_say(const struct allocation_draft *draft, size_t i, char *ret, size_t size)
{
	const struct allocation_result *result = &draft->results[i];

	allocation_say(result, draft->people[i].outlet,
	    allocation_pool_name(&draft->setting, result->pool), ret, size);
}

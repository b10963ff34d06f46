#include "gate/desk/search.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "gate/desk/handlers.h"
#include "gate/door/presence.h"
#include "schema/gate_db.h"
#include "web/text.h"

/* One search on its way through the roster. */
struct search {
	struct gate *gate;
	uint32_t conference;
	char *words[SEARCH_WORDS_MAX]; /* folded */
	size_t n_words;
	uint8_t after[16]; /* the pass looked at last */
	struct search_result *result;
};

/* ---- the query ---- */

static int read_query(const char *query, char **ret_folded, struct search *search)
{
	char *rest = NULL;

	if (text_fold(query, ret_folded) != 0)
		return SEARCH_BAD_QUERY;
	for (char *word = strtok_r(*ret_folded, " ", &rest);
	     word != NULL && search->n_words < SEARCH_WORDS_MAX; word = strtok_r(NULL, " ", &rest))
		search->words[search->n_words++] = word;
	return search->n_words > 0 ? 0 : SEARCH_BAD_QUERY;
}

/* Which of the words are part of a text, whose folded copy is wiped. */
static int look_in(const struct search *search, const char *text, bool ret_in[SEARCH_WORDS_MAX])
{
	char *folded = NULL;

	if (text_fold(text, &folded) != 0)
		return -1;
	for (size_t i = 0; i < search->n_words; i++)
		ret_in[i] = strstr(folded, search->words[i]) != NULL;
	sodium_memzero(folded, strlen(folded));
	free(folded);
	return 0;
}

/* Each word is part of the name or of the outlet. */
static bool fits(const struct search *search, const struct person *person)
{
	bool in_name[SEARCH_WORDS_MAX] = {false}, in_outlet[SEARCH_WORDS_MAX] = {false};
	bool good = look_in(search, person->name, in_name) == 0 &&
		    look_in(search, person->outlet, in_outlet) == 0;

	for (size_t i = 0; good && i < search->n_words; i++)
		good = in_name[i] || in_outlet[i];
	return good;
}

/* ---- a batch ---- */

static int keep(struct search *search, struct store_tx *tx, const struct person *person)
{
	struct search_result *result = search->result;
	struct search_found *found = &result->found[result->n];
	struct presence presence = {0};
	int r;

	if (result->n == SEARCH_MAX) {
		result->more = true;
		return 0;
	}
	r = presence_find(tx, search->conference, person->pass, &presence);
	if (r != STORE_ROW && r != STORE_NOT_FOUND)
		return r;
	found->person = *person;
	found->inside = presence.inside;
	result->n++;
	return 0;
}

/* One line: found again by its pass, since only that is in the clear. */
static int look_at(struct search *search, struct store_tx *tx, struct person *person)
{
	int r = people_read(search->gate, tx, search->conference, search->after, person);

	/* A line that does not open hides no other. */
	if (r == VAULT_BAD)
		return 0;
	if (r != 0)
		return r;
	search->result->rows++;
	search->result->sealed |= person->sealed;
	return fits(search, person) ? keep(search, tx, person) : 0;
}

static int read_batch(
    struct search *search, struct store_tx *tx, struct person *person, unsigned *ret_n)
{
	struct store_rows *rows = NULL;
	unsigned n = 0;
	int r = store_query(tx, GATE_Q_ROSTER_PASSES,
	    STORE_ARGS(store_i64(search->conference), store_blob(search->after, 16),
		store_i64(SEARCH_BATCH)),
	    &rows);

	while (r == 0 && !search->result->more && (r = store_next(rows)) == STORE_ROW) {
		n++;
		r = store_get_fixed(rows, 0, search->after, sizeof(search->after));
		if (r == 0)
			r = look_at(search, tx, person);
	}
	store_done(rows);
	*ret_n = n;
	return r;
}

static int run_batch(struct search *search, struct person *person, unsigned *ret_n)
{
	struct gate *gate = search->gate;
	struct store_tx *tx = NULL;
	int r = gate_look(gate, &tx);

	if (r != 0)
		return r;
	r = read_batch(search, tx, person, ret_n);
	gate_look_end(gate, tx);
	return r;
}

/* ---- all of it ---- */

static int by_name(const void *one, const void *other)
{
	const struct search_found *a = one, *b = other;

	return strcmp(a->person.name, b->person.name);
}

int search_roster(
    struct gate *gate, uint32_t conference, const char *query, struct search_result *ret_result)
{
	struct search search = {.gate = gate, .conference = conference, .result = ret_result};
	struct person *person = calloc(1, sizeof(*person));
	char *folded = NULL;
	unsigned n = SEARCH_BATCH;
	int r;

	memset(ret_result, 0, sizeof(*ret_result));
	ret_result->found = calloc(SEARCH_MAX, sizeof(*ret_result->found));
	r = person == NULL || ret_result->found == NULL ? STORE_NO_MEMORY
							: read_query(query, &folded, &search);
	while (r == 0 && n == SEARCH_BATCH && !ret_result->more)
		r = run_batch(&search, person, &n);
	if (r == 0 && ret_result->n > 1)
		qsort(ret_result->found, ret_result->n, sizeof(*ret_result->found), by_name);
	if (r != 0)
		search_free(ret_result);
	if (person != NULL)
		sodium_memzero(person, sizeof(*person));
	free(person);
	free(folded);
	return r;
}

void search_free(struct search_result *result)
{
	if (result->found != NULL)
		sodium_memzero(result->found, SEARCH_MAX * sizeof(*result->found));
	free(result->found);
	result->found = NULL;
	result->n = 0;
}

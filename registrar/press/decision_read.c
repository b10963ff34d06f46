/* What was done with an application, and who may. */
#include "registrar/press/decision.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/list.h"
#include "schema/registrar_db.h"

static int read_entry(struct store_rows *rows, struct decision_entry *ret)
{
	*ret =
	    (struct decision_entry){.at = store_get_i64(rows, 0), .until = store_get_i64(rows, 5)};
	snprintf(ret->kind, sizeof(ret->kind), "%s", store_get_text(rows, 1));
	snprintf(ret->staff, sizeof(ret->staff), "%s", store_get_text(rows, 2));
	snprintf(ret->full_name, sizeof(ret->full_name), "%s", store_get_text(rows, 3));
	snprintf(ret->other, sizeof(ret->other), "%s", store_get_text(rows, 4));
	ret->words = list_text(store_get_text(rows, 6));
	return ret->words ? 0 : STORE_NO_MEMORY;
}

static int read_entries(
    struct store_tx *tx, unsigned query, int64_t id, struct decision_entries *ret)
{
	struct decision_entries entries = {NULL, 0};
	struct store_rows *rows = NULL;
	size_t room = 0;
	void *more;
	int result = store_query(tx, query, STORE_ARGS(store_i64(id)), &rows);

	while (result == 0 && (result = store_next(rows)) == STORE_ROW) {
		more = list_grow(entries.items, entries.n, &room, sizeof(*entries.items));
		result = more ? 0 : STORE_NO_MEMORY;
		if (more) {
			entries.items = more;
			result = read_entry(rows, &entries.items[entries.n++]);
		}
	}
	store_done(rows);
	if (result < 0)
		decision_entries_free(&entries);
	else
		*ret = entries;
	return result;
}

int decision_history(struct store_tx *tx, int64_t id, struct decision_entries *ret)
{
	return read_entries(tx, REGISTRAR_Q_DECISION_HISTORY, id, ret);
}

int decision_notes(struct store_tx *tx, int64_t id, struct decision_entries *ret)
{
	return read_entries(tx, REGISTRAR_Q_DECISION_NOTES, id, ret);
}

void decision_entries_free(struct decision_entries *entries)
{
	for (size_t i = 0; i < entries->n; i++)
		free(entries->items[i].words);
	free(entries->items);
	*entries = (struct decision_entries){NULL, 0};
}

const char *decision_words(const char *kind)
{
	static const char *const words[][2] = {
	    {"submitted", "sent it"},
	    {"message", "wrote a message"},
	    {"asked", "asked for more information"},
	    {"answered", "answered"},
	    {"approved", "approved it"},
	    {"refused", "refused it"},
	    {"responded", "responded to the refusal"},
	    {"appealed", "appealed"},
	    {"withdrawn", "withdrew it"},
	    {"taken", "took it"},
	    {"assigned", "gave it to"},
	    {"put-back", "put it back"},
	    {"pre-approved", "pre-approved it"},
	    {"held", "held it"},
	    {"released", "ended the hold"},
	    {"proposed-approval", "proposed to approve it"},
	    {"proposed-refusal", "proposed to refuse it"},
	    {"sent-back", "sent back the proposal of"},
	    {"taken-back", "took the proposal back"},
	    {"confirmed", "confirmed the proposal of"},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(words[i][0], kind) == 0)
			return words[i][1];
	return kind;
}

int decision_colleagues(struct store_tx *tx, struct decision_colleague **ret_items, size_t *ret_n)
{
	struct decision_colleague *items = NULL;
	struct store_rows *rows = NULL;
	size_t n = 0, room = 0;
	void *more;
	int result = store_query(tx, REGISTRAR_Q_DECISION_COLLEAGUES, STORE_NO_ARGS, &rows);

	while (result == 0 && (result = store_next(rows)) == STORE_ROW) {
		more = list_grow(items, n, &room, sizeof(*items));
		result = more ? 0 : STORE_NO_MEMORY;
		if (more) {
			items = more;
			snprintf(items[n].name, sizeof(items->name), "%s", store_get_text(rows, 0));
			snprintf(items[n++].full_name, sizeof(items->full_name), "%s",
			    store_get_text(rows, 1));
		}
	}
	store_done(rows);
	if (result < 0) {
		free(items);
		return result;
	}
	*ret_items = items;
	*ret_n = n;
	return 0;
}

/* What was done with an application, and who may. */
#include "registrar/press/decision.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/list.h"
#include "schema/registrar_db.h"

static int read_entry(struct store_rows *rows, void *item)
{
	struct decision_entry *ret = item;

	*ret =
	    (struct decision_entry){.at = store_get_i64(rows, 0), .until = store_get_i64(rows, 5)};
	snprintf(ret->kind, sizeof(ret->kind), "%s", store_get_text(rows, 1));
	snprintf(ret->staff, sizeof(ret->staff), "%s", store_get_text(rows, 2));
	snprintf(ret->full_name, sizeof(ret->full_name), "%s", store_get_text(rows, 3));
	snprintf(ret->other, sizeof(ret->other), "%s", store_get_text(rows, 4));
	ret->words = list_text(store_get_text(rows, 6));
	return ret->words ? 0 : STORE_NO_MEMORY;
}

static void clear_entry(void *item)
{
	free(((struct decision_entry *)item)->words);
}

static int read_entries(
    struct store_tx *tx, unsigned query, int64_t id, struct decision_entries *ret)
{
	struct list_rows list = {NULL, 0};
	int result = list_read(tx, query, STORE_ARGS(store_i64(id)), sizeof(*ret->items),
	    read_entry, clear_entry, &list);

	if (result == 0)
		*ret = (struct decision_entries){list.items, list.n};
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
		clear_entry(&entries->items[i]);
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

static int read_colleague(struct store_rows *rows, void *item)
{
	struct decision_colleague *ret = item;

	snprintf(ret->name, sizeof(ret->name), "%s", store_get_text(rows, 0));
	snprintf(ret->full_name, sizeof(ret->full_name), "%s", store_get_text(rows, 1));
	return 0;
}

int decision_colleagues(struct store_tx *tx, struct decision_colleague **ret_items, size_t *ret_n)
{
	struct list_rows list = {NULL, 0};
	int result = list_read(tx, REGISTRAR_Q_DECISION_COLLEAGUES, STORE_NO_ARGS,
	    sizeof(**ret_items), read_colleague, NULL, &list);

	if (result < 0)
		return result;
	*ret_items = list.items;
	*ret_n = list.n;
	return 0;
}

#include "registrar/press/view_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/journal/journal.h"
#include "registrar/list.h"
#include "schema/registrar_db.h"

struct word {
	const char *token, *words;
};

static const struct word whats[VIEW_LOG_WHATS] = {
    [VIEW_LOG_APPLICATION] = {"application", "application"},
    [VIEW_LOG_FILE] = {"file", "file sent with an application"},
    [VIEW_LOG_PHOTO] = {"photo", "photograph"},
    [VIEW_LOG_REQUEST] = {"request", "request about own records"},
    [VIEW_LOG_REGISTRATION] = {"registration", "registration"},
    [VIEW_LOG_BADGE] = {"badge", "badge"},
    [VIEW_LOG_PERSON] = {"person", "whole file"},
    [VIEW_LOG_LIST] = {"list", "list that names one person"},
};

static const struct word whys[VIEW_LOG_WHYS] = {
    [VIEW_LOG_REVIEW] = {"review", "to review application"},
    [VIEW_LOG_DECISION] = {"decision", "to look up the decision on application"},
    [VIEW_LOG_ANSWER] = {"answer", "to answer request"},
    [VIEW_LOG_CONFERENCE] = {"conference", "to run conference"},
    [VIEW_LOG_DOOR] = {"door", "a question from a door:"},
    [VIEW_LOG_ASKED] = {"asked", ""},
};

const char *view_log_what_words(enum view_log_what what)
{
	return whats[what].words;
}

const char *view_log_why_words(const struct view_log_entry *entry, char *ret, size_t size)
{
	if (entry->why == VIEW_LOG_ASKED)
		snprintf(ret, size, "%s", entry->words);
	else
		snprintf(ret, size, "%s %s", whys[entry->why].words, entry->item);
	return ret;
}

static struct store_value number_or_null(int64_t number)
{
	return number ? store_i64(number) : store_null();
}

static int journal(
    struct store_tx *tx, struct registrar *registrar, const struct view_log_look *look)
{
	struct journal_line line = {.kind = JOURNAL_RECORD_VIEWED, .staff = look->staff};
	char detail[2000];

	snprintf(detail, sizeof(detail), "%s: %s %s", whats[look->what].words,
	    look->why == VIEW_LOG_ASKED ? look->words : whys[look->why].words,
	    look->item ? look->item : "");
	line.detail = detail;
	return journal_append(tx, registrar, &line);
}

int view_log_add(
    struct store_tx *tx, struct registrar *registrar, const struct view_log_look *look, int64_t now)
{
	const struct store_value values[] = {store_text(look->staff),
	    store_text(whats[look->what].token), store_text(whys[look->why].token),
	    store_text(look->item ? look->item : ""), store_text(look->words ? look->words : ""),
	    number_or_null(look->person_id), number_or_null(look->application_id), store_i64(now),
	    store_i64(now - VIEW_LOG_REPEAT_SECONDS)};
	int64_t changes = 0;
	int result = store_exec(tx, REGISTRAR_Q_VIEW_LOG_AGAIN, values, 9, &changes);

	if (result < 0 || changes > 0)
		return result;
	result = store_exec(tx, REGISTRAR_Q_VIEW_LOG_INSERT, values, 8, &changes);
	if (result == 0 && changes != 1)
		result = STORE_NOT_FOUND;
	return result < 0 ? result : journal(tx, registrar, look);
}

int view_log_give_reason(
    struct store_tx *tx, const char *staff, int64_t person_id, const char *words, int64_t now)
{
	return store_exec(tx, REGISTRAR_Q_VIEW_REASON_PUT,
	    STORE_ARGS(store_text(staff), store_i64(person_id), store_i64(now), store_text(words)),
	    NULL);
}

int view_log_reason(
    struct store_tx *tx, const char *staff, int64_t person_id, int64_t now, char **ret_words)
{
	struct store_rows *rows = NULL;
	char *words;
	int result = store_one(tx, REGISTRAR_Q_VIEW_REASON_OF,
	    STORE_ARGS(
		store_text(staff), store_i64(person_id), store_i64(now - VIEW_LOG_REASON_SECONDS)),
	    &rows);

	if (result < 0)
		return result;
	words = list_text(store_get_text(rows, 0));
	store_done(rows);
	if (!words)
		return STORE_NO_MEMORY;
	*ret_words = words;
	return 0;
}

static unsigned find(const struct word *words, unsigned n, const char *token)
{
	for (unsigned i = 0; i < n; i++)
		if (strcmp(words[i].token, token) == 0)
			return i;
	return 0;
}

static int read_row(struct store_rows *rows, void *item)
{
	struct view_log_entry *ret = item;
	struct {
		char *out;
		size_t size;
	} texts[] = {{ret->person, sizeof(ret->person)}, {ret->staff, sizeof(ret->staff)},
	    {ret->full_name, sizeof(ret->full_name)}, {ret->role, sizeof(ret->role)},
	    {ret->reference, sizeof(ret->reference)}, {ret->item, sizeof(ret->item)}};

	ret->id = store_get_i64(rows, 0);
	ret->at = store_get_i64(rows, 1);
	ret->last = store_get_i64(rows, 2);
	ret->times = store_get_i64(rows, 3);
	ret->person_id = store_get_i64(rows, 4);
	for (unsigned i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		snprintf(texts[i].out, texts[i].size, "%s", store_get_text(rows, 5 + i));
	ret->what = (enum view_log_what)find(whats, VIEW_LOG_WHATS, store_get_text(rows, 11));
	ret->why = (enum view_log_why)find(whys, VIEW_LOG_WHYS, store_get_text(rows, 12));
	snprintf(ret->words, sizeof(ret->words), "%s", store_get_text(rows, 13));
	return 0;
}

static int read_rows(
    struct store_tx *tx, const struct view_log_filter *filter, struct list_rows *ret)
{
	const struct store_value values[] = {store_i64(filter->before ? filter->before : INT64_MAX),
	    store_i64((int64_t)filter->most + 1),
	    filter->person_id ? store_i64(filter->person_id) : store_text(filter->staff),
	    filter->staff ? store_text(filter->staff) : store_null()};
	unsigned query = REGISTRAR_Q_VIEW_LOG_ALL;
	size_t n = 2;

	if (filter->person_id) {
		query = REGISTRAR_Q_VIEW_LOG_OF_PERSON;
		n = 4;
	} else if (filter->staff) {
		query = REGISTRAR_Q_VIEW_LOG_OF_STAFF;
		n = 3;
	}
	return list_read(tx, query, values, n, sizeof(struct view_log_entry), read_row, NULL, ret);
}

int view_log_read(
    struct store_tx *tx, const struct view_log_filter *filter, struct view_log *ret_log)
{
	struct list_rows list = {NULL, 0};
	int result = read_rows(tx, filter, &list);

	if (result < 0)
		return result;
	*ret_log = (struct view_log){.items = list.items,
	    .n = list.n < filter->most ? list.n : filter->most,
	    .more = list.n > filter->most};
	return 0;
}

void view_log_free(struct view_log *log)
{
	free(log->items);
	*log = (struct view_log){0};
}

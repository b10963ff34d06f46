#include "registrar/press/queue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/list.h"
#include "registrar/press/outlet.h"
#include "schema/registrar_db.h"
#include "web/text.h"

static const struct {
	const char *token, *words;
} kinds[QUEUE_KINDS] = {
    [QUEUE_APPLICATION] = {"application", "Application"},
    [QUEUE_ANSWER] = {"answer", "Answer"},
    [QUEUE_RESPONSE] = {"response", "Response to a refusal"},
    [QUEUE_APPEAL] = {"appeal", "Appeal"},
    [QUEUE_RENEWAL] = {"renewal", "Renewal"},
    [QUEUE_OUTLET] = {"outlet", "Change of outlet"},
    [QUEUE_MESSAGE] = {"message", "Message"},
    [QUEUE_REQUEST] = {"request", "Request about own records"},
};

const char *queue_kind_words(enum queue_kind kind)
{
	return kinds[kind].words;
}

const char *queue_kind_token(enum queue_kind kind)
{
	return kinds[kind].token;
}

/* The number of a stored word; QUEUE_KINDS where it is none. */
static unsigned kind_of(const char *token)
{
	unsigned kind = 0;

	while (kind < QUEUE_KINDS && strcmp(kinds[kind].token, token) != 0)
		kind++;
	return kind;
}

/* Which classes come first now, and for which conference. */
static int read_emerging(struct store_tx *tx, int64_t now, struct queue *queue)
{
	struct store_rows *rows = NULL;
	int result = store_query(tx, REGISTRAR_Q_QUEUE_EMERGING, STORE_ARGS(store_i64(now)), &rows);

	while (result == 0 && (result = store_next(rows)) == STORE_ROW) {
		if (queue->emerging == 0)
			snprintf(queue->emerging_title, sizeof(queue->emerging_title), "%s",
			    store_get_text(rows, 1));
		queue->emerging |= (uint32_t)store_get_i64(rows, 0);
		result = 0;
	}
	store_done(rows);
	return result;
}

static int read_item(struct store_tx *tx, int64_t id, uint32_t emerging, struct queue_item *ret)
{
	struct store_rows *rows = NULL;
	int result = store_one(tx, REGISTRAR_Q_QUEUE_ITEM, STORE_ARGS(store_i64(id)), &rows);

	if (result < 0)
		return result;
	*ret = (struct queue_item){.id = store_get_i64(rows, 0),
	    .kind = (enum queue_kind)(kind_of(store_get_text(rows, 1)) % QUEUE_KINDS),
	    .waits_for_applicant = store_get_i64(rows, 2) != 0,
	    .local = store_get_i64(rows, 3) == 0,
	    .due = store_get_i64(rows, 4),
	    .class = (uint8_t)store_get_i64(rows, 5),
	    .came = store_get_i64(rows, 6),
	    .acked = store_get_i64(rows, 7),
	    .answered = store_get_i64(rows, 8),
	    .held_until = store_get_i64(rows, 10),
	    .vouched = (unsigned)store_get_i64(rows, 11),
	    .proposed = store_get_i64(rows, 12) != 0};
	ret->emerging = ret->class < 32 && (emerging >> ret->class & 1);
	snprintf(ret->assignee, sizeof(ret->assignee), "%s", store_get_text(rows, 9));
	snprintf(ret->reference, sizeof(ret->reference), "%s", store_get_text(rows, 13));
	snprintf(ret->name, sizeof(ret->name), "%s", store_get_text(rows, 14));
	snprintf(ret->outlet, sizeof(ret->outlet), "%s", store_get_text(rows, 15));
	snprintf(ret->state, sizeof(ret->state), "%s", store_get_text(rows, 16));
	snprintf(ret->assignee_name, sizeof(ret->assignee_name), "%s", store_get_text(rows, 17));
	store_done(rows);
	return 0;
}

/* The numbers of the next rows of one part of the order. */
static int read_ids(struct store_tx *tx, const struct queue_filter *filter, const char *words,
    bool later, uint32_t emerging, int64_t *ids, size_t most, size_t *n)
{
	const struct queue_place *from = &filter->from;
	bool begins = !from->after || from->later != later;
	struct store_rows *rows = NULL;
	const struct store_value values[] = {store_i64(filter->waits_for_applicant),
	    store_i64(begins ? -1 : from->remote), store_i64(begins ? 0 : from->due),
	    store_i64(begins ? 0 : from->id), store_i64((int64_t)(most - *n)),
	    store_i64(filter->now), store_i64(emerging), store_i64(!later),
	    store_text(filter->kind), store_text(filter->assignee),
	    filter->class >= 0 ? store_i64(filter->class) : store_null(), store_i64(filter->local),
	    store_i64(filter->overdue), store_text(words), store_i64(filter->held),
	    store_i64(filter->vouched)};
	int result = store_query(
	    tx, REGISTRAR_Q_QUEUE_PAGE, values, sizeof(values) / sizeof(*values), &rows);

	while (result == 0 && *n < most && (result = store_next(rows)) == STORE_ROW) {
		ids[(*n)++] = store_get_i64(rows, 0);
		result = 0;
	}
	store_done(rows);
	return result;
}

static int read_page(
    struct store_tx *tx, const struct queue_filter *filter, const char *words, struct queue *queue)
{
	int64_t ids[QUEUE_PAGE_MAX + 1];
	size_t n = 0, most = filter->most;
	int result = 0;

	if (queue->emerging && !(filter->from.after && filter->from.later))
		result = read_ids(tx, filter, words, false, queue->emerging, ids, most + 1, &n);
	if (result == 0 && n <= most)
		result = read_ids(tx, filter, words, true, queue->emerging, ids, most + 1, &n);
	queue->more = n > most;
	if (n > most)
		n = most;
	if (result == 0 && n > 0) {
		queue->items = calloc(n, sizeof(*queue->items));
		result = queue->items ? 0 : STORE_NO_MEMORY;
	}
	for (; result == 0 && queue->n < n; queue->n += result == 0)
		result = read_item(tx, ids[queue->n], queue->emerging, &queue->items[queue->n]);
	return result;
}

int queue_read(struct store_tx *tx, const struct queue_filter *filter, struct queue *ret_queue)
{
	struct queue queue = {0};
	char *words = NULL;
	int result = read_emerging(tx, filter->now, &queue);

	if (result == 0 && filter->words && *filter->words && text_fold(filter->words, &words) < 0)
		result = STORE_NO_MEMORY;
	if (result == 0)
		result = read_page(tx, filter, words, &queue);
	free(words);
	if (result < 0)
		queue_free(&queue);
	else
		*ret_queue = queue;
	return result;
}

void queue_free(struct queue *queue)
{
	free(queue->items);
	queue->items = NULL;
	queue->n = 0;
}

struct queue_place queue_place_of(const struct queue_item *item)
{
	return (struct queue_place){.after = true,
	    .later = !item->emerging,
	    .remote = !item->local,
	    .due = item->due,
	    .id = item->id};
}

int queue_counts(struct store_tx *tx, const char *staff, int64_t now, struct queue_counts *ret)
{
	struct queue_counts counts = {0};
	struct store_rows *rows = NULL;
	unsigned kind;
	int result = store_query(tx, REGISTRAR_Q_QUEUE_COUNTS, STORE_NO_ARGS, &rows);

	while (result == 0 && (result = store_next(rows)) == STORE_ROW) {
		kind = kind_of(store_get_text(rows, 0));
		if (kind < QUEUE_KINDS) {
			counts.kinds[kind] = store_get_i64(rows, 1);
			counts.all += counts.kinds[kind];
		} else {
			counts.applicant = store_get_i64(rows, 1);
		}
		result = 0;
	}
	store_done(rows);
	if (result == 0)
		result = store_number(tx, REGISTRAR_Q_QUEUE_OVERDUE,
		    STORE_ARGS(store_i64(now), store_i64(QUEUE_COUNT_MAX)), &counts.overdue);
	if (result == 0)
		result = store_number(tx, REGISTRAR_Q_QUEUE_MINE,
		    STORE_ARGS(store_text(staff), store_i64(QUEUE_COUNT_MAX)), &counts.mine);
	if (result == 0)
		*ret = counts;
	return result;
}

bool queue_is_overdue(const struct queue_item *item, int64_t now)
{
	return !item->waits_for_applicant && item->due < now && item->answered == 0;
}

const char *queue_reason(
    const struct queue_item *item, int64_t now, const char *due, char *ret, size_t size)
{
	const char *first = item->emerging ? "; emerging matter first"
			    : item->local  ? "; local media come first"
					   : "";

	if (item->waits_for_applicant)
		snprintf(ret, size, "the applicant has until %s", due);
	else
		snprintf(ret, size, "%s %s%s", item->due < now ? "was due" : "due", due, first);
	return ret;
}

int queue_acknowledged(
    struct store_tx *tx, int64_t application_id, enum queue_kind kind, int64_t now)
{
	bool message = kind == QUEUE_MESSAGE;
	int result = store_exec(tx, REGISTRAR_Q_QUEUE_ACKNOWLEDGED,
	    STORE_ARGS(store_i64(application_id), store_i64(now), store_i64(message)), NULL);

	if (result == 0 && message)
		result = store_exec(tx, REGISTRAR_Q_QUEUE_MESSAGES_ACKNOWLEDGED,
		    STORE_ARGS(store_i64(application_id), store_i64(now)), NULL);
	return result;
}

int queue_request_acknowledged(struct store_tx *tx, const char *reference, int64_t now)
{
	return store_exec(tx, REGISTRAR_Q_QUEUE_ACKNOWLEDGED_REQUEST,
	    STORE_ARGS(store_text(reference), store_i64(now)), NULL);
}

static int index_local(struct store_tx *tx, int64_t application_id, const char *outlet)
{
	struct outlet known;
	int result = outlet_by_name(tx, outlet, &known);

	if (result == STORE_NOT_FOUND)
		return 0;
	return result < 0
		   ? result
		   : store_exec(tx, REGISTRAR_Q_QUEUE_SET_LOCAL,
			 STORE_ARGS(store_i64(application_id), store_i64(!known.local)), NULL);
}

int queue_index(struct store_tx *tx, int64_t application_id, const char *reference,
    const char *name, const char *outlet, bool settled)
{
	char text[1700], *folded = NULL;
	int result = settled ? 0 : index_local(tx, application_id, outlet);

	snprintf(text, sizeof(text), "%s %s %s", reference, name, outlet);
	if (result == 0 && text_fold(text, &folded) == 0)
		result = store_exec(tx, REGISTRAR_Q_QUEUE_SET_SOUGHT,
		    STORE_ARGS(store_i64(application_id), store_text(folded)), NULL);
	free(folded);
	return result;
}

#include "registrar/webhook/event.h"

#include <jansson.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/bytes.h"
#include "registrar/zone.h"
#include "schema/registrar_db.h"

#define WORD(word) word
static const char *const words[] = {EVENT_EACH(WORD), "test"};
_Static_assert(sizeof(words) / sizeof(*words) == EVENT_TEST + 1, "an event has no word");

const char *event_word(unsigned type)
{
	return type <= EVENT_TEST ? words[type] : "";
}

void event_write(uint32_t events, char ret[static EVENT_TEXT])
{
	size_t len = 0;

	ret[0] = '\0';
	for (unsigned i = 0; i < EVENT_TYPES; i++)
		if (events & UINT32_C(1) << i)
			len += (size_t)snprintf(
			    ret + len, EVENT_TEXT - len, "%s%s", len ? " " : "", words[i]);
}

int event_read(const char *text, uint32_t *ret_events)
{
	uint32_t events = 0;

	while (*(text += strspn(text, " ,"))) {
		size_t len = strcspn(text, " ,");
		unsigned i = 0;

		while (i < EVENT_TYPES &&
		       (strlen(words[i]) != len || memcmp(words[i], text, len) != 0))
			i++;
		if (i == EVENT_TYPES)
			return -1;
		events |= UINT32_C(1) << i;
		text += len;
	}
	if (!events)
		return -1;
	*ret_events = events;
	return 0;
}

static json_t *text_or_null(const char *text)
{
	return text && *text ? json_string(text) : json_null();
}

/* The reference of a pass's registration; "" where it is none of ours. */
static int read_reference(struct store_tx *tx, const uint8_t *pass, char *ret, size_t size)
{
	struct store_rows *rows = NULL;
	int result =
	    store_one(tx, REGISTRAR_Q_WEBHOOK_REFERENCE, STORE_ARGS(store_blob(pass, 16)), &rows);

	if (result != STORE_ROW)
		return result == STORE_NOT_FOUND ? 0 : result;
	snprintf(ret, size, "%s", store_get_text(rows, 0));
	store_done(rows);
	return 0;
}

/* The body; NULL: no memory. The caller frees it. */
static char *body_of(const struct event *event, const char *key, const char *reference, int64_t now)
{
	char pass[33] = "", when[40], *text;
	json_t *value;

	if (event->pass)
		bytes_hex(event->pass, 16, pass);
	zone_rfc3339(now, when, sizeof(when));
	value = json_pack("{s:s, s:s, s:s, s:{s:o, s:o, s:o, s:o}}", "id", key, "type",
	    event_word(event->type), "created", when, "data", "conference",
	    text_or_null(event->conference), "registration", text_or_null(reference), "pass",
	    text_or_null(pass), "journal",
	    event->log ? json_pack("{s:s, s:I, s:I}", "log", event->log, "epoch",
			     (json_int_t)event->epoch, "seq", (json_int_t)event->seq)
		       : json_null());
	text = value ? json_dumps(value, JSON_COMPACT) : NULL;
	json_decref(value);
	return text;
}

struct deliveries {
	struct store_tx *tx;
	const struct event *event;
	int64_t now;
	char key[33];
	char *body; /* made for the first */
};

static int deliver_to(struct deliveries *d, int64_t webhook)
{
	const struct event *event = d->event;
	char reference[32] = "";
	uint8_t key[16];
	int result = 0;

	if (!d->body) {
		randombytes_buf(key, sizeof(key));
		bytes_hex(key, sizeof(key), d->key);
		if (!event->registration && event->pass)
			result = read_reference(d->tx, event->pass, reference, sizeof(reference));
		if (result)
			return result;
		d->body = body_of(
		    event, d->key, event->registration ? event->registration : reference, d->now);
	}
	if (!d->body)
		return STORE_NO_MEMORY;
	return store_exec(d->tx, REGISTRAR_Q_WEBHOOK_DELIVER,
	    STORE_ARGS(store_i64(webhook), store_text(event_word(event->type)), store_text(d->key),
		store_text(d->body), store_i64(d->now)),
	    NULL);
}

int event_put(struct store_tx *tx, const struct event *event, int64_t now)
{
	struct deliveries d = {.tx = tx, .event = event, .now = now};
	struct store_rows *rows = NULL;
	int64_t ids[64];
	size_t n = 0;
	int result = 0;

	if (event->type == EVENT_TEST)
		ids[n++] = event->webhook;
	else
		result = store_query(tx, REGISTRAR_Q_WEBHOOK_FOR,
		    STORE_ARGS(store_i64((int64_t)1 << event->type)), &rows);
	while (rows && !result && (result = store_next(rows)) == STORE_ROW) {
		if (n < sizeof(ids) / sizeof(*ids))
			ids[n++] = store_get_i64(rows, 0);
		result = 0;
	}
	store_done(rows);
	for (size_t i = 0; !result && i < n; i++)
		result = deliver_to(&d, ids[i]);
	free(d.body);
	return result;
}

/* Which events an entry of the own journal is; EVENT_TYPES: none. */
static enum event_type type_of(enum journal_kind kind)
{
	switch (kind) {
	case JOURNAL_REGISTERED:
	case JOURNAL_PROMOTED:
		return EVENT_REGISTRATION_CONFIRMED;
	case JOURNAL_WAITLISTED:
		return EVENT_REGISTRATION_WAITLISTED;
	case JOURNAL_CANCELLED:
		return EVENT_REGISTRATION_CANCELLED;
	case JOURNAL_PASS_REVOKED:
		return EVENT_PASS_REVOKED;
	case JOURNAL_PASS_REISSUED:
		return EVENT_PASS_REISSUED;
	case JOURNAL_CONFERENCE_MADE:
		return EVENT_CONFERENCE_CREATED;
	case JOURNAL_CONFERENCE_PUBLISHED:
		return EVENT_CONFERENCE_PUBLISHED;
	case JOURNAL_CONFERENCE_CHANGED:
		return EVENT_CONFERENCE_CHANGED;
	case JOURNAL_CONFERENCE_CANCELLED:
		return EVENT_CONFERENCE_CANCELLED;
	case JOURNAL_RESTRICTED:
		return EVENT_RESTRICTION_MADE;
	case JOURNAL_RESTRICTION_LIFTED:
		return EVENT_RESTRICTION_LIFTED;
	default:
		return EVENT_TYPES;
	}
}

int event_of_line(
    struct store_tx *tx, const struct journal_line *line, int64_t epoch, int64_t seq, int64_t now)
{
	struct event event = {.type = type_of(line->kind),
	    .conference = line->event,
	    .registration = line->reference,
	    .pass = line->pass,
	    .log = "registrar",
	    .epoch = epoch,
	    .seq = seq};
	int result;

	if (event.type == EVENT_TYPES)
		return 0;
	result = event_put(tx, &event, now);
	/* Who cancels has no pass any more. */
	if (result || line->kind != JOURNAL_CANCELLED || !line->pass)
		return result;
	event.type = EVENT_PASS_REVOKED;
	return event_put(tx, &event, now);
}

int event_of_entry(struct store_tx *tx, const struct entry *entry, int64_t log, int64_t now)
{
	struct store_rows *rows = NULL;
	struct event event = {.conference = entry->event,
	    .pass = entry->has_pass ? entry->pass : NULL,
	    .seq = (int64_t)entry->seq};
	int result;

	if (entry->event[0] == '\0')
		return 0;
	switch (entry->decision) {
	case ENTRY_ADMIT:
	case ENTRY_OVERRIDE:
		event.type = EVENT_ENTRY_ADMITTED;
		break;
	case ENTRY_DENY:
		event.type = EVENT_ENTRY_DENIED;
		break;
	case ENTRY_EXIT:
		event.type = EVENT_ENTRY_LEFT;
		break;
	default:
		return 0;
	}
	result = store_one(tx, REGISTRAR_Q_WEBHOOK_LOG, STORE_ARGS(store_i64(log)), &rows);
	if (result != STORE_ROW)
		return result;
	event.log = store_get_text(rows, 0);
	event.epoch = store_get_i64(rows, 1);
	result = event_put(tx, &event, now);
	store_done(rows);
	return result;
}

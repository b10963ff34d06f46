/*
 * event: what webhooks are told. An event holds ids and references only: no name, address, outlet
 * or words of anybody. What it is about is read through the API by who may.
 *
 *	{"id":"<32 hex>","type":"registration.confirmed","created":"2026-09-12T18:05:00Z",
 *	 "data":{"conference":"slug","registration":"R-...","pass":"<32 hex>",
 *	         "journal":{"log":"registrar","epoch":1,"seq":42}}}
 *
 * A member of data that does not apply is null. It is put into the queue in the transaction of what
 * it tells, so neither happens without the other.
 */
#ifndef REGISTRAR_WEBHOOK_EVENT_H
#define REGISTRAR_WEBHOOK_EVENT_H

#include <stddef.h>
#include <stdint.h>

#include "badges/entry.h"
#include "registrar/journal/journal.h"
#include "schema/store.h"

enum event_type {
	EVENT_REGISTRATION_CONFIRMED,
	EVENT_REGISTRATION_WAITLISTED,
	EVENT_REGISTRATION_CANCELLED,
	EVENT_PASS_REVOKED,
	EVENT_PASS_REISSUED,
	EVENT_CONFERENCE_CREATED,
	EVENT_CONFERENCE_PUBLISHED,
	EVENT_CONFERENCE_CHANGED,
	EVENT_CONFERENCE_CANCELLED,
	EVENT_RESTRICTION_MADE,
	EVENT_RESTRICTION_LIFTED,
	EVENT_ENTRY_ADMITTED,
	EVENT_ENTRY_DENIED,
	EVENT_ENTRY_LEFT,
	EVENT_TYPES,
	EVENT_TEST = EVENT_TYPES /* sent to one webhook when somebody asks for it */
};

/* X(word) of each but the test, in their order, with commas between. */
#define EVENT_EACH(X)                                                                              \
	X("registration.confirmed"), X("registration.waitlisted"), X("registration.cancelled"),    \
	    X("pass.revoked"), X("pass.reissued"), X("conference.created"),                        \
	    X("conference.published"), X("conference.changed"), X("conference.cancelled"),         \
	    X("restriction.made"), X("restriction.lifted"), X("entry.admitted"),                   \
	    X("entry.denied"), X("entry.left")

/* Room for the words of all with spaces between. */
#define EVENT_TEXT 400

/* "registration.confirmed"; "test" for EVENT_TEST. */
const char *event_word(unsigned type);
/* The words of a set of bits with spaces between, and back: 0, or -1 where a word is none. */
void event_write(uint32_t events, char ret[static EVENT_TEXT]);
int event_read(const char *text, uint32_t *ret_events) __attribute__((warn_unused_result));

/* What an event is about; NULL or 0 where it does not apply. */
struct event {
	enum event_type type;
	const char *conference; /* slug */
	const char *registration;
	const uint8_t *pass; /* 16 bytes: its registration is looked up where none is given */
	const char *log;     /* "registrar", or a gate's name */
	int64_t epoch, seq;
	int64_t webhook; /* EVENT_TEST: the one it goes to */
};

/* Puts an event into the queue of each webhook that asked for it. */
STORE_MUST_CHECK int event_put(struct store_tx *tx, const struct event *event, int64_t now);

/* The events of an entry of the registrar's own journal, and of a gate's. */
STORE_MUST_CHECK int event_of_line(
    struct store_tx *tx, const struct journal_line *line, int64_t epoch, int64_t seq, int64_t now);
STORE_MUST_CHECK int event_of_entry(
    struct store_tx *tx, const struct entry *entry, int64_t log, int64_t now);

#endif

/*
 * queue: everything that waits for the desk, in one order: applications, answers that came in,
 * responses to a refusal, appeals, renewals, changes of outlet, messages and requests of people
 * about their own records.
 *
 * The order (R8): while an emerging conference is on, the classes it admits come first; then local
 * media; then what is due first (R9, R10). It is shown with its reason in words. The rows are kept
 * by triggers of the store (0010-review.sql), so that a page of a long queue reads one index from a
 * place on, and never all of it.
 *
 * Two clocks: `acked`, a mail said at once that it came; `answered`, somebody of the desk wrote or
 * asked. Overdue is what nobody answered by `due`.
 *
 * All functions run inside the caller's transaction and return 0, STORE_NOT_FOUND or another
 * negative enum store_result; ret_ values are untouched then.
 */
#ifndef PRESSGATE_REGISTRAR_QUEUE_H
#define PRESSGATE_REGISTRAR_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/store.h"

enum queue_kind {
	QUEUE_APPLICATION,
	QUEUE_ANSWER,	/* to what the desk asked */
	QUEUE_RESPONSE, /* to a refusal */
	QUEUE_APPEAL,
	QUEUE_RENEWAL,
	QUEUE_OUTLET,  /* a change of it */
	QUEUE_MESSAGE, /* nobody answered */
	QUEUE_REQUEST, /* about one's own records */
	QUEUE_KINDS
};
const char *queue_kind_words(enum queue_kind kind); /* "Answer" */
const char *queue_kind_token(enum queue_kind kind); /* "answer", as stored and in addresses */

enum { QUEUE_NO_CLASS = 63, QUEUE_PAGE_MAX = 200, QUEUE_COUNT_MAX = 1000 };

struct queue_item {
	int64_t id;
	enum queue_kind kind;
	bool waits_for_applicant, local, emerging, proposed;
	uint8_t class;	  /* badges/class.h, or QUEUE_NO_CLASS */
	unsigned vouched; /* 0: nobody said, 1: a focal point vouches, 2: says no */
	int64_t due, came, acked, answered, held_until; /* Unix seconds; 0: not */
	char assignee[17], assignee_name[801];		/* "": nobody */
	char reference[21];
	char name[801], outlet[801];
	char state[20]; /* of the application; of a request its kind */
};

/* A place in the order: what comes after it. Zeroed but for due and id: the beginning. */
struct queue_place {
	bool after; /* false: from the beginning */
	bool later; /* beyond those that come first for an emerging conference */
	bool remote;
	int64_t due, id;
};

struct queue_filter {
	bool waits_for_applicant, held;
	const char *kind;     /* queue_kind_token, or NULL */
	const char *assignee; /* a sign-in name, "" for nobody's, or NULL */
	int class;	      /* or -1 */
	bool local, overdue, vouched;
	const char *words; /* of a name, outlet or reference; NULL or "": all */
	struct queue_place from;
	unsigned most; /* items, 1..QUEUE_PAGE_MAX */
	int64_t now;
};

struct queue {
	struct queue_item *items;
	size_t n;
	bool more;		  /* queue_place_of the last one reads on */
	uint32_t emerging;	  /* classes that come first now; 0: none */
	char emerging_title[801]; /* why, or "" */
};

STORE_MUST_CHECK int queue_read(
    struct store_tx *tx, const struct queue_filter *filter, struct queue *ret_queue);
void queue_free(struct queue *queue); /* a zeroed one is fine */
struct queue_place queue_place_of(const struct queue_item *item);

struct queue_counts {
	int64_t kinds[QUEUE_KINDS]; /* that wait for the desk, held ones too */
	int64_t all, applicant;
	int64_t overdue, mine; /* at most QUEUE_COUNT_MAX: they are counted no further */
};
STORE_MUST_CHECK int queue_counts(
    struct store_tx *tx, const char *staff, int64_t now, struct queue_counts *ret);

/* Why an item stands where it does: "due 2:05 p.m.; emerging matter first". Pure. `due` is the due
 * time as people say it. Returns ret. */
const char *queue_reason(
    const struct queue_item *item, int64_t now, const char *due, char *ret, size_t size);
bool queue_is_overdue(const struct queue_item *item, int64_t now);

/* Notes that a mail told its applicant, or (by its reference) who asked, that it came. kind: a
 * message, or any other, which is the application's own work. */
STORE_MUST_CHECK int queue_acknowledged(
    struct store_tx *tx, int64_t application_id, enum queue_kind kind, int64_t now);
STORE_MUST_CHECK int queue_request_acknowledged(
    struct store_tx *tx, const char *reference, int64_t now);

/* What triggers can't know of an application that waits: whether an outlet that was typed is a
 * local one, and its texts folded for searching. Quiet where it does not wait. */
STORE_MUST_CHECK int queue_index(struct store_tx *tx, int64_t application_id, const char *reference,
    const char *name, const char *outlet, bool settled);

#endif

/*
 * correspondence: what was said and done about an application, by the applicant and by the desk, in
 * order. It is the thread of messages and the timeline in one. An internal note never stands here,
 * so all of it may be shown to the applicant.
 *
 * All functions run inside the caller's transaction and return 0 or a negative enum store_result;
 * ret_ values are untouched then.
 */
#ifndef PRESSGATE_REGISTRAR_CORRESPONDENCE_H
#define PRESSGATE_REGISTRAR_CORRESPONDENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/store.h"

enum correspondence_kind {
	CORRESPONDENCE_MESSAGE,	  /* of either side */
	CORRESPONDENCE_ASKED,	  /* the desk asks for more */
	CORRESPONDENCE_ANSWERED,  /* the applicant's answer to that */
	CORRESPONDENCE_APPROVED,  /* with the message of the decision, or "" */
	CORRESPONDENCE_REFUSED,	  /* likewise */
	CORRESPONDENCE_RESPONDED, /* the applicant to a refusal */
	CORRESPONDENCE_APPEALED,
	CORRESPONDENCE_WITHDRAWN,
	CORRESPONDENCE_KINDS
};

struct correspondence_entry {
	int64_t at; /* Unix seconds */
	enum correspondence_kind kind;
	char staff[17];	     /* who of the desk, or "": the applicant */
	char full_name[801]; /* of that staff member, or "" */
	char *words;	     /* owned; "" where nothing was said */
};

struct correspondence {
	struct correspondence_entry *items; /* the oldest first; 1,000 at most */
	size_t n;
};

/* Adds an entry; staff NULL is the applicant. */
STORE_MUST_CHECK int correspondence_add(struct store_tx *tx, int64_t application_id,
    enum correspondence_kind kind, const char *staff, const char *words, int64_t now);

/* All of an application. Free with correspondence_free. */
STORE_MUST_CHECK int correspondence_read(
    struct store_tx *tx, int64_t application_id, struct correspondence *ret_said);
void correspondence_free(struct correspondence *said); /* a zeroed one is fine */

/* How often that was done, by this member of staff or (NULL) by anybody. */
STORE_MUST_CHECK int correspondence_count(struct store_tx *tx, int64_t application_id,
    enum correspondence_kind kind, const char *staff, int64_t *ret_count);

/* How many entries the applicant has added since the desk's last one. */
STORE_MUST_CHECK int correspondence_unanswered(
    struct store_tx *tx, int64_t application_id, int64_t *ret_count);

#endif

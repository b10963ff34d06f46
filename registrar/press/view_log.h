/*
 * view_log: who of the staff looked at which person's file, when, and why. Every page that shows a
 * person's details to staff adds to it, or is not shown. Administrators read it; each person reads
 * what is in it about themselves, with roles in place of names.
 *
 * The reason comes from the work that leads to the page (an application to decide on, a request to
 * answer). Where no work does, the member of staff says why first: view_log_give_reason; what was
 * said holds for that person for VIEW_LOG_REASON_SECONDS. Pages do both with
 * registrar/web/view_log.h.
 *
 * All functions run inside the caller's transaction and return 0, STORE_NOT_FOUND or another
 * negative enum store_result; ret_ values are untouched then.
 */
#ifndef PRESSGATE_REGISTRAR_VIEW_LOG_H
#define PRESSGATE_REGISTRAR_VIEW_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/store.h"

struct registrar;

#define VIEW_LOG_REASON_SECONDS (30 * 60)
#define VIEW_LOG_REPEAT_SECONDS (10 * 60) /* the same look within it is counted in one row */
#define VIEW_LOG_WORDS_MAX	400	  /* code points */

/* What was looked at. */
enum view_log_what {
	VIEW_LOG_APPLICATION,
	VIEW_LOG_FILE, /* a letter, a press card, a work sample */
	VIEW_LOG_PHOTO,
	VIEW_LOG_REQUEST,      /* of a person about their own records */
	VIEW_LOG_REGISTRATION, /* with its pass */
	VIEW_LOG_BADGE,
	VIEW_LOG_PERSON, /* all that is kept about one */
	VIEW_LOG_LIST,	 /* a list that names this one person */
	VIEW_LOG_WHATS
};

/* Which work leads there. */
enum view_log_why {
	VIEW_LOG_REVIEW,     /* item: an application that waits */
	VIEW_LOG_DECISION,   /* item: an application that was decided */
	VIEW_LOG_ANSWER,     /* item: a request */
	VIEW_LOG_CONFERENCE, /* item: a conference's slug */
	VIEW_LOG_DOOR,	     /* a question from a door; item: the gate */
	VIEW_LOG_ASKED,	     /* none: words hold what the member of staff gave as the reason */
	VIEW_LOG_WHYS
};

struct view_log_look {
	enum view_log_what what;
	enum view_log_why why;
	const char *staff;	/* who looks */
	int64_t person_id;	/* whose file; 0: the application's person, or nobody yet */
	int64_t application_id; /* 0: none */
	const char *item;	/* a reference of at most 64 bytes, or NULL */
	const char *words;	/* of VIEW_LOG_ASKED; else NULL */
};

/* Adds a look to the log and to the journal, in a write transaction. The same look again within
 * VIEW_LOG_REPEAT_SECONDS raises its count and adds nothing. */
STORE_MUST_CHECK int view_log_add(struct store_tx *tx, struct registrar *registrar,
    const struct view_log_look *look, int64_t now);

/* Keeps the reason this member of staff gives for opening a person's file; a newer one replaces it.
 */
STORE_MUST_CHECK int view_log_give_reason(
    struct store_tx *tx, const char *staff, int64_t person_id, const char *words, int64_t now);

/* The reason that still holds; STORE_NOT_FOUND: none does, ask for it. The caller frees it. */
STORE_MUST_CHECK int view_log_reason(
    struct store_tx *tx, const char *staff, int64_t person_id, int64_t now, char **ret_words);

struct view_log_entry {
	int64_t id, at, last; /* the first and the last look of the row */
	int64_t times;
	int64_t person_id; /* 0: nobody is known yet */
	char person[801];  /* the name as it stands, or "" */
	char staff[17], full_name[801], role[17];
	char reference[21]; /* of the application, or "" */
	char item[65];
	enum view_log_what what;
	enum view_log_why why;
	char words[1601];
};
struct view_log {
	struct view_log_entry *items; /* the newest first */
	size_t n;
	bool more; /* there are older ones: before = the last one's id */
};
struct view_log_filter {
	const char *staff; /* NULL: everybody */
	int64_t person_id; /* 0: everybody */
	int64_t before;	   /* only rows of a smaller id; 0: from the newest */
	unsigned most;	   /* rows, 1..500 */
};
STORE_MUST_CHECK int view_log_read(
    struct store_tx *tx, const struct view_log_filter *filter, struct view_log *ret_log);
void view_log_free(struct view_log *log); /* a zeroed one is fine */

/* Words for staff: "application", "to review application A-1234-5678". The second writes at most
 * size bytes with the NUL and returns ret. */
const char *view_log_what_words(enum view_log_what what);
const char *view_log_why_words(const struct view_log_entry *entry, char *ret, size_t size);

#endif

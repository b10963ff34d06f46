/*
 * listing: the lists of a conference: which rows one has, in which order, and what stands in them.
 * The same for a page, a download and a command line.
 */
#ifndef REGISTRAR_LISTING_H
#define REGISTRAR_LISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "registrar/attendance/attendance.h"
#include "registrar/attendance/sheet.h"

enum listing_kind {
	LISTING_ATTENDANCE, /* everybody expected or seen */
	LISTING_ENTRIES,    /* admissions, exits, and what was taken back */
	LISTING_DENIALS,    /* refusals, and questions to communications */
	LISTING_NO_SHOWS,   /* expected and not here */
	LISTING_MUSTER,	    /* who is inside now, by outlet, to be ticked */
	LISTING_GUESTS,	    /* who is expected, to be ticked and signed at a door without a gate */
	LISTING_KINDS
};

/* Which of them. Of people the first, of entries the second group. */
enum listing_state {
	LISTING_ALL,
	LISTING_EXPECTED,
	LISTING_ARRIVED,
	LISTING_INSIDE,
	LISTING_MISSING, /* expected and not arrived */
	LISTING_WALK_INS,
	LISTING_DENIED, /* refused and never admitted */
	LISTING_WAITLISTED,
	LISTING_CANCELLED,
	LISTING_ADMITTED, /* what counts: not those that were taken back */
	LISTING_OVERRIDES,
	LISTING_UNNAMED, /* let in by a supervisor, of no pass of ours */
	LISTING_EXITS,
	LISTING_UNDONE,
	LISTING_REFUSED,
	LISTING_ASKED, /* questions to communications */
	LISTING_STATES
};

enum listing_sort { LISTING_BY_DEFAULT, LISTING_BY_NAME, LISTING_BY_OUTLET, LISTING_BY_TIME,
	LISTING_BY_NEWEST, LISTING_SORTS };

struct listing_filter {
	const char *text;   /* in name, outlet, reference or officer, whatever the case and accents */
	const char *outlet; /* each: NULL or "" takes all */
	const char *door;   /* of an entry; of a person: where seen last */
	const char *reason;
	int pass_class; /* -1: all */
	int64_t person; /* 0: all */
	enum listing_state state;
	enum listing_sort sort;
};

struct listing {
	enum listing_kind kind;
	const struct attendance *attendance;
	int64_t now;   /* Unix seconds: whether who is missing may still come */
	uint32_t *rows; /* indexes into people, or into lines */
	size_t n;
	struct store_tx *tx; /* where details are read; NULL: none is told */
};

/* "attendance", "no-shows"; as a title; what it is for. */
const char *listing_word(enum listing_kind kind);
const char *listing_title(enum listing_kind kind);
const char *listing_purpose(enum listing_kind kind);
bool listing_find(const char *word, enum listing_kind *ret_kind);
/* Whether its rows are people, else entries. */
bool listing_is_of_people(enum listing_kind kind);
/* Words of a state ("walk-ins"), and whether a list knows it. */
const char *listing_state_word(enum listing_state state);
const char *listing_state_label(enum listing_state state);
bool listing_has_state(enum listing_kind kind, enum listing_state state);

/* Chooses and sorts. Returns 0 (free with listing_clear) or STORE_NO_MEMORY. */
int listing_select(const struct attendance *attendance, enum listing_kind kind,
    const struct listing_filter *filter, int64_t now, struct listing *ret_listing)
    __attribute__((warn_unused_result));
void listing_clear(struct listing *listing);

/* Whether somebody is so; a state that people have none of is anybody's. */
bool listing_person_is(const struct attendance_person *person, enum listing_state state);

/* What became of a registration, in one word: arrived, walk-in, denied, expected, no-show, ... */
const char *listing_status(
    const struct attendance *attendance, const struct attendance_person *person, int64_t now);

/* The columns of a list, and a sheet_tell of a struct listing. */
const struct sheet_column *listing_columns(enum listing_kind kind, size_t *ret_n);
int listing_tell(void *listing, struct sheet *sheet) __attribute__((warn_unused_result));

#endif

/*
 * conference: a news conference in the Media Gallery. Times are Unix seconds.
 */
#ifndef REGISTRAR_CONFERENCE_H
#define REGISTRAR_CONFERENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "registrar/refusal.h"
#include "schema/store.h"

struct publication;
struct registrar;

#define CONFERENCE_CLASSES_ALL ((1u << 24) - 1)

enum conference_id_check { CONFERENCE_ID_ON_REQUEST, CONFERENCE_ID_ALWAYS, CONFERENCE_ID_SHARE };
enum conference_state { CONFERENCE_DRAFT, CONFERENCE_ANNOUNCED, CONFERENCE_CANCELLED };

struct conference {
	int64_t id; /* the number in passes: 1..4294967295 */
	const char *slug, *title, *summary, *place, *stream; /* never NULL; point into text */
	int64_t doors, starts, ends;
	int64_t capacity;		   /* 0: no limit */
	uint32_t classes;		   /* bit n: class n is admitted */
	int64_t per_outlet;		   /* 0: no limit */
	bool preregistration;		   /* R3 */
	enum conference_id_check id_check; /* R4 */
	int id_share;			   /* percent */
	bool reentry, admit_at_once, names_on_pass, emerging;
	int64_t amber, red; /* seconds: age of a gate's lists */
	enum conference_state state;
	int64_t roster_version;
	int64_t created, changed; /* changed: what the public reads of it, its materials too */
	int64_t sequence;	  /* how often its calendar entry changed (RFC 5545) */
	char *text;		  /* the strings, one block */
	/* Of a wish: what a person decided about what the check finds (publication.h), or NULL. */
	const struct publication *publication;
};

/* Frees what a conference holds (not the struct). An empty one is fine. */
void conference_clear(struct conference *conference);
/* Frees a list made by conference_list. NULL is quiet. */
void conference_list_free(struct conference *list, size_t n);

/* MODEL_NOT_FOUND when there is none. End with conference_clear. */
int conference_by_slug(struct store_tx *tx, const char *slug, struct conference *ret)
    __attribute__((warn_unused_result));
int conference_by_id(struct store_tx *tx, int64_t id, struct conference *ret)
    __attribute__((warn_unused_result));

/* Those that end after `after` (0: all), by start. */
int conference_list(struct store_tx *tx, int64_t after, struct conference **ret_list, size_t *ret_n)
    __attribute__((warn_unused_result));

/* Those shown in public that were over at `now`, the last first, `most` at most; before: the id
 * they come before, 0: none. */
int conference_past(struct store_tx *tx, int64_t now, int64_t before, size_t most,
    struct conference **ret_list, size_t *ret_n) __attribute__((warn_unused_result));

/* Those shown in public that end after `after`, the last changed first, `most` at most. */
int conference_news(struct store_tx *tx, int64_t after, size_t most, struct conference **ret_list,
    size_t *ret_n) __attribute__((warn_unused_result));

struct conference_numbers {
	int64_t confirmed, waitlisted, cancelled;
	int64_t free; /* -1: no limit */
};
int conference_numbers(struct store_tx *tx, const struct conference *conference,
    struct conference_numbers *ret) __attribute__((warn_unused_result));

/* Fills a new conference's defaults. */
void conference_default(struct conference *conference);

/*
 * Checks the values (field-naming refusals), makes the conference and its pass key, journals it.
 * id, roster_version and text of wish are not read. slug "" makes one from the title. One that is
 * no draft is published by it: refused as by publication_check.
 */
int conference_create(struct registrar *registrar, const struct conference *wish, const char *staff,
    int64_t now, int64_t *ret_id, struct refusal *why) __attribute__((warn_unused_result));

/* What may be said anew of a conference; NULL or 0: as it is. */
struct conference_words {
	const char *title, *summary, *place, *stream;
	int64_t doors, starts, ends;
	const struct publication *publication; /* as of a wish */
};

/*
 * Checks and changes the words and times of a conference; gates and calendars hear of it, and where
 * its title, place, stream or a time is another than before, so does each who is confirmed or
 * waits, by mail, in the same write. A pass says when it holds: where that is no longer so each
 * gets a new one, and the old one is revoked. Not of one that is over, cancelled or a draft.
 * *ret_people: how many mails that were. Refused as by conference_create; MODEL_NOT_FOUND: there is
 * none of that slug.
 */
int conference_change(struct registrar *registrar, const char *slug,
    const struct conference_words *words, const char *staff, int64_t now, int64_t *ret_people,
    struct refusal *why) __attribute__((warn_unused_result));

/* What an edit does: how many people are told by mail, how many of them get a new pass. */
struct conference_reach {
	int64_t people, passes;
};

/*
 * The same for all fields: wish has each as it should be (its id, slug and counts are not read). A
 * draft may become announced; no other change of state is one. Where there is room for more now,
 * those who wait get it. Refused too for one that was
 * cancelled, and for another time of one that is over.
 */
int conference_edit(struct registrar *registrar, const char *slug, const struct conference *wish,
    const char *staff, int64_t now, struct conference_reach *ret, struct refusal *why)
    __attribute__((warn_unused_result));

/* What conference_edit would do, at most. */
int conference_edit_reach(struct store_tx *tx, const struct conference *held,
    const struct conference *wish, int64_t now, struct conference_reach *ret)
    __attribute__((warn_unused_result));

/*
 * Cancels a conference: each registration that stands is cancelled, its pass revoked and its person
 * told by mail, in one write. Refused when it is over; cancelling again is fine. *ret_people: how
 * many registrations that were.
 */
int conference_cancel(struct registrar *registrar, const char *slug, const char *staff, int64_t now,
    int64_t *ret_people, struct refusal *why) __attribute__((warn_unused_result));

/* The same with a reason that each person reads; it is checked as a public text. "": none. */
#define CONFERENCE_BECAUSE_MAX 300 /* characters */
struct conference_cancelling {
	const char *because;
	const struct publication *publication; /* as of a wish */
};
int conference_cancel_because(struct registrar *registrar, const char *slug,
    const struct conference_cancelling *cancelling, const char *staff, int64_t now,
    int64_t *ret_people, struct refusal *why) __attribute__((warn_unused_result));

/* Raises roster_version within a write and gives the new one: with each change of a roster row or
 * of the conference itself. Call registrar_changed() when the write is through. */
int conference_raise_roster(struct store_tx *tx, int64_t id, int64_t *ret_version)
    __attribute__((warn_unused_result));

const char *conference_state_word(enum conference_state state);

/* What the door asks of everyone who comes (R4): a sentence in English, marked with SAY(). */
const char *conference_id_words(const struct conference *conference);

#endif

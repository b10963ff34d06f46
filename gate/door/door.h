#ifndef GATE_DOOR_H
#define GATE_DOOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "badges/entry.h"
#include "badges/pass.h"
#include "gate/facts.h"
#include "gate/gate.h"
#include "gate/door/words.h"

/*
 * The steps at one door of one conference. A look decides on what was scanned, typed or picked; an
 * act of the officer follows. Whatever a person is told is in the journal first, in one transaction
 * with where the pass stands then.
 *
 *	look ---> ASK --------> ADMITTED --undo, 60 s--> UNDONE
 *	 |         '---deny---> REFUSED
 *	 |---> DENIED, REFERRED (recorded at once) --override--> OVERRIDDEN, --deny--> REFUSED,
 *	 |                                          --refer--> ASKED
 *	 |---> EXITED, NOTED (leaving)
 *	 '---> FAILED (nothing could be recorded: use the paper list)
 *
 * An admission decides again inside its transaction: what changed since the look wins.
 */

enum {
	DOOR_UNDO_MS = 60000,	/* an admission can be taken back for so long */
	DOOR_WORDS_MAX = 300,	/* code points of an officer's words (1,200 bytes) */
	DOOR_ACCEPT_MAX = 14400 /* old lists are accepted for 4 hours at most, seconds */
};

enum door_error {
	DOOR_NOT_NOW = -501,	/* this look is in a state that does not allow it */
	DOOR_LATE = -502,	/* the 60 seconds are over */
	DOOR_NOT_THERE = -503,	/* no such admission at this door, or a newer one of the pass */
	DOOR_NO_WORDS = -504,	/* words are needed, or they are too long */
	DOOR_NO_REASON = -505,	/* not an officer's reason */
	DOOR_CHANGED = -506,	/* the gate decides otherwise now: the look is a new one */
	DOOR_FORGED = -507,	/* nobody is let in on a signature that is not the registrar's */
	DOOR_STOPPED = -508,	/* entry is restricted: no answer of before counts */
	DOOR_INSIDE = -509,	/* the pass of an answer is inside */
	DOOR_OVER = -510,	/* the conference of an answer is over, or its list is not held */
	DOOR_REVOKED = -511,	/* the pass of an answer is revoked, and that was not asked about */
	DOOR_NOT_INSIDE = -512, /* nobody of that id is inside without a pass */
};

enum door_state {
	DOOR_NOTHING,	 /* no look yet */
	DOOR_ASK,	 /* the gate would admit; not recorded yet: the officer decides */
	DOOR_ADMITTED,	 /* recorded */
	DOOR_DENIED,	 /* the gate denied; recorded */
	DOOR_REFERRED,	 /* the gate can't say; recorded (a denial with the reason) */
	DOOR_REFUSED,	 /* the officer denied; recorded */
	DOOR_OVERRIDDEN, /* a supervisor, or an answer of Communications, let in; recorded */
	DOOR_UNDONE,	 /* the admission was taken back; recorded */
	DOOR_EXITED,	 /* left; recorded */
	DOOR_NOTED,	 /* leaving with something that is no pass of this conference: not recorded,
			    nobody is kept from leaving */
	DOOR_ASKED,	 /* Communications was asked; recorded */
	DOOR_FAILED,	 /* could not be recorded: as if it had not been looked at */
};

/* Where and for whom: constant for a shift. */
struct door {
	struct gate *gate;
	uint32_t conference;
	char slug[CONFERENCE_SLUG_MAX + 1];
	char title[CONFERENCE_TEXT_MAX + 1];
};

/* Who answers for an act. */
struct door_who {
	const char *staff;   /* stands in the entry; "": nobody is signed in */
	const char *officer; /* at whose desk, where a supervisor acts for an officer: stands in
				the detail; or NULL */
};

/* What is looked at: a text as it was scanned or typed, or a person picked from a search. */
struct door_subject {
	const char *text;
	size_t len;	       /* over PASS_TEXT_MAX: only the first of them are there */
	const uint8_t *picked; /* 16 bytes: the pass of a roster line, text is not used; or NULL */
};

enum door_mode {
	DOOR_PREVIEW,	/* an admission waits for the officer */
	DOOR_BY_POLICY, /* as the conference has it: at once where only screening is to be checked
			   and it admits at once */
	DOOR_AT_ONCE,	/* an admission is recorded at once */
	DOOR_LEAVING,	/* an exit */
};

/* What is known of the newest look. Never copied: facts points into itself. Holds the text that
 * was scanned, which opens doors: wiped by door_forget. */
struct door_look {
	enum door_state state;
	bool leaving;
	bool by_pick;
	uint8_t pick[16];
	char text[PASS_TEXT_MAX];
	size_t len;
	struct facts facts; /* all zeros with DOOR_FAILED */
	struct verdict verdict;
	char words[WORDS_MAX];		 /* what happened, what it means, what to do */
	enum reason given;		 /* DOOR_REFUSED: the officer's */
	char staff[ENTRY_STAFF_MAX + 1]; /* of the newest entry about it */
	bool recorded;
	uint64_t epoch, seq; /* when recorded: the newest entry about it */
	int64_t time_ms;     /* of it, or of the look: Unix milliseconds */
	uint64_t mono_ms;    /* the same since boot */
	int failure;	     /* DOOR_FAILED: what journal_write said */
};

/*
 * door_open: the conference of that slug. Writes the boot entry when this process has not yet.
 * Takes the lock, as all that follow. Returns 0, STORE_NOT_FOUND when no roster of that slug is
 * held, or another store_result.
 */
int door_open(struct gate *gate, const char *slug, struct door *ret_door)
    __attribute__((warn_unused_result));

/* door_look: decides on a subject and records what is to be recorded at once. Never fails: what
 * can't be recorded is DOOR_FAILED. Replaces what *ret_look held. */
void door_look(struct door *door, const struct door_who *who, const struct door_subject *subject,
    enum door_mode mode, struct door_look *ret_look);

/* door_forget: wipes a look. */
void door_forget(struct door_look *look);

/*
 * The officer's acts. Each returns 0 when it is recorded (or, for an admission, when its denial
 * is: look->state tells), a door_error with nothing done, or what journal_write said and then
 * nothing is recorded and the look is as before.
 */

/* door_admit: from DOOR_ASK or DOOR_UNDONE. */
int door_admit(struct door *door, const struct door_who *who, struct door_look *look)
    __attribute__((warn_unused_result));

/* door_deny: an officer's reason; look NULL: of somebody who shows no pass; words may be "" but for
 * `other`. Not from DOOR_ADMITTED: that is undone first. Never uses up the pass. */
int door_deny(struct door *door, const struct door_who *who, struct door_look *look,
    enum reason reason, const char *words) __attribute__((warn_unused_result));

/* door_exit: the person of a look leaves. */
int door_exit(struct door *door, const struct door_who *who, struct door_look *look)
    __attribute__((warn_unused_result));

/*
 * door_override: a supervisor lets in whom the gate did not, with words. The entry says the reason
 * that was overridden. `person` names who it is where no pass could be read, and may be "" else.
 * Decides again inside its transaction: where the gate now says something else than what was
 * overridden, the look becomes that (recorded as any look is) and DOOR_CHANGED is returned. A
 * signature that is not the registrar's is never overridden: DOOR_FORGED.
 */
int door_override(struct door *door, const struct door_who *who, struct door_look *look,
    const char *person, const char *words) __attribute__((warn_unused_result));

/* door_is_forged: whether what was scanned has a signature that is not the registrar's. */
bool door_is_forged(const struct door_look *look);

/*
 * Somebody without a pass who comes in gets an id drawn for this visit, which stands where a pass
 * would: so they count as inside at every door, in a muster too, and their admission can be taken
 * back. It opens nothing: no list has it. With nothing to scan they leave by door_leave.
 */
struct door_visit {
	uint64_t epoch, seq; /* the entry */
	uint8_t pass[16];
};

/* door_walk_up: door_override for somebody who shows no pass: the entry says walk-up, and its
 * detail the person. */
int door_walk_up(struct door *door, const struct door_who *who, const char *person,
    const char *words, struct door_visit *ret_visit) __attribute__((warn_unused_result));

/* door_leave: somebody inside whom no roster names leaves. DOOR_NOT_INSIDE for another. */
int door_leave(struct door *door, const struct door_who *who, const uint8_t pass[static 16])
    __attribute__((warn_unused_result));

/* door_undo: takes back the admission that is entry (epoch, seq) of this door, if it is the newest
 * of its pass and younger than door_undo_ms. look: the one that shows it, or NULL. */
int door_undo(struct door *door, const struct door_who *who, uint64_t epoch, uint64_t seq,
    struct door_look *look) __attribute__((warn_unused_result));

/* door_undo_ms: how long an admission can be taken back. */
unsigned door_undo_ms(const struct gate *gate);

/* door_fail: what is shown when an act could not be recorded: the look becomes DOOR_FAILED, so that
 * no screen goes on showing that somebody may come in. */
void door_fail(struct door_look *look, int failure);

/* door_refer: asks Communications about the person of a look, or about `person` where no pass says
 * who it is. kind: one of referral_kinds. Returns as above, or a referral_result. */
int door_refer(struct door *door, const struct door_who *who, struct door_look *look,
    const char *kind, const char *person, const char *words) __attribute__((warn_unused_result));

/* door_answer: acts on an answer of Communications: `admit` lets in (an override, reason
 * `referred`), after identification was looked at; false closes it: a refusal is recorded as one.
 * An answer lets nobody in whom a restriction or a stop keeps out now, whose pass was let in since
 * it was asked, or is revoked and was not asked about for being refused, or after the conference.
 * Returns as above, or a referral_result. */
int door_answer(struct door *door, const struct door_who *who, const uint8_t id[static 16],
    bool admit) __attribute__((warn_unused_result));

/* door_accept_stale: a supervisor accepts old lists until then (Unix seconds, at most
 * DOOR_ACCEPT_MAX from now), with words. */
int door_accept_stale(struct door *door, const struct door_who *who, int64_t until,
    const char *words) __attribute__((warn_unused_result));

/* door_accepted: until when old lists are accepted at this conference; 0: they are not. 0 or a
 * store_result. */
int door_accepted(struct store_tx *tx, uint32_t conference, int64_t *ret_until)
    __attribute__((warn_unused_result));

/* A sentence for the officer about a door_error or a value of journal_write. */
const char *door_strerror(int result);

#endif

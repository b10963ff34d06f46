#ifndef GATE_READY_H
#define GATE_READY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gate/conference.h"
#include "gate/gate.h"

/*
 * ready: whether this gate can be opened to people, as findings that say what is, and what to do.
 *
 * One look serves `gate check`, the desk's page of readiness and what the registrar is told. Every
 * finding is there each time, well or not, in one order, known by its id:
 *
 *	clock       trusted, not set, near the registrar's
 *	disk        room, and how long a write takes until it is safe (made, timed and removed)
 *	store       the file is whole
 *	journal     recording, nothing left over from another epoch, what is not yet received
 *	registrar   answers, or since when not
 *	keys        held, and not near their end
 *	revocations how old
 *	roster      of the next conference: held, how many lines, how old, until when
 *	photos      of that roster: how many are missing
 *	staff       how many officers may sign in, and can open what is sealed
 *	doors       other gates: all heard, or which are not
 *	devices     tablets and phones that are paired
 *	certificate the end of this gate's own
 *	power       mains or battery, where the machine says so
 */

enum ready_state { READY_OK, READY_WARN, READY_BAD };

enum { READY_MAX = 24, READY_WORDS_MAX = 320, READY_REMEDY_MAX = 240 };

struct ready_finding {
	const char *id; /* static */
	enum ready_state state;
	char words[READY_WORDS_MAX];   /* a sentence without names */
	char remedy[READY_REMEDY_MAX]; /* what to do; "" where nothing is to be done */
};

/* Some of what was found as numbers; -1: not known. */
struct ready_facts {
	bool clock_known;	/* the registrar's clock was heard */
	int64_t clock_ahead_ms; /* this one less the registrar's */
	const char *clock;	/* entry_clock_word, or "none" */
	int64_t free_mib;
	int64_t entries, unsent;
	int64_t stopped; /* entries of epochs whose upload is stopped: not among unsent */
	char next[CONFERENCE_SLUG_MAX + 1];  /* the conference that is on or opens soonest; "" */
	int64_t roster_age, revoked_age;     /* seconds since the registrar confirmed them */
	uint64_t photos_wanted, photos_held; /* of its roster */
};

struct ready_report {
	enum ready_state worst;
	int64_t at; /* Unix seconds */
	struct ready_facts facts;
	size_t n;
	struct ready_finding findings[READY_MAX];
};

/* How much is looked at. */
enum ready_depth {
	READY_GLANCE, /* nothing is written, the store is not read through: each few seconds */
	READY_LOOK,   /* and a timed write, and a quick check of the store: a page */
	READY_FULL,   /* and the whole store and journal, byte by byte: `gate check` */
};

/* ready_look: never fails: what can't be looked at is a finding. Takes the lock for short
 * (READY_FULL: a batch at a time, and the store's check in one). */
void ready_look(struct gate *gate, enum ready_depth depth, struct ready_report *ret_report);

/* "ok", "warn", "bad". */
const char *ready_word(enum ready_state state);

/*
 * The printed test card of the scanner: its text, and what is wrong with what a scanner made of it.
 * ready_card_judge: true where it came byte-exact; else words say what is wrong and what to do
 * (keyboard layout, case, suffix or prefix, lost characters). Only a final CR, LF or CRLF is left
 * out, as everywhere.
 */
#define READY_CARD_TEXT "ACR1:TEST CARD 0123456789 $%*+-./: ABCDEFGHIJKLMNOPQRSTUVWXYZ"
bool ready_card_judge(const char *text, size_t len, char ret_words[static READY_WORDS_MAX]);

#endif

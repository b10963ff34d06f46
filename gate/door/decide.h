#ifndef GATE_DECIDE_H
#define GATE_DECIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "badges/class.h"
#include "badges/reason.h"
#include "badges/revoked.h"
#include "badges/roster.h"

/*
 * The decision at the door: a pure function of facts, time and policy. It reads no clock, no file
 * and no store, and takes no chance: the same facts give the same verdict, so a decision can be
 * replayed and every row is tested as a table.
 *
 * The first line that fails decides the reason. The order of the pass's own checks is that of the
 * formats (rules 1 to 13):
 *
 *	 1 journal-unavailable	refer	nothing may be admitted that can't be recorded
 *	 2 malformed		deny
 *	 3 unknown-key		deny
 *	 4 bad-signature	deny
 *	 5 wrong-conference	deny	names the other
 *	 6 wrong-class		deny	class of the pass, or of its roster line
 *	 7 not-yet-valid	deny
 *	 8 expired		deny
 *	 9 clock-suspect	refer
 *	10 restricted		deny	building, conference, class, outlet, pass
 *	11 suspended, revoked	deny	by the list of revocations, or cancelled on the roster
 *	12 not-on-roster	refer	where registration is required; or not confirmed on it
 *	13 already-inside	deny	names gate and time
 *	14 already-used		deny	left, and the conference has no re-entry
 *	15 full			deny
 *	16 roster-stale		refer	older than the conference's red age, or past its not-after
 *	17 ok			admit
 *
 * A supervisor can accept old lists for a while: row 16 is passed over until then, and the
 * admission says what was not checked. A denial or a referral never uses up the pass.
 *
 * Nobody is kept from leaving. Who leaves with a pass of this conference, or one that is inside, is
 * recorded whatever is said of the pass; what can't be read is told, and not recorded:
 *
 *	 1 journal-unavailable	refer
 *	 2 malformed, unknown-key, bad-signature, not-on-roster (a typed code)	refer
 *	 3 wrong-conference	refer	unless it is inside here
 *	 4 ok			exit
 */

enum verdict_kind { VERDICT_ADMIT, VERDICT_DENY, VERDICT_REFER, VERDICT_EXIT };

/* What an officer is to look at before letting someone in; bits. */
enum decide_check {
	DECIDE_CHECK_SCREENING = 1, /* consent to security screening: always */
	DECIDE_CHECK_ID = 2,	    /* identification */
	DECIDE_CHECK_NAME = 4,	    /* found by typed code: no signature was seen, ask the name */
};

/* What could not be known when it was decided; bits. */
enum decide_unchecked {
	DECIDE_UNCHECKED_CANCELLATIONS = 1, /* since the list of revocations was last confirmed */
	DECIDE_UNCHECKED_ROSTER = 2,	    /* changes since the roster was last confirmed */
	DECIDE_UNCHECKED_DOORS = 4,	    /* entries at other doors */
	DECIDE_UNCHECKED_REGISTRATION = 8,  /* not on the roster, where none is required */
};

/* The conference's rules, as its roster says them. Times in Unix seconds, ages in seconds. */
struct decide_policy {
	uint32_t conference;
	uint32_t capacity; /* 0: none */
	uint32_t classes;  /* bit n: class n is admitted */
	enum roster_id_check id_check;
	unsigned id_share; /* percent, with ROSTER_ID_RANDOM */
	bool reentry;
	bool registration_required;
	int64_t amber, red; /* age of lists; 0: no such limit */
	int64_t fresh;	    /* up to this age a list counts as confirmed now */
};

/* Everything known of one scan. Zeroed, then filled as far as it goes. Texts are borrowed. */
struct decide_facts {
	int64_t now;	     /* Unix seconds */
	bool journal_failed; /* the entry can't be recorded */
	bool clock_suspect;

	enum reason opened; /* what pass_open found: REASON_OK or its refusal */
	bool typed;	    /* found by typed code; opened is then about the roster line's class */
	bool has_pass;	    /* pass, conference and class below are known */
	uint8_t pass[16];
	uint32_t conference;	      /* the pass's own */
	const char *conference_title; /* of the pass's own when this gate knows it, or NULL */
	uint8_t pass_class;
	uint16_t flags;
	int64_t nbf, exp; /* Unix seconds; 0: not known */

	bool restricted;
	enum revoked_scope restricted_scope;
	const char *restricted_words; /* the Service's reason, or "" */

	uint8_t revoked_class; /* enum revoked_class, 0: not revoked */
	bool on_roster;
	uint8_t roster_status; /* enum roster_status */
	uint8_t roster_class;

	bool inside;
	int64_t entries;	/* how often it was admitted */
	int64_t last_s;		/* time of the last entry or exit */
	const char *last_gate;	/* its gate's name, or "" */
	const char *last_staff; /* who made it, "" or NULL: not known */
	int64_t inside_count;

	unsigned doors_unheard;	   /* other gates whose entries don't come in now */
	const char *unheard_names; /* theirs, or NULL */

	/* When the registrar last said that what is held is the newest; 0: never. */
	int64_t roster_checked, revoked_checked;
	int64_t roster_not_after, revoked_not_after; /* 0: none held */
	int64_t accepted_until; /* a supervisor accepts old lists until then; 0: not */
};

struct verdict {
	enum verdict_kind kind;
	enum reason reason;
	unsigned check;	    /* bits of decide_check; on an admission only */
	unsigned unchecked; /* bits of decide_unchecked; on an admission only */
	bool leaving;	    /* made by decide_exit */
	bool amber;	    /* a list is older than the conference's amber age */
	int64_t age;	    /* of the older list in seconds, -1: never confirmed */
};

/* decide: never fails. */
void decide(const struct decide_facts *facts, const struct decide_policy *policy,
    struct verdict *ret_verdict);

/* decide_exit: the same for somebody who leaves. Never fails. */
void decide_exit(const struct decide_facts *facts, struct verdict *ret_verdict);

/* decide_id_drawn: whether a pass is in the random share (percent) whose identification is looked
 * at: by the first 32 bits of SHA-256("pressgate-id/v1\n" || conference in 4 bytes, big-endian ||
 * pass id), so that a replay draws the same and a second try at the door changes nothing. */
bool decide_id_drawn(uint32_t conference, const uint8_t pass[static 16], unsigned percent);

/* decide_kind_word: "admit", "deny", "refer" or "exit". */
const char *decide_kind_word(enum verdict_kind kind);

/* decide_check_token, decide_unchecked_token: the word of one bit for JSON; NULL for another. */
const char *decide_check_token(unsigned bit);
const char *decide_unchecked_token(unsigned bit);

#endif

#ifndef GATE_SCAN_H
#define GATE_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "gate/door/door.h"
#include "gate/facts.h"
#include "gate/gate.h"
#include "gate/door/words.h"
#include "web/control.h"

/*
 * One shift of scanning at one conference, as lines: a text in, a verdict out, and between the two
 * the entry is on the disk (door.h).
 */

struct scan {
	struct gate *gate;
	uint32_t conference;
	char slug[CONFERENCE_SLUG_MAX + 1];
	char staff[ENTRY_STAFF_MAX + 1]; /* the officer signed in, "": nobody */
	bool leaving;			 /* exits are recorded */
};

struct scan_result {
	struct verdict verdict;
	struct facts facts; /* all zeros when the journal is unavailable */
	char words[WORDS_MAX];
	bool recorded;
	uint64_t seq; /* when recorded: the entry's number in the present epoch */
	int failure;  /* when not: what journal_write said; 0: nothing was to be recorded */
};

/*
 * scan_open: a shift at the conference of that slug. Writes the boot entry when this process has
 * not yet. Takes the lock. Returns 0, STORE_NOT_FOUND when no roster of that slug is held, or
 * another store_result.
 */
int scan_open(struct gate *gate, const char *slug, const char *staff, struct scan *ret_scan)
    __attribute__((warn_unused_result));

/*
 * scan_text: decides on one text of len bytes (len over PASS_TEXT_MAX: only the first of them are
 * there, and it is malformed), records it and fills *ret_result. Never fails: what can't be
 * recorded is referred with journal-unavailable, and nothing of it is in the store. Leaving, what
 * is no pass is referred and not recorded.
 */
void scan_text(struct scan *scan, const char *text, size_t len, struct scan_result *ret_result);

/* scan_print: one line on out for a person, or as JSON; flushed. Returns 0, or -1 when out is
 * gone. */
int scan_print(const struct scan *scan, const struct scan_result *result, bool json, FILE *out)
    __attribute__((warn_unused_result));

/*
 * scan_line: reads one line: what stands before LF, without one final CR. ret_text has room for
 * PASS_TEXT_MAX bytes; *ret_len is the line's whole length (the rest of a longer one is read and
 * dropped). Returns false at the end of input.
 */
bool scan_line(FILE *in, char *ret_text, size_t *ret_len);

/* gate scan --data G --conference SLUG [--json] [--officer NAME --pin-file F] [--offline]
 * [--exit] */
int scan_command(struct command *command);

#endif

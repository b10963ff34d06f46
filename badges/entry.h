#ifndef BADGES_ENTRY_H
#define BADGES_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * One line of the journal: what a gate (or the registrar) decided, when, and on which knowledge.
 *
 *	pressgate-entry/v1
 *	seq 41
 *	time 2026-09-12T14:03:22.417Z
 *	clock synced|holdover|unsynced|stepped
 *	boot <32 hex>
 *	mono <ms since boot>
 *	event <[a-z0-9._-]{1,64}> | -
 *	pass <32 hex> | -
 *	decision admit|deny|override|exit|void|epoch|boot|sync|keys|gap
 *	reason <[a-z0-9-]{1,32}>
 *	rev <number of the revocation object it was judged by>
 *	staff <[a-z0-9]{1,16}> | -
 *	commit <64 hex> | -
 *
 * ASCII, every line ended by LF, hex in lower case, decimals without a leading zero. An entry has
 * exactly one encoding, so that two readers never hash two texts for one fact. It never holds a
 * name: details go behind `commit` (commit.h).
 */

enum {
	ENTRY_MAX = 1024, /* bytes of the longest entry a reader takes */
	ENTRY_EVENT_MAX = 64,
	ENTRY_REASON_MAX = 32,
	ENTRY_STAFF_MAX = 16,
	ENTRY_TIME_LEN = 24, /* "2026-09-12T14:03:22.417Z" */
};

/* How far the wall clock could be trusted when the entry was made. */
enum entry_clock {
	ENTRY_CLOCK_SYNCED,
	ENTRY_CLOCK_HOLDOVER,
	ENTRY_CLOCK_UNSYNCED,
	ENTRY_CLOCK_STEPPED,
};

enum entry_decision {
	ENTRY_ADMIT,
	ENTRY_DENY,
	ENTRY_OVERRIDE,
	ENTRY_EXIT,
	ENTRY_VOID,
	ENTRY_EPOCH,
	ENTRY_BOOT,
	ENTRY_SYNC,
	ENTRY_KEYS,
	ENTRY_GAP,
};

struct entry {
	uint64_t seq;	 /* equals the leaf's index in the log */
	int64_t time_ms; /* Unix milliseconds, 1970 to 9999 */
	enum entry_clock clock;
	uint8_t boot[16];		 /* the machine's boot id */
	uint64_t mono_ms;		 /* milliseconds since that boot */
	char event[ENTRY_EVENT_MAX + 1]; /* conference's slug; "" prints as - */
	bool has_pass;
	uint8_t pass[16];
	enum entry_decision decision;
	char reason[ENTRY_REASON_MAX + 1]; /* never empty */
	uint64_t rev;
	char staff[ENTRY_STAFF_MAX + 1]; /* "" prints as - */
	bool has_commit;
	uint8_t commit[32];
};

/* The field that is wrong; entry_error_word() says it in words. */
enum entry_error {
	ENTRY_BAD_HEADER = -1, /* the first line is not pressgate-entry/v1 */
	ENTRY_BAD_SEQ = -2,
	ENTRY_BAD_TIME = -3,
	ENTRY_BAD_CLOCK = -4,
	ENTRY_BAD_BOOT = -5,
	ENTRY_BAD_MONO = -6,
	ENTRY_BAD_EVENT = -7,
	ENTRY_BAD_PASS = -8,
	ENTRY_BAD_DECISION = -9,
	ENTRY_BAD_REASON = -10,
	ENTRY_BAD_REV = -11,
	ENTRY_BAD_STAFF = -12,
	ENTRY_BAD_COMMIT = -13,
	ENTRY_BAD_END = -14,	/* something stands behind the last line */
	ENTRY_BAD_LENGTH = -15, /* longer than ENTRY_MAX */
};

/*
 * entry_format: writes an entry as text. Returns 0 and fills ret_text (NUL-terminated) and
 * *ret_len (without the NUL), or the ENTRY_BAD_ code of the field whose value has no encoding,
 * and then both are untouched.
 */
int entry_format(const struct entry *entry, char ret_text[static ENTRY_MAX + 1], size_t *ret_len)
    __attribute__((warn_unused_result));

/*
 * entry_parse: reads the text of exactly one entry. text needs no NUL; len is in bytes. Returns 0
 * and fills *ret_entry, or the ENTRY_BAD_ code of the first field that is wrong, and then
 * *ret_entry is untouched. Accepts exactly what entry_format() writes: parsing and formatting
 * gives back the same bytes.
 */
int entry_parse(const char *text, size_t len, struct entry *ret_entry)
    __attribute__((warn_unused_result));

/* entry_error_word: the field named by a code, as a static word ("seq", "time", ...). */
const char *entry_error_word(int code);

/*
 * entry_is_event: whether text of len bytes can stand in an entry as its event. A conference's slug
 * has to, or nobody could be admitted to it.
 */
bool entry_is_event(const char *text, size_t len) __attribute__((warn_unused_result));

/* entry_clock_word, entry_decision_word: the word in the text, or NULL for a value outside. */
const char *entry_clock_word(enum entry_clock clock);
const char *entry_decision_word(enum entry_decision decision);

/* entry_decision_read: the decision named by a word. Returns 0, or ENTRY_BAD_DECISION. */
int entry_decision_read(const char *word, enum entry_decision *ret_decision)
    __attribute__((warn_unused_result));

/*
 * entry_time_format: Unix milliseconds (1970 to 9999) as "2026-09-12T14:03:22.417Z", RFC 3339 in
 * UTC. Returns 0, or ENTRY_BAD_TIME and leaves ret_text as it was.
 */
int entry_time_format(int64_t time_ms, char ret_text[static ENTRY_TIME_LEN + 1])
    __attribute__((warn_unused_result));

#endif

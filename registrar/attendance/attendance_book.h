/*
 * attendance_book: what the attendance of one conference is made from, held in memory: its
 * registrations, passes and entries. It is read once, and from then on only what is new:
 *
 *   entries          rise with the size of their log; what was received stays as it is
 *   registrations,   each that changed has a newer version than the book's (attendance_change,
 *   passes           which triggers of the store keep)
 *   all the rest     raises attendance_base, and the book is read anew
 *
 * A count is a pure function of the book, the same whether it was read at once or bit by bit.
 */
#ifndef REGISTRAR_ATTENDANCE_BOOK_H
#define REGISTRAR_ATTENDANCE_BOOK_H

#include "registrar/attendance/attendance.h"
#include "registrar/attendance/attendance_texts.h"

struct UCollator;

struct attendance_registration {
	int64_t id, person, created;
	const char *name, *key, *reference, *state;
	uint32_t outlet; /* index into outlets */
	uint8_t pass_class;
};

struct attendance_house {
	int64_t id;
	const char *name;
	bool local;
};

/* A pass of the conference, or one that was shown there: of another conference, or of nobody. */
struct attendance_pass {
	uint8_t id[16];
	bool used, foreign, active;
	bool undoes; /* while counting: an entry takes an admission of it back */
	uint8_t pass_class;
	uint32_t outlet; /* foreign: index into outlets */
	uint32_t who;	 /* while counting */
	int64_t person;	 /* 0: not known */
	int64_t revoked; /* Unix seconds, 0: not */
	int64_t issued;
	const char *code;
	const char *name, *key; /* foreign */
};

struct attendance_book {
	int64_t conference, over, version, base;
	char slug[65];
	bool loaded;
	bool changed; /* since it was counted last */
	size_t fresh; /* bytes of texts when it was read at once */
	struct attendance_texts *texts;
	struct UCollator *order;
	struct attendance_registration *registrations; /* by id */
	size_t n_registrations, cap_registrations;
	struct attendance_house *outlets;
	size_t n_outlets, cap_outlets;
	uint32_t *outlet_seats; /* index into outlets + 1 by hash of the id, 0: free */
	size_t n_outlet_seats;	/* a power of two */
	struct attendance_pass *passes; /* by hash of the id */
	size_t n_passes, cap_passes;	/* cap: a power of two, or 0 */
	struct attendance_log *logs;	/* by device and epoch; size: as far as it was read */
	size_t n_logs;
	struct attendance_line *lines; /* in order */
	size_t n_lines, cap_lines;
	const char **words;
	size_t n_words, cap_words;
};

/* Begins an empty one. */
void attendance_book_init(struct attendance_book *book, int64_t conference);
void attendance_book_clear(struct attendance_book *book);

/*
 * Reads what is new in tx; changed says whether anything was. A tx older than the book finds
 * nothing. Returns 0 or a store_result, and on failure the book is to be cleared.
 */
int attendance_book_read(struct store_tx *tx, struct attendance_book *book)
    __attribute__((warn_unused_result));

/* Counts. Returns 0 (free with attendance_free) or STORE_NO_MEMORY. */
int attendance_count(struct attendance_book *book, struct attendance **ret_attendance)
    __attribute__((warn_unused_result));

/* ---- for its parts ---- */

/* The index of an outlet, made when new; UINT32_MAX: no memory. */
uint32_t attendance_book_outlet(
    struct attendance_book *book, int64_t id, const char *name, bool local);

/* A key under which a name is sorted, as people sort names; NULL: no memory. */
const char *attendance_book_key(struct attendance_book *book, const char *name);

/* The pass of that id, or NULL. */
struct attendance_pass *attendance_book_pass(
    const struct attendance_book *book, const uint8_t id[static 16]);

int attendance_read_people(struct store_tx *tx, struct attendance_book *book, int64_t since)
    __attribute__((warn_unused_result));
int attendance_read_passes(struct store_tx *tx, struct attendance_book *book, int64_t since)
    __attribute__((warn_unused_result));
/* Looks up what foreign passes are now. */
int attendance_read_foreign(struct store_tx *tx, struct attendance_book *book)
    __attribute__((warn_unused_result));
/* Makes sure that the pass is known. */
int attendance_read_pass(struct store_tx *tx, struct attendance_book *book,
    const uint8_t id[static 16]) __attribute__((warn_unused_result));
int attendance_read_lines(struct store_tx *tx, struct attendance_book *book)
    __attribute__((warn_unused_result));

#endif

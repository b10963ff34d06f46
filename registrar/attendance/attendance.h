/*
 * attendance: what the doors recorded about one conference, counted.
 *
 * Everything here is read out of the gates' journals as they were received, as far as a signed head
 * goes; nothing is stored and nothing is judged again. A person is counted once, whatever the number
 * of passes and entries. A voided admission does not count. Times are of the gate that made the
 * entry.
 *
 * A struct attendance is a count of one moment, and does not change any more. While the registrar
 * serves, attendance_cache.h keeps what it is made from and reads only what is new.
 */
#ifndef REGISTRAR_ATTENDANCE_H
#define REGISTRAR_ATTENDANCE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "badges/entry.h"
#include "schema/store.h"

/* Where an entry stands: what a number links to. */
struct attendance_at {
	char device[65];
	int64_t epoch;
	int64_t seq;
	int64_t time_ms; /* Unix milliseconds; 0: there is none */
	char staff[17];	 /* the officer, "": nobody was signed in, or not read */
};

struct attendance_person {
	int64_t person;	  /* person.id; 0: the pass is not of this registrar */
	const char *name; /* "" when not known */
	const char *outlet;
	uint8_t pass_class;
	const char *reference; /* of the newest registration, or "" */
	const char *state;     /* its state, or "unregistered" */
	const char *code;      /* typed code of the newest pass that stands, or "" */
	const char *key;       /* where the name stands among others: strcmp() of two keys */
	uint8_t pass[16];      /* where the person is not known: the pass; else zeroes */
	bool expected;	       /* the registration is confirmed */
	uint32_t at;	       /* its index */
	bool arrived, inside;
	uint32_t entries, exits, denials;
	struct attendance_at first; /* first admission */
	struct attendance_at last;  /* newest admission or exit */
};

struct attendance_gate {
	char device[65];
	uint32_t admissions, denials;
	uint32_t inside;   /* people inside whose newest admission was here */
	int64_t newest_ms; /* its newest entry about this conference */
};

struct attendance_outlet {
	const char *name;
	bool local;
	uint32_t expected, arrived, inside;
};

struct attendance_reason {
	char reason[33];
	uint32_t count;
};

enum attendance_conflict_kind {
	ATTENDANCE_TWO_DOORS,	  /* admitted at another door, or at the same one
				     in another epoch, without an exit in between */
	ATTENDANCE_AFTER_REVOKED, /* admitted after the pass had been revoked */
};

struct attendance_conflict {
	enum attendance_conflict_kind kind;
	const char *name, *outlet;
	uint8_t pass[16];
	struct attendance_at first;  /* two doors: the earlier admission; else time_ms alone: of
					the revocation */
	struct attendance_at second; /* the admission in question */
};

/* A log of a gate. */
struct attendance_log {
	int64_t id, epoch;
	int64_t size; /* entries under its newest signed head */
	char device[65];
};

#define ATTENDANCE_NOBODY UINT32_MAX

/* An entry of a gate about the conference. */
struct attendance_line {
	int64_t time_ms, seq;
	uint32_t log;		/* index into logs */
	uint32_t who;		/* index into people, or ATTENDANCE_NOBODY */
	uint32_t reason, staff; /* indexes into words; "-": nobody was signed in */
	uint8_t pass[16];
	enum entry_decision decision : 8;
	bool has_pass : 1;
	bool undone : 1; /* an admission that was taken back */
	bool counts : 1; /* an admission, an exit or a denial that is in the numbers */
};

struct attendance {
	int64_t conference;
	char slug[65];
	int64_t over;			  /* Unix seconds: when it ends */
	uint32_t expected;		  /* people with a confirmed registration */
	uint32_t arrived;		  /* people admitted at least once */
	uint32_t inside;		  /* people inside now */
	uint32_t no_show;		  /* expected and not arrived */
	uint32_t walk_ins;		  /* arrived and not expected */
	uint32_t unnamed;		  /* of them let in by a supervisor without a pass */
	uint32_t referred;		  /* questions that doors asked communications */
	uint32_t denials;		  /* entries that denied, referrals not among them */
	uint32_t denied;		  /* people denied at least once and never admitted */
	uint32_t waitlisted, cancelled;	  /* registrations */
	struct attendance_person *people; /* by name */
	size_t n_people;
	struct attendance_gate *gates; /* by name */
	size_t n_gates;
	struct attendance_outlet *outlets; /* by name */
	size_t n_outlets;
	struct attendance_reason *reasons; /* of denials, most frequent first */
	size_t n_reasons;
	struct attendance_conflict *conflicts; /* by time of the second */
	size_t n_conflicts;
	struct attendance_line *lines; /* by time, device, epoch and number */
	size_t n_lines;
	struct attendance_log *logs; /* by device and epoch */
	size_t n_logs;
	const char **words; /* reasons and officers of lines */
	size_t n_words;
	struct attendance_texts *texts; /* holds the texts; own */
	atomic_uint held;		/* by how many; own */
};

/*
 * Reads and counts. conference is conference.id. Returns 0 (free with attendance_free),
 * STORE_NOT_FOUND for no such conference, or another store_result.
 */
int attendance_load(struct store_tx *tx, int64_t conference, struct attendance **ret_attendance)
    __attribute__((warn_unused_result));
void attendance_free(const struct attendance *attendance); /* NULL is quiet */

/* One recorded entry about a conference. Texts live until the callback returns. */
struct attendance_entry {
	struct attendance_at at;
	const char *decision, *reason, *staff; /* words of badges/entry.h; staff "-": none */
	bool has_pass;
	uint8_t pass[16];
	int64_t person; /* 0: not known */
	const char *name, *outlet;
	const char *detail; /* the gate's JSON, or NULL when there is none (any more) */
};

/* A line with whom it is about; without its detail. Texts live as long as the attendance. */
void attendance_entry(const struct attendance *attendance, const struct attendance_line *line,
    struct attendance_entry *ret_entry);

/*
 * Calls each for n of the lines, which are those of these indexes, or where which is
 * NULL the first n, with their details as they are in tx (NULL: without), until it returns something other than 0,
 * which is then returned. Else 0 or a store_result.
 */
int attendance_entries(struct store_tx *tx, const struct attendance *attendance,
    const uint32_t *which, size_t n,
    int (*each)(void *context, const struct attendance_entry *entry), void *context)
    __attribute__((warn_unused_result));

/* The conflict in a sentence for people. zone time is the caller's to add. */
const char *attendance_conflict_words(enum attendance_conflict_kind kind);

#endif

/*
 * attendance: what the doors recorded about one conference, counted.
 *
 * Everything here is read out of the gates' journals as they were received; nothing is stored and
 * nothing is judged again. A person is counted once, whatever the number of passes and entries. A
 * voided admission does not count. Times are of the gate that made the entry.
 */
#ifndef REGISTRAR_ATTENDANCE_H
#define REGISTRAR_ATTENDANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

struct attendance {
	int64_t conference;
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
	struct attendance_texts *texts; /* holds the texts; own */
};

/*
 * Reads and counts. conference is conference.id. Returns 0 (free with attendance_free),
 * STORE_NOT_FOUND for no such conference, or another store_result.
 */
int attendance_load(struct store_tx *tx, int64_t conference, struct attendance **ret_attendance)
    __attribute__((warn_unused_result));
void attendance_free(struct attendance *attendance); /* NULL is quiet */

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

/* Which entries: NULL or 0 takes all. */
struct attendance_filter {
	const char *decision; /* "deny", "admit" (override too), "exit", ... */
	const char *reason;
	const char *device;
	int64_t person;
};

/*
 * Calls each for every entry about the conference, in order of time, until it returns something
 * other than 0, which is then returned. Else 0 or a store_result.
 */
int attendance_each(struct store_tx *tx, int64_t conference, const struct attendance_filter *filter,
    int (*each)(void *context, const struct attendance_entry *entry), void *context)
    __attribute__((warn_unused_result));

/* The conflict in a sentence for people. zone time is the caller's to add. */
const char *attendance_conflict_words(enum attendance_conflict_kind kind);

#endif

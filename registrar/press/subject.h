/*
 * subject: a person's right to the records about them (R14): to see all of it, to have it
 * corrected, and to ask for its disposal.
 *
 * A new name of someone whose accreditation stands is looked at by the desk first: at the door it
 * is compared with a face. The telephone number and the language are the person's own to set. A new
 * address holds once the link sent to it was used.
 *
 * Functions with a struct store_tx run inside the caller's transaction. They return 0, a code
 * below, STORE_NOT_FOUND or another negative enum store_result; ret_ values are untouched then.
 */
#ifndef PRESSGATE_REGISTRAR_SUBJECT_H
#define PRESSGATE_REGISTRAR_SUBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "registrar/press/person.h"
#include "schema/store.h"
#include "web/token.h"

struct registrar;

#define SUBJECT_DAYS	      30 /* to answer a request, as access law has it */
#define SUBJECT_EMAIL_SECONDS (24 * 3600)
#define SUBJECT_PHONE_BYTES   160

enum subject_error {
	SUBJECT_E_STATE = -261, /* the request was answered or withdrawn already */
	SUBJECT_E_TAKEN = -262	/* the address is another person's */
};

/* One line of what is kept: a section, the beginning of a record in it, or a value. */
struct subject_line {
	enum { SUBJECT_SECTION, SUBJECT_RECORD, SUBJECT_VALUE } kind;
	bool is_time; /* `at` holds it */
	char key[32]; /* of a section or value */
	char *text;   /* of a value; owned. "" where it is a time, base64 of a picture */
	int64_t at;
	size_t records; /* of a section */
};
struct subject_records {
	struct subject_line *lines;
	size_t n;
};

/* Everything that is kept about a person, but the desk's internal notes. Free with
 * subject_records_free. */
STORE_MUST_CHECK int subject_read(
    struct store_tx *tx, int64_t person_id, struct subject_records *ret);
/* The same, with internal notes and the details behind journal entries: for the office, which looks
 * through it before it gives it (access law has exceptions). */
STORE_MUST_CHECK int subject_read_whole(
    struct store_tx *tx, int64_t person_id, struct subject_records *ret);
void subject_records_free(struct subject_records *records);

/* The same as one JSON document, times in RFC 3339; NULL: no memory. The caller frees it. */
char *subject_json(const struct subject_records *records, int64_t now);

struct subject_details {
	char phone[SUBJECT_PHONE_BYTES + 1];
	char language[17];
	bool stands; /* an accreditation stands: a new name is asked for */
};
STORE_MUST_CHECK int subject_details(
    struct store_tx *tx, int64_t person_id, int64_t now, struct subject_details *ret);

/* Sets them, and the name where no accreditation stands; else *ret_asked is true and a request
 * waits for the desk. */
STORE_MUST_CHECK int subject_correct(struct store_tx *tx, const struct person *person,
    const char *name, const struct subject_details *details, int64_t now, bool *ret_asked);

/* A new address: ret_link goes to it and nowhere else. */
STORE_MUST_CHECK int subject_email_ask(struct store_tx *tx, int64_t person_id, const char *email,
    int64_t now, char ret_link[TOKEN_TEXT + 1]);
/* What a link would change; STORE_NOT_FOUND for a wrong, old or used one. */
STORE_MUST_CHECK int subject_email_find(struct store_tx *tx, const char *link, int64_t now,
    int64_t *ret_person, char ret_email[PERSON_EMAIL_MAX + 1]);
/* Changes it. Everywhere else the person is signed out. */
STORE_MUST_CHECK int subject_email_use(struct store_tx *tx, const char *link, int64_t now);

/* Ends every session of a person. */
STORE_MUST_CHECK int subject_sign_out(struct store_tx *tx, int64_t person_id);

enum subject_kind { SUBJECT_NAME, SUBJECT_DISPOSAL };
enum subject_state { SUBJECT_WAITING, SUBJECT_DONE, SUBJECT_REFUSED, SUBJECT_WITHDRAWN };
struct subject_request {
	char reference[21];
	int64_t person_id;
	char name[801], email[255]; /* the person's as they stand */
	enum subject_kind kind;
	enum subject_state state;
	char words[16001]; /* the new name, or what the person says */
	int64_t created, due, answered;
	char message[16001]; /* the desk's answer */
};
struct subject_requests {
	struct subject_request *items;
	size_t n;
};

/* Asks; while one of the kind waits nothing more is asked. */
STORE_MUST_CHECK int subject_ask(
    struct store_tx *tx, int64_t person_id, enum subject_kind kind, const char *words, int64_t now);
/* A person's own, or (0) all for the desk: what is due first on top. Free with free(items). */
STORE_MUST_CHECK int subject_requests(
    struct store_tx *tx, int64_t person_id, struct subject_requests *ret);
STORE_MUST_CHECK int subject_request_by_reference(
    struct store_tx *tx, const char *reference, struct subject_request *ret);
/* The person takes it back; another's is STORE_NOT_FOUND. */
STORE_MUST_CHECK int subject_withdraw(
    struct store_tx *tx, const char *reference, int64_t person_id, int64_t now);

struct subject_answer {
	const char *reference, *staff, *message; /* to the person: what is kept, and why */
	bool done;				 /* as asked; else refused */
};
/* Answers; a new name that is agreed to is the person's from now on, on rosters and passes too. */
STORE_MUST_CHECK int subject_answer(struct store_tx *tx, struct registrar *registrar,
    const struct subject_answer *answer, int64_t now);

#endif

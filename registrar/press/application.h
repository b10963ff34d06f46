/*
 * application: someone asks to be accredited.
 *
 *	draft --link in the mail--> submitted --+--> approved
 *	                                        +--> refused
 *
 * What its applicant and the desk do meanwhile and afterwards (more-information, withdrawn,
 * appealed) is in case.h; whatever is waiting for a decision is decided by the same two functions.
 * They give CASE_E_DECIDER where an appeal has to be decided by somebody else.
 * A message goes to the applicant, a note never does: no function that writes mail is given one.
 *
 * Functions with a struct store_tx run inside the caller's write transaction. They return 0, a
 * code below, STORE_NOT_FOUND or another negative enum store_result; ret_ values are untouched
 * then and the caller rolls back.
 */
#ifndef PRESSGATE_REGISTRAR_APPLICATION_H
#define PRESSGATE_REGISTRAR_APPLICATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "registrar/press/due.h"
#include "registrar/press/limit.h"
#include "schema/store.h"
#include "web/token.h"

#define APPLICATION_REFERENCE 12 /* "A-XXXX-XXXX" and NUL */

enum application_error {
	APPLICATION_E_STATE = -221,	/* already decided, or not yet confirmed */
	APPLICATION_E_CRITERION = -222, /* not a published one */
	APPLICATION_E_OUTLET = -223	/* no such outlet */
};

struct application_form {  /* all checked by the form; borrowed */
	const char *email; /* as person_email_key gives it */
	const char *name;
	const char *outlet; /* as typed */
	const char *proof; /* or "": files may say it */
	uint8_t class;
	int64_t outlet_id; /* the one of the registry that was picked, or 0 */
};

struct application {
	int64_t id;
	char reference[APPLICATION_REFERENCE];
	char state[20];
	char email[255];
	char name[801];
	char outlet[801];  /* as typed */
	int64_t outlet_id; /* 0: not yet */
	uint8_t class;
	int64_t created, submitted, due, decided; /* Unix seconds, 0: not yet */
	char decided_by[17];
	char criterion[65];
	int64_t person_id;
	char *proof; /* owned, as are the next two; "" where there is none */
	char *message;
	char *note;
};

struct application_list {
	struct application *items; /* proof, message and note are NULL, save where said */
	size_t n;
};

/* A reason for refusing that is published on the page where one applies. */
struct application_criterion {
	const char *token;
	const char *words; /* a sentence for the applicant */
};
extern const struct application_criterion application_criteria[];
extern const size_t application_n_criteria;
const struct application_criterion *application_criterion_find(const char *token); /* or NULL */

/* A draft and the secret of the link that confirms it. */
STORE_MUST_CHECK int application_apply(struct store_tx *tx, const struct application_form *form,
    int64_t now, int64_t *ret_id, char ret_link[TOKEN_TEXT + 1]);

/*
 * The same application once more, of the same dossier: what is in the form stands in the draft from
 * now on, and a new link alone confirms it: the address may be another one. APPLICATION_E_STATE once it is confirmed.
 */
STORE_MUST_CHECK int application_amend(struct store_tx *tx, int64_t id,
    const struct application_form *form, int64_t now, char ret_link[TOKEN_TEXT + 1]);

/*
 * Carries out the link: the draft is submitted, due by the desk's hours, and belongs to the person
 * of its address. The same link again gives the same application with *ret_again true and changes
 * nothing. STORE_NOT_FOUND for a wrong or expired link.
 */
STORE_MUST_CHECK int application_confirm(struct store_tx *tx, const char *link,
    const struct due_desk *desk, int64_t now, struct application *ret_application, bool *ret_again);

/* With all three texts; for staff. */
STORE_MUST_CHECK int application_by_reference(
    struct store_tx *tx, const char *reference, struct application *ret_application);

/* Without the note; for the applicant and for mail. */
STORE_MUST_CHECK int application_for_mail(
    struct store_tx *tx, int64_t id, struct application *ret_application);

void application_free(struct application *application); /* what it owns; a zeroed one is fine */

/* What was decided last, 50 at most. */
STORE_MUST_CHECK int application_decided(struct store_tx *tx, struct application_list *ret_list);
/* A person's own, newest first, with message. */
STORE_MUST_CHECK int application_of_person(
    struct store_tx *tx, int64_t person_id, struct application_list *ret_list);
void application_list_free(struct application_list *list);

/* True while it waits for a decision. */
bool application_waits(const struct application *application);

struct application_approval {
	const char *staff;
	int64_t outlet_id; /* an outlet known, or 0: one is made (or found) by outlet_name */
	const char *outlet_name;
	bool local;	     /* set on the outlet */
	unsigned months;     /* 1..ACCREDITATION_MONTHS_MAX */
	const char *message; /* to the applicant, or "" */
	const char *note;    /* stays inside, or "" */
	bool other_class;    /* for `class` in place of the one asked for */
	uint8_t class;
	struct limit limit; /* zeroed: none */
};

/* Approves: outlet, person's name, accreditation and the decision. */
STORE_MUST_CHECK int application_approve(struct store_tx *tx, int64_t id,
    const struct application_approval *approval, int64_t now, int64_t *ret_accreditation);

struct application_refusal {
	const char *staff;
	const char *criterion; /* a token of application_criteria */
	const char *message;   /* to the applicant; never empty */
	const char *note;
};

STORE_MUST_CHECK int application_refuse(
    struct store_tx *tx, int64_t id, const struct application_refusal *refusal, int64_t now);

#endif

/*
 * apply: inside of the application's pages (apply*.c). One question a page, answers kept in a
 * dossier that a cookie opens; each POST saves, then leads on with a redirect, so that going back
 * and sending twice do no harm.
 */
#ifndef PRESSGATE_REGISTRAR_WEB_APPLY_H
#define PRESSGATE_REGISTRAR_WEB_APPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "registrar/press/dossier.h"
#include "registrar/press/upload.h"
#include "registrar/web/handlers.h"

#define APPLY_COOKIE "application"

/* An answer that nobody is asked for: its field is not shown, and programs fill it in. It refuses
 * nothing, since a browser that helps may fill it in too: staff are told. */
#define APPLY_TRAP "homepage"

/* Who applies, as far as the answers say it. */
struct apply {
	struct dossier dossier; /* id 0: none yet */
	struct dossier_answers answers;
	struct upload_list uploads;
	int64_t now;
};

/* Opens the dossier of the request's cookie. Returns 0 or a negative enum store_result; without a
 * dossier it is 0 and dossier.id is 0. Free with apply_end. */
int apply_begin(struct request *req, struct apply *ret_apply) __attribute__((warn_unused_result));
void apply_end(struct apply *apply);

/* A page of the walk. The last field of each is `then`: which button was pressed. */
struct apply_question {
	const char *slug; /* of /accreditation/SLUG */
	const char *heading;
	const char *words; /* under it, or NULL */
	const struct form_field *fields;
	size_t n;	  /* with `then` */
	const char *only; /* of this class alone, or NULL */
};
extern const struct apply_question apply_questions[];
extern const size_t apply_n_questions;

enum apply_then { APPLY_ON, APPLY_SAVE, APPLY_ADD };
#define APPLY_THEN_NAME "then"
enum apply_then apply_then(const struct apply_question *question, const struct form *form);

const struct apply_question *apply_question(const char *slug); /* NULL: none */

/* The slug of the page after this one, or before it, for this applicant; NULL at the end. */
const char *apply_after(const struct apply *apply, const struct apply_question *question);
const char *apply_before(const struct apply *apply, const struct apply_question *question);

/* The first page whose question waits for an answer, or NULL: all can be sent. */
const char *apply_missing(const struct apply *apply);

/* True if a question is put to this applicant. */
bool apply_is_asked(const struct apply *apply, const struct apply_question *question);

/* Whether it came from the page of all answers, to change one. */
bool apply_is_change(const struct request *req);

/* Redirects to what comes after a page that was answered. */
void apply_lead_on(struct request *req, struct reply *rep, const struct apply *apply,
    const struct apply_question *question, enum apply_then then);

/* Redirects to where one starts: the dossier is gone. */
int apply_gone(struct reply *rep);

/* Saves what a form holds under its fields' names; lax: only what is right in it. Begins a dossier
 * and sets its cookie where there is none. Afterwards apply->answers are the new ones. */
int apply_save(struct request *req, struct reply *rep, struct apply *apply,
    const struct apply_question *question, const struct form *form, bool lax)
    __attribute__((warn_unused_result));

/* One answer more. */
int apply_put(struct request *req, struct apply *apply, const char *name, const char *value)
    __attribute__((warn_unused_result));

/* True, with the form refused, where this network has begun too many. */
bool apply_must_wait(struct request *req, struct form *form, int64_t now);

/* What the pages show. */
struct view_apply {
	struct page page;
	const struct settings *settings;
	const struct apply *apply;
	const struct apply_question *question;
	const struct form *form;
	char back[64], action[64];
	const char *problem;		    /* or NULL */
	const struct outlet_match *matches; /* of the outlet */
	size_t n_matches;
	const char *missing; /* apply_missing */
};

/* Fills the frame of a page and, for a question, where its form goes. */
void apply_view(struct request *req, struct reply *rep, struct view_apply *view,
    const struct apply *apply, const struct apply_question *question, const struct form *form);

/* A question's page again or for the first time; fields are filled with the answers where form is
 * an empty one. */
int apply_show(struct request *req, struct reply *rep, const struct apply *apply,
    const struct apply_question *question, struct form *form, unsigned status);

/* For the page of all answers. */
bool apply_is_shown(const struct apply_question *question, size_t field);
bool apply_is_trap(const struct apply_question *question, size_t field);
const char *apply_said(
    const struct say *language, const struct apply *apply, const struct form_field *field);
bool apply_has_photo(const struct apply *apply);
size_t apply_files(const struct apply *apply); /* without the photograph */

/* Sends a file as a download in which nothing runs. */
void apply_download(struct reply *rep, const struct upload *upload);

#endif

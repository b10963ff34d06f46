/*
 * review: the page on which the desk looks at an application and decides.
 */
#ifndef PRESSGATE_REGISTRAR_WEB_REVIEW_H
#define PRESSGATE_REGISTRAR_WEB_REVIEW_H

#include "registrar/press/application.h"
#include "registrar/press/decision.h"
#include "registrar/press/focal.h"
#include "web/form.h"

struct request;
struct reply;
struct registrar;

#define REVIEW_OTHER_DECIDER                                                                       \
	"This is an appeal, and you refused the application before, or proposed to: someone else " \
	"decides. Nothing was changed."

enum {
	APPROVE_OUTLET,
	APPROVE_ALIAS,
	APPROVE_LOCAL,
	APPROVE_MONTHS,
	APPROVE_CLASS,
	APPROVE_CONFERENCE,
	APPROVE_UNTIL,
	APPROVE_MESSAGE,
	APPROVE_NOTE,
	APPROVE_FIELDS
};
enum { REFUSE_CRITERION, REFUSE_MESSAGE, REFUSE_NOTE, REFUSE_FIELDS };
enum { HOLD_UNTIL, HOLD_WORDS };
enum { REVIEW_CLASSES = 9 };
extern const struct form_field approve_fields[APPROVE_FIELDS];
extern const struct form_field refuse_fields[REFUSE_FIELDS];
extern const struct form_choice review_criteria[];
extern const struct form_field hold_fields[2];
extern const struct form_field note_fields[1];
extern const struct form_field assign_fields[1];
extern const struct form_field send_back_fields[1];

/* A conference that an approval may be limited to. */
struct review_conference {
	int64_t id, starts;
	char title[801];
};

/* What stands beside the application on its page. */
struct review_more {
	const char *staff; /* who looks */
	struct decision_standing standing;
	struct decision_colleague *colleagues;
	size_t n_colleagues;
	struct decision_entries history, notes;
	struct decision_proposal proposal; /* staff "": none */
	struct review_conference *conferences;
	size_t n_conferences;
	struct limit limit;		/* of the accreditation that came of it */
	const struct form *hold, *note; /* that did not hold, or empty ones */
	struct form *own_hold, *own_note;
	const char *typed[2]; /* what was typed where no form takes it any more, or NULL */
	bool second_approval, second_refusal; /* these need a second reviewer */
	bool other_decider;		      /* an appeal against whoever looks */
};
STORE_MUST_CHECK int review_more_read(struct store_tx *tx, struct registrar *registrar,
    const struct application *application, int64_t now, struct review_more *more);
void review_more_free(struct review_more *more);

/* Forms that did not hold, each or NULL; and what else is wrong. */
struct review_failed {
	struct form *approve, *refuse, *ask, *message, *hold, *note;
	const char *problem;
};
/* Nothing that was typed is lost where its form is gone. */
void review_more_typed(struct review_more *more, const struct review_failed *failed, bool waits);
/* The page, with forms that did not hold. */
int review_show(
    struct request *req, struct reply *rep, const struct review_failed *failed, unsigned status);
/* "Ana Roy approved this application on ... meanwhile. ..." 409, with what was typed. */
int review_show_overtaken(
    struct request *req, struct reply *rep, const struct review_failed *failed);

/* The page again, with a form of the correspondence that did not hold, or a problem; each may be
 * NULL. */
int review_show_desk(struct request *req, struct reply *rep, struct form *ask, struct form *message,
    const char *problem, unsigned status);

/* What staff may make of who was approved; FOCAL_NONE for every other application. Returns 0 or a
 * negative store_result. */
STORE_MUST_CHECK int review_focal_read(struct store_tx *tx, const struct application *application,
    int64_t now, enum focal_standing *ret_standing);

int confirm_decision_post(struct request *req, struct reply *rep);
int send_back_post(struct request *req, struct reply *rep);
int assign_post(struct request *req, struct reply *rep);
int take_post(struct request *req, struct reply *rep);
int put_back_post(struct request *req, struct reply *rep);
int pre_approve_post(struct request *req, struct reply *rep);
int hold_post(struct request *req, struct reply *rep);
int release_post(struct request *req, struct reply *rep);
int note_post(struct request *req, struct reply *rep);

#endif

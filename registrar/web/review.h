/*
 * review: the page on which the desk looks at an application and decides.
 */
#ifndef PRESSGATE_REGISTRAR_WEB_REVIEW_H
#define PRESSGATE_REGISTRAR_WEB_REVIEW_H

#include "registrar/press/application.h"
#include "registrar/press/focal.h"
#include "web/form.h"

struct request;
struct reply;

#define REVIEW_OTHER_DECIDER                                                                       \
	"This is an appeal, and you refused the application before: someone else decides. "        \
	"Nothing was changed."

/* The page again, with a form of the correspondence that did not hold, or a problem; each may be
 * NULL. */
int review_show_desk(struct request *req, struct reply *rep, struct form *ask, struct form *message,
    const char *problem, unsigned status);

/* What staff may make of who was approved; FOCAL_NONE for every other application. Returns 0 or a
 * negative store_result. */
STORE_MUST_CHECK int review_focal_read(struct store_tx *tx, const struct application *application,
    int64_t now, enum focal_standing *ret_standing);

#endif

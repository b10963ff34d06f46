/*
 * view_log: looks at a person's file are noted before the page is shown (press/view_log.h); the
 * page that asks for a reason where no work leads to the file; and the page on which administrators
 * read the log.
 */
#ifndef PRESSGATE_REGISTRAR_WEB_VIEW_LOG_H
#define PRESSGATE_REGISTRAR_WEB_VIEW_LOG_H

#include "registrar/press/view_log.h"
#include "registrar/web/views.h"

struct request;
struct reply;

/* Notes a look of whoever asks; look->staff is filled here. Returns 0, or what site_result takes:
 * then the page is not shown. */
int view_log_note(struct request *req, const struct view_log_look *look)
    __attribute__((warn_unused_result));

/*
 * For a page of a person's file that no work leads to. Where this member of staff gave a reason for
 * this person within the last VIEW_LOG_REASON_SECONDS the look is noted with it and *ret_may is
 * true. Else *ret_may is false and rep holds the page that asks for the reason and leads back to
 * this request's path: the handler returns. Returns 0 or what site_result takes.
 */
int view_log_ask(struct request *req, struct reply *rep, int64_t person_id, enum view_log_what what,
    bool *ret_may) __attribute__((warn_unused_result));

struct view_view_log {
	struct page page;
	const struct form *query;
	const struct view_log *log;
	const char *staff, *person; /* what is asked for, or "" */
	const char *problem;
	bool older; /* not from the newest on */
};
/* The reason of a look in words; valid until the thread's next call. */
const char *view_log_why(const struct view_log_entry *entry);
struct view_reason {
	struct page page;
	const char *name; /* whose file */
	const char *action;
	const struct form *form;
};

extern const struct form_field view_log_query[3];
extern const struct form_field view_reason_fields[3];
int view_log_get(struct request *req, struct reply *rep);
int view_reason_post(struct request *req, struct reply *rep);

#endif

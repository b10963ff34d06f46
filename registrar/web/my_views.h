/*
 * my_views: what a reporter's own pages show, beside views.h; and the desk's side of them.
 */
#ifndef PRESSGATE_REGISTRAR_WEB_MY_VIEWS_H
#define PRESSGATE_REGISTRAR_WEB_MY_VIEWS_H

#include <string.h>

#include "registrar/press/case.h"
#include "registrar/press/subject.h"
#include "registrar/web/views.h"

/* One's own application, and the forms of what may be done about it. */
struct view_case {
	struct page page;
	const struct settings *settings;
	const struct application *application;
	const struct case_file *file;
	struct case_options options;
	const struct form *message, *answer, *response, *appeal;
	const char *problem; /* why what was just tried was not done, or NULL */
	int64_t now;
};

static inline bool view_state_is(const struct application *application, const char *state)
{
	return strcmp(application->state, state) == 0;
}

/* What an entry says was done, in words; by_desk: as the desk reads it. */
const char *view_case_done(const struct correspondence_entry *entry, bool by_desk);
/* What an application is for: a heading. */
const char *view_case_purpose(enum case_purpose purpose);

/* A page that asks before something is given up. */
struct view_sure {
	struct page page;
	const char *heading, *words, *action, *button, *back, *back_text;
};

/* Renewing, or a change of outlet. */
struct view_wish {
	struct page page;
	const struct settings *settings;
	const struct accreditation *accreditation;
	const struct form *form;
	bool renewal;
	const char *problem;
};

/* R14 */
struct view_data {
	struct page page;
	const struct settings *settings;
	const struct person *person;
	const struct subject_details *details;
	const struct subject_records *records;
	const struct subject_requests *requests;
};
/* A key of a record in words, and a section's heading. */
const char *view_data_label(const char *key);
/* A record's value as the reader's language has it, where it is one of ours; else text. */
const char *view_data_value(const struct say *language, const char *key, const char *text);
static inline bool view_data_is_picture(const char *key)
{
	return strcmp(key, "photo_blob") == 0;
}
struct page_tag view_request_tag(const struct subject_request *request);

/* Which entry is the desk's newest question; said->n: none is. */
static inline size_t case_last_asked(const struct correspondence *said)
{
	for (size_t i = said->n; i-- > 0;)
		if (said->items[i].kind == CORRESPONDENCE_ASKED)
			return i;
	return said->n;
}

/* A page of one form about one's own data. */
struct view_data_form {
	struct page page;
	const char *heading, *words, *action, *button;
	const struct form *form;
};

struct view_requests {
	struct page page;
	const struct subject_requests *requests;
	int64_t now;
};
struct view_request {
	struct page page;
	const struct subject_request *request;
	const struct form *form;
	int64_t now;
};

#endif

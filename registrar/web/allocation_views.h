/*
 * allocation_views: the pages of the allocation: how places are given, what a run would do, a place
 * out of turn.
 */
#ifndef PRESSGATE_REGISTRAR_WEB_ALLOCATION_VIEWS_H
#define PRESSGATE_REGISTRAR_WEB_ALLOCATION_VIEWS_H

#include "registrar/press/allocation_draft.h"
#include "registrar/press/allocation_run.h"
#include "registrar/web/views.h"
#include "web/reply.h"
#include "web/request.h"

enum { ALLOCATION_FORM_POOLS = 3 };

/* The fields of a pool, and of a class, on the form. */
enum { POOL_ID, POOL_NAME, POOL_PLACES, POOL_ROLES, POOL_FIELDS };
enum {
	SET_MODE,
	SET_DEADLINE,
	SET_BY_ITSELF,
	SET_POOLS,
	SET_CLASSES = SET_POOLS + ALLOCATION_FORM_POOLS * POOL_FIELDS,
	SET_FIELDS = SET_CLASSES + 2 * CLASS_NAMED
};

struct view_allocation_line {
	const struct allocation_case *c;
	const struct allocation_result *result;
	const struct allocation_person *person;
	const char *words;
};

struct view_allocation {
	struct page page;
	const struct conference *conference;
	const struct allocation_setting *setting;
	const struct allocation_draft *draft;
	const struct allocation_run *run;	/* the last one, or NULL */
	const struct allocation_replay *replay; /* of it, or NULL */
	const struct view_allocation_line *lines;
	size_t n, from,
	    more; /* shown; the first's number, from 0; that of the next page, 0: none */
	char digest[2 * ALLOCATION_DIGEST + 1];
	const char *done, *problem; /* or NULL */
	bool open, past;	    /* a run is to be made; its deadline is over */
};

struct view_allocation_setting {
	struct page page;
	const struct conference *conference;
	const struct form *form;
};

struct view_give {
	struct page page;
	const struct conference *conference;
	const struct allocation_person *person;
	const struct form *form;
	bool over; /* no place is free: it is one more */
};

struct page_tag view_allocation_tag(const struct view_allocation_line *line);

extern const struct form_field allocation_query[3];
extern const struct form_field allocation_fields[1];
extern const struct form_field allocation_setting_fields[SET_FIELDS];
extern const struct form_field give_query[1];
extern const struct form_field give_fields[2];

int allocation_get(struct request *req, struct reply *rep);
int allocation_post(struct request *req, struct reply *rep);
int allocation_setting_get(struct request *req, struct reply *rep);
int allocation_setting_post(struct request *req, struct reply *rep);
int give_get(struct request *req, struct reply *rep);
int give_post(struct request *req, struct reply *rep);

#endif

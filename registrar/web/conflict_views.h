/* conflict_views: resolving a conflict, with words. */
#ifndef PRESSGATE_REGISTRAR_WEB_CONFLICT_VIEWS_H
#define PRESSGATE_REGISTRAR_WEB_CONFLICT_VIEWS_H

#include "registrar/doors/conflict_resolve.h"
#include "registrar/web/views.h"
#include "web/reply.h"
#include "web/request.h"

struct view_resolve {
	struct page page;
	const struct conference *conference;
	const struct attendance_conflict *conflict;
	const struct conflict_resolution *resolution; /* or NULL: open */
	const char *key;
	const struct form *form;
};

extern const struct form_field conflict_query[1];
extern const struct form_field conflict_fields[2];
int conflict_get(struct request *req, struct reply *rep);
int conflict_post(struct request *req, struct reply *rep);

#endif

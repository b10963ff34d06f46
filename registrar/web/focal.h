/*
 * focal: pages of a focal point: the outlet's applications that wait, and its members' places.
 */
#ifndef PRESSGATE_REGISTRAR_WEB_FOCAL_H
#define PRESSGATE_REGISTRAR_WEB_FOCAL_H

#include "registrar/press/conference.h"
#include "registrar/press/focal.h"
#include "registrar/press/registration.h"
#include "registrar/web/views.h"

/* An outlet that the person answers for. */
struct view_focal {
	struct page page;
	const struct outlet *outlet;
	const struct focal_list *waiting, *members;
	const struct conference *conferences; /* upcoming, announced */
	size_t n_conferences;
	const char *problem;
};

/* A member's place at a conference. */
struct view_focal_place {
	const struct focal_line *member;
	bool registered;
	struct registration registration;
};
struct view_focal_places {
	struct page page;
	const struct outlet *outlet;
	const struct conference *conference;
	const struct view_focal_place *places;
	size_t n;
	const char *problem;
};

#endif

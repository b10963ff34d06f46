/* restriction_list: restrictions that stand, as pages show them. */
#ifndef PRESSGATE_REGISTRAR_WEB_RESTRICTION_LIST_H
#define PRESSGATE_REGISTRAR_WEB_RESTRICTION_LIST_H

#include "registrar/press/restriction.h"
#include "registrar/web/views.h"

struct restriction_list {
	struct view_restriction *items;
	size_t n, room;
};

/* What it is of, in words; its texts are standing's. */
struct view_target view_target_of(const struct restriction_standing *standing);

/* A restriction_visit that keeps copies; end with restriction_list_free. */
int restriction_list_keep(void *context, const struct restriction_standing *standing);
void restriction_list_free(struct restriction_list *list);

#endif

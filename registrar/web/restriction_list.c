#include "registrar/web/restriction_list.h"

#include <stdlib.h>

#include "badges/class.h"
#include "registrar/list.h"

struct view_target view_target_of(const struct restriction_standing *s)
{
	switch (s->scope) {
	case REVOKED_SCOPE_CONFERENCE:
		return (struct view_target){"Conference", s->title, ""};
	case REVOKED_SCOPE_CLASS:
		return (struct view_target){"Role", class_words((unsigned)s->pass_class), s->title};
	case REVOKED_SCOPE_OUTLET:
		return (struct view_target){"Outlet", s->outlet, s->title};
	case REVOKED_SCOPE_PASS:
		return (struct view_target){
		    "Person", s->person[0] ? s->person : "not one of ours", s->person_outlet};
	default:
		return (struct view_target){"The building", "", ""};
	}
}

int restriction_list_keep(void *context, const struct restriction_standing *s)
{
	struct restriction_list *list = context;
	struct view_target target = view_target_of(s);
	struct view_restriction *to,
	    *items = list_grow(list->items, list->n, &list->room, sizeof(*items));

	if (!items)
		return STORE_NO_MEMORY;
	list->items = items;
	to = &items[list->n++];
	*to = (struct view_restriction){.id = s->id,
	    .target = {target.what, list_text(target.name), list_text(target.detail)},
	    .words = list_text(s->words),
	    .made_by = list_text(s->made_by),
	    .gate = list_text(s->gate),
	    .from = s->from,
	    .until = s->until};
	return to->target.name && to->target.detail && to->words && to->made_by && to->gate
		   ? 0
		   : STORE_NO_MEMORY;
}

void restriction_list_free(struct restriction_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		struct view_restriction *r = &list->items[i];

		free((void *)(uintptr_t)r->target.name);
		free((void *)(uintptr_t)r->target.detail);
		free((void *)(uintptr_t)r->words);
		free((void *)(uintptr_t)r->made_by);
		free((void *)(uintptr_t)r->gate);
	}
	free(list->items);
}

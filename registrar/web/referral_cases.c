#include "registrar/web/referral_cases.h"

#include <stdlib.h>
#include <string.h>

#include "badges/bytes.h"
#include "registrar/list.h"

void referral_cases_free(struct referral_cases *cases)
{
	for (size_t i = 0; i < cases->n; i++) {
		struct view_referral *r = &cases->items[i];
		const char *const texts[] = {r->gate, r->title, r->slug, r->holder, r->kind,
		    r->staff, r->name, r->outlet, r->words, r->answer_words, r->answered_by};

		for (size_t k = 0; k < sizeof(texts) / sizeof(*texts); k++)
			free((void *)(uintptr_t)texts[k]);
	}
	free(cases->items);
}

int referral_cases_keep(void *context, const struct referral *from)
{
	struct referral_cases *cases = context;
	struct view_referral *to;

	if (cases->slug && strcmp(cases->slug, from->slug) != 0)
		return 0;
	if (cases->n == cases->cap) {
		size_t cap = cases->cap == 0 ? 16 : 2 * cases->cap;
		struct view_referral *items = realloc(cases->items, cap * sizeof(*items));

		if (!items)
			return STORE_NO_MEMORY;
		cases->items = items;
		cases->cap = cap;
	}
	to = &cases->items[cases->n++];
	*to = (struct view_referral){.has_pass = from->has_pass,
	    .made_ms = from->made_ms,
	    .answer = from->answer,
	    .answered = from->answered,
	    .typed = "",
	    .gate = list_text(from->gate),
	    .title = list_text(from->title),
	    .slug = list_text(from->slug),
	    .holder = list_text(from->holder),
	    .kind = list_text(from->kind),
	    .staff = list_text(from->staff),
	    .name = list_text(from->name),
	    .outlet = list_text(from->outlet),
	    .words = list_text(from->words),
	    .answer_words = list_text(from->answer_words),
	    .answered_by = list_text(from->answered_by)};
	bytes_hex(from->id, sizeof(from->id), to->id);
	return to->gate && to->title && to->slug && to->holder && to->kind && to->staff &&
		       to->name && to->outlet && to->words && to->answer_words && to->answered_by
		   ? 0
		   : STORE_NO_MEMORY;
}

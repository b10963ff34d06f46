#include "registrar/web/publication_page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/web/handlers.h"
#include "registrar/web/publication_page.html.h"

size_t publication_seen(const struct form *form)
{
	return form_size(form) - PUBLICATION_FIELDS;
}

size_t publication_key_field(const struct form *form, size_t i)
{
	return publication_seen(form) + 1 + 2 * i;
}

size_t publication_reason_field(const struct form *form, size_t i)
{
	return publication_seen(form) + 2 + 2 * i;
}

void publication_answers(const struct form *form,
    struct publication_answer answers[static PUBLICATION_ANSWERS], struct publication *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < PUBLICATION_ANSWERS; i++) {
		size_t key = publication_key_field(form, i);
		if (form_given(form, key))
			answers[n++] = (struct publication_answer){form_text(form, key),
			    form_text(form, publication_reason_field(form, i))};
	}
	*ret = (struct publication){.answers = answers, .n = n};
}

/* The reason that was typed for a finding stands beside it again, whatever was found before it. */
static int refill(const struct view_publication *view)
{
	struct form *form = view->ask->form;
	char(*reasons)[4 * PUBLICATION_REASON_MAX + 1] =
	    calloc(PUBLICATION_ANSWERS, sizeof(*reasons));

	if (!reasons)
		return STORE_NO_MEMORY;
	for (size_t i = 0; i < view->findings.n; i++)
		for (size_t k = 0; k < PUBLICATION_ANSWERS && !*reasons[i]; k++)
			if (strcmp(form_text(form, publication_key_field(form, k)),
				view->findings.items[i].key) == 0)
				snprintf(reasons[i], sizeof(reasons[i]), "%s",
				    form_text(form, publication_reason_field(form, k)));
	for (size_t i = 0; i < view->findings.n; i++) {
		form_fill(form, publication_reason_field(form, i), reasons[i]);
		if (view->again && !*reasons[i])
			form_refuse(form, publication_reason_field(form, i),
			    "Say why this may be published, or go back and edit it");
	}
	free(reasons);
	return 0;
}

static int fill(struct view_publication *view)
{
	const struct publication_ask *ask = view->ask;
	int result = publication_find(ask->texts, ask->n_texts, &view->findings);

	view->texts = calloc(ask->n_texts + 1, sizeof(*view->texts));
	if (result == 0 && !view->texts)
		result = STORE_NO_MEMORY;
	for (size_t i = 0; result == 0 && i < ask->n_texts; i++)
		result = publication_mark(&ask->texts[i], &view->texts[i]);
	view->too_many = view->findings.more || view->findings.n > PUBLICATION_ANSWERS;
	if (result == 0 && !view->too_many)
		result = refill(view);
	return result;
}

int publication_ask(
    struct request *req, struct reply *rep, const struct publication_ask *ask, bool again)
{
	struct view_publication view = {.ask = ask,
	    .again = again,
	    .action = ask->action ? ask->action : request_path(req),
	    .carried = publication_seen(ask->form)};
	int result = fill(&view);

	if (result == 0) {
		site_page(req, rep, &view.page, ask->heading, ask->menu, SITE_FORMS);
		view.page.error = again;
		reply_status(rep, again ? 422 : 200);
		publication_page(reply_body(rep), &view);
	}
	publication_marks_free(view.texts, ask->n_texts);
	publication_free(&view.findings);
	return site_result(result);
}

#include "registrar/web/publication_page.h"

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

/* ---- the text with what was found marked ---- */

static int add_piece(struct view_public_text *to, const char *from, size_t len, bool marked)
{
	char *piece = len ? strndup(from, len) : NULL;

	if (!piece)
		return len ? STORE_NO_MEMORY : 0;
	to->pieces[to->n++] = (struct view_piece){piece, marked};
	return 0;
}

/* What is found may overlap: it is one mark then. */
static int cut(const char *text, const struct disclosure_list *found, struct view_public_text *to)
{
	size_t at = 0, len = strlen(text);
	int result = 0;

	to->pieces = calloc(2 * found->n + 1, sizeof(*to->pieces));
	if (!to->pieces)
		return STORE_NO_MEMORY;
	for (size_t i = 0; result == 0 && i < found->n;) {
		size_t from = found->items[i].at, end = from;
		for (; i < found->n && found->items[i].at <= end; i++)
			if (found->items[i].at + found->items[i].len > end)
				end = found->items[i].at + found->items[i].len;
		result = add_piece(to, text + at, from - at, false);
		if (result == 0)
			result = add_piece(to, text + from, end - from, true);
		at = end;
	}
	return result ? result : add_piece(to, text + at, len - at, false);
}

static int mark(const struct publication_text *text, struct view_public_text *to)
{
	struct disclosure_list found = {NULL, 0, false};
	int result = text->text ? disclosure_check(text->text, &found) : 0;

	to->part = text->part;
	if (result == 0 && text->text)
		result = cut(text->text, &found, to);
	free(found.items);
	return result;
}

static void free_texts(struct view_public_text *texts, size_t n)
{
	for (size_t i = 0; texts && i < n; i++) {
		for (size_t k = 0; k < texts[i].n; k++)
			free(texts[i].pieces[k].text);
		free(texts[i].pieces);
	}
	free(texts);
}

/* The reason that was typed for a finding stands beside it again, whatever was found before it. */
static int refill(const struct view_publication *view)
{
	struct form *form = view->ask->form;
	char *reasons[PUBLICATION_ANSWERS] = {NULL};
	int result = 0;

	for (size_t i = 0; i < view->findings.n; i++)
		for (size_t k = 0; k < PUBLICATION_ANSWERS && !reasons[i]; k++)
			if (strcmp(form_text(form, publication_key_field(form, k)),
				view->findings.items[i].key) == 0) {
				reasons[i] =
				    strdup(form_text(form, publication_reason_field(form, k)));
				result = reasons[i] ? result : STORE_NO_MEMORY;
			}
	for (size_t i = 0; i < view->findings.n; i++) {
		const char *reason = reasons[i] ? reasons[i] : "";
		form_fill(form, publication_reason_field(form, i), reason);
		if (view->again && !*reason)
			form_refuse(form, publication_reason_field(form, i),
			    "Say why this may be published, or go back and edit it");
		free(reasons[i]);
	}
	return result;
}

static int fill(struct view_publication *view)
{
	const struct publication_ask *ask = view->ask;
	int result = publication_find(ask->texts, ask->n_texts, &view->findings);

	view->texts = calloc(ask->n_texts + 1, sizeof(*view->texts));
	if (result == 0 && !view->texts)
		result = STORE_NO_MEMORY;
	for (size_t i = 0; result == 0 && i < ask->n_texts; i++)
		result = mark(&ask->texts[i], &view->texts[i]);
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
	free_texts(view.texts, ask->n_texts);
	publication_free(&view.findings);
	return site_result(result);
}

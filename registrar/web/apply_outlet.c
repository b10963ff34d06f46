/* Which outlet: typed, then found in the registry, chosen from what it may mean, or new. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/press/outlet_match.h"
#include "registrar/web/apply.h"
#include "registrar/web/apply.html.h"

/* What the registry says of a name that was typed. */
struct looking {
	const char *name, *site;
	int64_t exact; /* the outlet of that name, or 0 */
	struct outlet_match *matches;
	size_t n;
};

static int look(struct registrar *registrar, struct looking *it)
{
	struct outlet known;
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar->store, &tx);

	if (result == 0)
		result = outlet_by_name(tx, it->name, &known);
	if (result == 0)
		it->exact = known.id;
	if (result == STORE_NOT_FOUND)
		result = outlet_matches(tx, it->name, it->site, &it->matches, &it->n);
	store_read_end(tx);
	return result;
}

/* What follows from the name: it is one we know, or one to choose, or a new one. */
static int settle(struct request *req, struct reply *rep, struct apply *apply, enum apply_then then)
{
	const struct apply_question *question = apply_question("outlet");
	struct looking it = {.name = dossier_answer(&apply->answers, "outlet"), .site = ""};
	const char *change = apply_is_change(req) ? "?change=yes" : "";
	char id[24] = "";
	int result = *it.name ? look(registrar_of(req), &it) : 0;

	if (result == 0 && it.exact)
		snprintf(id, sizeof(id), "%" PRId64, it.exact);
	if (result == 0)
		result = apply_put(req, apply, "outlet-id", id);
	if (result == 0)
		result = apply_put(
		    req, apply, "outlet-new", *it.name && !it.exact && it.n == 0 ? "yes" : "");
	if (result < 0)
		goto done;
	if (then == APPLY_ON && it.n > 0)
		reply_redirect(rep, "/accreditation/outlet-choice%s", change);
	else
		apply_lead_on(req, rep, apply, question, then);
done:
	free(it.matches);
	return result;
}

int apply_outlet_post(struct request *req, struct reply *rep)
{
	const struct apply_question *question = apply_question("outlet");
	struct form *form = request_form(req);
	enum apply_then then = apply_then(question, form);
	struct apply apply;
	bool same;
	int result = apply_begin(req, &apply);

	if (result < 0)
		return site_result(result);
	same = strcmp(form_text(form, 0), dossier_answer(&apply.answers, "outlet")) == 0;
	if (apply.dossier.id == 0)
		result = apply_gone(rep);
	else if (!form_ok(form) && then != APPLY_SAVE)
		result = apply_show(req, rep, &apply, question, form, 422);
	else if (same && apply_missing(&apply) != question->slug)
		apply_lead_on(req, rep, &apply, question, then);
	else {
		result = apply_save(req, rep, &apply, question, form, then == APPLY_SAVE);
		if (result == 0)
			result = settle(req, rep, &apply, then);
	}
	apply_end(&apply);
	return site_result(result);
}

/* ---- which of these ---- */

static int show_choice(struct request *req, struct reply *rep, const struct apply *apply,
    const struct form *form, const struct looking *it)
{
	struct view_apply view = {.matches = it->matches, .n_matches = it->n};
	const char *change = apply_is_change(req) ? "?change=yes" : "";

	apply_view(req, rep, &view, apply, NULL, form);
	view.page.title = request_say(req, "Is it one of these?");
	snprintf(view.action, sizeof(view.action), "/accreditation/outlet-choice%s", change);
	snprintf(view.back, sizeof(view.back), "/accreditation/outlet%s", change);
	reply_status(rep, form_ok(form) ? 200 : 422);
	apply_choose_page(reply_body(rep), &view);
	return 0;
}

/* The outlet chosen has to be one that was offered. */
static bool is_offered(const struct looking *it, int64_t id)
{
	for (size_t i = 0; i < it->n; i++)
		if (it->matches[i].outlet.id == id)
			return true;
	return id == 0;
}

static int choose(struct request *req, struct reply *rep, struct apply *apply, int64_t chosen)
{
	char id[24] = "";
	int result;

	if (chosen)
		snprintf(id, sizeof(id), "%" PRId64, chosen);
	result = apply_put(req, apply, "outlet-id", id);
	if (result == 0)
		result = apply_put(req, apply, "outlet-new", chosen ? "" : "yes");
	if (result == 0)
		apply_lead_on(req, rep, apply, apply_question("outlet"), APPLY_ON);
	return result;
}

static int choice(struct request *req, struct reply *rep, bool post)
{
	struct form *form = request_form(req);
	struct looking it = {.site = ""};
	struct apply apply;
	int result = apply_begin(req, &apply);

	if (result < 0)
		return site_result(result);
	it.name = dossier_answer(&apply.answers, "outlet");
	if (*it.name)
		result = look(registrar_of(req), &it);
	if (result < 0)
		goto done;
	if (apply.dossier.id == 0)
		result = apply_gone(rep);
	else if (it.n == 0)
		reply_redirect(rep, "/accreditation/outlet");
	else if (post && form_ok(form) && is_offered(&it, form_number(form, 0)))
		result = choose(req, rep, &apply, form_number(form, 0));
	else {
		if (post)
			form_refuse(form, 0, request_say(req, apply_choose_fields[0].missing));
		result = show_choice(req, rep, &apply, form, &it);
	}
done:
	free(it.matches);
	apply_end(&apply);
	return site_result(result);
}

int apply_choice_get(struct request *req, struct reply *rep)
{
	return choice(req, rep, false);
}

int apply_choice_post(struct request *req, struct reply *rep)
{
	return choice(req, rep, true);
}

/* ---- while somebody types ---- */

const struct form_field apply_suggest_query[1] = {
    {.name = "find", .label = "outlet", .kind = FORM_LINE, .max = 200},
};

/* ["Lakemount Courier", ...] */
static int answer(struct reply *rep, const struct looking *it)
{
	json_t *names = json_array();
	char *text = NULL;

	for (size_t i = 0; names && i < it->n; i++)
		json_array_append_new(names, json_string(it->matches[i].outlet.name));
	text = names ? json_dumps(names, JSON_COMPACT) : NULL;
	if (text) {
		reply_type(rep, "application/json");
		reply_header(rep, "Cache-Control", "no-store");
		buf_puts(reply_body(rep), text);
	}
	free(text);
	json_decref(names);
	return text ? 0 : STORE_NO_MEMORY;
}

int apply_suggest_get(struct request *req, struct reply *rep)
{
	struct form *query = request_query(req);
	struct looking it = {.name = form_text(query, 0), .site = ""};
	struct store_tx *tx = NULL;
	int result = 0;

	if (form_ok(query) && strlen(it.name) >= 2) {
		result = store_read_begin(registrar_of(req)->store, &tx);
		if (result == 0)
			result = outlet_matches(tx, it.name, "", &it.matches, &it.n);
		store_read_end(tx);
	}
	if (result == 0)
		result = answer(rep, &it);
	free(it.matches);
	return site_result(result);
}

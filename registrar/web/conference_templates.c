/* Templates of conferences. */
#include <stdio.h>
#include <string.h>

#include "registrar/web/conference_desk.html.h"
#include "registrar/web/conference_handlers.h"
#include "registrar/web/conference_views.h"
#include "registrar/web/handlers.h"

const struct form_field template_new_query[1] = {
    {.name = "from", .label = "from", .kind = FORM_SLUG}};

int templates_get(struct request *req, struct reply *rep)
{
	struct view_templates view = {.done = conference_done_words(request_query(req))};
	struct conference_template *items = NULL;
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = conference_template_list(tx, &items, &view.n);
	store_read_end(tx);
	if (result == 0) {
		view.items = items;
		site_page(req, rep, &view.page, "Templates", CONFERENCE_MENU, SITE_FORMS);
		view.page.wide = true;
		templates_page(reply_body(rep), &view);
	}
	conference_template_list_free(items, view.n);
	return site_result(result);
}

static int show(struct request *req, struct reply *rep, const struct form *form,
    const char *heading, const char *problem)
{
	struct view_conference_form view = {.heading = heading,
	    .action = request_path(req),
	    .button = "Keep the template",
	    .form = form,
	    .problem = problem};

	site_page(req, rep, &view.page, heading, CONFERENCE_MENU, SITE_FORMS);
	view.page.error = !form_ok(form) || problem;
	reply_status(rep, view.page.error ? 422 : 200);
	conference_form_page(reply_body(rep), &view);
	return 0;
}

static int fill_from(struct request *req, const char *slug, struct form *form)
{
	struct conference from = {0};
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = conference_by_slug(tx, slug, &from);
	store_read_end(tx);
	if (result == 0) {
		conference_form_fill(form, &from, false);
		form_fill(form, CONFERENCE_NAME, from.title);
	}
	conference_clear(&from);
	return result;
}

static void fill_blank(struct form *form)
{
	struct conference blank;

	conference_default(&blank);
	blank.place = "Media Gallery";
	blank.starts = 3600;
	blank.ends = blank.starts + 7200;
	conference_form_fill(form, &blank, false);
}

int template_new_get(struct request *req, struct reply *rep)
{
	const struct form *query = request_query(req);
	struct form *form = form_new(template_fields, CONFERENCE_FIELDS);
	int result = form ? 0 : STORE_NO_MEMORY;

	if (result == 0 && !form_ok(query))
		result = MODEL_NOT_FOUND;
	else if (result == 0 && form_given(query, 0))
		result = fill_from(req, form_text(query, 0), form);
	else if (result == 0)
		fill_blank(form);
	if (result == 0)
		result = show(req, rep, form, "New template", NULL);
	form_free(form);
	return site_result(result);
}

static int keep(struct request *req, struct reply *rep, int64_t id, const char *heading)
{
	struct form *form = request_form(req);
	struct conference fields;
	struct refusal why = {0};
	int result;

	conference_default(&fields);
	if (!conference_form_read(form, false, &fields))
		return show(req, rep, form, heading, NULL);
	result = conference_template_put(registrar_of(req), id, form_text(form, CONFERENCE_NAME),
	    &fields, session_of(req)->staff, registrar_now(), &id, &why);
	if (result == MODEL_REFUSED)
		return show(
		    req, rep, form, heading, conference_form_refuse(form, &why) ? NULL : why.words);
	if (result == 0)
		reply_redirect(rep, "/staff/conferences/templates?done=kept");
	return site_result(result);
}

int template_new_post(struct request *req, struct reply *rep)
{
	return keep(req, rep, 0, "New template");
}

static int read_one(struct request *req, struct conference_template *ret)
{
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = conference_template_by_id(
		    tx, conference_number(request_segment(req, "id")), ret);
	store_read_end(tx);
	return result;
}

int template_get(struct request *req, struct reply *rep)
{
	struct form *form = form_new(template_fields, CONFERENCE_FIELDS);
	struct conference_template template = {0};
	int result = form ? read_one(req, &template) : STORE_NO_MEMORY;

	if (result == 0) {
		conference_form_fill(form, &template.fields, false);
		form_fill(form, CONFERENCE_NAME, template.name);
		result = show(req, rep, form, "Edit the template", NULL);
	}
	conference_template_clear(&template);
	form_free(form);
	return site_result(result);
}

int template_post(struct request *req, struct reply *rep)
{
	int64_t id = conference_number(request_segment(req, "id"));

	return id ? keep(req, rep, id, "Edit the template") : 404;
}

int template_remove_get(struct request *req, struct reply *rep)
{
	struct view_removal view = {.heading = "Remove the template",
	    .action = request_path(req),
	    .back = "/staff/conferences/templates",
	    .button = "Remove it"};
	struct conference_template template = {0};
	char words[600];
	int result = read_one(req, &template);

	if (result == 0) {
		snprintf(words, sizeof(words),
		    "“%s” is removed. Conferences that were made from it stay.", template.name);
		view.words = words;
		site_page(req, rep, &view.page, view.heading, CONFERENCE_MENU, SITE_FORMS);
		removal_page(reply_body(rep), &view);
	}
	conference_template_clear(&template);
	return site_result(result);
}

int template_remove_post(struct request *req, struct reply *rep)
{
	int result = conference_template_remove(registrar_of(req),
	    conference_number(request_segment(req, "id")), session_of(req)->staff);

	if (result == 0)
		reply_redirect(rep, "/staff/conferences/templates?done=gone");
	return site_result(result);
}

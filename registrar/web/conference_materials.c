/* What is published about a conference afterwards (R7). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/web/conference_desk.html.h"
#include "registrar/web/conference_handlers.h"
#include "registrar/web/conference_views.h"
#include "registrar/web/handlers.h"

enum { MATERIAL_FIELD_KIND, MATERIAL_FIELD_TITLE, MATERIAL_FIELD_URL, MATERIAL_OWN };

static const struct form_choice kinds[] = {
    [MATERIAL_RELEASE] = {"release", "News release", NULL},
    [MATERIAL_PHOTOGRAPH] = {"photograph", "Photographs", NULL},
    [MATERIAL_RECORDING] = {"recording", "Recording", NULL},
    {NULL, NULL, NULL},
};
const struct form_field material_fields[3 + PUBLICATION_FIELDS] = {
    [MATERIAL_FIELD_KIND] = {.name = "kind",
	.label = "what it is",
	.kind = FORM_CHOICE,
	.choices = kinds,
	.required = true,
	.missing = "Choose what it is"},
    [MATERIAL_FIELD_TITLE] = {.name = "title",
	.label = "title",
	.kind = FORM_LINE,
	.max = MATERIAL_TITLE_MAX,
	.required = true},
    [MATERIAL_FIELD_URL] = {.name = "url",
	.label = "where it stands",
	.hint = "An address that begins with https://",
	.kind = FORM_LINE,
	.max = MATERIAL_URL_MAX,
	.required = true,
	.missing = "Enter where it stands"},
    PUBLICATION_FORM};

/* What is published of a draft would be public before it. */
static int read_public(struct request *req, struct conference *ret)
{
	int result = conference_of_path(req, ret);

	return result == 0 && ret->state == CONFERENCE_DRAFT ? MODEL_NOT_FOUND : result;
}

static int show(struct request *req, struct reply *rep, const struct form *form,
    const struct conference *conference)
{
	struct material_list list = {NULL, 0};
	struct view_materials view = {.conference = conference,
	    .list = &list,
	    .form = form,
	    .done = conference_done_words(request_query(req))};
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = material_of_conference(tx, conference->id, &list);
	store_read_end(tx);
	if (result == 0) {
		site_page(req, rep, &view.page, "Published material", CONFERENCE_MENU, SITE_FORMS);
		view.page.error = !form_ok(form);
		reply_status(rep, form_ok(form) ? 200 : 422);
		materials_page(reply_body(rep), &view);
	}
	free(list.items);
	return result;
}

int materials_get(struct request *req, struct reply *rep)
{
	struct form *form = form_new(material_fields, 3 + PUBLICATION_FIELDS);
	struct conference conference = {0};
	int result = form ? read_public(req, &conference) : STORE_NO_MEMORY;

	if (result == 0)
		result = show(req, rep, form, &conference);
	conference_clear(&conference);
	form_free(form);
	return site_result(result);
}

static int ask(struct request *req, struct reply *rep, const struct conference *conference)
{
	struct form *form = request_form(req);
	const struct publication_text text = {"material", form_text(form, MATERIAL_FIELD_TITLE), 0};
	char back[120];

	snprintf(back, sizeof(back), "/staff/conferences/%s/materials", conference->slug);
	return publication_ask(req, rep,
	    &(struct publication_ask){.heading = "Check and publish",
		.button = "Publish",
		.back = back,
		.menu = CONFERENCE_MENU,
		.lines = {"It stands on the conference's public page and in the feeds at once."},
		.texts = &text,
		.n_texts = 1,
		.form = form},
	    true);
}

/* What the check finds nothing in is published at once. */
static int add(struct request *req, struct reply *rep, const struct conference *conference)
{
	struct form *form = request_form(req);
	struct publication_answer answers[PUBLICATION_ANSWERS];
	struct publication decision;
	struct material_wish wish = {.slug = conference->slug,
	    .kind = (enum material_kind)form_number(form, MATERIAL_FIELD_KIND),
	    .title = form_text(form, MATERIAL_FIELD_TITLE),
	    .url = form_text(form, MATERIAL_FIELD_URL),
	    .staff = session_of(req)->staff,
	    .publication = &decision};
	struct refusal why = {0};
	int64_t id = 0;
	int result;

	publication_answers(form, answers, &decision);
	result = material_add(registrar_of(req), &wish, registrar_now(), &id, &why);
	if (result == MODEL_REFUSED && strcmp(why.field, PUBLICATION_FIELD) == 0)
		return ask(req, rep, conference);
	if (result == MODEL_REFUSED) {
		form_refuse(form,
		    strcmp(why.field, "url") == 0 ? MATERIAL_FIELD_URL : MATERIAL_FIELD_TITLE,
		    why.words);
		return show(req, rep, form, conference);
	}
	if (result == 0)
		reply_redirect(rep, "/staff/conferences/%s/materials?done=added", conference->slug);
	return result;
}

int materials_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);
	struct conference conference = {0};
	int result = read_public(req, &conference);

	if (result == 0)
		result =
		    form_ok(form) ? add(req, rep, &conference) : show(req, rep, form, &conference);
	conference_clear(&conference);
	return site_result(result);
}

/* ---- taking one back ---- */

static int find(struct request *req, const struct conference *conference, struct material *ret)
{
	int64_t id = conference_number(request_segment(req, "id"));
	struct material_list list = {NULL, 0};
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = material_of_conference(tx, conference->id, &list);
	store_read_end(tx);
	if (result)
		return result;
	result = MODEL_NOT_FOUND;
	for (size_t i = 0; i < list.n && result; i++)
		if (list.items[i].id == id) {
			*ret = list.items[i];
			result = 0;
		}
	free(list.items);
	return result;
}

int material_remove_get(struct request *req, struct reply *rep)
{
	struct view_removal view = {
	    .heading = "Take it back", .action = request_path(req), .button = "Take it back"};
	struct conference conference = {0};
	struct material material;
	char words[MATERIAL_TITLE_MAX * 4 + 200], back[120];
	int result = conference_of_path(req, &conference);

	if (result == 0)
		result = find(req, &conference, &material);
	if (result == 0) {
		snprintf(words, sizeof(words),
		    "“%s” leaves the public page and the feeds. Where it stands it stays, and who "
		    "has read it has read it.",
		    material.title);
		snprintf(back, sizeof(back), "/staff/conferences/%s/materials", conference.slug);
		view.words = words;
		view.back = back;
		site_page(req, rep, &view.page, view.heading, CONFERENCE_MENU, SITE_FORMS);
		removal_page(reply_body(rep), &view);
	}
	conference_clear(&conference);
	return site_result(result);
}

int material_remove_post(struct request *req, struct reply *rep)
{
	const char *slug = request_segment(req, "slug");
	int result = material_remove(registrar_of(req), slug,
	    conference_number(request_segment(req, "id")), session_of(req)->staff);

	if (result == 0)
		reply_redirect(rep, "/staff/conferences/%s/materials?done=removed", slug);
	return site_result(result);
}

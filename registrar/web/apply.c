/* Beginning an application, and what its pages share. */
#include "registrar/web/apply.h"

#include <stdio.h>
#include <string.h>

#include "registrar/mail/link.h"
#include "registrar/web/apply.html.h"

int apply_begin(struct request *req, struct apply *ret_apply)
{
	struct apply apply = {.now = registrar_now()};
	const char *token = request_cookie(req, APPLY_COOKIE);
	struct store_tx *tx = NULL;
	int result = token ? store_read_begin(registrar_of(req)->store, &tx) : STORE_NOT_FOUND;

	if (result == 0)
		result = dossier_find(tx, token, apply.now, &apply.dossier);
	if (result == 0)
		result = dossier_answers(tx, apply.dossier.id, &apply.answers);
	if (result == 0)
		result = upload_list(tx, apply.dossier.id, &apply.uploads);
	store_read_end(tx);
	if (result < 0 && result != STORE_NOT_FOUND) {
		apply_end(&apply);
		return result;
	}
	*ret_apply = apply;
	return 0;
}

void apply_end(struct apply *apply)
{
	dossier_answers_free(&apply->answers);
	upload_list_free(&apply->uploads);
}

bool apply_is_change(const struct request *req)
{
	return form_given(request_query(req), 0);
}

const struct form_field apply_query[1] = {
    {.name = "change", .label = "change", .kind = FORM_CHECKBOX},
};

int apply_gone(struct reply *rep)
{
	reply_redirect(rep, "/accreditation?gone=yes");
	return 0;
}

void apply_lead_on(struct request *req, struct reply *rep, const struct apply *apply,
    const struct apply_question *question, enum apply_then then)
{
	const char *missing = apply_missing(apply);
	const char *after = apply_after(apply, question);

	if (then == APPLY_SAVE)
		reply_redirect(rep, "/accreditation/save");
	else if (apply_is_change(req) && missing)
		reply_redirect(rep, "/accreditation/%s?change=yes", missing);
	else if (apply_is_change(req) || !after)
		reply_redirect(rep, "/accreditation/check");
	else
		reply_redirect(rep, "/accreditation/%s", after);
}

bool apply_must_wait(struct request *req, struct form *form, int64_t now)
{
	return site_must_wait(req, 'a', form, 0, now);
}

struct saving {
	struct apply *apply;
	const struct apply_question *question;
	const struct form *form;
	bool lax;
	char token[TOKEN_TEXT + 1]; /* of one that was begun */
	int64_t id;
	const char *name, *value; /* one more, or NULL */
};

static int put_fields(struct store_tx *tx, const struct saving *it)
{
	const struct apply_question *question = it->question;
	int result = 0;

	for (size_t i = 0; result == 0 && i + 1 < question->n; i++) {
		if (question->fields[i].kind == FORM_FILE || (it->lax && form_message(it->form, i)))
			continue;
		result = dossier_put(
		    tx, it->id, question->fields[i].name, form_text(it->form, i), it->apply->now);
	}
	return result;
}

static int save(struct store_tx *tx, void *context)
{
	struct saving *it = context;
	struct dossier_answers answers;
	int result = 0;

	it->id = it->apply->dossier.id;
	if (it->id == 0)
		result = dossier_begin(tx, it->apply->now, it->token, &it->id);
	if (result == 0 && it->question)
		result = put_fields(tx, it);
	if (result == 0 && it->name)
		result = dossier_put(tx, it->id, it->name, it->value, it->apply->now);
	if (result == 0)
		result = dossier_answers(tx, it->id, &answers);
	if (result == 0) {
		dossier_answers_free(&it->apply->answers);
		it->apply->answers = answers;
	}
	return result;
}

int apply_save(struct request *req, struct reply *rep, struct apply *apply,
    const struct apply_question *question, const struct form *form, bool lax)
{
	struct saving it = {.apply = apply, .question = question, .form = form, .lax = lax};
	int result = store_write(registrar_of(req)->store, save, &it);

	if (result == 0 && apply->dossier.id == 0) {
		apply->dossier.id = it.id;
		reply_cookie(rep, APPLY_COOKIE, it.token, DOSSIER_SECONDS);
	}
	return result;
}

int apply_put(struct request *req, struct apply *apply, const char *name, const char *value)
{
	struct saving it = {.apply = apply, .name = name, .value = value};

	return store_write(registrar_of(req)->store, save, &it);
}

void apply_view(struct request *req, struct reply *rep, struct view_apply *view,
    const struct apply *apply, const struct apply_question *question, const struct form *form)
{
	const char *change = apply_is_change(req) ? "?change=yes" : "";
	const char *before = question ? apply_before(apply, question) : NULL;

	view->settings = &registrar_of(req)->settings;
	view->apply = apply;
	view->question = question;
	view->form = form;
	view->missing = apply_missing(apply);
	site_page(req, rep, &view->page, request_say(req, "Apply for accreditation"),
	    "/accreditation", SITE_FORMS);
	view->page.error = form && !form_ok(form);
	if (!question)
		return;
	view->page.title = request_say(req, question->heading);
	snprintf(view->action, sizeof(view->action), "/accreditation/%s%s", question->slug, change);
	if (*change)
		snprintf(view->back, sizeof(view->back), "/accreditation/check");
	else
		snprintf(view->back, sizeof(view->back), "/accreditation%s%s", before ? "/" : "",
		    before ? before : "");
}

/* Whatever was answered before stands in the fields. */
static void fill(
    const struct apply *apply, const struct apply_question *question, struct form *form)
{
	for (size_t i = 0; i + 1 < question->n; i++)
		if (question->fields[i].kind != FORM_FILE)
			form_fill(
			    form, i, dossier_answer(&apply->answers, question->fields[i].name));
}

int apply_show(struct request *req, struct reply *rep, const struct apply *apply,
    const struct apply_question *question, struct form *form, unsigned status)
{
	struct view_apply view = {.n_matches = 0};
	struct form *own = form ? NULL : form_new(question->fields, question->n);

	if (!form && !own)
		return STORE_NO_MEMORY;
	if (own)
		fill(apply, question, own);
	apply_view(req, rep, &view, apply, question, form ? form : own);
	reply_status(rep, status);
	if (strcmp(question->slug, "files") == 0)
		apply_files_page(reply_body(rep), &view);
	else if (strcmp(question->slug, "photo") == 0)
		apply_photo_page(reply_body(rep), &view);
	else
		apply_question_page(reply_body(rep), &view);
	form_free(own);
	return 0;
}

/* The question of the request's path: /accreditation/SLUG. */
static const struct apply_question *asked(const struct request *req)
{
	return apply_question(strrchr(request_path(req), '/') + 1);
}

/* The first page is open to everybody; the others to whoever has begun. */
static bool is_gone(const struct apply *apply, const struct apply_question *question)
{
	return apply->dossier.id == 0 && question != apply_questions;
}

int apply_question_get(struct request *req, struct reply *rep)
{
	const struct apply_question *question = asked(req);
	struct apply apply;
	int result = apply_begin(req, &apply);

	if (result < 0)
		return site_result(result);
	if (is_gone(&apply, question))
		result = apply_gone(rep);
	else
		result = apply_show(req, rep, &apply, question, NULL, 200);
	apply_end(&apply);
	return site_result(result);
}

/* What a form can't say of one field alone. */
static void judge(
    const struct request *req, const struct apply_question *question, struct form *form)
{
	if (strcmp(question->slug, "documentary") == 0 && !form_message(form, 2) &&
	    !form_message(form, 3) && strcmp(form_text(form, 2), form_text(form, 3)) > 0)
		form_refuse(
		    form, 3, request_say(req, "The last day must not be before the first day"));
}

int apply_question_post(struct request *req, struct reply *rep)
{
	const struct apply_question *question = asked(req);
	struct form *form = request_form(req);
	enum apply_then then = apply_then(question, form);
	struct apply apply;
	int result = apply_begin(req, &apply);

	if (result < 0)
		return site_result(result);
	judge(req, question, form);
	if (is_gone(&apply, question))
		result = apply_gone(rep);
	else if (!form_ok(form) && then != APPLY_SAVE)
		result = apply_show(req, rep, &apply, question, form, 422);
	else if (apply.dossier.id == 0 && apply_must_wait(req, form, apply.now))
		result = apply_show(req, rep, &apply, question, form, 429);
	else {
		result = apply_save(req, rep, &apply, question, form, then == APPLY_SAVE);
		if (result == 0)
			apply_lead_on(req, rep, &apply, question, then);
	}
	apply_end(&apply);
	return site_result(result);
}

/* ---- the first page ---- */

const struct form_field apply_start_query[1] = {
    {.name = "gone", .label = "gone", .kind = FORM_CHECKBOX},
};

int apply_get(struct request *req, struct reply *rep)
{
	struct view_apply view = {.n_matches = 0};
	struct apply apply;
	int result = apply_begin(req, &apply);
	bool begun;

	if (result < 0)
		return site_result(result);
	begun = apply.dossier.id != 0;
	apply_view(req, rep, &view, &apply, NULL, NULL);
	if (form_checked(request_query(req), 0) && !begun)
		view.problem = request_say(req,
		    "Your answers are not here any more. They are kept for 14 days, on the device "
		    "where you began or where you opened the link we sent.");
	apply_start_page(reply_body(rep), &view);
	apply_end(&apply);
	return 0;
}

/* A link that was mailed for it confirms nothing any more. */
static int forget(struct store_tx *tx, void *context)
{
	const struct dossier *dossier = context;
	int result = dossier->application_id ? link_drop(tx, dossier->application_id) : 0;

	return result < 0 ? result : dossier_forget(tx, dossier->id);
}

int apply_forget_post(struct request *req, struct reply *rep)
{
	struct apply apply;
	int result = apply_begin(req, &apply);

	if (result == 0 && apply.dossier.id)
		result = store_write(registrar_of(req)->store, forget, &apply.dossier);
	if (result == 0) {
		reply_cookie(rep, APPLY_COOKIE, "", -1);
		reply_redirect(rep, "/accreditation");
		apply_end(&apply);
	}
	return site_result(result);
}

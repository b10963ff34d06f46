/* Staff choose their own password. */
#include <string.h>

#include "registrar/staff/factor.h"
#include "registrar/web/staff_entry.h"
#include "registrar/web/staff_handlers.h"
#include "registrar/web/staff_sign_in.html.h"

enum { PASSWORD_OLD, PASSWORD_NEW, PASSWORD_AGAIN };
const struct form_field password_fields[3] = {
    [PASSWORD_OLD] = {.name = "old",
	.label = "present password",
	.kind = FORM_PASSWORD,
	.required = true,
	.autocomplete = "current-password"},
    [PASSWORD_NEW] = {.name = "new",
	.label = "new password",
	.hint = "8 characters or more; several words are easy to remember",
	.kind = FORM_PASSWORD,
	.required = true,
	.autocomplete = "new-password"},
    [PASSWORD_AGAIN] = {.name = "again",
	.label = "new password, again",
	.kind = FORM_PASSWORD,
	.required = true,
	.autocomplete = "new-password"},
};

static int show_password(struct request *req, struct reply *rep, struct form *form, unsigned status)
{
	struct view_password view = {.form = form, .must = session_of(req)->must_change};

	site_page(req, rep, &view.page,
	    view.must ? "Choose your own password" : "Change your password", "/staff/account",
	    SITE_FORMS);
	view.page.error = !form_ok(form);
	reply_status(rep, status);
	password_page(reply_body(rep), &view);
	return 0;
}

int password_get(struct request *req, struct reply *rep)
{
	struct form *form = form_new(password_fields, 3);
	int result = form ? show_password(req, rep, form, 200) : STORE_NO_MEMORY;

	form_free(form);
	return result;
}

/* The rules a field alone can't say. */
static void check_new_password(struct form *form)
{
	if (strcmp(form_text(form, PASSWORD_NEW), form_text(form, PASSWORD_AGAIN)) != 0)
		form_refuse(form, PASSWORD_AGAIN, "The two new passwords differ. Type both again.");
	if (strcmp(form_text(form, PASSWORD_NEW), form_text(form, PASSWORD_OLD)) == 0)
		form_refuse(
		    form, PASSWORD_NEW, "That is the present password. Choose another one.");
}

/* Whether the present password is right; counted like a sign-in. */
static int check_old_password(struct request *req, struct form *form, const char *name)
{
	struct staff_account account;
	struct staff_entry entry;
	char words[128];
	int64_t now = registrar_now(), seconds;
	int result;

	staff_entry_of(req, STAFF_GUESS_PASSWORD, name, &entry);
	seconds = staff_entry_wait(req, &entry, now);
	if (seconds > 0) {
		site_say_wait(req, seconds, words, sizeof(words));
		form_refuse(form, PASSWORD_OLD, words);
		return 0;
	}
	staff_entry_count(req, &entry, now);
	result = staff_check(registrar_of(req), name, form_text(form, PASSWORD_OLD), &account);
	if (result == MODEL_NOT_FOUND) {
		form_refuse(form, PASSWORD_OLD, "That is not the present password. Type it again.");
		return 0;
	}
	if (result == 0)
		staff_entry_clear(req, &entry);
	return result;
}

/* After the first sign-in the second factor is offered; where it is required it comes next. */
static const char *next_page(struct request *req)
{
	const struct session *session = session_of(req);
	unsigned wish = registrar_of(req)->settings.second_factor;

	if (!session->has_factor && !session->proxy &&
	    (wish == SETTINGS_FACTOR_REQUIRED ||
		(wish == SETTINGS_FACTOR_OFFERED && session->must_change)))
		return "/staff/second-factor";
	return staff_entry_start(role_find(session->role));
}

int password_post(struct request *req, struct reply *rep)
{
	const struct session *session = session_of(req);
	const struct staff_begin begin = {.name = session->staff, .proxy = session->proxy};
	struct form *form = request_form(req);
	struct refusal why = {0};
	int result = 0;

	if (form_ok(form))
		check_new_password(form);
	if (form_ok(form))
		result = check_old_password(req, form, session->staff);
	if (result == 0 && form_ok(form)) {
		result = staff_set_password(registrar_of(req), session->staff,
		    form_text(form, PASSWORD_NEW), false, session->staff, registrar_now(), &why);
		if (result == MODEL_REFUSED) {
			form_refuse(form, PASSWORD_NEW, why.words);
			result = 0;
		}
	}
	if (result < 0)
		return site_result(result);
	if (!form_ok(form))
		return show_password(req, rep, form, 422);
	/* Every session has ended, this one too. */
	result = staff_entry_begin(req, rep, &begin);
	if (result != 0)
		return site_result(result);
	reply_redirect(rep, "%s", next_page(req));
	return 0;
}

/* Staff come in: a password, then a code where a second factor stands; or a trusted proxy's word.
 */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "registrar/staff/factor.h"
#include "registrar/web/staff_entry.h"
#include "registrar/web/staff_proxy.h"
#include "registrar/web/staff_sign_in.html.h"
#include "registrar/web/staff_handlers.h"

enum { STAFF_NAME, STAFF_PASSWORD };
const struct form_field staff_sign_in_fields[2] = {
    [STAFF_NAME] = {.name = "name",
	.label = "name",
	.kind = FORM_LINE,
	.max = 64,
	.required = true,
	.autocomplete = "username",
	.missing = "Enter your name"},
    [STAFF_PASSWORD] = {.name = "password",
	.label = "password",
	.kind = FORM_PASSWORD,
	.required = true,
	.autocomplete = "current-password",
	.missing = "Enter your password"},
};

const struct form_field staff_code_fields[1] = {
    {.name = "code",
	.label = "code",
	.hint = "Six digits from your authenticator, or one of your recovery codes",
	.kind = FORM_LINE,
	.max = 40,
	.required = true,
	.autocomplete = "one-time-code",
	.missing = "Enter the code"},
};

static int show(
    struct request *req, struct reply *rep, struct form *form, unsigned status, const char *problem)
{
	struct view_staff_sign_in view = {.form = form,
	    .problem = problem,
	    .local = registrar_of(req)->settings.local_sign_in,
	    .proxy = staff_proxy_offered(req),
	    .proxy_user = staff_proxy_user(req)};

	site_page(req, rep, &view.page, "Staff sign-in", NULL, SITE_FORMS);
	view.page.error = problem || !form_ok(form);
	reply_status(rep, status);
	staff_sign_in_page(reply_body(rep), &view);
	return 0;
}

int staff_sign_in_get(struct request *req, struct reply *rep)
{
	const struct session *session = session_of(req);
	struct form *form;
	int result;

	if (session && session->is_staff && !session->half) {
		reply_redirect(rep, "%s", staff_entry_start(role_find(session->role)));
		return 0;
	}
	form = form_new(staff_sign_in_fields, 2);
	if (!form)
		return STORE_NO_MEMORY;
	result = show(req, rep, form, 200, NULL);
	form_free(form);
	return result;
}

/* The password was right. */
static int admit(struct request *req, struct reply *rep, const struct staff_account *account)
{
	bool half =
	    account->has_factor && registrar_of(req)->settings.second_factor != SETTINGS_FACTOR_OFF;
	const struct staff_begin begin = {.name = account->name, .checked = account, .half = half};
	int result;

	if (!staff_entry_may(req, rep, account))
		return 0;
	result = staff_entry_begin(req, rep, &begin);
	if (result != 0)
		return site_result(result);
	reply_redirect(rep, "%s",
	    half		   ? "/staff/sign-in/code"
	    : account->must_change ? "/staff/password"
				   : staff_entry_start(account->role));
	return 0;
}

int staff_sign_in_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);
	struct staff_account account;
	struct staff_entry entry;
	char words[128];
	int64_t now = registrar_now(), seconds;
	int result;

	if (!registrar_of(req)->settings.local_sign_in)
		return show(req, rep, form, 403,
		    "Passwords are not taken here. Sign in through the button above.");
	if (!form_ok(form))
		return show(req, rep, form, 422, NULL);
	staff_entry_of(req, STAFF_GUESS_PASSWORD, form_text(form, STAFF_NAME), &entry);
	seconds = staff_entry_wait(req, &entry, now);
	if (seconds > 0) {
		site_say_wait(req, seconds, words, sizeof(words));
		return show(req, rep, form, 429, words);
	}
	staff_entry_count(req, &entry, now);
	result = staff_check(registrar_of(req), form_text(form, STAFF_NAME),
	    form_text(form, STAFF_PASSWORD), &account);
	if (result == MODEL_NOT_FOUND)
		return show(req, rep, form, 422,
		    "Name and password do not belong together. Check both, and try again.");
	if (result < 0)
		return site_result(result);
	staff_entry_clear(req, &entry);
	return admit(req, rep, &account);
}

/* ---- the code ---- */

static int show_code(struct request *req, struct reply *rep, struct form *form, unsigned status)
{
	struct view_staff_code view = {.form = form};

	site_page(req, rep, &view.page, "Second factor", NULL, SITE_FORMS);
	view.page.error = !form_ok(form);
	reply_status(rep, status);
	staff_code_page(reply_body(rep), &view);
	return 0;
}

int staff_code_get(struct request *req, struct reply *rep)
{
	struct form *form = form_new(staff_code_fields, 1);
	int result = form ? show_code(req, rep, form, 200) : STORE_NO_MEMORY;

	form_free(form);
	return result;
}

int staff_code_check(struct request *req, struct form *form, size_t field)
{
	const struct session *session = session_of(req);
	struct staff_entry entry;
	char words[128];
	int64_t now = registrar_now(), seconds;
	int result;

	staff_entry_of(req, STAFF_GUESS_CODE, session->staff, &entry);
	seconds = staff_entry_wait(req, &entry, now);
	if (seconds > 0) {
		site_say_wait(req, seconds, words, sizeof(words));
		form_refuse(form, field, words);
		return 0;
	}
	staff_entry_count(req, &entry, now);
	result = factor_check(registrar_of(req), session->staff, form_text(form, field), now, NULL);
	if (result == 0)
		staff_entry_clear(req, &entry);
	else if (result == MODEL_NOT_FOUND)
		form_refuse(form, field,
		    "That code is wrong, too old, or was used. Wait for the next one, and check "
		    "that the clock of your telephone is right.");
	else if (result == MODEL_KEY)
		form_refuse(form, field,
		    "The key of the second factors is missing here: an administrator puts "
		    "keys/factor.key back from the backup.");
	else
		return result;
	return 0;
}

int staff_code_post(struct request *req, struct reply *rep)
{
	const struct session *session = session_of(req);
	const struct staff_begin begin = {.name = session->staff, .goes_on = true};
	struct form *form = request_form(req);
	int result = form_ok(form) ? staff_code_check(req, form, 0) : 0;

	if (result < 0)
		return site_result(result);
	if (!form_ok(form))
		return show_code(req, rep, form, 422);
	result = staff_entry_begin(req, rep, &begin);
	if (result != 0)
		return site_result(result);
	reply_redirect(rep, "%s",
	    session->must_change ? "/staff/password" : staff_entry_start(role_find(session->role)));
	return 0;
}

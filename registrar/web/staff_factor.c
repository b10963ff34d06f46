/* The second factor of who is signed in: set up, recovery codes, taken away. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/qr.h"
#include "registrar/web/staff_entry.h"
#include "registrar/web/staff_factor.html.h"
#include "registrar/web/staff_handlers.h"

/* A set-up begins so long after a sign-in at most: a browser left alone is no way in. */
#define FRESH 600

const struct form_field factor_set_up_fields[1] = {
    {.name = "code",
	.label = "code",
	.hint = "Six digits",
	.kind = FORM_LINE,
	.max = 40,
	.required = true,
	.autocomplete = "one-time-code",
	.missing = "Enter the code"},
};

static bool offered(const struct request *req)
{
	return registrar_of(req)->settings.second_factor != SETTINGS_FACTOR_OFF &&
	       !session_of(req)->proxy;
}

static bool is_required(const struct request *req)
{
	return registrar_of(req)->settings.second_factor == SETTINGS_FACTOR_REQUIRED;
}

static bool is_fresh(const struct request *req)
{
	return registrar_now() - session_of(req)->created < FRESH;
}

static int read_factor(struct request *req, struct factor *ret)
{
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = factor_read(tx, session_of(req)->staff, ret);
	store_read_end(tx);
	return result;
}

static void fill(struct request *req, struct reply *rep, struct view_factor *view,
    const struct form *form, unsigned status)
{
	site_page(req, rep, &view->page, "Second factor", "/staff/account", SITE_FORMS);
	view->page.error = !form_ok(form);
	view->form = form;
	view->required = is_required(req);
	view->fresh = is_fresh(req);
	view->account = session_of(req)->staff;
	view->issuer = registrar_of(req)->settings.name;
	reply_status(rep, status);
}

static int show(struct request *req, struct reply *rep, const struct form *form, unsigned status)
{
	struct view_factor view = {.form = form};
	int result = offered(req) ? read_factor(req, &view.factor) : MODEL_NOT_FOUND;

	if (result != 0)
		return site_result(result);
	fill(req, rep, &view, form, status);
	factor_page(reply_body(rep), &view);
	return 0;
}

int factor_get(struct request *req, struct reply *rep)
{
	struct form *form = form_new(staff_code_fields, 1);
	int result = form ? show(req, rep, form, 200) : STORE_NO_MEMORY;

	form_free(form);
	return result;
}

static int refused(struct request *req, struct reply *rep, const struct refusal *why)
{
	const char *words[4] = {why->words};

	return site_say(req, rep, 422, "This could not be done", words, "/staff/account",
	    "Back to your account");
}

int factor_begin_post(struct request *req, struct reply *rep)
{
	struct refusal why = {0};
	int result;

	if (!offered(req))
		return 404;
	if (!is_fresh(req)) {
		reply_redirect(rep, "/staff/second-factor");
		return 0;
	}
	result = factor_begin(registrar_of(req), session_of(req)->staff, registrar_now(), &why);
	if (result == MODEL_REFUSED)
		return refused(req, rep, &why);
	if (result != 0)
		return site_result(result);
	reply_redirect(rep, "/staff/second-factor/set-up");
	return 0;
}

static int show_set_up(
    struct request *req, struct reply *rep, const struct form *form, unsigned status)
{
	struct view_factor view = {.factor = {.state = FACTOR_WAITING}};
	uint8_t secret[TOTP_SECRET];
	int result = offered(req) ? factor_secret(registrar_of(req), session_of(req)->staff, secret)
				  : MODEL_NOT_FOUND;

	if (result == MODEL_NOT_FOUND && offered(req)) {
		reply_redirect(rep, "/staff/second-factor");
		return 0;
	}
	if (result != 0)
		return site_result(result);
	totp_secret_shown(secret, view.secret);
	sodium_memzero(secret, sizeof(secret));
	fill(req, rep, &view, form, status);
	factor_set_up_page(reply_body(rep), &view);
	sodium_memzero(view.secret, sizeof(view.secret));
	return 0;
}

int factor_set_up_get(struct request *req, struct reply *rep)
{
	struct form *form = form_new(factor_set_up_fields, 1);
	int result = form ? show_set_up(req, rep, form, 200) : STORE_NO_MEMORY;

	form_free(form);
	return result;
}

int factor_qr_get(struct request *req, struct reply *rep)
{
	uint8_t secret[TOTP_SECRET];
	char uri[TOTP_URI], *svg = NULL;
	struct qr qr = {0};
	size_t len = 0;
	int result = offered(req) ? factor_secret(registrar_of(req), session_of(req)->staff, secret)
				  : MODEL_NOT_FOUND;

	if (result != 0)
		return site_result(result);
	totp_uri(secret, registrar_of(req)->settings.name, session_of(req)->staff, uri);
	if (qr_make(uri, strlen(uri), &qr) != 0 || qr_svg(&qr, &svg, &len) != 0)
		result = MODEL_SYSTEM;
	else {
		reply_type(rep, "image/svg+xml");
		buf_add(reply_body(rep), svg, len);
		sodium_memzero(svg, len);
	}
	free(svg);
	qr_free(&qr);
	sodium_memzero(secret, sizeof(secret));
	sodium_memzero(uri, sizeof(uri));
	return result;
}

static int show_codes(struct request *req, struct reply *rep, struct view_recovery *view)
{
	site_page(req, rep, &view->page, "Your recovery codes", "/staff/account", SITE_NO_FORM);
	view->service = registrar_of(req)->settings.name;
	view->account = session_of(req)->staff;
	recovery_page(reply_body(rep), view);
	sodium_memzero(view->codes, sizeof(view->codes));
	return 0;
}

/* Wrong first codes are counted as others are. */
static int stand(struct request *req, struct form *form, struct view_recovery *view)
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
		form_refuse(form, 0, words);
		return 0;
	}
	staff_entry_count(req, &entry, now);
	result = factor_stand(
	    registrar_of(req), session->staff, form_text(form, 0), session->hash, now, view->codes);
	if (result == 0)
		staff_entry_clear(req, &entry);
	if (result != MODEL_NOT_FOUND)
		return result;
	form_refuse(form, 0,
	    "That is not the code of this moment. Type the one that is shown now, and check that "
	    "the clock of your telephone is right.");
	return 0;
}

int factor_set_up_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);
	struct view_recovery view = {.renewed = false};
	int result = 0;

	if (!offered(req))
		return 404;
	if (form_ok(form))
		result = stand(req, form, &view);
	if (result != 0)
		return site_result(result);
	return form_ok(form) ? show_codes(req, rep, &view) : show_set_up(req, rep, form, 422);
}

int factor_codes_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);
	struct view_recovery view = {.renewed = true};
	int result = 0;

	if (!offered(req))
		return 404;
	if (form_ok(form))
		result = staff_code_check(req, form, 0);
	if (result == 0 && form_ok(form))
		result = factor_renew(
		    registrar_of(req), session_of(req)->staff, registrar_now(), view.codes);
	if (result != 0)
		return site_result(result);
	return form_ok(form) ? show_codes(req, rep, &view) : show(req, rep, form, 422);
}

int factor_remove_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);
	struct refusal why = {0};
	int result = 0;

	if (!offered(req))
		return 404;
	if (form_ok(form))
		result = staff_code_check(req, form, 0);
	if (result == 0 && !form_ok(form))
		return show(req, rep, form, 422);
	if (result == 0)
		result =
		    factor_end(registrar_of(req), session_of(req)->staff, registrar_now(), &why);
	if (result == MODEL_REFUSED)
		return refused(req, rep, &why);
	if (result != 0)
		return site_result(result);
	reply_redirect(rep, "%s",
	    is_required(req) ? "/staff/second-factor" : "/staff/account?done=factor-removed");
	return 0;
}

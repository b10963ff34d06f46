#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "registrar/staff/staff.h"
#include "registrar/web/handlers.h"
#include "registrar/web/sign_in.html.h"

/*
 * Back-off. Wrong tries count against the network they come from, and against account and network
 * together; never against the account alone, so nobody locks another out. A browser that signed in
 * to the account before has a counter of its own, which strangers in its network don't move.
 */
static const struct throttle_rule account_rule = {.free = 5, .first = 30, .most = 900};
static const struct throttle_rule network_rule = {.free = 20, .first = 30, .most = 900};

enum { KNOWN_DAYS = 90 };
#define KNOWN_COOKIE "known"

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

/* ---- whose tries are counted where ---- */

struct keys {
	char account[160]; /* name and network, or name and this browser */
	char network[64];
	bool known; /* the browser signed in to this account before */
};

/* What the cookie of a browser that signed in to this account holds. */
static void browser_mark(const struct site *site, const char *name, char ret[65])
{
	uint8_t mark[32];

	crypto_generichash(mark, sizeof(mark), (const unsigned char *)name, strlen(name),
	    site->browser_key, sizeof(site->browser_key));
	sodium_bin2hex(ret, 65, mark, sizeof(mark));
}

static void find_keys(struct request *req, const char *name, struct keys *keys)
{
	const char *cookie = request_cookie(req, KNOWN_COOKIE);
	char mark[65];

	browser_mark(site_of(req), name, mark);
	throttle_network(request_address(req), keys->network);
	keys->known = cookie && strlen(cookie) == 64 && sodium_memcmp(cookie, mark, 64) == 0;
	snprintf(keys->account, sizeof(keys->account), "%.64s %s", name,
	    keys->known ? "known" : keys->network);
}

static int64_t wait_for(struct throttle *throttle, const struct keys *keys, int64_t now)
{
	int64_t account = throttle_wait(throttle, &account_rule, 'p', keys->account, now);
	int64_t network =
	    keys->known ? 0 : throttle_wait(throttle, &network_rule, 'n', keys->network, now);

	return account > network ? account : network;
}

static void count_wrong(struct throttle *throttle, const struct keys *keys, int64_t now)
{
	throttle_count(throttle, 'p', keys->account, now);
	if (!keys->known)
		throttle_count(throttle, 'n', keys->network, now);
}

/* ---- signing in ---- */

static int show(
    struct request *req, struct reply *rep, struct form *form, unsigned status, const char *problem)
{
	struct view_staff_sign_in view = {.form = form, .problem = problem};

	site_page(req, rep, &view.page, "Staff sign-in", NULL, SITE_FORMS);
	view.page.error = problem || !form_ok(form);
	reply_status(rep, status);
	staff_sign_in_page(reply_body(rep), &view);
	return 0;
}

static const char *start_page(enum role role)
{
	return role & ROLES_REVIEW ? "/staff" : "/staff/conferences";
}

int staff_sign_in_get(struct request *req, struct reply *rep)
{
	const struct session *session = session_of(req);
	struct form *form;
	int result;

	if (session && session->is_staff) {
		reply_redirect(rep, "%s", start_page(role_find(session->role)));
		return 0;
	}
	form = form_new(staff_sign_in_fields, 2);
	if (!form)
		return STORE_NO_MEMORY;
	result = show(req, rep, form, 200, NULL);
	form_free(form);
	return result;
}

struct entering {
	const char *name;
	const struct staff_account *checked; /* by its password, or NULL: just changed */
	const uint8_t *old;		     /* a session of this browser that ends, or NULL */
	uint8_t hash[TOKEN_BYTES];
	int64_t now;
};

static int enter(struct store_tx *tx, void *context)
{
	const struct entering *it = context;
	/* The password may have been changed while it was checked. */
	int result = it->checked ? staff_still(tx, it->checked) : 0;

	if (result == 0 && it->old)
		result = session_end(tx, it->old);
	return result != 0 ? result : session_start_staff(tx, it->hash, it->name, it->now);
}

/* A new session, under a new token, for this browser. */
static int begin_session(
    struct request *req, struct reply *rep, const char *name, const struct staff_account *checked)
{
	const struct visitor *visitor = request_visitor(req);
	struct entering it = {.name = name,
	    .checked = checked,
	    .old = visitor->signed_in ? visitor->session : NULL,
	    .now = registrar_now()};
	char mark[65];

	reply_session_start(rep, it.hash);
	browser_mark(site_of(req), name, mark);
	reply_cookie(rep, KNOWN_COOKIE, mark, KNOWN_DAYS * 86400);
	return store_write(registrar_of(req)->store, enter, &it);
}

static int admit(struct request *req, struct reply *rep, const struct staff_account *account)
{
	static const char *const door_only[4] = {
	    "Your account works at the door, with your PIN. There is nothing for it here."};
	int result;

	if (account->role == ROLE_SECURITY)
		return site_say(
		    req, rep, 403, "This account is for the door", door_only, "/", "Public site");
	result = begin_session(req, rep, account->name, account);
	if (result != 0)
		return site_result(result);
	reply_redirect(
	    rep, "%s", account->must_change ? "/staff/password" : start_page(account->role));
	return 0;
}

int staff_sign_in_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);
	struct throttle *throttle = site_of(req)->throttle;
	struct staff_account account;
	struct keys keys;
	char words[128];
	int64_t now = registrar_now(), seconds;
	int result;

	if (!form_ok(form))
		return show(req, rep, form, 422, NULL);
	find_keys(req, form_text(form, STAFF_NAME), &keys);
	seconds = wait_for(throttle, &keys, now);
	if (seconds > 0) {
		site_say_wait(req, seconds, words, sizeof(words));
		return show(req, rep, form, 429, words);
	}
	/* Counted before the answer is known, so that many tries at once count too. */
	count_wrong(throttle, &keys, now);
	result = staff_check(registrar_of(req), form_text(form, STAFF_NAME),
	    form_text(form, STAFF_PASSWORD), &account);
	if (result == MODEL_NOT_FOUND)
		return show(req, rep, form, 422,
		    "Name and password do not belong together. Check both, and try again.");
	if (result < 0)
		return site_result(result);
	throttle_clear(throttle, 'p', keys.account);
	if (!keys.known)
		throttle_clear(throttle, 'n', keys.network);
	return admit(req, rep, &account);
}

/* ---- password ---- */

static int show_password(struct request *req, struct reply *rep, struct form *form, unsigned status)
{
	struct view_password view = {.form = form, .must = session_of(req)->must_change};

	site_page(req, rep, &view.page, "Password", "/staff/password", SITE_FORMS);
	view.page.error = !form_ok(form);
	reply_status(rep, status);
	password_page(reply_body(rep), &view);
	return 0;
}

int password_get(struct request *req, struct reply *rep)
{
	struct form *form = form_new(password_fields, 3);
	int result;

	if (!form)
		return STORE_NO_MEMORY;
	result = show_password(req, rep, form, 200);
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
	struct throttle *throttle = site_of(req)->throttle;
	struct staff_account account;
	struct keys keys;
	char words[128];
	int64_t now = registrar_now(), seconds;
	int result;

	find_keys(req, name, &keys);
	seconds = wait_for(throttle, &keys, now);
	if (seconds > 0) {
		site_say_wait(req, seconds, words, sizeof(words));
		form_refuse(form, PASSWORD_OLD, words);
		return 0;
	}
	count_wrong(throttle, &keys, now);
	result = staff_check(registrar_of(req), name, form_text(form, PASSWORD_OLD), &account);
	if (result == MODEL_NOT_FOUND) {
		form_refuse(form, PASSWORD_OLD, "That is not the present password. Type it again.");
		return 0;
	}
	if (result == 0)
		throttle_clear(throttle, 'p', keys.account);
	return result;
}

int password_post(struct request *req, struct reply *rep)
{
	const struct session *session = session_of(req);
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
	result = begin_session(req, rep, session->staff, NULL);
	if (result != 0)
		return site_result(result);
	reply_redirect(rep, "%s", start_page(role_find(session->role)));
	return 0;
}

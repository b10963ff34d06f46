/* The accounts of staff: the list, a new one, and what an administrator changes, each step asked
 * about on a page of its own before it is done. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/web/staff_accounts.html.h"
#include "registrar/web/staff_handlers.h"

static const struct form_choice role_choices[] = {
    {"communications", "Communications", "Runs conferences and answers the doors"},
    {"reviewer", "Reviewer", "Decides applications"},
    {"supervisor", "Supervisor", "Leads a door, and sees the boards"},
    {"security", "Security", "Works at a door, with a PIN; nothing opens here"},
    {"administrator", "Administrator", "All of it, and staff accounts"},
    {NULL, NULL, NULL},
};
#define ROLE_FIELD                                                                                 \
	{                                                                                          \
		.name = "role", .label = "role", .kind = FORM_CHOICE, .choices = role_choices,     \
		.required = true, .missing = "Choose the role"                                     \
	}

enum { NEW_NAME, NEW_FULL_NAME, NEW_ROLE };
const struct form_field account_new_fields[3] = {
    [NEW_NAME] = {.name = "name",
	.label = "name to sign in with",
	.hint = "1 to 16 of the letters a to z and digits; it stands in journals and never changes",
	.kind = FORM_LINE,
	.max = 16,
	.required = true},
    [NEW_FULL_NAME] = {.name = "full-name",
	.label = "full name",
	.hint = "As colleagues know them",
	.kind = FORM_LINE,
	.required = true},
    [NEW_ROLE] = ROLE_FIELD,
};
const struct form_field account_role_fields[1] = {ROLE_FIELD};

enum { DATES_TRAINED, DATES_FROM, DATES_UNTIL };
const struct form_field account_dates_fields[3] = {
    [DATES_TRAINED] = {.name = "trained-until",
	.label = "trained until",
	.hint = "The last day that the training holds; empty: no end",
	.kind = FORM_DATE},
    [DATES_FROM] = {.name = "from",
	.label = "authorised from",
	.hint = "The first day; empty: already",
	.kind = FORM_DATE},
    [DATES_UNTIL] = {.name = "until",
	.label = "authorised until",
	.hint = "The last day; empty: no end",
	.kind = FORM_DATE},
};
const struct form_field account_proxy_fields[1] = {
    {.name = "proxy-user",
	.label = "name at the agency’s sign-in",
	.hint = "As it says it, often an e-mail address; empty: the same as here",
	.kind = FORM_LINE,
	.max = STAFF_PROXY_USER_MAX},
};

/* ---- the list, and a new one ---- */

int accounts_get(struct request *req, struct reply *rep)
{
	struct view_accounts view = {.now = registrar_now(),
	    .factor_offered = registrar_of(req)->settings.second_factor != SETTINGS_FACTOR_OFF};
	struct staff_account *accounts = NULL;
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = staff_list(tx, &accounts, &view.n);
	store_read_end(tx);
	if (result != 0)
		return site_result(result);
	for (size_t i = 0; i < view.n; i++)
		view.ending +=
		    accounts[i].active && authority_ends(&accounts[i].authority, view.now) != 0;
	view.accounts = accounts;
	site_page(req, rep, &view.page, "Staff accounts", "/staff/accounts", SITE_NO_FORM);
	view.page.wide = true;
	accounts_page(reply_body(rep), &view);
	free(accounts);
	return 0;
}

static int show_new(
    struct request *req, struct reply *rep, const struct form *form, unsigned status)
{
	struct view_account_new view = {.form = form};

	site_page(req, rep, &view.page, "Add an account", "/staff/accounts", SITE_FORMS);
	view.page.error = !form_ok(form);
	reply_status(rep, status);
	account_new_page(reply_body(rep), &view);
	return 0;
}

int account_new_get(struct request *req, struct reply *rep)
{
	struct form *form = form_new(account_new_fields, 3);
	int result = form ? show_new(req, rep, form, 200) : STORE_NO_MEMORY;

	form_free(form);
	return result;
}

/* The password is in this reply, and nowhere else. */
static int show_one_time(
    struct request *req, struct reply *rep, const char *name, const char *password, bool added)
{
	struct view_one_time view = {.name = name, .password = password, .added = added};

	site_page(req, rep, &view.page, "One-time password", "/staff/accounts", SITE_NO_FORM);
	one_time_page(reply_body(rep), &view);
	return 0;
}

static void refuse_field(struct form *form, const struct refusal *why)
{
	size_t field = 0;

	for (size_t i = 0; i < form_size(form); i++)
		if (strcmp(form_field(form, i)->name, why->field) == 0)
			field = i;
	form_refuse(form, field, why->words);
}

int account_new_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);
	char password[STAFF_PASSWORD_BYTES];
	const struct staff_wish wish = {.name = form_text(form, NEW_NAME),
	    .full_name = form_text(form, NEW_FULL_NAME),
	    .role = role_find(form_text(form, NEW_ROLE)),
	    .password = password,
	    .must_change = true};
	struct refusal why = {0};
	int result = 0;

	staff_one_time_password(password);
	if (form_ok(form))
		result = staff_add(
		    registrar_of(req), &wish, session_of(req)->staff, registrar_now(), &why);
	if (result == MODEL_REFUSED)
		refuse_field(form, &why);
	if (!form_ok(form))
		result = show_new(req, rep, form, 422);
	else if (result == 0)
		result = show_one_time(req, rep, wish.name, password, true);
	sodium_memzero(password, sizeof(password));
	return site_result(result);
}

/* ---- what is changed about one ---- */

/* What a step does; its answer is a model's. */
typedef int step_do(struct request *req, const struct staff_account *account, struct form *form,
    struct refusal *why);

static int do_role(struct request *req, const struct staff_account *account, struct form *form,
    struct refusal *why)
{
	return staff_set_role(registrar_of(req), account->name, role_find(form_text(form, 0)),
	    session_of(req)->staff, registrar_now(), why);
}

static int do_dates(struct request *req, const struct staff_account *account, struct form *form,
    struct refusal *why)
{
	struct authority dates = {0};
	int result = authority_read_until(
	    form_text(form, DATES_TRAINED), "trained-until", &dates.trained_until, why);

	if (result == 0)
		result = authority_read_from(form_text(form, DATES_FROM), "from", &dates.from, why);
	if (result == 0)
		result =
		    authority_read_until(form_text(form, DATES_UNTIL), "until", &dates.until, why);
	return result != 0 ? result
			   : staff_set_dates(registrar_of(req), account->name, &dates,
				 session_of(req)->staff, registrar_now(), why);
}

static int do_proxy_user(struct request *req, const struct staff_account *account,
    struct form *form, struct refusal *why)
{
	return staff_set_proxy_user(registrar_of(req), account->name, form_text(form, 0),
	    session_of(req)->staff, registrar_now(), why);
}

static int do_disable(struct request *req, const struct staff_account *account, struct form *form,
    struct refusal *why)
{
	(void)form;
	return staff_disable(
	    registrar_of(req), account->name, session_of(req)->staff, registrar_now(), why);
}

static int do_enable(struct request *req, const struct staff_account *account, struct form *form,
    struct refusal *why)
{
	(void)form;
	return staff_enable(
	    registrar_of(req), account->name, session_of(req)->staff, registrar_now(), why);
}

static int do_factor(struct request *req, const struct staff_account *account, struct form *form,
    struct refusal *why)
{
	(void)form;
	return factor_reset(
	    registrar_of(req), account->name, session_of(req)->staff, registrar_now(), why);
}

static int do_sessions(struct request *req, const struct staff_account *account, struct form *form,
    struct refusal *why)
{
	(void)form, (void)why;
	return staff_end_sessions(
	    registrar_of(req), account->name, NULL, session_of(req)->staff, registrar_now());
}

static const struct step {
	const char *name; /* the path's last part */
	const char *heading, *button, *done;
	const char *words[4];
	const struct form_field *fields;
	size_t n_fields;
	bool warning, not_own;
	step_do *run; /* NULL: a one-time password is made and shown */
} steps[] = {
    {"role", "Change the role", "Change the role", "role",
	{"All of the person’s sign-ins end: they sign in again, with what the new role opens.",
	    "Doors hear of a new supervisor or officer with their next list."},
	account_role_fields, 1, true, false, do_role},
    {"dates", "Training and authorisation", "Set the dates", "dates",
	{"Outside of these dates the account opens nothing: sign-ins that stand lose what they "
	 "may at once, and doors that are connected take no shift of it. The person and this list "
	 "are told 30 days before.",
	    "You are noted as who set them."},
	account_dates_fields, 3, false, false, do_dates},
    {"proxy-user", "Name at the agency’s sign-in", "Set the name", "proxy-user",
	{"Whoever signs in there under this name is let in to this account here. All of its "
	 "sign-ins end."},
	account_proxy_fields, 1, false, false, do_proxy_user},
    {"disable", "Disable the account", "Disable it", "disabled",
	{"Nobody signs in to it any more, here or at a door; all of its sign-ins end. What the "
	 "person did stays in the journal. It can be enabled again."},
	NULL, 0, true, false, do_disable},
    {"enable", "Enable the account", "Enable it", "enabled",
	{"It comes back as it was: with its role, password, PIN, second factor and dates."}, NULL,
	0, false, false, do_enable},
    {"second-factor", "Reset the second factor", "Reset it", "factor",
	{"For somebody whose telephone and recovery codes are lost: be sure that it is them who "
	 "asks. From then on their password alone signs in, until they set up another one.",
	    "All of the account’s sign-ins end."},
	NULL, 0, true, true, do_factor},
    {"password", "New one-time password", "Make one", NULL,
	{"The password they have stops working, and all of the account’s sign-ins end. The new one "
	 "is shown once, to you."},
	NULL, 0, true, true, NULL},
    {"sessions", "End all sign-ins", "End them", "ended-all",
	{"Wherever this account is signed in, it is signed out."}, NULL, 0, true, false,
	do_sessions},
};

static const struct step *step_of(const struct request *req)
{
	const char *name = strrchr(request_path(req), '/');

	for (size_t i = 0; name && i < sizeof(steps) / sizeof(*steps); i++)
		if (strcmp(steps[i].name, name + 1) == 0)
			return &steps[i];
	return NULL;
}

/* The step and the account that the path names; 0, or what site_result takes. One's own password
 * and second factor are not reset: one proves that one has them. */
static int find(struct request *req, const struct step **ret_step, struct staff_account *ret)
{
	const struct step *step = step_of(req);
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = staff_by_name(tx, request_segment(req, "name"), ret);
	store_read_end(tx);
	if (result == 0 &&
	    (!step || (step->not_own && strcmp(ret->name, session_of(req)->staff) == 0)))
		result = MODEL_NOT_FOUND;
	if (result == 0)
		*ret_step = step;
	return result;
}

static int show_step(struct request *req, struct reply *rep, const struct step *step,
    const struct staff_account *account, const struct form *form, const char *problem)
{
	struct view_account_step view = {.account = account,
	    .form = step->fields ? form : NULL,
	    .heading = step->heading,
	    .button = step->button,
	    .warning = step->warning,
	    .step = step->name,
	    .problem = problem};

	memcpy(view.words, step->words, sizeof(view.words));
	site_page(req, rep, &view.page, step->heading, "/staff/accounts", SITE_FORMS);
	view.page.error = problem || (view.form && !form_ok(form));
	reply_status(rep, view.page.error ? 422 : 200);
	account_step_page(reply_body(rep), &view);
	return 0;
}

/* The form as the account stands. */
static void fill_form(
    struct form *form, const struct step *step, const struct staff_account *account)
{
	char date[AUTHORITY_DATE];

	if (step->fields == account_role_fields)
		form_fill(form, 0, role_word(account->role));
	else if (step->fields == account_proxy_fields)
		form_fill(form, 0, account->proxy_user);
	else if (step->fields == account_dates_fields) {
		authority_write_until(account->authority.trained_until, date);
		form_fill(form, DATES_TRAINED, date);
		authority_write_from(account->authority.from, date);
		form_fill(form, DATES_FROM, date);
		authority_write_until(account->authority.until, date);
		form_fill(form, DATES_UNTIL, date);
	}
}

int account_step_get(struct request *req, struct reply *rep)
{
	const struct step *step = NULL;
	struct staff_account account;
	struct form *form;
	int result = find(req, &step, &account);

	if (result != 0)
		return site_result(result);
	form = form_new(step->fields, step->n_fields);
	if (!form)
		return STORE_NO_MEMORY;
	fill_form(form, step, &account);
	result = show_step(req, rep, step, &account, form, NULL);
	form_free(form);
	return result;
}

static int new_password(struct request *req, struct reply *rep, const struct staff_account *account,
    struct refusal *why)
{
	char password[STAFF_PASSWORD_BYTES];
	int result;

	staff_one_time_password(password);
	result = staff_set_password(registrar_of(req), account->name, password, true,
	    session_of(req)->staff, registrar_now(), why);
	if (result == 0)
		result = show_one_time(req, rep, account->name, password, false);
	sodium_memzero(password, sizeof(password));
	return result;
}

static bool has_field(const struct step *step, const char *name)
{
	for (size_t i = 0; i < step->n_fields; i++)
		if (strcmp(step->fields[i].name, name) == 0)
			return true;
	return false;
}

int account_step_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);
	const struct step *step = NULL;
	struct staff_account account;
	struct refusal why = {0};
	int result = find(req, &step, &account);

	if (result != 0)
		return site_result(result);
	if (!form_ok(form))
		return show_step(req, rep, step, &account, form, NULL);
	result = step->run ? step->run(req, &account, form, &why)
			   : new_password(req, rep, &account, &why);
	if (result == MODEL_REFUSED && has_field(step, why.field)) {
		refuse_field(form, &why);
		return show_step(req, rep, step, &account, form, NULL);
	}
	if (result == MODEL_REFUSED)
		return show_step(req, rep, step, &account, form, why.words);
	if (result != 0 || !step->run)
		return site_result(result);
	reply_redirect(rep, "/staff/accounts/%s?done=%s", account.name, step->done);
	return 0;
}

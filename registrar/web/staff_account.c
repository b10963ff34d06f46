/* One's own account, and an account as an administrator sees it. */
#include <stdlib.h>
#include <string.h>

#include "registrar/web/staff_account.html.h"
#include "registrar/web/staff_handlers.h"

struct page_tag view_staff_tag(const struct staff_account *account, int64_t now)
{
	if (!account->active)
		return (struct page_tag){"Disabled", PAGE_STOP};
	switch (authority_state(&account->authority, now)) {
	case AUTHORITY_NOT_YET:
		return (struct page_tag){"Not yet authorised", PAGE_STOP};
	case AUTHORITY_OVER:
		return (struct page_tag){"Authorisation over", PAGE_STOP};
	case AUTHORITY_UNTRAINED:
		return (struct page_tag){"Training over", PAGE_STOP};
	default:
		return authority_ends(&account->authority, now)
			   ? (struct page_tag){"Ends soon", PAGE_CHECK}
			   : (struct page_tag){"Active", PAGE_GOOD};
	}
}

void part_until(struct buf *b, int64_t until)
{
	part_date(b, until - 1);
}

static const struct form_choice done_choices[] = {
    {"ended", "That sign-in is ended.", NULL},
    {"ended-others", "Every other sign-in is ended.", NULL},
    {"ended-all", "All sign-ins are ended.", NULL},
    {"factor-removed", "The second factor is taken away.", NULL},
    {"factor", "The second factor is reset, and all sign-ins are ended.", NULL},
    {"role", "The role is changed, and all sign-ins are ended.", NULL},
    {"dates", "The dates are set, from this moment on.", NULL},
    {"proxy-user", "The name at the agency’s sign-in is set.", NULL},
    {"disabled", "The account is disabled, and all sign-ins are ended.", NULL},
    {"enabled", "The account is enabled.", NULL},
    {NULL, NULL, NULL},
};
const struct form_field account_query[1] = {
    {.name = "done", .label = "what was done", .kind = FORM_CHOICE, .choices = done_choices}};

static const char *done_words(struct request *req)
{
	struct form *query = request_query(req);
	const char *done = form_text(query, 0);

	for (size_t i = 0; form_ok(query) && done_choices[i].value; i++)
		if (strcmp(done_choices[i].value, done) == 0)
			return done_choices[i].label;
	return NULL;
}

typedef void account_template(struct buf *b, const struct view_account *view);

static int show(
    struct request *req, struct reply *rep, const char *name, account_template *template)
{
	const struct session *session = session_of(req);
	const struct settings *settings = &registrar_of(req)->settings;
	bool own = template == account_page;
	struct session_line *sessions = NULL;
	struct staff_account account = {.name = ""};
	struct view_account view = {.account = &account,
	    .now = registrar_now(),
	    .done = done_words(req),
	    .own = strcmp(name, session->staff) == 0,
	    .factor_offered = settings->second_factor != SETTINGS_FACTOR_OFF,
	    .factor_required = settings->second_factor == SETTINGS_FACTOR_REQUIRED,
	    .proxy_offered = *settings->proxy_user_header};
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = staff_by_name(tx, name, &account);
	if (result == 0)
		result =
		    session_list(tx, name, session->hash, view.now, &sessions, &view.n_sessions);
	store_read_end(tx);
	if (result != 0)
		return site_result(result);
	view.sessions = sessions;
	site_page(req, rep, &view.page, own ? "Your account" : account.full_name,
	    own ? "/staff/account" : "/staff/accounts", SITE_FORMS);
	template(reply_body(rep), &view);
	free(sessions);
	return 0;
}

int account_get(struct request *req, struct reply *rep)
{
	return show(req, rep, session_of(req)->staff, account_page);
}

int account_of_get(struct request *req, struct reply *rep)
{
	return show(req, rep, request_segment(req, "name"), account_of_page);
}

/* One's own, by its handle: another's is not found. */
int account_session_end_post(struct request *req, struct reply *rep)
{
	const char *staff = session_of(req)->staff;
	int result = staff_end_sessions(
	    registrar_of(req), staff, request_segment(req, "handle"), staff, registrar_now());

	if (result != 0)
		return site_result(result);
	reply_redirect(rep, "/staff/account?done=ended");
	return 0;
}

static int end_others(struct store_tx *tx, void *context)
{
	const struct session *session = context;

	return session_end_others(tx, session->staff, session->hash);
}

int account_sessions_end_post(struct request *req, struct reply *rep)
{
	struct session session = *session_of(req);
	int result = store_write(registrar_of(req)->store, end_others, &session);

	if (result != 0)
		return site_result(result);
	reply_redirect(rep, "/staff/account?done=ended-others");
	return 0;
}

int account_of_session_end_post(struct request *req, struct reply *rep)
{
	const char *name = request_segment(req, "name");
	int result = staff_end_sessions(registrar_of(req), name, request_segment(req, "handle"),
	    session_of(req)->staff, registrar_now());

	if (result != 0)
		return site_result(result);
	reply_redirect(rep, "/staff/accounts/%s?done=ended", name);
	return 0;
}

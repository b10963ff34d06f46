/* What was refused, in words, with a way on. */
#include <string.h>

#include "registrar/web/handlers.h"
#include "registrar/web/message.html.h"
#include "registrar/web/public_pages.h"
#include "registrar/web/site_private.h"

static const struct refusal_words {
	unsigned status;
	const char *heading, *words;
} refusals[] = {
    {400, SAY("That did not arrive in one piece"), SAY("Go back, reload the page and try again.")},
    {403, SAY("This page is not for your account"),
	SAY("Someone with another role can open it. If you think you should, ask an "
	    "administrator.")},
    {404, SAY("There is no such page"),
	SAY("The address may be mistyped, or the page is gone. Start from the list of "
	    "conferences.")},
    {405, SAY("That can't be done here"), SAY("Go back and use the page's own buttons.")},
    {409, SAY("Someone was faster"),
	SAY("What you wanted to change has changed. Look at it again.")},
    {413, SAY("That is too much text"), SAY("Go back and shorten it.")},
    {429, SAY("Too many tries"), SAY("Wait a few minutes and try again.")},
    {503, SAY("Too many people at once"), SAY("Nothing is lost. Wait a minute and try again.")},
};

static const struct refusal_words *words_of(unsigned status)
{
	static const struct refusal_words other = {500, SAY("Something went wrong here"),
	    SAY("It is our fault, not yours; nothing was changed. Try again in a few minutes, or "
		"call the media office.")};

	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++)
		if (refusals[i].status == status)
			return &refusals[i];
	return &other;
}

/* A page that needs someone to be signed in leads to where one signs in. */
static bool lead_to_sign_in(struct request *req, struct reply *rep, unsigned status)
{
	const struct session *session = session_of(req);
	uint32_t roles = request_visitor(req)->roles;

	if (status != 403 || strcmp(request_method(req), "GET") != 0)
		return false;
	if (!session)
		reply_redirect(rep, "%s", site_is_staff_path(req) ? "/staff/sign-in" : "/sign-in");
	else if (roles & ROLE_HALF && site_is_staff_path(req))
		reply_redirect(rep, "/staff/sign-in/code");
	else if (roles & ROLE_MUST_CHANGE)
		reply_redirect(rep, "/staff/password");
	else if (roles & ROLE_MUST_SET_UP)
		reply_redirect(rep, "/staff/second-factor");
	else
		return false;
	return true;
}

/* Some 403 are not about the account: a session that ended, a form that is not one of ours. */
static const struct refusal_words *words_for(
    const struct request *req, unsigned status, const char *why)
{
	static const struct refusal_words signed_out = {403, SAY("You are not signed in"),
	    SAY("What you typed is still there if you go back: copy it, sign in, and open the page "
		"again.")};
	static const struct refusal_words not_sent = {403, SAY("That was not taken"), NULL};

	if (status == 403 && !session_of(req) && request_needs_role(req))
		return &signed_out;
	if (status == 403 && why)
		return &not_sent;
	return words_of(status);
}

static struct page_link way_on(const struct request *req, const struct refusal_words *said)
{
	bool staff = site_is_staff_path(req);

	if (said->status == 403 && !session_of(req) && request_needs_role(req))
		return (struct page_link){
		    staff ? "/staff/sign-in" : "/sign-in", SAY("Sign in"), false};
	if (staff)
		return (struct page_link){"/staff", "To the staff pages", false};
	return (struct page_link){"/", SAY("To the list of conferences"), false};
}

void site_refusal(struct request *req, struct reply *rep, unsigned status, const char *why)
{
	const struct refusal_words *said = words_for(req, status, why);
	struct view_message view = {0};
	char dates[256];

	if (lead_to_sign_in(req, rep, status))
		return;
	if (status == 404 && !site_is_staff_path(req)) {
		missing_show(req, rep);
		return;
	}
	if (status == 403 && request_visitor(req)->roles & ROLE_OUTSIDE &&
	    authority_say(&session_of(req)->authority, registrar_now(), dates, sizeof(dates)))
		why = dates;
	view.heading = request_say(req, said->heading);
	site_page(req, rep, &view.page, view.heading, NULL, SITE_NO_FORM);
	view.words[0] = request_say(req, why ? why : said->words);
	if (why && said->words && !session_of(req) && request_needs_role(req))
		view.words[1] = request_say(req, said->words);
	view.link = way_on(req, said);
	view.link.text = request_say(req, view.link.text);
	message_page(reply_body(rep), &view);
}

/* The frame of a page, by who asks and in which language; pages that only say something. */
#include <string.h>

#include "registrar/web/handlers.h"
#include "registrar/web/message.html.h"
#include "registrar/web/site.h"
#include "registrar/web/site_private.h"
#include "web/say.h"

#define N(array) (sizeof(array) / sizeof(*(array)))

/* A menu's items by who asks. */
static const struct page_link public_menu[] = {
    {"/", SAY("Conferences"), false},
    {"/who-may-come", SAY("Who may come"), false},
    {"/accreditation", SAY("Accreditation"), false},
    {"/sign-in", SAY("Sign in"), false},
};
static const struct page_link person_menu[] = {
    {"/", SAY("Conferences"), false},
    {"/my", SAY("My registrations"), false},
    {"/accreditation", SAY("Accreditation"), false},
};
/* In the order of a day's work. Each is shown to whom the route's roles let in. */
static const struct page_link staff_menu[] = {
    {"/staff", "Applications", false},
    {"/staff/conferences", "Conferences", false},
    {"/staff/referrals", "Questions", false},
    {"/staff/restrictions", "Restrictions", false},
    {"/staff/conflicts", "Conflicts", false},
    {"/staff/gates", "Gates", false},
    {"/staff/views", "Looks at files", false},
    {"/staff/records", "Records", false},
    {"/staff/accounts", "Staff accounts", false},
    {"/staff/interfaces", "Interfaces", false},
    {"/", "Public site", false},
    {"/staff/account", "Your account", false},
};

/* Who the page at this address is for; UINT32_MAX: for everybody, 0: there is none. */
static uint32_t roles_of_page(const char *url)
{
	for (size_t i = 0; i < registrar_n_routes; i++) {
		const struct route *route = &registrar_routes[i];

		if (strcmp(route->pattern, url) == 0 && strcmp(route->method, "GET") == 0)
			return route->roles ? route->roles : UINT32_MAX;
	}
	return 0;
}

static size_t fill_staff_menu(uint32_t roles, struct page_link *links)
{
	size_t n = 0;

	for (size_t i = 0; i < N(staff_menu); i++)
		if (roles_of_page(staff_menu[i].url) & roles)
			links[n++] = staff_menu[i];
	return n;
}

static void set_menu(struct request *req, struct page *page, const char *current)
{
	/* One thread answers one request at a time. */
	static _Thread_local struct page_link links[N(staff_menu)];
	uint32_t roles = request_visitor(req)->roles;
	const struct page_link *menu = links;
	size_t n = 0;

	if (roles & ROLES_STAFF)
		n = fill_staff_menu(roles, links);
	else if (roles & ROLE_PERSON)
		n = N(person_menu), menu = person_menu;
	else if (!request_visitor(req)->signed_in)
		n = N(public_menu), menu = public_menu;
	for (size_t i = 0; i < n; i++) {
		links[i] = menu[i];
		links[i].text = request_say(req, menu[i].text);
		links[i].current = current && strcmp(current, menu[i].url) == 0;
	}
	page->nav = links;
	page->nav_n = n;
}

/* The same page in the other languages. */
static void set_languages(const struct request *req, struct page *page)
{
	static _Thread_local struct page_language others[SAY_MOST];
	static _Thread_local char urls[SAY_MOST][600];
	size_t n = 0;

	for (size_t i = 0; !site_is_staff_path(req) && i < say_count(); i++) {
		const struct say *language = say_nth(i);

		if (language == request_language(req))
			continue;
		request_switch(req, language, urls[n], sizeof(urls[n]));
		others[n] = (struct page_language){urls[n], say_code(language), say_name(language)};
		n++;
	}
	page->languages = others;
	page->languages_n = n;
}

/* The last is for those who are not signed in. */
static const struct page_link footer_links[] = {
    {"/who-may-come", SAY("Who may come"), false},
    {"/privacy", SAY("How we use your details"), false},
    {"/contact", SAY("Contact and accessibility"), false},
    {"/staff/sign-in", SAY("Staff"), false},
};

/* The end of one's training or authorisation is told of 30 days before. */
static const char *alert_of(const struct session *session)
{
	static _Thread_local char words[256];

	int64_t now = registrar_now();

	/* Who is outside of them is told nothing else anyway. */
	return authority_state(&session->authority, now) == AUTHORITY_STANDS &&
		       authority_say(&session->authority, now, words, sizeof(words))
		   ? words
		   : NULL;
}

void site_page(struct request *req, struct reply *rep, struct page *page, const char *title,
    const char *current, enum site_forms forms)
{
	static const struct page_feed feeds[] = {
	    {"application/atom+xml", "Atom", "/feeds/conferences.atom"},
	    {"application/feed+json", "JSON Feed", "/feeds/conferences.json"},
	    {"text/calendar", "iCalendar", "/feeds/conferences.ics"},
	};
	static _Thread_local struct page_link footer[N(footer_links)];
	const struct session *session = session_of(req);

	for (size_t i = 0; i < N(footer_links); i++)
		footer[i] = (struct page_link){
		    footer_links[i].url, request_say(req, footer_links[i].text), false};
	*page = (struct page){.title = title,
	    .site = registrar_of(req)->settings.name,
	    .home = "/",
	    .feeds = feeds,
	    .feeds_n = site_is_staff_path(req) ? 0 : N(feeds),
	    .footer = footer,
	    .footer_n = session && session->is_staff ? 0 : N(footer) - (session != NULL)};
	set_menu(req, page, current);
	set_languages(req, page);
	if (session) {
		reply_personal(rep);
		page->person = session->name;
		page->sign_out = "/sign-out";
	}
	if (session && session->is_staff && site_is_staff_path(req))
		page->alert = alert_of(session);
	if (session || forms == SITE_FORMS)
		page->csrf = request_csrf(req);
}

int site_say(struct request *req, struct reply *rep, unsigned status, const char *heading,
    const char *const words[4], const char *link_url, const char *link_text)
{
	struct view_message view = {0};

	view.heading = request_say(req, heading);
	site_page(req, rep, &view.page, view.heading, NULL, SITE_NO_FORM);
	for (int i = 0; i < 4 && words[i]; i++)
		view.words[i] = request_say(req, words[i]);
	view.link = (struct page_link){link_url, request_say(req, link_text), false};
	reply_status(rep, status);
	message_page(reply_body(rep), &view);
	return 0;
}

int site_button(struct request *req, struct reply *rep, const char *heading, const char *words,
    const char *button)
{
	struct view_button view = {.heading = request_say(req, heading),
	    .words = request_say(req, words),
	    .action = request_path(req),
	    .button = request_say(req, button)};

	site_page(req, rep, &view.page, view.heading, NULL, SITE_FORMS);
	button_page(reply_body(rep), &view);
	return 0;
}

int site_result(int result)
{
	switch (result) {
	case STORE_NOT_FOUND:
	case MODEL_NOT_FOUND:
		return 404;
	case MODEL_BUSY:
		return 503;
	default:
		return result;
	}
}

void site_say_wait(const struct request *req, int64_t seconds, char *ret, size_t size)
{
	say_counted(request_language(req), ret, size,
	    "There were too many tries from here. Wait %n minute and try again.",
	    "There were too many tries from here. Wait %n minutes and try again.",
	    (seconds + 59) / 60);
}

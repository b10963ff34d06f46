/* Pages of words: who may come, how details are used, whom to ask; and the one for no page. */
#include <stdio.h>

#include "registrar/web/about.html.h"
#include "registrar/web/handlers.h"
#include "registrar/web/public_pages.h"
#include "web/say.h"
#include "registrar/zone.h"

/* A time of any day: on that of 15 January no zone changes its clocks. */
static void say_hour(const struct say *language, unsigned minutes, char ret[static VIEW_HOUR])
{
	int64_t at = 0;

	if (minutes == 24 * 60)
		snprintf(ret, VIEW_HOUR, "%s", say(language, "midnight"));
	else if (zone_seconds(2026, 1, 15, (int)minutes / 60, (int)minutes % 60, ZONE_FIRST, &at) ==
		 0)
		zone_say_time(language, at, ret, VIEW_HOUR);
}

static void begin(struct request *req, struct reply *rep, struct view_about *view,
    const char *title, const char *current)
{
	view->settings = &registrar_of(req)->settings;
	say_hour(request_language(req), view->settings->opens, view->opens);
	say_hour(request_language(req), view->settings->closes, view->closes);
	site_page(req, rep, &view->page, title, current, SITE_NO_FORM);
}

int who_get(struct request *req, struct reply *rep)
{
	struct view_about view = {0};

	begin(req, rep, &view, request_say(req, "Who may come, and how"), "/who-may-come");
	who_page(reply_body(rep), &view);
	return 0;
}

int privacy_get(struct request *req, struct reply *rep)
{
	struct view_about view = {0};

	begin(req, rep, &view, request_say(req, "How we use your details"), NULL);
	privacy_page(reply_body(rep), &view);
	return 0;
}

int contact_get(struct request *req, struct reply *rep)
{
	struct view_about view = {0};

	begin(req, rep, &view, request_say(req, "Contact and accessibility"), NULL);
	contact_page(reply_body(rep), &view);
	return 0;
}

void missing_show(struct request *req, struct reply *rep)
{
	struct view_about view = {0};

	begin(req, rep, &view, request_say(req, "There is no such page"), NULL);
	missing_page(reply_body(rep), &view);
}

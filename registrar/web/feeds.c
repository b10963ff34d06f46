/* What programs read of the public site: feeds of news, and calendars. */
#include "registrar/web/feeds.h"

#include <string.h>

#include "registrar/press/calendar.h"
#include "registrar/press/feed.h"
#include "registrar/web/handlers.h"

/* How long a feed may be used again without asking, and how far back a calendar goes. */
enum { FEED_FRESH = 300, CALENDAR_MOST = 200 };

const struct form_field feed_query[1] = {
    {.name = "lang", .label = SAY("language"), .kind = FORM_LINE, .max = SAY_CODE}};

/* The address of what was asked for, language and all, as the feed says it of itself. */
static void self_path(const struct request *req, char ret[static 80])
{
	bool said = form_given(request_query(req), 0);

	snprintf(ret, 80, "%.50s%s%s", request_path(req), said ? "?lang=" : "",
	    said ? say_code(request_language(req)) : "");
}

typedef void feed_writer(struct buf *b, const struct feed *feed, const char *path);

static int show_feed(struct request *req, struct reply *rep, feed_writer *write, const char *type)
{
	struct registrar *registrar = registrar_of(req);
	struct feed feed = {.settings = &registrar->settings,
	    .url = registrar->public_url,
	    .language = request_language(req)};
	struct store_tx *tx = NULL;
	char path[80];
	int result = store_read_begin(registrar->store, &tx);

	if (result == 0)
		result = feed_read(tx, registrar_now(), &feed);
	store_read_end(tx);
	if (result == 0) {
		self_path(req, path);
		reply_type(rep, type);
		reply_fresh(rep, FEED_FRESH);
		reply_modified(rep, feed.updated);
		write(reply_body(rep), &feed, path);
	}
	feed_free(&feed);
	return site_result(result);
}

int feed_atom_get(struct request *req, struct reply *rep)
{
	return show_feed(req, rep, feed_atom, "application/atom+xml; charset=utf-8");
}

int feed_json_get(struct request *req, struct reply *rep)
{
	return show_feed(req, rep, feed_json, "application/feed+json; charset=utf-8");
}

static struct calendar calendar_of(const struct request *req)
{
	const struct registrar *registrar = registrar_of(req);

	return (struct calendar){.settings = &registrar->settings,
	    .url = registrar->public_url,
	    .language = request_language(req)};
}

static int64_t newest(const struct conference *items, size_t n)
{
	return n ? items[0].changed : 0;
}

int feed_calendar_get(struct request *req, struct reply *rep)
{
	struct registrar *registrar = registrar_of(req);
	const struct calendar calendar = calendar_of(req);
	struct conference *items = NULL;
	struct store_tx *tx = NULL;
	size_t n = 0;
	int result = store_read_begin(registrar->store, &tx);

	if (result == 0)
		result =
		    conference_news(tx, registrar_now() - FEED_SPAN, CALENDAR_MOST, &items, &n);
	store_read_end(tx);
	if (result < 0)
		return site_result(result);
	reply_type(rep, CALENDAR_TYPE);
	reply_fresh(rep, FEED_FRESH);
	reply_modified(rep, newest(items, n));
	calendar_write(reply_body(rep), &calendar, items, n);
	conference_list_free(items, n);
	return 0;
}

int conference_calendar_get(struct request *req, struct reply *rep)
{
	const struct calendar calendar = calendar_of(req);
	struct conference conference = {0};
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = conference_by_slug(tx, request_segment(req, "slug"), &conference);
	store_read_end(tx);
	if (result == 0 && conference.state == CONFERENCE_DRAFT)
		result = MODEL_NOT_FOUND;
	if (result == 0) {
		reply_type(rep, CALENDAR_TYPE);
		reply_download(rep, "conference.ics");
		reply_modified(rep, conference.changed);
		calendar_write(reply_body(rep), &calendar, &conference, 1);
	}
	conference_clear(&conference);
	return site_result(result);
}

int registration_calendar_get(struct request *req, struct reply *rep)
{
	const struct calendar calendar = calendar_of(req);
	struct registration registration;
	struct conference conference = {0};
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result =
		    registration_by_reference(tx, request_segment(req, "reference"), &registration);
	/* Another person's is not found. */
	if (result == 0 && registration.person_id != session_of(req)->person_id)
		result = MODEL_NOT_FOUND;
	if (result == 0)
		result = conference_by_id(tx, registration.conference_id, &conference);
	store_read_end(tx);
	if (result == 0) {
		reply_type(rep, CALENDAR_TYPE);
		reply_download(rep, "registration.ics");
		calendar_write_registration(reply_body(rep), &calendar, &registration, &conference);
	}
	conference_clear(&conference);
	return site_result(result);
}

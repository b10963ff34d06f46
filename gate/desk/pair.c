/* Tablets and phones: how they are paired, which are, and the end of it. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "badges/qr.h"
#include "gate/desk/acts.h"
#include "gate/desk/pair.html.h"
#include "gate/desk/pairing.h"

const struct form_field pair_fields[2] = {ACT_SUPERVISOR, ACT_PIN};
const struct form_field revoke_fields[1] = {{.name = "pairing",
    .label = "device",
    .kind = FORM_INTEGER,
    .low = 1,
    .high = INT32_MAX,
    .required = true}};
const struct form_field join_fields[1] = {{.name = "name",
    .label = "name of this device",
    .hint = "As officers call it: \"Tablet at the side door\"",
    .kind = FORM_LINE,
    .max = PAIRING_NAME_MAX,
    .required = true,
    .missing = "Enter a name for this device"}};

/* ---- one-time links ---- */

/* The one to write over: the same session's, one that is over, or the oldest. The lock is held. */
static struct desk_link *room_for(struct desk *desk, const struct desk_session *session)
{
	struct desk_link *oldest = &desk->links[0];

	for (size_t i = 0; i < DESK_LINKS_MAX; i++) {
		struct desk_link *link = &desk->links[i];

		if (!link->used || token_same(link->session, session->hash))
			return link;
		if (link->until_ms < oldest->until_ms)
			oldest = link;
	}
	return oldest;
}

static void make_link(struct desk *desk, const struct desk_session *session, const char *made_by)
{
	struct desk_link link = {.used = true};

	token_new(link.text, link.hash);
	memcpy(link.session, session->hash, sizeof(link.session));
	link.until_ms = desk_now_ms() + desk->options.link_ms;
	snprintf(link.made_by, sizeof(link.made_by), "%s", made_by);
	pthread_mutex_lock(&desk->lock);
	*room_for(desk, session) = link;
	pthread_mutex_unlock(&desk->lock);
	sodium_memzero(&link, sizeof(link));
}

/* The session's own link, copied. False: it has none that stands. */
static bool link_of(
    struct desk *desk, const struct desk_session *session, struct desk_link *ret_link)
{
	bool found = false;

	pthread_mutex_lock(&desk->lock);
	for (size_t i = 0; i < DESK_LINKS_MAX && !found; i++) {
		const struct desk_link *link = &desk->links[i];

		found = link->used && desk_now_ms() < link->until_ms &&
			token_same(link->session, session->hash);
		if (found)
			*ret_link = *link;
	}
	pthread_mutex_unlock(&desk->lock);
	return found;
}

/* A link that a device brings. take: it is used up. */
static bool find_link(struct desk *desk, const char *token, bool take, struct desk_link *ret_link)
{
	uint8_t hash[TOKEN_BYTES];
	bool found = false;

	if (token_hash(token, hash) != 0)
		return false;
	pthread_mutex_lock(&desk->lock);
	for (size_t i = 0; i < DESK_LINKS_MAX && !found; i++) {
		struct desk_link *link = &desk->links[i];

		found =
		    link->used && desk_now_ms() < link->until_ms && token_same(link->hash, hash);
		if (found)
			*ret_link = *link;
		if (found && take && !desk->options.test.links_stay)
			sodium_memzero(link, sizeof(*link));
	}
	pthread_mutex_unlock(&desk->lock);
	return found;
}

static void url_of(const struct desk *desk, const struct desk_link *link, char *ret, size_t size)
{
	snprintf(ret, size, "%s/join/%s", desk->lan_url, link->text);
}

/* ---- the desk's page ---- */

static size_t fill_lines(struct desk *desk, const struct pairing *list, size_t n,
    struct view_pairing views[static PAIRING_MAX])
{
	for (size_t i = 0; i < n; i++) {
		struct view_pairing *view = &views[i];

		memset(view, 0, sizeof(*view));

		snprintf(view->id, sizeof(view->id), "%lld", (long long)list[i].id);
		view->name = list[i].name;
		view->by = list[i].by;
		time_say(list[i].made, view->made);
		if (list[i].seen != 0)
			time_say(list[i].seen, view->seen);
		view->in_use = session_of_pairing(desk, list[i].id);
	}
	return n;
}

static int show(struct request *req, struct reply *rep, unsigned status, const char *problem)
{
	struct desk *desk = desk_of(req);
	struct desk_session *session = session_of(req);
	struct pairing list[PAIRING_MAX];
	struct view_pairing views[PAIRING_MAX];
	struct view_pair view = {.problem = problem, .fingerprint = desk->fingerprint};
	struct desk_link link;
	char url[200];
	size_t n = 0;

	if (pairing_list(desk->gate, list, &n) != 0)
		return 503;
	site_frame(req, rep, &view.frame, "Tablets and phones", session);
	view.needs_supervisor = session->role != STAFF_SUPERVISOR;
	view.lan = desk->lan_url != NULL;
	view.address = view.lan ? desk->lan_url : "";
	if (view.lan && link_of(desk, session, &link)) {
		url_of(desk, &link, url, sizeof(url));
		view.link = url;
		time_say((int64_t)time(NULL) + (int64_t)((link.until_ms - desk_now_ms()) / 1000),
		    view.until);
	}
	view.n = fill_lines(desk, list, n, views);
	view.lines = views;
	reply_status(rep, status);
	pair_page(reply_body(rep), &view);
	sodium_memzero(url, sizeof(url));
	return 0;
}

int pair_get(struct request *req, struct reply *rep)
{
	return show(req, rep, 200, NULL);
}

static int pair_new(struct request *req, struct reply *rep, struct desk_session *session)
{
	const struct form *form = request_form(req);
	char name[STAFF_NAME_MAX + 1], words[PIN_WORDS];
	struct door_who who;

	if (pin_supervise(desk_of(req), session, form_text(form, 0), form_text(form, 1), name, &who,
		words) != 0)
		return show(req, rep, 422, words);
	make_link(desk_of(req), session, who.staff);
	return show(req, rep, 200, NULL);
}

/*
 * To let a device in is a supervisor's: it may open the desk's pages for a month, wherever it is
 * carried to. No shift waits for it, since the desk itself needs no pairing. To revoke one is every
 * officer's: it only takes away, and a tablet that is lost must not stay in until a supervisor
 * comes. Both are in the journal, with the name.
 */
int pair_new_post(struct request *req, struct reply *rep)
{
	struct desk_session *session = session_of(req);
	int r;

	if (!form_ok(request_form(req)))
		return 400;
	if (desk_of(req)->lan_url == NULL)
		return show(req, rep, 409,
		    "This desk does not listen on the network. Start it with --lan ADDRESS:PORT.");
	/* A tablet that is lost must not bring others in before it is revoked. */
	if (side_of(req)->lan)
		return show(req, rep, 409, "Devices are paired at the desk itself.");
	r = session_act(desk_of(req), session);
	if (r != 0)
		return r;
	r = pair_new(req, rep, session);
	pthread_mutex_unlock(&session->acting);
	return r;
}

int pair_code_get(struct request *req, struct reply *rep)
{
	struct desk_link link;
	struct qr qr = {0};
	char url[200], *svg = NULL;
	size_t len = 0;
	int r;

	if (desk_of(req)->lan_url == NULL || !link_of(desk_of(req), session_of(req), &link))
		return 404;
	url_of(desk_of(req), &link, url, sizeof(url));
	r = qr_make(url, strlen(url), &qr);
	if (r == 0)
		r = qr_svg(&qr, &svg, &len);
	if (r == 0) {
		reply_type(rep, "image/svg+xml");
		buf_add(reply_body(rep), svg, len);
	}
	free(svg);
	qr_free(&qr);
	sodium_memzero(url, sizeof(url));
	return r;
}

int pair_revoke_post(struct request *req, struct reply *rep)
{
	struct desk *desk = desk_of(req);
	const struct form *form = request_form(req);
	int r;

	if (!form_ok(form))
		return 400;
	r = pairing_revoke(desk->gate, form_number(form, 0), session_of(req)->officer);
	/* Its screens end whatever can be recorded: who revokes a device has a reason. */
	session_end_of(desk, form_number(form, 0));
	if (r == PAIRING_NONE)
		return show(req, rep, 409, "That device is not paired any more.");
	if (r != 0)
		return show(req, rep, 503, door_strerror(r));
	reply_redirect(rep, "/pair");
	return 0;
}

/* ---- the device's page ---- */

static int show_join(
    struct request *req, struct reply *rep, const struct form *form, unsigned status, bool stands)
{
	struct view_join view = {.form = form, .fingerprint = desk_of(req)->fingerprint};

	site_frame(
	    req, rep, &view.frame, stands ? "Pair this device" : "This device is not paired", NULL);
	view.frame.page.error = status == 422;
	view.door = desk_of(req)->gate->identity.device;
	view.action = stands ? request_path(req) : NULL;
	reply_status(rep, status);
	join_page(reply_body(rep), &view);
	return 0;
}

/* Links are for the other side: this machine needs no pairing. */
int join_get(struct request *req, struct reply *rep)
{
	struct desk_link link;
	bool stands = side_of(req)->lan &&
		      find_link(desk_of(req), request_segment(req, "token"), false, &link);
	struct form *form = form_new(join_fields, N(join_fields));
	int r;

	if (form == NULL)
		return STORE_NO_MEMORY;
	r = show_join(req, rep, form, stands ? 200 : 404, stands);
	form_free(form);
	return r;
}

int join_post(struct request *req, struct reply *rep)
{
	static const char *const full[4] = {
	    "So many devices are paired already. Revoke one at the desk that is not used any more, "
	    "and make a new code there."};
	struct desk *desk = desk_of(req);
	const struct form *form = request_form(req);
	struct desk_link link;
	char token[TOKEN_TEXT + 1];
	uint8_t hash[TOKEN_BYTES];
	int64_t id = 0;
	int r;

	if (!side_of(req)->lan ||
	    !find_link(desk, request_segment(req, "token"), form_ok(form), &link))
		return show_join(req, rep, form, 404, false);
	if (!form_ok(form))
		return show_join(req, rep, form, 422, true);
	token_new(token, hash);
	r = pairing_make(desk->gate, hash, form_text(form, 0), link.made_by, &id);
	if (r == 0) {
		reply_cookie(rep, "pairing", token, PAIRING_SECONDS);
		reply_redirect(rep, "/shift");
	}
	sodium_memzero(token, sizeof(token));
	if (r == PAIRING_FULL)
		return site_say(req, rep, 409, "There is no room for another device", full,
		    request_path(req), "Back");
	return r == 0 ? 0 : 503;
}

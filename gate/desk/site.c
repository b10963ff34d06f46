#include <stdio.h>
#include <string.h>

#include "gate/desk/handlers.h"
#include "gate/desk/message.html.h"
#include "gate/desk/pair.html.h"
#include "gate/desk/pairing.h"

#define OPEN	     0, ROUTE_PERSONAL
#define SHIFT	     (DESK_OFFICER | DESK_LOCKED), ROUTE_PERSONAL
#define LOCKED	     DESK_LOCKED, ROUTE_PERSONAL
#define OFFICER	     DESK_OFFICER, ROUTE_PERSONAL
#define NO_QUERY     NULL, 0
#define NO_FORM	     NULL, 0
#define FORM(fields) fields, N(fields)

const struct route desk_routes[] = {
    {"GET", "/", OPEN, NO_QUERY, NO_FORM, 0, home_get},
    {"GET", "/shift", OPEN, NO_QUERY, NO_FORM, 0, start_get},
    {"POST", "/shift", OPEN, NO_QUERY, FORM(start_fields), 0, start_post},
    {"POST", "/shift/lock", SHIFT, NO_QUERY, NO_FORM, 0, lock_post},
    {"GET", "/shift/unlock", SHIFT, NO_QUERY, NO_FORM, 0, unlock_get},
    {"POST", "/shift/unlock", SHIFT, NO_QUERY, FORM(unlock_fields), 0, unlock_post},
    {"GET", "/shift/hand-over", SHIFT, NO_QUERY, NO_FORM, 0, hand_get},
    {"POST", "/shift/hand-over", SHIFT, NO_QUERY, FORM(hand_fields), 0, hand_post},
    {"GET", "/shift/end", OFFICER, NO_QUERY, NO_FORM, 0, end_get},
    {"POST", "/shift/end", OFFICER, NO_QUERY, NO_FORM, 0, end_post},
    {"GET", "/desk", OFFICER, FORM(desk_query), NO_FORM, 0, desk_get},
    {"POST", "/desk/look", OFFICER, NO_QUERY, FORM(look_fields), 0, look_post},
    {"POST", "/desk/pick", OFFICER, NO_QUERY, FORM(pick_fields), 0, pick_post},
    {"POST", "/desk/admit", OFFICER, NO_QUERY, FORM(act_fields), 0, admit_post},
    {"POST", "/desk/deny", OFFICER, NO_QUERY, FORM(deny_fields), 0, deny_post},
    {"GET", "/desk/override", OFFICER, NO_QUERY, NO_FORM, 0, override_get},
    {"POST", "/desk/override", OFFICER, NO_QUERY, FORM(override_fields), 0, override_post},
    {"POST", "/desk/left", OFFICER, NO_QUERY, FORM(left_fields), 0, left_post},
    {"POST", "/desk/exit", OFFICER, NO_QUERY, FORM(act_fields), 0, exit_post},
    {"POST", "/desk/undo", OFFICER, NO_QUERY, FORM(undo_fields), 0, undo_post},
    {"GET", "/desk/refer", OFFICER, NO_QUERY, NO_FORM, 0, refer_get},
    {"POST", "/desk/refer", OFFICER, NO_QUERY, FORM(refer_fields), 0, refer_post},
    {"GET", "/desk/accept-stale", OFFICER, NO_QUERY, NO_FORM, 0, accept_get},
    {"POST", "/desk/accept-stale", OFFICER, NO_QUERY, FORM(accept_fields), 0, accept_post},
    {"GET", "/desk/search", OFFICER, FORM(search_query), NO_FORM, 0, search_get},
    {"GET", "/desk/referrals", OFFICER, NO_QUERY, NO_FORM, 0, referrals_get},
    {"POST", "/desk/answered", OFFICER, NO_QUERY, FORM(answered_fields), 0, answered_post},
    {"GET", "/desk/conflicts", OFFICER, NO_QUERY, NO_FORM, 0, conflicts_get},
    {"GET", "/desk/last", OFFICER, NO_QUERY, NO_FORM, 0, last_get},
    {"GET", "/desk/stop", OFFICER, NO_QUERY, NO_FORM, 0, stop_get},
    {"POST", "/desk/stop", OFFICER, NO_QUERY, FORM(stop_fields), 0, stop_post},
    {"POST", "/desk/lift", OFFICER, NO_QUERY, FORM(lift_fields), 0, lift_post},
    {"GET", "/desk/now", DESK_OFFICER | DESK_LOCKED, ROUTE_PERSONAL | ROUTE_LONG, FORM(now_query),
	NO_FORM, 0, now_get},
    {"GET", "/pair", OFFICER, NO_QUERY, NO_FORM, 0, pair_get},
    {"POST", "/pair/new", OFFICER, NO_QUERY, FORM(pair_fields), 0, pair_new_post},
    {"GET", "/pair/code.svg", OFFICER, NO_QUERY, NO_FORM, 0, pair_code_get},
    {"POST", "/pair/revoke", OFFICER, NO_QUERY, FORM(revoke_fields), 0, pair_revoke_post},
    {"GET", "/join/:token", OPEN, NO_QUERY, NO_FORM, 0, join_get},
    {"POST", "/join/:token", OPEN, NO_QUERY, FORM(join_fields), 0, join_post},
    {"GET", "/ready", OPEN, NO_QUERY, NO_FORM, 0, ready_get},
    {"GET", "/ready/card", OPEN, NO_QUERY, NO_FORM, 0, card_get},
    {"POST", "/ready/card", OPEN, NO_QUERY, FORM(card_fields), 0, card_post},
    {"GET", "/photo/:hash", OFFICER, NO_QUERY, NO_FORM, 0, photo_get},
};
const size_t desk_n_routes = N(desk_routes);

/* ---- who asks ---- */

struct desk_session *session_of(const struct request *req)
{
	const struct visitor *visitor = request_visitor(req);

	return visitor->signed_in ? visitor->more : NULL;
}

int64_t pairing_of(const struct request *req)
{
	const char *cookie = request_cookie(req, "pairing");
	struct pairing pairing = {0};
	uint8_t hash[TOKEN_BYTES];

	if (!side_of(req)->lan || cookie == NULL || token_hash(cookie, hash) != 0)
		return 0;
	return pairing_find(desk_of(req)->gate, hash, &pairing) == 0 ? pairing.id : 0;
}

static bool identify(void *context, const uint8_t hash[TOKEN_BYTES], struct visitor *ret)
{
	const struct desk_side *side = context;
	struct desk_session *session = session_hold(side->desk, hash);

	if (session == NULL)
		return false;
	/* A session stays on the side where it was begun. */
	if (side->lan != (session->pairing != 0)) {
		session_let_go(side->desk, session);
		return false;
	}
	ret->roles = session_roles(side->desk, session);
	snprintf(ret->name, sizeof(ret->name), "%s", session->officer);
	ret->more = session;
	return true;
}

static void forget(void *context, void *more)
{
	const struct desk_side *side = context;

	session_let_go(side->desk, more);
}

static bool is_path(const struct request *req, const char *start)
{
	return strncmp(request_path(req), start, strlen(start)) == 0;
}

/* What a screen asks by itself keeps no desk unlocked. */
static bool is_act(const struct request *req)
{
	return !is_path(req, "/desk/now") && !is_path(req, "/photo/") &&
	       request_header(req, "Pressgate-Renew") == NULL;
}

/* On the local network only a paired device is answered, and only on its own session. */
static unsigned screen(struct request *req)
{
	struct desk_session *session = session_of(req);
	int64_t pairing;

	if (side_of(req)->lan && !is_path(req, "/join/") && !desk_of(req)->options.test.unpaired) {
		pairing = pairing_of(req);
		if (pairing == 0 || (session != NULL && session->pairing != pairing))
			return 403;
	}
	if (session != NULL && is_act(req))
		session_touch(desk_of(req), session);
	return 0;
}

/* ---- refusals ---- */

static const struct refusal_words {
	unsigned status;
	const char *heading, *words;
} refusals[] = {
    {400, "That did not arrive in one piece", "Go back to the desk and try again."},
    {403, "This can't be opened now", "Go back to the desk and use its own buttons."},
    {404, "There is no such page", "Go back to the desk."},
    {405, "That can't be done here", "Go back to the desk and use its own buttons."},
    {409, "Somebody else was scanned since", "Look at the desk again."},
    {413, "That is too much text", "Go back and shorten it."},
    {415, "That was not sent by this desk", "Go back and use the desk's own buttons."},
    {503, "This desk can't do that now",
	"Use the paper list: write down name, outlet and time. "
	"Call Communications."},
};

static const struct refusal_words *words_of(unsigned status)
{
	static const struct refusal_words other = {500, "Something went wrong at this gate",
	    "Nothing was recorded for it. Go back to the desk and look again; if it stays, use the "
	    "paper list and call Communications."};

	for (size_t i = 0; i < N(refusals); i++)
		if (refusals[i].status == status)
			return &refusals[i];
	return &other;
}

/* A device that is not paired sees how to be, and nothing else. */
static bool refuse_unpaired(struct request *req, struct reply *rep)
{
	struct view_join view = {0};

	if (!side_of(req)->lan || is_path(req, "/join/") || pairing_of(req) != 0)
		return false;
	site_frame(req, rep, &view.frame, "This device is not paired", NULL);
	view.door = desk_of(req)->gate->identity.device;
	view.fingerprint = desk_of(req)->fingerprint;
	join_page(reply_body(rep), &view);
	return true;
}

static bool refuse_json(struct request *req, struct reply *rep)
{
	if (!is_path(req, "/desk/now"))
		return false;
	reply_type(rep, "application/json");
	buf_puts(reply_body(rep), "{\"ended\":true}");
	return true;
}

/* A page that needs a shift leads to where it begins, or goes on. */
static bool lead_to_shift(struct request *req, struct reply *rep, unsigned status)
{
	struct desk_session *session = session_of(req);
	bool get = strcmp(request_method(req), "GET") == 0;
	bool locked = session != NULL && session_roles(desk_of(req), session) == DESK_LOCKED;

	if (status != 403 || (session != NULL && !locked) || !request_needs_role(req) || !get)
		return false;
	reply_redirect(rep, locked ? "/shift/unlock" : "/shift");
	return true;
}

static void refusal(struct request *req, struct reply *rep, unsigned status, const char *why)
{
	const struct refusal_words *said = words_of(status);
	struct desk_session *session = session_of(req);
	bool locked = session != NULL && session_roles(desk_of(req), session) == DESK_LOCKED;
	struct view_message view = {0};

	if (refuse_unpaired(req, rep) || refuse_json(req, rep) || lead_to_shift(req, rep, status))
		return;
	site_frame(req, rep, &view.frame, said->heading, NULL);
	view.heading = said->heading;
	view.words[0] = why != NULL ? why : said->words;
	view.link = (struct page_link){"/desk", "To the desk", false};
	if (status == 403 && request_needs_role(req) && (session == NULL || locked)) {
		view.heading = locked ? "This desk is locked" : "No shift is open on this screen";
		view.words[0] = "Nothing was recorded for what you sent. Sign in, and scan again.";
		view.link =
		    (struct page_link){locked ? "/shift/unlock" : "/shift", "Sign in", false};
	}
	message_page(reply_body(rep), &view);
}

const struct http_program desk_program = {
    .identify = identify,
    .forget = forget,
    .screen = screen,
    .refusal = refusal,
};

/* ---- pages ---- */

void site_frame(struct request *req, struct reply *rep, struct view_frame *frame, const char *title,
    struct desk_session *session)
{
	struct desk *desk = desk_of(req);

	reply_personal(rep);
	frame->page = (struct page){.title = title,
	    .site = desk->gate->identity.device,
	    .home = "/",
	    .csrf = request_csrf(req),
	    .wide = true};
	frame->lan = side_of(req)->lan;
	frame->lock_after = (unsigned)(desk->options.lock_ms / 60000);
	frame->has_strip = session != NULL && (session_roles(desk, session) & DESK_OFFICER) != 0;
	if (frame->has_strip)
		strip_fill(desk, session, &frame->strip);
}

int site_say(struct request *req, struct reply *rep, unsigned status, const char *heading,
    const char *const words[4], const char *link_url, const char *link_text)
{
	struct view_message view = {.heading = heading};

	site_frame(req, rep, &view.frame, heading, NULL);
	for (int i = 0; i < 4 && words[i] != NULL; i++)
		view.words[i] = words[i];
	view.link = (struct page_link){link_url, link_text, false};
	reply_status(rep, status);
	message_page(reply_body(rep), &view);
	return 0;
}

int home_get(struct request *req, struct reply *rep)
{
	reply_redirect(rep, session_of(req) != NULL ? "/desk" : "/shift");
	return 0;
}

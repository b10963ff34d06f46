/*
 * stage: a server of the desk's pages with invented values.
 *
 *     desk_stage      prints its port, and answers until its input ends
 *
 * GET /look/NAME and /page/NAME show one; POST /desk/look with the text STAGE:NAME shows the look of
 * that name, any other text one that repeats it. POST /strip/N changes the strip of every page, which
 * /desk/now tells within its long poll.
 */
#include <ctype.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gate/desk/desk.html.h"
#include "tests/desk/stage.h"
#include "web/asset.h"
#include "web/http.h"

extern const struct asset_set desk_assets;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static enum stage_strip strip_now;
static unsigned version = 1, looks_asked;
static char newest[32] = ""; /* the look shown, by name */

enum { TEXT_TEXT };
static const struct form_field text_fields[] = {
    {.name = "text", .label = "text", .kind = FORM_PASSWORD, .max = 2000}};
static const struct form_field seen_fields[] = {
    {.name = "seen", .label = "seen", .kind = FORM_LINE}};
static const struct form_field any_fields[] = {
    {.name = "look", .label = "look", .kind = FORM_LINE},
    {.name = "reason", .label = "reason", .kind = FORM_LINE},
    {.name = "words", .label = "words", .kind = FORM_LINE},
    {.name = "person", .label = "person", .kind = FORM_LINE},
    {.name = "kind", .label = "kind", .kind = FORM_LINE},
    {.name = "entry", .label = "entry", .kind = FORM_LINE},
    {.name = "way", .label = "way", .kind = FORM_LINE},
    {.name = "q", .label = "q", .kind = FORM_LINE},
    {.name = "officer", .label = "officer", .kind = FORM_LINE},
    {.name = "pin", .label = "pin", .kind = FORM_PASSWORD},
    {.name = "conference", .label = "conference", .kind = FORM_LINE},
    {.name = "supervisor", .label = "supervisor", .kind = FORM_LINE}};
#define N(a) (sizeof(a) / sizeof(*(a)))

static enum stage_strip strip_is(char tag[static 16])
{
	enum stage_strip is;

	pthread_mutex_lock(&lock);
	snprintf(tag, 16, "t%u", version);
	is = strip_now;
	pthread_mutex_unlock(&lock);
	return is;
}

static int show_desk(
    struct request *req, struct reply *rep, const struct view_look *look, bool leaving)
{
	char tag[16];
	enum stage_strip strip = strip_is(tag);
	struct form *form = form_new(text_fields, N(text_fields));
	struct view_desk v = {.frame = stage_frame("Desk", true, strip, request_csrf(req), tag),
	    .leaving = leaving,
	    .reasons = stage_reasons,
	    .reasons_n = N(stage_reasons),
	    .kinds = stage_kinds,
	    .kinds_n = N(stage_kinds),
	    .needs_supervisor = true,
	    .look_form = form};

	if (look)
		v.look = *look;
	reply_policy(rep, "worker-src", "'self'");
	desk_page(reply_body(rep), &v);
	form_free(form);
	return 0;
}

static int get_desk(struct request *req, struct reply *rep)
{
	return show_desk(req, rep, NULL, false);
}

static int get_look(struct request *req, struct reply *rep)
{
	struct view_look look;

	if (!stage_look(request_segment(req, "name"), &look))
		return 404;
	return show_desk(req, rep, &look, strcmp(request_segment(req, "name"), "exited") == 0);
}

static int get_page(struct request *req, struct reply *rep)
{
	char tag[16];
	enum stage_strip strip = strip_is(tag);
	struct view_frame f = stage_frame("Desk", true, strip, request_csrf(req), tag);

	return stage_page(reply_body(rep), request_segment(req, "name"), &f) ? 0 : 404;
}

static int post_look(struct request *req, struct reply *rep)
{
	const char *text = form_text(request_form(req), TEXT_TEXT);
	struct view_look look;
	char name[32] = "";

	for (size_t i = 0; strncmp(text, "STAGE:", 6) == 0 && i + 1 < sizeof(name) && text[i + 6]; i++)
		name[i] = (char)tolower((unsigned char)text[i + 6]);
	looks_asked++;
	snprintf(newest, sizeof(newest), "%s", name);
	if (!stage_look(name, &look)) {
		if (!stage_look("malformed", &look))
			return 500;
		look.name = text;
	}
	return show_desk(req, rep, &look, false);
}

/* What an act on the look would show. */
static int post_act(struct request *req, struct reply *rep)
{
	static const char *const made[][2] = {{"/desk/admit", "admitted"}, {"/desk/deny", "refused"},
	    {"/desk/undo", "undone"}, {"/desk/exit", "exited"}, {"/desk/override", "overridden"},
	    {"/desk/refer", "asked"}};
	struct view_look look;

	for (size_t i = 0; i < N(made); i++) {
		if (strcmp(request_path(req), made[i][0]) == 0 && stage_look(made[i][1], &look)) {
			if (strcmp(made[i][1], "refused") == 0)
				look.given = form_text(request_form(req), 1);
			return show_desk(req, rep, &look, false);
		}
	}
	return 404;
}

static int post_shift(struct request *req, struct reply *rep)
{
	(void)req;
	reply_redirect(rep, "/desk");
	return 0;
}

static int post_strip(struct request *req, struct reply *rep)
{
	(void)rep;
	pthread_mutex_lock(&lock);
	strip_now = (enum stage_strip)atoi(request_segment(req, "n"));
	version++;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
	return 0;
}

static int get_now(struct request *req, struct reply *rep)
{
	const char *seen = form_text(request_query(req), 0);
	struct timespec until;
	char tag[16];

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 5;
	pthread_mutex_lock(&lock);
	snprintf(tag, sizeof(tag), "t%u", version);
	while (strcmp(seen, tag) == 0 &&
	       pthread_cond_timedwait(&changed, &lock, &until) == 0)
		snprintf(tag, sizeof(tag), "t%u", version);
	pthread_mutex_unlock(&lock);
	reply_type(rep, "application/json");
	buf_printf(reply_body(rep), "{\"tag\":\"%s\"}", tag);
	return 0;
}

static int get_face(struct request *req, struct reply *rep)
{
	(void)req;
	reply_type(rep, "image/svg+xml");
	buf_puts(reply_body(rep),
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 80 100\"><path fill=\"#cdd6e4\" "
	    "d=\"M0 0h80v100H0z\"/><path fill=\"#3b2a20\" d=\"M18 30c0-30 44-30 44 0v16H18z\"/>"
	    "<path fill=\"#8d5a3b\" d=\"M22 34c0-22 36-22 36 0v14c0 26-36 26-36 0z\"/><path "
	    "fill=\"#1d2b53\" d=\"M4 100c0-22 14-30 36-30s36 8 36 30z\"/></svg>");
	return 0;
}

#define ACT(path)                                                                                  \
	{                                                                                          \
		"POST", path, 0, ROUTE_PERSONAL, NULL, 0, any_fields, N(any_fields), 0, post_act   \
	}
static const struct route routes[] = {
    {"GET", "/desk", 0, ROUTE_PERSONAL, any_fields, N(any_fields), NULL, 0, 0, get_desk},
    {"GET", "/desk/now", 0, ROUTE_PERSONAL | ROUTE_LONG, seen_fields, 1, NULL, 0, 0, get_now},
    {"GET", "/look/:name", 0, ROUTE_PERSONAL, NULL, 0, NULL, 0, 0, get_look},
    {"GET", "/page/:name", 0, ROUTE_PERSONAL, NULL, 0, NULL, 0, 0, get_page},
    {"GET", "/photo/:hash", 0, 0, NULL, 0, NULL, 0, 0, get_face},
    {"GET", "/pair/code.svg", 0, 0, NULL, 0, NULL, 0, 0, get_face},
    {"POST", "/desk/look", 0, ROUTE_PERSONAL, NULL, 0, text_fields, N(text_fields), 0, post_look},
    ACT("/desk/admit"),
    ACT("/desk/deny"),
    ACT("/desk/undo"),
    ACT("/desk/exit"),
    ACT("/desk/override"),
    ACT("/desk/refer"),
    {"POST", "/shift", 0, ROUTE_PERSONAL, NULL, 0, any_fields, N(any_fields), 0, post_shift},
    {"POST", "/strip/:n", 0, ROUTE_NO_CSRF, NULL, 0, NULL, 0, 0, post_strip},
};

static void print_log(void *context, enum http_log kind, const char *line)
{
	(void)context;
	if (kind != HTTP_LOG_ACCESS)
		fprintf(stderr, "%s\n", line);
}

int main(void)
{
	static const struct http_program program = {.log = print_log};
	struct http_options options = {
	    .listen = "127.0.0.1:0", .routes = {routes, N(routes), NULL}, .program = &program};
	struct http_server *server = NULL;
	int result = asset_add(&desk_assets);

	if (result == 0)
		result = http_start(&options, &server);
	if (result) {
		fprintf(stderr, "desk_stage: %s\n", http_error_text(result));
		return 1;
	}
	printf("%u\n", http_port(server));
	fflush(stdout);
	while (getchar() != EOF)
		;
	http_quiesce(server);
	http_stop(server);
	return 0;
}

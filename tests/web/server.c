/*
 * A small server on the toolkit, for the live tests: prints its port, answers until its standard
 * input ends. Every defence can be switched off by name, for the controls.
 */
#include <inttypes.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "web/defences.h"
#include "web/http.h"

enum { ROLE_STAFF = 1, ROLE_ADMIN = 2 };

enum { SAY_NAME, SAY_COLOUR, SAY_TERMS, SAY_FIELDS };

static const struct form_choice colours[] = {
    {"red", "Red", NULL}, {"blue", "Blue", "like the sea"}, {NULL, NULL, NULL}};

static const struct form_field say_fields[SAY_FIELDS] = {
    [SAY_NAME] = {.name = "name", .label = "full name", .kind = FORM_LINE, .required = true},
    [SAY_COLOUR] = {.name = "colour", .label = "colour", .kind = FORM_CHOICE, .choices = colours},
    [SAY_TERMS] = {.name = "terms", .label = "I agree", .kind = FORM_CHECKBOX},
};

static const struct form_field find_fields[] = {
    {.name = "q", .label = "words", .kind = FORM_LINE},
};

/* One session at a time is enough here. */
static uint8_t session[TOKEN_BYTES];
static bool session_open;

static bool identify(void *ctx, const uint8_t hash[TOKEN_BYTES], struct visitor *ret)
{
	(void)ctx;
	if (!session_open || !token_same(hash, session))
		return false;
	ret->roles = ROLE_STAFF;
	ret->account = 7;
	snprintf(ret->name, sizeof(ret->name), "Test Person");
	return true;
}

static void print_log(void *ctx, enum http_log kind, const char *line)
{
	static const char *const words[] = {"ours", "theirs", "access"};

	(void)ctx;
	fprintf(stderr, "%s: %s\n", words[kind], line);
}

static int hello(struct request *req, struct reply *rep)
{
	(void)req;
	buf_puts(reply_body(rep), "hello\n");
	return 0;
}

static int person(struct request *req, struct reply *rep)
{
	reply_type(rep, "text/plain; charset=utf-8");
	buf_puts(reply_body(rep), request_segment(req, "name"));
	return 0;
}

static int find(struct request *req, struct reply *rep)
{
	reply_type(rep, "text/plain; charset=utf-8");
	buf_puts(reply_body(rep), form_text(request_query(req), 0));
	return 0;
}

static int say_page(struct request *req, struct reply *rep)
{
	buf_printf(reply_body(rep), "csrf=%s\n", request_csrf(req));
	return 0;
}

static int say(struct request *req, struct reply *rep)
{
	struct form *f = request_form(req);

	reply_type(rep, "text/plain; charset=utf-8");
	if (!form_ok(f))
		reply_status(rep, 422);
	for (size_t i = 0; i < form_size(f); i++)
		buf_printf(reply_body(rep), "%s=%s;%s\n", form_field(f, i)->name, form_text(f, i),
		    form_message(f, i) ? form_message(f, i) : "");
	return 0;
}

static int raw(struct request *req, struct reply *rep)
{
	size_t len = 0;

	(void)request_body(req, &len);
	reply_type(rep, "text/plain; charset=utf-8");
	buf_printf(reply_body(rep), "%zu\n", len);
	return 0;
}

static int sign_in(struct request *req, struct reply *rep)
{
	(void)req;
	reply_session_start(rep, session);
	session_open = true;
	reply_redirect(rep, "/private");
	return 0;
}

static int sign_out(struct request *req, struct reply *rep)
{
	(void)req;
	session_open = false;
	reply_session_end(rep);
	reply_redirect(rep, "/hello");
	return 0;
}

static int private_page(struct request *req, struct reply *rep)
{
	buf_printf(
	    reply_body(rep), "name=%s csrf=%s\n", request_visitor(req)->name, request_csrf(req));
	return 0;
}

static int big(struct request *req, struct reply *rep)
{
	(void)req;
	for (int i = 0; i < 20000; i++)
		buf_printf(reply_body(rep), "line %d of a long page\n", i);
	return 0;
}

/* More than the system keeps for a client that does not read. */
static int huge(struct request *req, struct reply *rep)
{
	(void)req;
	reply_type(rep, "application/octet-stream");
	for (int i = 0; i < 12 << 10; i++)
		buf_printf(reply_body(rep), "%1024d", i);
	return 0;
}

static int slow(struct request *req, struct reply *rep)
{
	for (int i = 0; i < 30 && !request_stopping(req); i++)
		nanosleep(&(struct timespec){0, 100000000}, NULL);
	buf_puts(reply_body(rep), "slow\n");
	return 0;
}

static int fault(struct request *req, struct reply *rep)
{
	(void)req;
	buf_puts(reply_body(rep), "half a page");
	return -1;
}

static int bad_header(struct request *req, struct reply *rep)
{
	(void)req;
	reply_header(rep, "X-Name", "a\r\nSet-Cookie: evil=1");
	return 0;
}

static int bad_redirect(struct request *req, struct reply *rep)
{
	(void)req;
	reply_redirect(rep, "%s", "//evil.example/");
	return 0;
}

static int client(struct request *req, struct reply *rep)
{
	uint8_t pin[TLS_PIN_BYTES];
	char text[TLS_PIN_TEXT + 1];

	if (request_client_spki(req, pin))
		return 403;
	tls_pin_text(pin, text);
	reply_type(rep, "text/plain");
	buf_puts(reply_body(rep), text);
	return 0;
}

static int where(struct request *req, struct reply *rep)
{
	reply_type(rep, "text/plain");
	buf_printf(reply_body(rep), "%s %s", request_origin(req), request_address(req));
	return 0;
}

static const struct route routes[] = {
    {.method = "GET", .pattern = "/", .handler = hello},
    {.method = "GET", .pattern = "/hello", .handler = hello},
    {.method = "GET", .pattern = "/person/:name", .handler = person},
    {.method = "GET", .pattern = "/find", .handler = find, .query = find_fields, .query_n = 1},
    {.method = "GET", .pattern = "/say", .handler = say_page},
    {.method = "POST",
	.pattern = "/say",
	.handler = say,
	.fields = say_fields,
	.fields_n = SAY_FIELDS},
    {.method = "POST",
	.pattern = "/raw",
	.handler = raw,
	.flags = ROUTE_RAW | ROUTE_NO_CSRF,
	.body_max = 100000},
    {.method = "POST", .pattern = "/sign-in", .handler = sign_in},
    {.method = "POST", .pattern = "/sign-out", .handler = sign_out, .roles = ROLE_STAFF},
    {.method = "GET", .pattern = "/private", .handler = private_page, .roles = ROLE_STAFF},
    {.method = "GET", .pattern = "/admin", .handler = hello, .roles = ROLE_ADMIN},
    {.method = "GET", .pattern = "/big", .handler = big},
    {.method = "GET", .pattern = "/big-personal", .handler = big, .flags = ROUTE_PERSONAL},
    {.method = "GET", .pattern = "/huge", .handler = huge},
    {.method = "GET", .pattern = "/slow", .handler = slow, .flags = ROUTE_LONG},
    {.method = "GET", .pattern = "/slow-by-fault", .handler = slow},
    {.method = "GET", .pattern = "/fault", .handler = fault},
    {.method = "GET", .pattern = "/bad-header", .handler = bad_header},
    {.method = "GET", .pattern = "/bad-redirect", .handler = bad_redirect},
    {.method = "GET", .pattern = "/client", .handler = client},
    {.method = "GET", .pattern = "/where", .handler = where},
};

static struct http_defences defences;

static const struct {
	const char *name;
	bool *flag;
} switches[] = {
    {"method", &defences.no_method},
    {"layout", &defences.no_layout},
    {"host", &defences.no_host},
    {"length", &defences.no_length},
    {"uri", &defences.no_uri},
    {"body-limit", &defences.no_body_limit},
    {"watchdog", &defences.no_watchdog},
    {"address-limit", &defences.no_address_limit},
    {"close", &defences.no_close},
    {"csrf", &defences.no_csrf},
    {"tls", &defences.default_tls},
};

static int switch_off(const char *name)
{
	for (size_t i = 0; i < sizeof(switches) / sizeof(*switches); i++) {
		if (strcmp(switches[i].name, name) == 0) {
			*switches[i].flag = true;
			return 0;
		}
	}
	return -1;
}

static int take_option(const char *name, const char *value, struct http_options *o)
{
	if (strcmp(name, "--off") == 0)
		return switch_off(value);
	if (strcmp(name, "--listen") == 0)
		o->listen = value;
	else if (strcmp(name, "--header-seconds") == 0)
		o->header_seconds = (unsigned)atoi(value);
	else if (strcmp(name, "--body-seconds") == 0)
		o->body_seconds = (unsigned)atoi(value);
	else if (strcmp(name, "--idle-seconds") == 0)
		o->idle_seconds = (unsigned)atoi(value);
	else if (strcmp(name, "--reply-seconds") == 0)
		o->reply_seconds = (unsigned)atoi(value);
	else if (strcmp(name, "--per-address") == 0)
		o->per_address = (unsigned)atoi(value);
	else if (strcmp(name, "--connections") == 0)
		o->connections = (unsigned)atoi(value);
	else
		return -1;
	return 0;
}

int main(int argc, char **argv)
{
	static const struct http_program program = {
	    .identify = identify, .log = print_log, .sign_in_path = "/say"};
	static const char *const hosts[] = {"news.example", NULL};
	static const char *const names[] = {"localhost", "127.0.0.1", NULL};
	struct http_options o = {.listen = "127.0.0.1:0",
	    .routes = {routes, sizeof(routes) / sizeof(*routes), NULL},
	    .program = &program,
	    .hosts = hosts,
	    .defences = &defences};
	struct tls_pair pair = {0};
	struct http_server *s = NULL;
	char waste[64];
	int result;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--tls") == 0 && tls_make("localhost", names, &pair) == 0) {
			o.cert = pair.cert;
			o.key = pair.key;
		} else if (strcmp(argv[i], "--tls13") == 0) {
			o.tls13_only = true;
		} else if (strcmp(argv[i], "--ask") == 0) {
			o.ask_client_certificate = true;
		} else if (strcmp(argv[i], "--proxy") == 0) {
			o.proxy = true;
		} else if (i + 1 >= argc || take_option(argv[i], argv[i + 1], &o)) {
			fprintf(stderr, "unknown option %s\n", argv[i]);
			return 2;
		} else {
			i++;
		}
	}
	result = http_start(&o, &s);
	if (result) {
		fprintf(stderr, "%s\n", http_error_text(result));
		tls_pair_free(&pair);
		return 1;
	}
	printf("%u\n", http_port(s));
	fflush(stdout);
	while (read(0, waste, sizeof(waste)) > 0)
		;
	http_stop(s);
	tls_pair_free(&pair);
	return 0;
}

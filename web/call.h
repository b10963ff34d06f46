/*
 * call: inside of the server; no program includes it. One struct a connection, one a request.
 */
#ifndef WEB_CALL_H
#define WEB_CALL_H

#include <microhttpd.h>
#include <pthread.h>

#include "web/defences.h"
#include "web/http.h"
#include "web/say.h"

/* What a connection is doing, so that the watchdog knows which deadline counts. */
enum watch_phase {
	WATCH_HEAD,    /* handshake and head: header_seconds */
	WATCH_BODY,    /* body_seconds */
	WATCH_HANDLER, /* our own time: no deadline */
	WATCH_REPLY,   /* reply_seconds */
	WATCH_IDLE     /* kept alive: silence and the next head */
};

struct connection {
	struct connection *prev, *next;
	struct http_server *server;
	int fd; /* libmicrohttpd's, open until the CLOSED notice; lingering, our duplicate of it */
	enum watch_phase phase;
	int64_t deadline; /* monotonic ms; 0 for none */
	bool linger;	  /* a refusal left part of its body unread */
};

struct watch {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_t thread;
	bool started;
	bool stopping;
	struct connection *connections;
	/* Closed ones whose last bytes are still read, so that the reply is not lost to a reset. */
	struct connection *lingering;
};

struct http_server {
	struct http_options options;
	struct http_defences defences;
	struct MHD_Daemon *daemon;
	struct watch watch;
	int listen_fd;
	uint16_t port;
	char address[64]; /* of the listener, without brackets */
	char url[96];
	uint8_t csrf_key[TOKEN_BYTES];
	bool stopping; /* under watch.lock */
};

struct request {
	struct http_server *server;
	struct connection *connection;
	struct MHD_Connection *mhd; /* NULL: it came without a socket (local.h) */
	const uint8_t *local_spki;  /* then, what TLS would say; or NULL */
	char *uri; /* raw, with the query; cut at the '?' once the guard has seen it */
	size_t uri_len;
	const char *query_text; /* in uri; "" without a query */
	const char *method;
	bool head;
	bool begun; /* the first call is over */
	bool drop;  /* the body's bytes are not kept */
	int route_error;
	char allow[64];
	struct route_match match;
	uint64_t length; /* as declared */
	struct buf body;
	struct form *query;
	struct form *form;
	struct visitor visitor;
	char cookie[TOKEN_BYTES * 4]; /* a visitor's CSRF cookie, where we set one */
	char csrf[TOKEN_TEXT + 1];
	char origin[300];
	char address[64];
	struct reply *reply;
	int64_t began; /* monotonic us */
	char id[17];
	bool translated;	    /* the program's word, once language_begin() has run */
	const struct say *language; /* of whoever asks; NULL: English */
};

struct reply_header {
	struct reply_header *next;
	char *name;
	char *value;
};

enum { REPLY_POLICIES_MAX = 4 };

struct reply {
	struct request *request;
	struct buf body;
	unsigned status;
	char type[96];
	struct reply_header *headers;
	struct reply_header **last;
	bool personal;
	int64_t modified; /* Unix seconds; 0: not said */
	unsigned fresh;	  /* seconds */
	bool failed;	  /* a value that must not be sent */
	bool close;
	struct {
		char directive[32];
		char value[128];
	} policies[REPLY_POLICIES_MAX];
	size_t policies_n;
	const struct asset *asset; /* instead of a body */
	int file;		   /* instead of a body; -1: none */
	uint64_t file_len;
};

/* ---- guard.c: the first call ---- */

/*
 * Looks at a request's head before anything believes it. Returns 0, or the status to refuse it
 * with and a word for the log. Fills method, head, query_text, length, origin.
 */
unsigned guard_check(struct request *req, const char *version, const char *raw_method,
    const char *url, const char **ret_why);

/* ---- dispatch.c ---- */

/* Finds the route; at the first call, so that the body's limit is known. Returns 0 or a status. */
unsigned dispatch_begin(struct request *req, const char **ret_why);

/* Answers a whole request: fills the reply. */
void dispatch_run(struct request *req, struct reply *rep);

/* Makes the reply a refusal page. */
void dispatch_refuse(struct request *req, struct reply *rep, unsigned status, const char *why);

/* ---- language.c ---- */

/* Finds out in which language to answer. */
void language_begin(struct request *req);

/* Answers ?lang=CODE: the cookie, and the way back. False where the query has none. */
bool language_switch(struct request *req, struct reply *rep);

/* ---- reply.c, send.c ---- */

void reply_init(struct reply *rep, struct request *req);
void reply_free(struct reply *rep);

/* Drops what a handler wrote but for the body's memory. */
void reply_clear(struct reply *rep);

/* Hands the reply to libmicrohttpd. */
enum MHD_Result send_reply(struct request *req, struct reply *rep);

/* Sends a refusal without a page, for a request that was not even well formed. */
enum MHD_Result send_refusal(struct request *req, unsigned status, const char *why);

/* The cookie name with its prefix where the visitor's side is TLS. */
void reply_cookie_name(const struct request *req, const char *name, char ret[64]);

/* ---- request.c ---- */

/* The names of our own cookies, without the prefix. */
#define COOKIE_SESSION	"session"
#define COOKIE_VISITOR	"visitor"
#define COOKIE_LANGUAGE "lang"

struct request *request_new(
    struct http_server *s, struct connection *c, struct MHD_Connection *mhd, const char *uri);
void request_free(struct request *req);

/* True if the CSRF token that came is this visitor's. */
bool request_csrf_holds(const struct request *req, const char *text);

/* ---- watch.c ---- */

int watch_start(struct http_server *s);
void watch_stop(struct http_server *s);
struct connection *watch_add(struct http_server *s, int fd);
void watch_remove(struct connection *c);
void watch_phase(struct connection *c, enum watch_phase phase);
void watch_linger(struct connection *c);
int64_t watch_now(void); /* monotonic ms, and us */
int64_t watch_now_us(void);

/* ---- http.c ---- */

/* Writes a line to the program's log. `format` never takes names, paths or tokens. */
void http_log(const struct http_server *s, enum http_log kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif

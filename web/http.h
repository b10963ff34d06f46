/*
 * http: a server on libmicrohttpd that takes nothing on trust.
 *
 * libmicrohttpd parses; this stands around it: a guard at the first call of a request (method,
 * Host, lengths, path), a watchdog that counts whole deadlines where the library counts only
 * silence, limits by count and by address, TLS that starts at 1.2, and the dispatcher of route.h.
 * One thread a connection, so a handler may block.
 */
#ifndef WEB_HTTP_H
#define WEB_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "web/reply.h"
#include "web/request.h"
#include "web/route.h"
#include "web/tls.h"

enum http_error {
	HTTP_OK = 0,
	HTTP_NOMEM = -1,
	HTTP_ADDRESS = -2,    /* not ADDRESS:PORT */
	HTTP_IN_USE = -3,     /* another program listens there */
	HTTP_NO_ADDRESS = -4, /* this machine does not have that address */
	HTTP_DENIED = -5,     /* a port only root may take */
	HTTP_CERTIFICATE = -6,
	HTTP_ROUTES = -7, /* the route table is wrong: a fault of ours */
	HTTP_FILES = -8,  /* too few file descriptors allowed for the connections asked for */
	HTTP_SYSTEM = -9,
	HTTP_LIBRARY = -10 /* not the libmicrohttpd the guard was checked against */
};

enum http_log {
	HTTP_LOG_OURS,	 /* a fault of ours: someone should look */
	HTTP_LOG_THEIRS, /* a request refused */
	HTTP_LOG_ACCESS	 /* one answered: method, route pattern (never the path), status, ms */
};

/* A request that was answered. Nothing here is a person's: the pattern of the route, never the
 * path. */
struct http_answered {
	const char *id;	     /* 16 hex digits, as request_id() */
	const char *method;  /* "GET" (HEAD too), "POST" */
	const char *pattern; /* NULL: no route fitted, or it was refused before one was looked for */
	unsigned status;
	bool waits; /* the route is a long poll: its time says nothing */
	int64_t us; /* microseconds from its last byte to our answer's first */
};

/* What the server asks of the program around it. Each may be NULL where noted. */
struct http_program {
	/*
	 * Finds the session whose token has this hash. Fills *ret and returns true, or false where
	 * there is none, or it ended. NULL: the program has no sessions.
	 */
	bool (*identify)(void *context, const uint8_t hash[TOKEN_BYTES], struct visitor *ret);
	/*
	 * Who asks on a ROUTE_API route that needs something: fills *ret, whose roles are what who
	 * asks may do, and returns 0; or the status to refuse it with, *ret as `forget` takes it.
	 * NULL: nobody may.
	 */
	unsigned (*authorize)(struct request *req, struct visitor *ret);
	/*
	 * Looks at a request before its route's role is: 0, or the status to refuse it with. Not
	 * asked for assets. NULL: nothing is refused.
	 */
	unsigned (*screen)(struct request *req);
	/*
	 * Whether who asks may fill our memory: called before a body larger than
	 * ROUTE_BODY_DEFAULT is read. False: its bytes are dropped as they come, and the handler
	 * runs with an empty body and refuses for its own reason. NULL: everybody may.
	 */
	bool (*may_send)(struct request *req);
	/* Frees visitor.more. May be NULL. */
	void (*forget)(void *context, void *more);
	/*
	 * Writes the page for a refusal: `status` is 400 and above, `why` a sentence for people, in
	 * English and marked with SAY(), or NULL. NULL: a plain page of the toolkit's.
	 */
	void (*refusal)(struct request *req, struct reply *rep, unsigned status, const char *why);
	/*
	 * Whether what answers this request is said in every language of say_add(): then the
	 * reader's language is chosen (request_language()), ?lang=CODE in a GET keeps it in a
	 * cookie and leads back to the same address without it, and the reply says its language
	 * and what it varies by. Asked before the session is known. NULL: English only.
	 */
	bool (*translated)(const struct request *req);
	/* Hears of each request once it is answered. May be NULL. */
	void (*answered)(void *context, const struct http_answered *answered);
	/* Takes a line for the log, printable, without names, paths or tokens. May be NULL. */
	void (*log)(void *context, enum http_log kind, const char *line);
	/*
	 * Where to send a visitor without a session who asks for a page that needs one (GET); the
	 * page asked for is not carried along. NULL: 403.
	 */
	const char *sign_in_path;
};

struct http_defences; /* only tests have one: web/defences.h */

struct http_options {
	const char *listen; /* "127.0.0.1:8080", "[::1]:8080"; port 0 takes a free one */
	const char *cert;   /* PEM, or NULL for plain HTTP */
	const char *key;    /* PEM */
	bool tls13_only;
	bool ask_client_certificate; /* the handler checks it: request_client_spki() */
	const char *const *hosts; /* further names we are known by, NULL-terminated, or NULL; a name
				     stands for itself with any port. The listen address and, for a
				     loopback address, "localhost" are always known. */
	bool proxy; /* a trusted proxy in front ends the TLS: its X-Forwarded-For counts, the
		       visitor's side is https, and the limit by address is off */
	unsigned connections;	 /* in all; 0 means HTTP_CONNECTIONS */
	unsigned per_address;	 /* 0 means HTTP_PER_ADDRESS */
	unsigned idle_seconds;	 /* silence; 0 means 15 */
	unsigned header_seconds; /* the whole head, TLS handshake included; 0 means 10 */
	unsigned body_seconds;	 /* the whole body; 0 means 60 */
	unsigned reply_seconds;	 /* the whole reply; 0 means 120 */
	struct route_table routes;
	const struct http_program *program;
	void *context;
	const char *cookie_prefix; /* before our cookies' names, so that two programs on one host
				      name (cookies know no ports) keep theirs apart; NULL: "" */
	const uint8_t *csrf_key; /* TOKEN_BYTES; NULL makes one that lives as long as the server */
	const struct http_defences *defences; /* NULL, or a test's */
};

/*
 * The limits of a public listener: 40 reporters of one newsroom may stand behind one address, with
 * two or three connections each. And of one for gates, which hold about four connections each, most
 * of them long polls. Sixty gates of one house may stand behind one address: 240. What is
 * left over stays for other addresses when one takes all that it may.
 */
#define HTTP_CONNECTIONS	 512
#define HTTP_CONNECTIONS_DEVICES 384
#define HTTP_PER_ADDRESS	 128
#define HTTP_PER_ADDRESS_DEVICES 256
/* What one connection may hold in memory: its head must fit. */
#define HTTP_MEMORY ((size_t)32 << 10)

struct http_server;

/*
 * Starts listening and answering. Everything `options` points to but the struct itself must
 * outlive the server. On failure nothing is left running.
 */
int http_start(const struct http_options *options, struct http_server **ret)
    __attribute__((warn_unused_result));

/* Writes a line of the log to standard error, with the time in UTC before it: for a program's log
 * hook. */
void http_log_print(enum http_log kind, const char *line);

/* The port taken. */
uint16_t http_port(const struct http_server *s);

/* "https://127.0.0.1:8443": for telling people what to open. */
const char *http_url(const struct http_server *s);

/*
 * Stops taking new connections and makes request_stopping() true. The program then wakes its
 * handlers that wait, and calls http_stop().
 */
void http_quiesce(struct http_server *s);

/* Waits for the handlers that run, closes every connection and frees the server. NULL is quiet. */
void http_stop(struct http_server *s);

/* A sentence for people about a negative code of http_start(): what is wrong and what to do. */
const char *http_error_text(int error);

#endif

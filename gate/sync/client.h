/*
 * client: the gate's side of the device protocol: HTTPS with both keys pinned.
 *
 * TLS 1.3 only. The server is known by the SHA-256 of its public key alone (no names, no
 * authorities), the gate by its client certificate. One client serves one thread.
 */
#ifndef GATE_CLIENT_H
#define GATE_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct client; /* opaque */

enum {
	CLIENT_ANSWER_MAX = 64 << 20, /* bytes of an answer: a full roster */
	CLIENT_CONNECT_SECONDS = 10,
	CLIENT_STALL_SECONDS = 30, /* without a byte either way */
};

enum client_error {
	CLIENT_OK = 0,
	CLIENT_MEMORY = -201,
	CLIENT_URL = -202,	   /* not https://HOST:PORT */
	CLIENT_UNREACHABLE = -203, /* no connection */
	CLIENT_PIN = -204,	   /* another server: its public key is not the pinned one */
	CLIENT_TLS = -205,	   /* no TLS 1.3 with it */
	CLIENT_LOST = -206,	   /* the connection broke or stalled */
	CLIENT_TOO_LONG = -207,	   /* an answer over CLIENT_ANSWER_MAX */
	CLIENT_STOPPED = -208,	   /* client_stop was called */
	CLIENT_KEY = -209,	   /* the gate's own certificate or key can't be used */
};

struct client_setup {
	const char *url; /* https://HOST:PORT, no path */
	const char *pin; /* sha256//BASE64 */
	const char
	    *identity; /* PEM file with the gate's key and certificate; NULL: none is shown */
	unsigned stall_seconds; /* 0: CLIENT_STALL_SECONDS */
	const char *host;	/* the name asked for ([a-z0-9-]); NULL: the url's */
};

struct client_answer {
	long status;
	uint8_t *body; /* NUL behind the last byte; freed by client_answer_free */
	size_t len;
	char object[32]; /* the Pressgate-Object header, or "" */
};

/* What carries a client's requests: libcurl, or what a test puts in its place. */
struct client_transport {
	/* As client_ask. */
	int (*ask)(void *context, const char *path, const char *body, size_t len,
	    unsigned wait_seconds, struct client_answer *ret_answer);
	void (*stop)(void *context);  /* as client_stop, from another thread */
	void (*close)(void *context); /* frees it */
};

/* Opens a client over another transport, whose context it closes in the end. The table outlives
 * it. Returns 0 or CLIENT_MEMORY; then the context is still the caller's. */
int client_wrap(const struct client_transport *transport, void *context, struct client **ret_client)
    __attribute__((warn_unused_result));

/* Opens a client over libcurl; nothing is connected yet. The setup's texts are copied. */
int client_open(const struct client_setup *setup, struct client **ret_client)
    __attribute__((warn_unused_result));
void client_close(struct client *client); /* NULL is quiet */

/*
 * Asks and waits. path begins with '/'. body NULL: GET; else POST of JSON. wait_seconds are added
 * to the time without a byte (long poll). Returns 0 with an answer of whatever status, or a
 * client_error and then there is no answer.
 */
int client_ask(struct client *client, const char *path, const char *body, size_t len,
    unsigned wait_seconds, struct client_answer *ret_answer) __attribute__((warn_unused_result));
void client_answer_free(struct client_answer *answer);

/* Ends the running request, and refuses every later one, from another thread. */
void client_stop(struct client *client);

/* A sentence for people, with what to do. */
const char *client_strerror(int error);

#endif

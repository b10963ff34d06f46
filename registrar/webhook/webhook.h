/*
 * webhook: where events are told (event.h), and how.
 *
 *	POST URL
 *	Content-Type: application/json
 *	Pressgate-Event: registration.confirmed
 *	Pressgate-Delivery: <32 hex>		the event's id: the same at each try
 *	Pressgate-Signature: t=1789236180,v1=<64 hex>
 *
 * v1 is HMAC-SHA-256 (RFC 2104) under the text of the secret over "<t>." and the body. A receiver
 * computes it anew, compares in constant time, refuses a t that is more than 5 minutes off (an old
 * delivery sent again by a stranger) and an id it has seen. Any 2xx is taken; a redirect is not
 * followed. What is not taken is tried again after 30 seconds, 1, 2, 4 ... 60 minutes for a day,
 * and then marked as failed; meanwhile nothing else goes to that address.
 *
 * Only addresses of the public Internet are connected to, whatever a name resolves to at that
 * moment, and only by TLS: unless [webhooks] private or http of the settings say otherwise.
 */
#ifndef REGISTRAR_WEBHOOK_WEBHOOK_H
#define REGISTRAR_WEBHOOK_WEBHOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "registrar/refusal.h"
#include "registrar/settings.h"
#include "schema/store.h"

struct registrar;

#define WEBHOOK_SECRET 47 /* characters: "pgs_" and 43 of base64url */
#define WEBHOOKS_MAX   32
#define WEBHOOK_DAY    86400 /* seconds for which a delivery is tried */

/* Adds one; its secret is shown this once. Returns 0, MODEL_REFUSED with the field in why, or
 * another model or store result. */
int webhook_add(struct registrar *registrar, const char *url, uint32_t events, const char *staff,
    int64_t now, char ret_secret[WEBHOOK_SECRET + 1], int64_t *ret_id, struct refusal *why)
    __attribute__((warn_unused_result));

/* Ends one: what waits for it is dropped, its secret destroyed. MODEL_NOT_FOUND. */
int webhook_end(struct registrar *registrar, int64_t id, const char *staff, int64_t now)
    __attribute__((warn_unused_result));

/* Puts a test event into its queue, to be sent at once. MODEL_NOT_FOUND. */
int webhook_test(struct registrar *registrar, int64_t id, int64_t now)
    __attribute__((warn_unused_result));

struct webhook {
	int64_t id, created, next_try, waiting, delivered, failed;
	const char *url, *made_by; /* texts live until the visit returns */
	uint32_t events;
};
typedef int webhook_visit(void *context, const struct webhook *webhook);
int webhook_each(struct store_tx *tx, webhook_visit *visit, void *context)
    __attribute__((warn_unused_result));

struct webhook_delivery {
	int64_t id, tries, created, next_try, done, status; /* done, status: 0: not yet, none */
	const char *event, *state, *error;
};
typedef int webhook_delivery_visit(void *context, const struct webhook_delivery *delivery);
/* The newest first, `most` at most. */
int webhook_each_delivery(struct store_tx *tx, int64_t webhook, int64_t most,
    webhook_delivery_visit *visit, void *context) __attribute__((warn_unused_result));

/* The header's value: "t=...,v1=..." of a body at a time. */
#define WEBHOOK_SIGNATURE 120
void webhook_sign(const char *secret, int64_t now, const char *body, size_t len,
    char ret[static WEBHOOK_SIGNATURE]);

/* Seconds to wait after so many tries: 30, 60, 120 ... 3600. */
int64_t webhook_wait(int64_t tries);

/* Sends a body to an address. Returns the status of the answer, or 0 with a phrase in error. */
struct webhook_post {
	const char *url, *event, *key, *signature, *body;
	bool http, private; /* as the settings say */
	unsigned seconds;   /* for all of it */
	const bool *stop;   /* becomes true when it should end at once; or NULL */
};
unsigned webhook_post(const struct webhook_post *post, char error[static 100]);

/* ---- the thread that delivers ---- */

struct courier;
/* Returns 0, or MODEL_SYSTEM with errno. */
int courier_start(struct registrar *registrar, struct courier **ret_courier)
    __attribute__((warn_unused_result));
void courier_stop(struct courier *courier); /* ends a running delivery; NULL is quiet */

#endif

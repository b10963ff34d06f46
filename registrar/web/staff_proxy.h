/*
 * staff_proxy: sign-in by what a trusted proxy says, which spoke OIDC (or whatever the agency has)
 * with the person. Believed is only who comes with the proxy's secret: then, and only then, the
 * user header names somebody (settings.h, [staff]). It maps to an active account that is there
 * already; nobody is made by it. The proxy answers for the person's second factor.
 */
#ifndef PRESSGATE_REGISTRAR_WEB_STAFF_PROXY_H
#define PRESSGATE_REGISTRAR_WEB_STAFF_PROXY_H

#include <stdbool.h>

#include "registrar/refusal.h"
#include "registrar/web/handlers.h"

#define STAFF_PROXY_SECRET_MIN 32 /* characters: it is never typed */

/* Reads the secret's file into the site, where the settings name one. Returns 0, or MODEL_REFUSED
 * with the file and the remedy. */
int staff_proxy_open(struct site *site, struct refusal *why) __attribute__((warn_unused_result));

/* Whether the settings let people in through a proxy. */
bool staff_proxy_offered(const struct request *req);

/* Who the proxy says it is, or NULL where no proxy that we trust said anything. */
const char *staff_proxy_user(const struct request *req);

#endif

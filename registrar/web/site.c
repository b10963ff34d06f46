#include "registrar/web/site.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/api/api.h"
#include "registrar/api/caller.h"
#include "registrar/web/apply.h"
#include "registrar/web/handlers.h"
#include "registrar/web/interfaces.h"
#include "registrar/web/site_private.h"
#include "registrar/web/staff_proxy.h"
#include "web/asset.h"

extern const struct asset_set registrar_assets;

int site_open(struct registrar *registrar, struct site **ret_site, struct refusal *why)
{
	struct site *site = calloc(1, sizeof(*site));
	int result;

	if (!site || (!asset_url("live.js") && asset_add(&registrar_assets) != 0)) {
		free(site);
		return MODEL_SYSTEM;
	}
	site->registrar = registrar;
	site->throttle = throttle_new();
	site->access = access_new(registrar, registrar->settings.api_per_minute);
	if (!site->throttle || !site->access) {
		site_close(site);
		return MODEL_SYSTEM;
	}
	randombytes_buf(site->browser_key, sizeof(site->browser_key));
	result = staff_proxy_open(site, why);
	if (result != 0) {
		site_close(site);
		return result;
	}
	*ret_site = site;
	return 0;
}

void site_close(struct site *site)
{
	if (!site)
		return;
	throttle_free(site->throttle);
	access_free(site->access);
	sodium_memzero(site, sizeof(*site));
	free(site);
}

/* ---- who asks ---- */

struct touch {
	const uint8_t *hash;
	int64_t now;
};

static int touch(struct store_tx *tx, void *context)
{
	const struct touch *it = context;

	return session_touch(tx, it->hash, it->now);
}

/* A trusted proxy answers for the password and the second factor of whom it sends. */
uint32_t site_roles(const struct session *session, const struct settings *settings, int64_t now)
{
	if (!session->is_staff)
		return ROLE_PERSON;
	if (authority_state(&session->authority, now) != AUTHORITY_STANDS)
		return ROLE_OUTSIDE;
	if (session->half)
		return ROLE_HALF;
	if (session->must_change && !session->proxy)
		return ROLE_MUST_CHANGE;
	if (settings->second_factor == SETTINGS_FACTOR_REQUIRED && !session->has_factor &&
	    !session->proxy)
		return ROLE_MUST_SET_UP;
	return (uint32_t)role_find(session->role);
}

static bool identify(void *context, const uint8_t hash[TOKEN_BYTES], struct visitor *ret)
{
	struct store *store = ((struct site *)context)->registrar->store;
	int64_t now = registrar_now();
	struct session *session = calloc(1, sizeof(*session));
	struct store_tx *tx = NULL;
	int result = session ? store_read_begin(store, &tx) : STORE_NO_MEMORY;

	if (result == 0)
		result = session_find(tx, hash, now, session);
	store_read_end(tx);
	if (result != 0) {
		free(session);
		return false;
	}
	ret->roles = site_roles(session, &((struct site *)context)->registrar->settings, now);
	ret->account = session->person_id;
	snprintf(ret->name, sizeof(ret->name), "%.100s", session->name);
	ret->more = session;
	return true;
}

static void forget(void *context, void *more)
{
	(void)context;
	free(more);
}

static unsigned screen(struct request *req)
{
	const struct session *session = session_of(req);
	struct touch now = {.now = registrar_now()};

	/* What a page waits for by itself is no use: a session that nobody sits at comes to its
	 * end. */
	if (session == NULL || request_waits(req) || !session_wants_touch(session, now.now))
		return 0;
	now.hash = session->hash;
	/* Where the disk is full people may still look. */
	(void)(store_write(site_of(req)->registrar->store, touch, &now) == 0);
	return 0;
}

const struct session *session_of(const struct request *req)
{
	const struct visitor *visitor = request_visitor(req);

	return visitor->signed_in ? visitor->more : NULL;
}

/* ---- what the server asks ---- */

bool site_is_staff_path(const struct request *req)
{
	return strncmp(request_path(req), "/staff", 6) == 0;
}

/* Files are for whoever has begun an application, and not without end for one network. */
static bool may_send(struct request *req)
{
	struct apply apply;
	bool begun;

	if (strcmp(request_path(req), "/staff/import") == 0)
		return import_may_send(req);
	if (apply_begin(req, &apply) < 0)
		return false;
	begun = apply.dossier.id != 0;
	apply_end(&apply);
	return begun && site_may(req, 'f', registrar_now()) == 0;
}

/* Staff read English. */
static bool translated(const struct request *req)
{
	return !site_is_staff_path(req) && !api_is_path(request_path(req));
}

/* Programs read problems, people pages. */
static void refusal(struct request *req, struct reply *rep, unsigned status, const char *why)
{
	if (api_is_path(request_path(req)))
		answer_refusal(req, rep, status, why);
	else
		site_refusal(req, rep, status, why);
}

const struct http_program site_program = {
    .identify = identify,
    .forget = forget,
    .screen = screen,
    .may_send = may_send,
    .authorize = caller_authorize,
    .refusal = refusal,
    .translated = translated,
    .log = NULL,
    .sign_in_path = NULL, /* two kinds of people sign in: see lead_to_sign_in */
};

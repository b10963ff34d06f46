#include "registrar/api/caller.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/api/scope.h"
#include "registrar/web/handlers.h"

static bool is_loopback(const char *address)
{
	return strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0;
}

/* A monitor of this machine, where the settings let it. */
static bool is_local_monitor(const struct request *req)
{
	return registrar_of(req)->settings.metrics_loopback &&
	       request_roles(req) == SCOPE_METRICS_READ && is_loopback(request_address(req)) &&
	       !request_header(req, "X-Forwarded-For");
}

unsigned caller_authorize(struct request *req, struct visitor *ret)
{
	const char *header = request_header(req, "Authorization");
	struct caller *caller;
	int result;

	if (!header && is_local_monitor(req)) {
		ret->roles = SCOPE_METRICS_READ;
		return 0;
	}
	caller = calloc(1, sizeof(*caller));
	if (!caller)
		return 500;
	result = access_check(site_of(req)->access, header, request_address(req),
	    registrar_now_ms(), &caller->access);
	if (result < 0) {
		free(caller);
		return 500;
	}
	caller->answer = (enum access_answer)result;
	snprintf(caller->staff, sizeof(caller->staff), "api%lld", (long long)caller->access.id);
	ret->more = caller;
	ret->roles = result == ACCESS_OK ? caller->access.scopes : 0;
	switch (caller->answer) {
	case ACCESS_OK:
		return 0;
	case ACCESS_RATE:
		return 429;
	case ACCESS_NETWORK:
		return 403;
	default:
		return 401;
	}
}

const struct caller *caller_of(const struct request *req)
{
	return request_for_program(req) ? request_visitor(req)->more : NULL;
}

bool caller_may(const struct request *req, uint32_t scope)
{
	return (request_visitor(req)->roles & scope) == scope;
}

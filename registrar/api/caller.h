/*
 * caller: the program that asks on a route of the API. No cookie is looked at here, and no page
 * looks at a token.
 */
#ifndef REGISTRAR_API_CALLER_H
#define REGISTRAR_API_CALLER_H

#include <stdbool.h>
#include <stdint.h>

#include "registrar/api/access.h"
#include "web/request.h"

/* struct http_program's authorize: reads Authorization. visitor.more becomes a struct caller. */
unsigned caller_authorize(struct request *req, struct visitor *ret);

struct caller {
	enum access_answer answer;
	struct access_caller access;
	char staff[17]; /* in journals: "api7" */
};

/* Who asks, or NULL: nobody was asked for, or no token came. */
const struct caller *caller_of(const struct request *req);

/* Whether the token has a scope beyond those of the route. */
bool caller_may(const struct request *req, uint32_t scope);

#endif

/*
 * openapi: the document that describes the API (OpenAPI 3.1), made of the route table (paths,
 * methods, scopes, parameters) and of openapi.json (words, schemas).
 */
#ifndef REGISTRAR_API_OPENAPI_H
#define REGISTRAR_API_OPENAPI_H

#include <jansson.h>

#include "web/route.h"

/* Makes the document. NULL: no memory, or a route without words in openapi.json, or words without
 * a route: a fault of ours. The caller frees it with json_decref. */
json_t *openapi_make(const struct route_table *table) __attribute__((warn_unused_result));

#endif

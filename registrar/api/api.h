/*
 * api: the JSON API under /api/v1 and /metrics: its routes, and what their handlers share.
 * registrar/api/openapi.json says for people what each is; the document at /api/v1/openapi.json is
 * made of that file and of this table.
 */
#ifndef REGISTRAR_API_API_H
#define REGISTRAR_API_API_H

#include <jansson.h>

#include "registrar/api/answer.h"
#include "registrar/web/handlers.h"
#include "web/route.h"

/* To stand after the pages' table. */
extern const struct route_table api_routes;

/* Whether a path is one of the API's, known or not: what is refused there is told in JSON. */
bool api_is_path(const char *path);

extern const struct form_field api_page_query[2];
extern const struct form_field api_entries_query[3];

/* The conference of :slug. Returns 0 (end with conference_clear) or as conference_by_slug. */
int api_conference(const struct request *req, struct store_tx *tx, struct conference *ret)
    __attribute__((warn_unused_result));

/* Notes in the journal that a page of a list with names of :slug was read, `what` in a word.
 * Nothing where the token reads no names. Returns 0, or as store_write. */
int api_note_names(struct request *req, const char *what) __attribute__((warn_unused_result));

/* The number of :id; -1: it is none. */
int64_t api_number(const struct request *req);

int api_openapi_get(struct request *req, struct reply *rep);
int api_conferences_get(struct request *req, struct reply *rep);
int api_conferences_post(struct request *req, struct reply *rep);
int api_conference_get(struct request *req, struct reply *rep);
int api_conference_post(struct request *req, struct reply *rep);
int api_registrations_get(struct request *req, struct reply *rep);
int api_attendance_get(struct request *req, struct reply *rep);
int api_people_get(struct request *req, struct reply *rep);
int api_conflicts_get(struct request *req, struct reply *rep);
int api_entries_get(struct request *req, struct reply *rep);
int api_denials_get(struct request *req, struct reply *rep);
int api_outlets_get(struct request *req, struct reply *rep);
int api_outlets_post(struct request *req, struct reply *rep);
int api_outlet_get(struct request *req, struct reply *rep);
int api_outlet_post(struct request *req, struct reply *rep);
int api_restrictions_get(struct request *req, struct reply *rep);
int api_restrictions_post(struct request *req, struct reply *rep);
int api_restriction_lift_post(struct request *req, struct reply *rep);
int api_gates_get(struct request *req, struct reply *rep);
int api_journals_get(struct request *req, struct reply *rep);
int api_metrics_get(struct request *req, struct reply *rep);

#endif

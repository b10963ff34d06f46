/* conference_handlers: the desk's pages of conferences, for the table in routes.c. */
#ifndef PRESSGATE_REGISTRAR_WEB_CONFERENCE_HANDLERS_H
#define PRESSGATE_REGISTRAR_WEB_CONFERENCE_HANDLERS_H

#include "registrar/web/conference_form.h"
#include "web/reply.h"
#include "web/request.h"

extern const struct form_field conference_new_query[2];
extern const struct form_field conference_done_query[1];
extern const struct form_field template_new_query[1];
extern const struct form_field publish_fields[PUBLICATION_FIELDS];
extern const struct form_field cancel_fields[1 + PUBLICATION_FIELDS];
extern const struct form_field material_fields[3 + PUBLICATION_FIELDS];
extern const struct form_field announce_query[1];

int conference_desk_get(struct request *req, struct reply *rep);
int conference_new_get(struct request *req, struct reply *rep);
int conference_new_post(struct request *req, struct reply *rep);
int conference_edit_get(struct request *req, struct reply *rep);
int conference_edit_post(struct request *req, struct reply *rep);
int conference_publish_get(struct request *req, struct reply *rep);
int conference_publish_post(struct request *req, struct reply *rep);
int conference_cancel_get(struct request *req, struct reply *rep);
int conference_cancel_post(struct request *req, struct reply *rep);

int templates_get(struct request *req, struct reply *rep);
int template_new_get(struct request *req, struct reply *rep);
int template_new_post(struct request *req, struct reply *rep);
int template_get(struct request *req, struct reply *rep);
int template_post(struct request *req, struct reply *rep);
int template_remove_get(struct request *req, struct reply *rep);
int template_remove_post(struct request *req, struct reply *rep);

int materials_get(struct request *req, struct reply *rep);
int materials_post(struct request *req, struct reply *rep);
int material_remove_get(struct request *req, struct reply *rep);
int material_remove_post(struct request *req, struct reply *rep);

int announce_get(struct request *req, struct reply *rep);
int announce_post(struct request *req, struct reply *rep);
int announce_week_get(struct request *req, struct reply *rep);
int announce_week_post(struct request *req, struct reply *rep);

/* The menu's item that is open on all of them. */
#define CONFERENCE_MENU "/staff/conferences"

/* Reads the conference that the address names; end with conference_clear. */
int conference_of_path(struct request *req, struct conference *ret)
    __attribute__((warn_unused_result));

/* What was just done, by the query that says it, or NULL. */
const char *conference_done_words(const struct form *query);

/* A number in an address, or 0. */
int64_t conference_number(const char *text);

#endif

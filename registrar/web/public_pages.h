/*
 * public_pages: handlers of the pages that anybody reads, besides a conference's own.
 */
#ifndef PRESSGATE_REGISTRAR_WEB_PUBLIC_PAGES_H
#define PRESSGATE_REGISTRAR_WEB_PUBLIC_PAGES_H

#include "registrar/web/public_views.h"
#include "web/reply.h"
#include "web/request.h"

/* ?before=12: those before conference 12. */
extern const struct form_field past_query[1];

int home_get(struct request *req, struct reply *rep);
int past_get(struct request *req, struct reply *rep);
int who_get(struct request *req, struct reply *rep);
int privacy_get(struct request *req, struct reply *rep);
int contact_get(struct request *req, struct reply *rep);

/* Fills the page of a 404, with ways on; the status is the caller's. */
void missing_show(struct request *req, struct reply *rep);

#endif

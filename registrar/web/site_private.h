/* What the files of site share. */
#ifndef PRESSGATE_REGISTRAR_WEB_SITE_PRIVATE_H
#define PRESSGATE_REGISTRAR_WEB_SITE_PRIVATE_H

#include <stdbool.h>

#include "web/reply.h"
#include "web/request.h"

/* Whether it is one of the Service's own pages; they are in English. */
bool site_is_staff_path(const struct request *req);

/* The page of a refusal: struct http_program's. */
void site_refusal(struct request *req, struct reply *rep, unsigned status, const char *why);

#endif

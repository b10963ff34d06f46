/*
 * site: the public and staff pages as serve needs them: the route table, and what the HTTP server
 * asks of the program (who has this session, what a refusal looks like).
 */
#ifndef PRESSGATE_REGISTRAR_WEB_SITE_H
#define PRESSGATE_REGISTRAR_WEB_SITE_H

#include <stddef.h>

#include "registrar/registrar.h"
#include "web/http.h"
#include "web/route.h"

extern const struct route registrar_routes[];
extern const size_t registrar_n_routes;

/*
 * identify, forget, refusal and sign_in_path; serve copies it and sets `log`. The context of the
 * server's options is the struct site made by site_open.
 */
extern const struct http_program site_program;

/* What the handlers share beyond the registrar: throttles. */
struct site;

/* registrar must outlive it. Returns 0, MODEL_SYSTEM, or MODEL_REFUSED with what the settings have
 * wrong. */
int site_open(struct registrar *registrar, struct site **ret_site, struct refusal *why)
    __attribute__((warn_unused_result));
void site_close(struct site *site); /* NULL is quiet */

#endif

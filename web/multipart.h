/*
 * multipart: a form with files (multipart/form-data, RFC 7578), cut into parts by libmicrohttpd's
 * own reader out of a body that is whole already. Inside of the server; no program includes it.
 */
#ifndef WEB_MULTIPART_H
#define WEB_MULTIPART_H

#include "web/call.h"

enum { MULTIPART_TYPE = -20 /* another content type, or none of its boundary */ };

/*
 * Fills req->form from req->body. Returns 0 whether or not the values hold, MULTIPART_TYPE or a
 * negative enum form_error. `extra` as in form_parse.
 */
int multipart_form(struct request *req, const char *extra) __attribute__((warn_unused_result));

#endif

/*
 * feeds: handlers of what programs read: Atom, JSON Feed, iCalendar. The files of one's own
 * registrations are personal; the rest is public, may be kept for five minutes, and answers
 * If-None-Match and If-Modified-Since.
 */
#ifndef PRESSGATE_REGISTRAR_WEB_FEEDS_H
#define PRESSGATE_REGISTRAR_WEB_FEEDS_H

#include "web/form.h"
#include "web/reply.h"
#include "web/request.h"

/* ?lang=fr */
extern const struct form_field feed_query[1];

int feed_atom_get(struct request *req, struct reply *rep);
int feed_json_get(struct request *req, struct reply *rep);
int feed_calendar_get(struct request *req, struct reply *rep);
int conference_calendar_get(struct request *req, struct reply *rep);
int registration_calendar_get(struct request *req, struct reply *rep);

#endif

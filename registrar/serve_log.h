/*
 * serve_log: what `registrar serve` says on standard error, as text or, by the settings, one JSON
 * object a line. No line holds a person's name or address, a token, a path or a query: requests are
 * told by their id and the pattern of their route.
 */
#ifndef REGISTRAR_SERVE_LOG_H
#define REGISTRAR_SERVE_LOG_H

#include <stdbool.h>

#include "web/http.h"

/* Once, before there are threads. requests: a line for each request too. */
void serve_log_begin(bool json, bool requests);

/* struct http_program's log. */
void serve_log_line(void *context, enum http_log kind, const char *line);

/* Something that somebody should know; one sentence. */
void serve_log_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A request of one of the listeners ("pages", "gates"); said in JSON only. */
void serve_log_answered(const char *listener, const struct http_answered *answered);

#endif

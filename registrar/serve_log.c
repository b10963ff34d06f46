#include "registrar/serve_log.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "web/text.h"

static bool as_json, with_requests;

void serve_log_begin(bool json, bool requests)
{
	as_json = json;
	with_requests = requests;
}

static void say_time(char ret[40])
{
	struct timespec now;
	struct tm utc;
	size_t len;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	len = strftime(ret, 40, "%Y-%m-%dT%H:%M:%S", &utc);
	snprintf(ret + len, 40 - len, ".%03ldZ", now.tv_nsec / 1000000);
}

/* Prints an object (stolen) with the time before it, as one line and in one piece. */
static void print(const char *kind, json_t *more)
{
	char when[40], *text;
	json_t *line;

	say_time(when);
	line = json_pack("{s:s, s:s}", "time", when, "kind", kind);
	if (line && more)
		json_object_update(line, more);
	json_decref(more);
	text = line ? json_dumps(line, JSON_COMPACT | JSON_PRESERVE_ORDER) : NULL;
	if (text)
		fprintf(stderr, "%s\n", text);
	free(text);
	json_decref(line);
}

void serve_log_line(void *context, enum http_log kind, const char *line)
{
	(void)context;
	if (!as_json && (kind != HTTP_LOG_ACCESS || with_requests))
		http_log_print(kind, line);
	else if (as_json && kind != HTTP_LOG_ACCESS)
		print(
		    kind == HTTP_LOG_OURS ? "fault" : "refused", json_pack("{s:s}", "text", line));
}

void serve_log_say(const char *format, ...)
{
	char line[600], printable[1200];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	text_for_log(line, strlen(line), printable, sizeof(printable));
	if (as_json)
		print("note", json_pack("{s:s}", "text", printable));
	else
		fprintf(stderr, "%s\n", printable);
}

void serve_log_answered(const char *listener, const struct http_answered *a)
{
	if (!as_json)
		return;
	print("request", json_pack("{s:s, s:s, s:s, s:s?, s:i, s:f}", "listener", listener,
			     "request", a->id, "method", a->method, "route", a->pattern, "status",
			     (int)a->status, "ms", (double)a->us / 1000.0));
}

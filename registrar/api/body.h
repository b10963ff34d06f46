/*
 * body: the JSON object that a program sends, checked against declared members.
 */
#ifndef REGISTRAR_API_BODY_H
#define REGISTRAR_API_BODY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "web/reply.h"
#include "web/request.h"

enum body_kind {
	BODY_TEXT,    /* const char *, borrowed from the object */
	BODY_NUMBER,  /* int64_t, low..high */
	BODY_SWITCH,  /* bool */
	BODY_TIME,    /* int64_t, Unix seconds, of an RFC 3339 time */
	BODY_CLASSES, /* uint32_t, a bit each, of an array of tokens of badges/class.h */
	BODY_TEXTS    /* json_t *, borrowed: an array of texts */
};

struct body_member {
	const char *name;
	enum body_kind kind;
	bool required;
	int64_t low, high;
	void *to; /* left as it is where the member is absent */
};

/*
 * Reads the request's body: one object with these members and no other, each once, of its type.
 * Returns 0 with *ret_object (json_decref it after what was borrowed); 1 where a problem was sent
 * (415, 400 or 422): the handler returns 0; or STORE_NO_MEMORY.
 */
int body_read(struct request *req, struct reply *rep, const struct body_member *members, size_t n,
    json_t **ret_object) __attribute__((warn_unused_result));

/* "2026-09-12T14:05:00-04:00" or with Z. Returns 0, or -1. */
int body_time(const char *text, int64_t *ret_seconds) __attribute__((warn_unused_result));

#endif

/*
 * urlencoded: reads application/x-www-form-urlencoded (WHATWG URL, section 5.1), pair by pair.
 */
#ifndef WEB_URLENCODED_H
#define WEB_URLENCODED_H

#include <stdbool.h>
#include <stddef.h>

struct urlencoded {
	char *at; /* what is left, NUL-terminated */
	bool done;
};

struct urlencoded_pair {
	const char *name;
	const char *value;
	size_t value_len;
};

/*
 * Begins reading `text`, which is decoded in place: NUL-terminated, without NUL before `len`.
 */
void urlencoded_begin(struct urlencoded *u, char *text);

/*
 * Gives the next pair: 1; 0 at the end; -1 where an escape is malformed or decodes to NUL. An
 * empty piece between two '&' is passed over.
 */
int urlencoded_next(struct urlencoded *u, struct urlencoded_pair *ret)
    __attribute__((warn_unused_result));

/* The value of a hexadecimal digit, or -1. */
int urlencoded_hex(char c);

#endif

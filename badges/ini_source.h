/*
 * ini_source: a file that inih reads line by line, and what is wrong with it told with its line.
 */
#ifndef BADGES_INI_SOURCE_H
#define BADGES_INI_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* The caller sets path, file, why and why_size, and closes the file. */
struct ini_source {
	const char *path;
	FILE *file;
	unsigned line; /* of the file, from 1; 0 before the first */
	bool failed;
	char *why; /* "path, line 3: " and what ini_source_fail was told first */
	size_t why_size;
};

/*
 * Says what is wrong at the present line; only the first time counts. Returns 0, which is inih's
 * "no" of a handler.
 */
int ini_source_fail(struct ini_source *source, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The reader for ini_parse_stream, whose stream is a struct ini_source: counts the lines, and fails
 * at one that inih would cut silently. */
char *ini_source_line(char *text, int size, void *stream);

#endif

/*
 * import: outlets, or reporters with their accreditations, out of a CSV file.
 *
 *	outlets		name; local (yes, no), site, address, aliases (with ";" between)
 *	reporters	email, name, outlet, class; until (YYYY-MM-DD)
 *
 * A file goes in whole or not at all, unless rows with problems are to be skipped. The same file
 * again changes nothing. A dry run does all of it and takes it back, so what it says is what will
 * happen. A reporter's outlet has to be in the registry, under any of its names.
 */
#ifndef REGISTRAR_IMPORT_IMPORT_H
#define REGISTRAR_IMPORT_IMPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "registrar/refusal.h"

struct registrar;

enum import_kind { IMPORT_OUTLETS, IMPORT_REPORTERS };

struct import_wish {
	enum import_kind kind;
	const char *bytes;
	size_t len;
	bool dry, skip_bad;
	const char *staff;
};

enum { IMPORT_PROBLEMS_MAX = 500, IMPORT_WORDS = 300 };

struct import_problem {
	size_t row;		  /* as a spreadsheet counts */
	const char *column;	  /* its name */
	bool hint;		  /* worth a look, and no hindrance */
	char words[IMPORT_WORDS]; /* what is wrong, what to do */
};

struct import_report {
	size_t rows, made, changed, same, bad; /* rows; bad: with problems that are no hint */
	bool done;			       /* it stands in the store */
	struct import_problem *problems;
	size_t n; /* kept; IMPORT_PROBLEMS_MAX at most */
};

/* Returns 0 with a report (end with import_report_free) whether or not it was carried out;
 * MODEL_REFUSED where the file as a whole is none; or another model or store result. */
int import_run(struct registrar *registrar, const struct import_wish *wish, int64_t now,
    struct import_report *ret, struct refusal *why) __attribute__((warn_unused_result));
void import_report_free(struct import_report *report);

#endif

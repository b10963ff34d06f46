/* What the files of import share. */
#ifndef REGISTRAR_IMPORT_IMPORT_PRIVATE_H
#define REGISTRAR_IMPORT_IMPORT_PRIVATE_H

#include "registrar/import/import.h"
#include "registrar/import/sheet.h"
#include "schema/store.h"

struct importing {
	struct registrar *registrar;
	const struct import_wish *wish;
	struct sheet sheet;
	int64_t now;
	struct import_report report;
	size_t room;
	char **keys; /* reporters: what a row is about, to find one that stands twice */
};

/* What came of a row. */
enum import_row { IMPORT_ROW_BAD, IMPORT_ROW_MADE, IMPORT_ROW_CHANGED, IMPORT_ROW_SAME };

/* Notes a problem of a row. */
void import_problem(struct importing *it, const struct sheet_row *row, const char *column,
    bool hint, const char *format, ...) __attribute__((format(printf, 5, 6)));

/* A cell as a text, cleaned, or NULL where a problem was noted. The caller frees it. */
char *import_text(struct importing *it, const struct sheet_row *row, const char *column,
    const char *cell, size_t most, bool needed);

/* One row, inside the write; *ret_row says what came of it. Returns 0 or a store result. */
typedef int import_one(struct store_tx *tx, struct importing *it, const struct sheet_row *row,
    enum import_row *ret_row);
import_one import_outlet, import_reporter;

/* Notes outlets of the file that look like others, of it or of the registry. */
int import_look_alikes(struct store_tx *tx, struct importing *it)
    __attribute__((warn_unused_result));

/* The columns of a kind, those that are needed first. */
enum {
	OUTLETS_NAME,
	OUTLETS_LOCAL,
	OUTLETS_SITE,
	OUTLETS_ADDRESS,
	OUTLETS_ALIASES,
	OUTLETS_COLUMNS
};
enum {
	REPORTER_EMAIL,
	REPORTER_NAME,
	REPORTER_OUTLET,
	REPORTER_CLASS,
	REPORTER_UNTIL,
	REPORTER_COLUMNS
};

#endif

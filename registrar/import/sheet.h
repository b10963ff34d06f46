/*
 * sheet: a CSV file (RFC 4180) whose first row names its columns, read whole.
 *
 * UTF-8 with or without a byte order mark; commas, or semicolons where the first row has no comma.
 * A cell is text and nothing else: what a spreadsheet would take for a formula stays as it is.
 */
#ifndef REGISTRAR_IMPORT_SHEET_H
#define REGISTRAR_IMPORT_SHEET_H

#include <stddef.h>

#include "registrar/refusal.h"

enum {
	SHEET_BYTES_MAX = 4 << 20,
	SHEET_ROWS_MAX = 20000,
	SHEET_COLUMNS_MAX = 16,
	SHEET_CELL_MAX = 4000 /* bytes */
};

struct sheet_row {
	size_t number;			      /* as a spreadsheet counts: the names are row 1 */
	size_t n;			      /* cells that the file gives it */
	const char *cells[SHEET_COLUMNS_MAX]; /* by the caller's columns; "" where it has none */
};

struct sheet {
	struct sheet_row *rows;
	size_t n;
	size_t columns; /* that the file names */
	char *text;	/* what the cells point into */
};

/*
 * Reads a file. columns: the names that are known, `needed` of them first and necessary; any order
 * and case in the file, none twice, no other. Returns 0 (free with sheet_free), MODEL_REFUSED or
 * MODEL_SYSTEM, then *ret is empty.
 */
int sheet_read(const char *bytes, size_t len, const char *const *columns, size_t n_columns,
    size_t needed, struct sheet *ret, struct refusal *why) __attribute__((warn_unused_result));
void sheet_free(struct sheet *sheet); /* an empty one is fine */

#endif

/*
 * export: lists for other programs, for spreadsheets and for paper, and who took them.
 */
#ifndef REGISTRAR_EXPORT_H
#define REGISTRAR_EXPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "registrar/attendance/listing.h"
#include "registrar/attendance/sheet.h"
#include "schema/store.h"
#include "web/buf.h"

struct registrar;

/* Before CSV that people open with a spreadsheet: it reads UTF-8 then. */
#define EXPORT_SHEET_MARK "\xef\xbb\xbf"

/* What a download may hold in memory. */
#define EXPORT_BYTES_MAX ((size_t)256 << 20)

struct export {
	struct registrar *registrar;
	int64_t conference;
	bool passes; /* every pass with its QR text; CSV and JSON. Else: */
	enum listing_kind kind;
	const struct listing_filter *filter; /* NULL: all */
	enum sheet_format format;
	const char *staff; /* who takes it */
	int64_t now;
};

/*
 * Writes a list of one conference into out in pieces (sheet_write). *ret_rows (or NULL): how many.
 * Returns 0, what flush returned, STORE_NOT_FOUND for no such conference, another store_result, or
 * an error of sheet.h.
 */
int export_write(struct store_tx *tx, const struct export *export, struct buf *out,
    int (*flush)(void *context, struct buf *out), void *context, size_t *ret_rows)
    __attribute__((warn_unused_result));

/* Notes in the journal who took which list and how many rows; no names. */
int export_note(const struct export *export, const char *slug, size_t rows)
    __attribute__((warn_unused_result));

/* What was chosen, in words: "Outlet: Lumen TV. Inside now."; "" for all. */
void export_filter_words(const struct listing_filter *filter, char *ret, size_t size);

#endif

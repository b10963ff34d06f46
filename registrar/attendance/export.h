/*
 * export: lists for other programs, as CSV and JSON, and the journals as files.
 *
 * CSV is RFC 4180: CRLF, quotes doubled, a header. No byte order mark stands before it, since a
 * program would take one for a part of the first column's name; who writes for a spreadsheet puts
 * EXPORT_SHEET_MARK in front. A text that a spreadsheet would take for a formula (it begins with
 * = + - @, tab or CR) gets a ' in front; values that are ours (a QR text, a code, a number) are
 * written as they are.
 */
#ifndef REGISTRAR_EXPORT_H
#define REGISTRAR_EXPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/store.h"
#include "web/buf.h"

enum export_list { EXPORT_PASSES, EXPORT_ATTENDANCE, EXPORT_ENTRIES, EXPORT_DENIALS };
enum export_format { EXPORT_CSV, EXPORT_JSON };

/* Before CSV that people open with a spreadsheet: it reads UTF-8 then. */
#define EXPORT_SHEET_MARK "\xef\xbb\xbf"

/* Writes one CSV field. outside: the text came from a person. first: no comma goes before it. */
void export_csv_text(struct buf *out, const char *text, bool outside, bool first);

/*
 * Writes a list of one conference into out in pieces: when flush is not NULL it is called each time
 * some 64 KiB stand in out, and empties it. Returns 0, what flush returned, STORE_NOT_FOUND for no
 * such conference, or another store_result.
 */
int export_write(struct store_tx *tx, int64_t conference, enum export_list list,
    enum export_format format, struct buf *out, int (*flush)(void *context, struct buf *out),
    void *context) __attribute__((warn_unused_result));

#endif

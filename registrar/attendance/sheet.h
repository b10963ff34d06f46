/*
 * sheet: a table that is written row by row, in one of four ways, and never held as a whole.
 *
 * CSV is RFC 4180: CRLF, quotes doubled, a header. No byte order mark stands before it, since a
 * program would take one for a part of the first column's name; who writes for a spreadsheet puts
 * EXPORT_SHEET_MARK in front. A text that a spreadsheet would take for a formula (it begins with
 * = + - @, tab or CR) gets a ' in front; values that are ours (a QR text, a code, a number) are
 * written as they are. JSON is a list of objects with the same columns. XLSX holds each text as a
 * string, so that none is a formula. PDF is paper: heads repeated, pages counted, any script.
 */
#ifndef REGISTRAR_SHEET_H
#define REGISTRAR_SHEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "web/buf.h"

enum sheet_format { SHEET_CSV, SHEET_JSON, SHEET_XLSX, SHEET_PDF };

enum {
	SHEET_E_MEMORY = -361,
	SHEET_E_WRITE = -362, /* no room, or too many rows for the format */
};

/* What stands on paper in a cell. */
enum sheet_paper {
	SHEET_HIDDEN, /* not on paper */
	SHEET_TEXT,
	SHEET_STRONG, /* bold */
	SHEET_TICK,   /* an empty box */
	SHEET_LINE,   /* a line to sign on */
};

struct sheet_column {
	const char *name; /* in CSV, JSON, XLSX */
	const char *head; /* on paper */
	unsigned width;	  /* on paper, in parts of the page's width */
	enum sheet_paper paper;
};

/* What is said of the list on paper and in a spreadsheet. Borrowed while the sheet is written. */
struct sheet_about {
	const char *title;	/* "Guest list" */
	const char *conference; /* and its time and place */
	const char *made;	/* "Made 22 November 2026, 2:05 p.m., by desk1" */
	const char *filter;	/* "" or what was chosen, in words */
	const char *const *notes; /* what is to be known of it, such as discrepancies */
	size_t n_notes;
	bool a4;	 /* else US Letter */
	double size;	 /* of the letters on paper, in points */
	const char *dir; /* where a spreadsheet's rows may stand while it is made; no name is left */
};

struct sheet;

/*
 * A list that can be told: calls sheet_* for each row, in order. For paper it is called twice, and
 * must tell the same. Returns 0 or what a sheet_row() returned, or another negative.
 */
typedef int sheet_tell(void *context, struct sheet *sheet);

/*
 * Writes the list into out in pieces: when flush is not NULL it is called each time some 64 KiB
 * stand in out and once at the end, and empties it. *ret_rows (not NULL): how many rows. Returns 0,
 * what tell or flush returned, or an enum above.
 */
int sheet_write(enum sheet_format format, const struct sheet_column *columns, size_t n_columns,
    const struct sheet_about *about, sheet_tell *tell, void *told, struct buf *out,
    int (*flush)(void *context, struct buf *out), void *context, size_t *ret_rows)
    __attribute__((warn_unused_result));

/* The cells of a row, from left to right: a text of a person's, one of ours, a number, a time in
 * Unix milliseconds (0: none). */
void sheet_outside(struct sheet *sheet, const char *text);
void sheet_ours(struct sheet *sheet, const char *text);
void sheet_number(struct sheet *sheet, long long number);
void sheet_time(struct sheet *sheet, int64_t time_ms);
int sheet_row(struct sheet *sheet) __attribute__((warn_unused_result));

/* On paper: what the following rows have in common, large, before them; where it changed. */
int sheet_group(struct sheet *sheet, const char *text) __attribute__((warn_unused_result));

/* Writes one CSV field. outside: the text came from a person. first: no comma goes before it. */
void sheet_csv_text(struct buf *out, const char *text, bool outside, bool first);

/* The file's ending ("csv") and its media type. */
const char *sheet_ending(enum sheet_format format);
const char *sheet_type(enum sheet_format format);

#endif

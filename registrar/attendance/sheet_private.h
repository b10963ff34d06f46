/* sheet_private: what the ways of writing a sheet share. */
#ifndef REGISTRAR_SHEET_PRIVATE_H
#define REGISTRAR_SHEET_PRIVATE_H

#include "registrar/attendance/sheet.h"

enum sheet_kind { SHEET_CELL_OUTSIDE, SHEET_CELL_OURS, SHEET_CELL_NUMBER, SHEET_CELL_TIME };

/* One way. cell: the text of a cell of the present row; number is its value where it is one. */
struct sheet_way {
	int (*begin)(struct sheet *sheet);
	void (*cell)(struct sheet *sheet, enum sheet_kind kind, const char *text, int64_t number);
	int (*row)(struct sheet *sheet);
	int (*group)(struct sheet *sheet, const char *text); /* NULL: says nothing */
	int (*end)(struct sheet *sheet);
	void (*clear)(struct sheet *sheet); /* in any case, last */
};

struct sheet {
	const struct sheet_way *way;
	enum sheet_format format;
	const struct sheet_column *columns;
	size_t n_columns;
	const struct sheet_about *about;
	sheet_tell *tell;
	void *told;
	struct buf *out;
	int (*flush)(void *context, struct buf *out);
	void *context;
	size_t rows, fields; /* written so far: of the list, and cells of the row */
	void *own;	     /* of the way */
};

extern const struct sheet_way sheet_csv, sheet_json, sheet_xlsx, sheet_pdf;

/* Calls flush where enough stands in out. */
int sheet_flush(struct sheet *sheet, bool all) __attribute__((warn_unused_result));

#endif

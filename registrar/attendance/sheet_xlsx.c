/* Sheets as XLSX. The file is made in memory, since the library wants a name to write to; rows
 * stand in a file without a name while they are written, so that memory holds one of them. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <xlsxwriter.h>

#include "registrar/attendance/sheet_private.h"

struct book {
	int file; /* in memory */
	lxw_workbook *workbook;
	lxw_worksheet *worksheet;
	lxw_format *bold;
	bool failed;
};

/* A second sheet says what the first is. */
static void write_about(struct book *book, const struct sheet_about *about)
{
	lxw_worksheet *sheet = workbook_add_worksheet(book->workbook, "About");
	const char *const lines[] = {about->title, about->conference, about->made, about->filter};
	lxw_row_t row = 0;

	if (sheet == NULL)
		return;
	worksheet_set_column(sheet, 0, 0, 100, NULL);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (lines[i] != NULL && lines[i][0] != '\0')
			worksheet_write_string(
			    sheet, row++, 0, lines[i], i == 0 ? book->bold : NULL);
	for (size_t i = 0; i < about->n_notes; i++)
		worksheet_write_string(sheet, row++, 0, about->notes[i], NULL);
}

static int xlsx_begin(struct sheet *sheet)
{
	struct book *book = calloc(1, sizeof(*book));
	lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = NULL};
	char name[64];

	sheet->own = book;
	if (book == NULL)
		return SHEET_E_MEMORY;
	if (sheet->about->dir != NULL)
		options.tmpdir = (char *)(uintptr_t)sheet->about->dir;
	book->file = memfd_create("sheet", MFD_CLOEXEC);
	if (book->file < 0)
		return SHEET_E_WRITE;
	(void)snprintf(name, sizeof(name), "/proc/self/fd/%d", book->file);
	book->workbook = workbook_new_opt(name, &options);
	book->worksheet =
	    book->workbook == NULL ? NULL : workbook_add_worksheet(book->workbook, "List");
	if (book->worksheet == NULL)
		return SHEET_E_MEMORY;
	book->bold = workbook_add_format(book->workbook);
	format_set_bold(book->bold);
	worksheet_freeze_panes(book->worksheet, 1, 0);
	for (size_t i = 0; i < sheet->n_columns; i++) {
		worksheet_set_column(book->worksheet, (lxw_col_t)i, (lxw_col_t)i,
		    sheet->columns[i].width > 12 ? 28 : 16, NULL);
		worksheet_write_string(book->worksheet, 0, (lxw_col_t)i, sheet->columns[i].name,
		    book->bold);
	}
	return 0;
}

static void xlsx_cell(struct sheet *sheet, enum sheet_kind kind, const char *text, int64_t number)
{
	struct book *book = sheet->own;
	lxw_row_t row = (lxw_row_t)sheet->rows + 1;
	lxw_col_t column = (lxw_col_t)sheet->fields;
	lxw_error error = LXW_NO_ERROR;

	if (kind == SHEET_CELL_NUMBER)
		error = worksheet_write_number(
		    book->worksheet, row, column, (double)number, NULL);
	else if (text[0] != '\0')
		error = worksheet_write_string(book->worksheet, row, column, text, NULL);
	book->failed = book->failed || error != LXW_NO_ERROR;
}

static int xlsx_row(struct sheet *sheet)
{
	struct book *book = sheet->own;

	return book->failed || sheet->rows + 2 >= LXW_ROW_MAX ? SHEET_E_WRITE : 0;
}

/* What the library wrote, into out. */
static int take(struct sheet *sheet, int file)
{
	char bytes[16384];
	ssize_t n;
	off_t at = 0;
	int r = 0;

	while (r == 0 && (n = pread(file, bytes, sizeof(bytes), at)) > 0) {
		buf_add(sheet->out, bytes, (size_t)n);
		at += n;
		r = sheet_flush(sheet, false);
	}
	return r == 0 && (n < 0 || at == 0) ? SHEET_E_WRITE : r;
}

static int xlsx_end(struct sheet *sheet)
{
	struct book *book = sheet->own;
	lxw_error error;

	write_about(book, sheet->about);
	error = workbook_close(book->workbook);
	book->workbook = NULL;
	return error == LXW_NO_ERROR ? take(sheet, book->file) : SHEET_E_WRITE;
}

static void xlsx_clear(struct sheet *sheet)
{
	struct book *book = sheet->own;

	if (book == NULL)
		return;
	if (book->workbook != NULL)
		(void)!workbook_close(book->workbook);
	if (book->file >= 0)
		close(book->file);
	free(book);
}

const struct sheet_way sheet_xlsx = {.begin = xlsx_begin,
    .cell = xlsx_cell,
    .row = xlsx_row,
    .end = xlsx_end,
    .clear = xlsx_clear};

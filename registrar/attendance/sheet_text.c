/* Sheets as CSV and JSON. */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "registrar/attendance/sheet_private.h"

void sheet_csv_text(struct buf *out, const char *text, bool outside, bool first)
{
	bool formula = outside && text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL;
	bool quote = strpbrk(text, ",\"\r\n") != NULL;

	if (!first)
		buf_putc(out, ',');
	if (!quote && !formula) {
		buf_puts(out, text);
		return;
	}
	if (quote)
		buf_putc(out, '"');
	if (formula)
		buf_putc(out, '\'');
	for (const char *at = text; *at != '\0'; at++) {
		if (*at == '"')
			buf_putc(out, '"');
		buf_putc(out, *at);
	}
	if (quote)
		buf_putc(out, '"');
}

static int csv_begin(struct sheet *sheet)
{
	for (size_t i = 0; i < sheet->n_columns; i++)
		sheet_csv_text(sheet->out, sheet->columns[i].name, false, i == 0);
	buf_puts(sheet->out, "\r\n");
	return 0;
}

static void csv_cell(struct sheet *sheet, enum sheet_kind kind, const char *text, int64_t number)
{
	if (kind != SHEET_CELL_NUMBER) {
		sheet_csv_text(sheet->out, text, kind == SHEET_CELL_OUTSIDE, sheet->fields == 0);
		return;
	}
	if (sheet->fields > 0)
		buf_putc(sheet->out, ',');
	buf_int(sheet->out, number);
}

static int csv_row(struct sheet *sheet)
{
	buf_puts(sheet->out, "\r\n");
	return 0;
}

static int text_end(struct sheet *sheet)
{
	(void)sheet;
	return 0;
}

const struct sheet_way sheet_csv = {
    .begin = csv_begin, .cell = csv_cell, .row = csv_row, .end = text_end};

/* A JSON string, without what a browser or a line reader could take for an end. */
static void json_text(struct buf *out, const char *text)
{
	json_t *string;
	char *dumped;
	size_t plain = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789 .,:;-_+*/()='@");

	if (text[plain] == '\0') {
		buf_putc(out, '"');
		buf_add(out, text, plain);
		buf_putc(out, '"');
		return;
	}
	string = json_string(text);
	dumped = string == NULL ? NULL : json_dumps(string, JSON_ENCODE_ANY);
	if (dumped == NULL)
		buf_fail(out, string == NULL ? BUF_VALUE : BUF_NOMEM);
	else
		buf_puts(out, dumped);
	free(dumped);
	json_decref(string);
}

static int json_begin(struct sheet *sheet)
{
	buf_puts(sheet->out, "[");
	return 0;
}

static void json_cell(struct sheet *sheet, enum sheet_kind kind, const char *text, int64_t number)
{
	if (sheet->fields == 0)
		buf_puts(sheet->out, sheet->rows == 0 ? "\n{" : ",\n{");
	else
		buf_puts(sheet->out, ", ");
	json_text(sheet->out, sheet->columns[sheet->fields].name);
	buf_puts(sheet->out, ": ");
	if (kind == SHEET_CELL_NUMBER)
		buf_int(sheet->out, number);
	else
		json_text(sheet->out, text);
}

static int json_row(struct sheet *sheet)
{
	buf_puts(sheet->out, "}");
	return 0;
}

static int json_end(struct sheet *sheet)
{
	buf_puts(sheet->out, sheet->rows == 0 ? "]\n" : "\n]\n");
	return 0;
}

const struct sheet_way sheet_json = {
    .begin = json_begin, .cell = json_cell, .row = json_row, .end = json_end};

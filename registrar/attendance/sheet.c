#include "registrar/attendance/sheet.h"

#include <stdlib.h>
#include <string.h>

#include "badges/entry.h"
#include "registrar/attendance/sheet_private.h"
#include "registrar/registrar.h"

#define FLUSH_AT ((size_t)64 << 10)

static const struct {
	const struct sheet_way *way;
	const char *ending, *type;
} formats[] = {
    [SHEET_CSV] = {&sheet_csv, "csv", "text/csv; charset=utf-8"},
    [SHEET_JSON] = {&sheet_json, "json", "application/json"},
    [SHEET_XLSX] = {&sheet_xlsx, "xlsx",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    [SHEET_PDF] = {&sheet_pdf, "pdf", "application/pdf"},
};

const char *sheet_ending(enum sheet_format format)
{
	return formats[format].ending;
}

const char *sheet_type(enum sheet_format format)
{
	return formats[format].type;
}

static void cell(struct sheet *sheet, enum sheet_kind kind, const char *text, int64_t number)
{
	if (sheet->fields < sheet->n_columns)
		sheet->way->cell(sheet, kind, text, number);
	sheet->fields++;
}

void sheet_outside(struct sheet *sheet, const char *text)
{
	cell(sheet, SHEET_CELL_OUTSIDE, text, 0);
}

void sheet_ours(struct sheet *sheet, const char *text)
{
	cell(sheet, SHEET_CELL_OURS, text, 0);
}

void sheet_number(struct sheet *sheet, long long number)
{
	cell(sheet, SHEET_CELL_NUMBER, "", number);
}

void sheet_time(struct sheet *sheet, int64_t time_ms)
{
	char text[ENTRY_TIME_LEN + 1] = "";

	if (time_ms == 0 || entry_time_format(time_ms, text) != 0)
		text[0] = '\0';
	cell(sheet, SHEET_CELL_TIME, text, time_ms);
}

int sheet_row(struct sheet *sheet)
{
	int r = sheet->way->row(sheet);

	sheet->rows++;
	sheet->fields = 0;
	return r == 0 ? sheet_flush(sheet, false) : r;
}

int sheet_group(struct sheet *sheet, const char *text)
{
	return sheet->way->group == NULL ? 0 : sheet->way->group(sheet, text);
}

int sheet_flush(struct sheet *sheet, bool all)
{
	int error = buf_error(sheet->out);

	if (error != 0)
		return error == BUF_NOMEM ? SHEET_E_MEMORY : SHEET_E_WRITE;
	if (sheet->flush == NULL || (!all && sheet->out->len < FLUSH_AT))
		return 0;
	return sheet->flush(sheet->context, sheet->out);
}

int sheet_write(enum sheet_format format, const struct sheet_column *columns, size_t n_columns,
    const struct sheet_about *about, sheet_tell *tell, void *told, struct buf *out,
    int (*flush)(void *context, struct buf *out), void *context, size_t *ret_rows)
{
	struct sheet sheet = {.way = formats[format].way,
	    .format = format,
	    .columns = columns,
	    .n_columns = n_columns,
	    .about = about,
	    .tell = tell,
	    .told = told,
	    .out = out,
	    .flush = flush,
	    .context = context};
	int r = sheet.way->begin(&sheet);

	if (r == 0)
		r = tell(told, &sheet);
	if (r == 0)
		r = sheet.way->end(&sheet);
	if (r == 0)
		r = sheet_flush(&sheet, true);
	if (sheet.way->clear != NULL)
		sheet.way->clear(&sheet);
	if (r == 0 && ret_rows != NULL)
		*ret_rows = sheet.rows;
	return r;
}

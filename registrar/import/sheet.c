#include "registrar/import/sheet.h"

#include <csv.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistr.h>

#include "registrar/list.h"

/* What the reader's callbacks fill. */
struct reading {
	struct sheet *sheet;
	const char *const *columns;
	size_t n_columns, room, number, n;
	size_t column_of[SHEET_COLUMNS_MAX]; /* of the file's nth cell */
	size_t in_file;
	char *at; /* where the next cell goes */
	struct sheet_row row;
	bool named; /* the first row was read */
	struct refusal *why;
	int result;
};

static void take_name(struct reading *r, const char *name)
{
	size_t i = 0;

	while (i < r->n_columns && strcasecmp(r->columns[i], name) != 0)
		i++;
	if (i == r->n_columns) {
		r->result = refuse(r->why, "file",
		    "Row 1 names a column \"%.60s\" that is not known. Take it out, or write its "
		    "name as it is written here.",
		    name);
		return;
	}
	for (size_t k = 0; k < r->n; k++)
		if (r->column_of[k] == i) {
			r->result = refuse(r->why, "file",
			    "Row 1 names the column \"%s\" twice. Take one out.", r->columns[i]);
			return;
		}
	r->column_of[r->n] = i;
}

static void on_cell(void *data, size_t len, void *context)
{
	struct reading *r = context;
	char *cell = r->at;

	if (r->result)
		return;
	if (len > SHEET_CELL_MAX) {
		r->result =
		    refuse(r->why, "file", "Row %zu has a cell of more than %d bytes. Shorten it.",
			r->number, SHEET_CELL_MAX);
		return;
	}
	if (len)
		memcpy(cell, data, len);
	cell[len] = '\0';
	r->at += len + 1;
	if (!r->named && r->n < SHEET_COLUMNS_MAX)
		take_name(r, cell);
	else if (r->named && r->n < r->in_file)
		r->row.cells[r->column_of[r->n]] = cell;
	r->n++;
}

static void begin_row(struct reading *r)
{
	r->n = 0;
	r->number++;
	r->row = (struct sheet_row){.number = r->number};
	for (size_t i = 0; i < SHEET_COLUMNS_MAX; i++)
		r->row.cells[i] = "";
}

static bool is_blank(const struct sheet_row *row)
{
	for (size_t i = 0; i < SHEET_COLUMNS_MAX; i++)
		if (*row->cells[i])
			return false;
	return true;
}

static void on_row(int end, void *context)
{
	struct reading *r = context;
	struct sheet_row *rows;

	(void)end;
	if (r->result)
		return;
	if (!r->named) {
		r->named = true;
		r->in_file = r->n;
		if (r->n > SHEET_COLUMNS_MAX)
			r->result = refuse(r->why, "file", "Row 1 names too many columns.");
	} else if (r->n && !(r->n == 1 && is_blank(&r->row))) {
		rows = list_grow(r->sheet->rows, r->sheet->n, &r->room, sizeof(*rows));
		if (rows)
			r->sheet->rows = rows;
		if (!rows)
			r->result = MODEL_SYSTEM;
		else if (r->sheet->n == SHEET_ROWS_MAX)
			r->result = refuse(r->why, "file",
			    "There are more than %d rows. Cut the file in two.", SHEET_ROWS_MAX);
		else {
			r->row.n = r->n;
			rows[r->sheet->n++] = r->row;
		}
	}
	begin_row(r);
}

/* CR LF and CR become LF, so that each line end is one. Returns the new length. */
static size_t one_line_end(char *text, size_t len)
{
	size_t out = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\r' && i + 1 < len && text[i + 1] == '\n')
			continue;
		text[out++] = text[i] == '\r' ? '\n' : text[i];
	}
	return out;
}

static unsigned char delimiter_of(const char *text, size_t len)
{
	const char *end = memchr(text, '\n', len);
	size_t first = end ? (size_t)(end - text) : len;

	return !memchr(text, ',', first) && memchr(text, ';', first) ? ';' : ',';
}

static int parse(char *text, size_t len, struct reading *r)
{
	struct csv_parser parser;
	size_t done;

	if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL))
		return MODEL_SYSTEM;
	csv_set_delim(&parser, delimiter_of(text, len));
	begin_row(r);
	done = csv_parse(&parser, text, len, on_cell, on_row, r);
	if (!r->result && (done != len || csv_fini(&parser, on_cell, on_row, r)))
		r->result = csv_error(&parser) == CSV_EPARSE
				? refuse(r->why, "file",
				      "Row %zu has a quotation mark that does not close, or stands "
				      "inside a cell without being doubled. Save it again as CSV.",
				      r->number)
				: MODEL_SYSTEM;
	csv_free(&parser);
	return r->result;
}

static int check_bytes(const char *bytes, size_t len, struct refusal *why)
{
	if (len == 0)
		return refuse(why, "file", "The file is empty. Choose a CSV file with rows.");
	if (len > SHEET_BYTES_MAX)
		return refuse(why, "file", "The file is larger than %d MiB. Cut it in two.",
		    SHEET_BYTES_MAX >> 20);
	if (memchr(bytes, '\0', len) || u8_check((const uint8_t *)bytes, len))
		return refuse(why, "file",
		    "This is not UTF-8 text. In the spreadsheet choose \"CSV UTF-8\" when saving.");
	return 0;
}

int sheet_read(const char *bytes, size_t len, const char *const *columns, size_t n_columns,
    size_t needed, struct sheet *ret, struct refusal *why)
{
	struct sheet sheet = {NULL, 0, 0, NULL};
	struct reading r = {
	    .sheet = &sheet, .columns = columns, .n_columns = n_columns, .why = why};
	size_t mark = len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	char *text = NULL;
	int result = check_bytes(bytes, len, why);

	*ret = sheet;
	if (result)
		return result;
	/* Each cell takes its bytes and a NUL, where a delimiter or line end stood: one for the
	 * last, and one for each of the cells of an empty row. */
	text = malloc(len);
	sheet.text = malloc(2 * len + 2);
	r.at = sheet.text;
	if (!text || !sheet.text) {
		result = MODEL_SYSTEM;
		goto done;
	}
	memcpy(text, bytes + mark, len - mark);
	result = parse(text, one_line_end(text, len - mark), &r);
	for (size_t i = 0; !result && i < needed; i++) {
		size_t k = 0;

		while (k < r.in_file && r.column_of[k] != i)
			k++;
		if (k == r.in_file)
			result = refuse(why, "file",
			    "Row 1 does not name the column \"%s\". Add it.", columns[i]);
	}
	sheet.columns = r.in_file;
	if (!result && sheet.n == 0)
		result = refuse(why, "file", "There is no row below the names of the columns.");
done:
	free(text);
	if (result)
		sheet_free(&sheet);
	else
		*ret = sheet;
	return result;
}

void sheet_free(struct sheet *sheet)
{
	free(sheet->rows);
	free(sheet->text);
	*sheet = (struct sheet){NULL, 0, 0, NULL};
}

#include "registrar/attendance/export.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "badges/bytes.h"
#include "badges/class.h"
#include "badges/entry.h"
#include "registrar/attendance/attendance.h"
#include "registrar/registrar.h"
#include "schema/registrar_db.h"

#define FLUSH_AT ((size_t)64 << 10)

/* What one row is written with. */
struct sheet {
	struct buf *out;
	enum export_format format;
	int (*flush)(void *context, struct buf *out);
	void *context;
	size_t rows, fields; /* written so far, of the list and of the row */
	const char *const *columns;
	size_t n_columns;
	enum export_list list;
};

void export_csv_text(struct buf *out, const char *text, bool outside, bool first)
{
	bool formula = outside && text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL;
	bool quote = strpbrk(text, ",\"\r\n") != NULL;

	if (!first)
		buf_putc(out, ',');
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

/* A JSON string, without what a browser or a line reader could take for an end. */
static void json_text(struct buf *out, const char *text)
{
	json_t *string = json_string(text);
	char *dumped = string == NULL ? NULL : json_dumps(string, JSON_ENCODE_ANY);

	if (dumped == NULL)
		buf_fail(out, string == NULL ? BUF_VALUE : BUF_NOMEM);
	else
		buf_puts(out, dumped);
	free(dumped);
	json_decref(string);
}

static void sheet_begin(struct sheet *sheet)
{
	if (sheet->format == EXPORT_JSON) {
		buf_puts(sheet->out, "[");
		return;
	}
	for (size_t i = 0; i < sheet->n_columns; i++)
		export_csv_text(sheet->out, sheet->columns[i], false, i == 0);
	buf_puts(sheet->out, "\r\n");
}

static void field_name(struct sheet *sheet)
{
	if (sheet->fields == 0)
		buf_puts(sheet->out, sheet->rows == 0 ? "\n{" : ",\n{");
	else
		buf_puts(sheet->out, ", ");
	json_text(sheet->out, sheet->columns[sheet->fields]);
	buf_puts(sheet->out, ": ");
}

static void put(struct sheet *sheet, const char *text, bool outside)
{
	if (sheet->format == EXPORT_CSV) {
		export_csv_text(sheet->out, text, outside, sheet->fields == 0);
	} else {
		field_name(sheet);
		json_text(sheet->out, text);
	}
	sheet->fields++;
}

/* A text of a person's, and one of ours. */
static void put_outside(struct sheet *sheet, const char *text)
{
	put(sheet, text, true);
}

static void put_ours(struct sheet *sheet, const char *text)
{
	put(sheet, text, false);
}

static void put_number(struct sheet *sheet, long long number)
{
	if (sheet->format == EXPORT_CSV) {
		if (sheet->fields > 0)
			buf_putc(sheet->out, ',');
	} else {
		field_name(sheet);
	}
	buf_int(sheet->out, number);
	sheet->fields++;
}

static void put_time(struct sheet *sheet, int64_t time_ms)
{
	char text[ENTRY_TIME_LEN + 1] = "";

	if (time_ms == 0 || entry_time_format(time_ms, text) != 0)
		text[0] = '\0';
	put_ours(sheet, text);
}

static int row_end(struct sheet *sheet)
{
	buf_puts(sheet->out, sheet->format == EXPORT_CSV ? "\r\n" : "}");
	sheet->rows++;
	sheet->fields = 0;
	if (buf_error(sheet->out) != 0)
		return MODEL_SYSTEM;
	if (sheet->flush != NULL && sheet->out->len >= FLUSH_AT)
		return sheet->flush(sheet->context, sheet->out);
	return 0;
}

static void code_with_dash(const char *code, char ret[static 10])
{
	(void)snprintf(ret, 10, "%.4s-%.4s", code, strlen(code) > 4 ? code + 4 : "");
}

static int write_passes(struct store_tx *tx, int64_t conference, struct sheet *sheet)
{
	struct store_rows *rows = NULL;
	char code[10];
	int r =
	    store_query(tx, REGISTRAR_Q_EXPORT_PASSES, STORE_ARGS(store_i64(conference)), &rows);

	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		bool active = strcmp(store_get_text(rows, 3), "active") == 0;
		const char *word = class_token((uint8_t)store_get_i64(rows, 2));

		put_outside(sheet, store_get_text(rows, 0));
		put_outside(sheet, store_get_text(rows, 1));
		put_ours(sheet, word == NULL ? "" : word);
		put_ours(sheet, active ? store_get_text(rows, 4) : "revoked");
		put_ours(sheet, store_get_text(rows, 5));
		code_with_dash(store_get_text(rows, 6), code);
		put_ours(sheet, code);
		r = row_end(sheet);
	}
	store_done(rows);
	return r;
}

/* What became of a registration, in one word. */
static const char *attended(
    const struct attendance *attendance, const struct attendance_person *person, int64_t now)
{
	if (person->arrived)
		return strcmp(person->state, "confirmed") == 0 ? "arrived" : "walk-in";
	if (strcmp(person->state, "confirmed") != 0)
		return person->denials > 0 ? "denied" : person->state;
	return now < attendance->over ? "expected" : "no-show";
}

static int write_attendance(struct store_tx *tx, int64_t conference, struct sheet *sheet)
{
	struct attendance *attendance = NULL;
	int64_t now = registrar_now();
	int r = attendance_load(tx, conference, &attendance);

	for (size_t i = 0; r == 0 && i < attendance->n_people; i++) {
		const struct attendance_person *person = &attendance->people[i];
		const char *word = class_token(person->pass_class);

		put_outside(sheet, person->name);
		put_outside(sheet, person->outlet);
		put_ours(sheet, person->name[0] == '\0' || word == NULL ? "" : word);
		put_ours(sheet, person->state);
		put_ours(sheet, attended(attendance, person, now));
		put_ours(sheet, person->inside ? "yes" : "no");
		put_time(sheet, person->first.time_ms);
		put_ours(sheet, person->first.device);
		put_time(sheet, person->last.time_ms);
		put_ours(sheet, person->last.device);
		put_number(sheet, person->entries);
		put_number(sheet, person->exits);
		put_number(sheet, person->denials);
		r = row_end(sheet);
	}
	attendance_free(attendance);
	return r;
}

static int write_entry(void *context, const struct attendance_entry *entry)
{
	struct sheet *sheet = context;
	bool denial = strcmp(entry->decision, "deny") == 0;
	char pass[33] = "";

	if (denial != (sheet->list == EXPORT_DENIALS))
		return 0;
	if (entry->has_pass)
		bytes_hex(entry->pass, sizeof(entry->pass), pass);
	put_time(sheet, entry->at.time_ms);
	put_ours(sheet, entry->at.device);
	put_number(sheet, entry->at.epoch);
	put_number(sheet, entry->at.seq);
	put_ours(sheet, entry->decision);
	put_ours(sheet, entry->reason);
	put_ours(sheet, pass);
	put_outside(sheet, entry->name);
	put_outside(sheet, entry->outlet);
	put_ours(sheet, strcmp(entry->staff, "-") == 0 ? "" : entry->staff);
	put_outside(sheet, entry->detail == NULL ? "" : entry->detail);
	return row_end(sheet);
}

static int write_entries(struct store_tx *tx, int64_t conference, struct sheet *sheet)
{
	struct attendance *attendance = NULL;
	int r = attendance_load(tx, conference, &attendance);

	if (r == 0)
		r = attendance_entries(
		    tx, attendance, NULL, attendance->n_lines, write_entry, sheet);
	attendance_free(attendance);
	return r;
}

static const char *const pass_columns[] = {"person", "outlet", "class", "status", "qr", "code"};
static const char *const attendance_columns[] = {"person", "outlet", "class", "registration",
    "status", "inside", "arrived", "arrived_at", "last_seen", "last_seen_at", "entries", "exits",
    "denials"};
static const char *const entry_columns[] = {"time", "gate", "epoch", "seq", "decision", "reason",
    "pass", "person", "outlet", "staff", "detail"};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static const struct {
	const char *const *columns;
	size_t n;
} lists[] = {
    [EXPORT_PASSES] = {pass_columns, COUNT(pass_columns)},
    [EXPORT_ATTENDANCE] = {attendance_columns, COUNT(attendance_columns)},
    [EXPORT_ENTRIES] = {entry_columns, COUNT(entry_columns)},
    [EXPORT_DENIALS] = {entry_columns, COUNT(entry_columns)},
};

int export_write(struct store_tx *tx, int64_t conference, enum export_list list,
    enum export_format format, struct buf *out, int (*flush)(void *context, struct buf *out),
    void *context)
{
	struct sheet sheet = {
	    .out = out,
	    .format = format,
	    .flush = flush,
	    .context = context,
	    .columns = lists[list].columns,
	    .n_columns = lists[list].n,
	    .list = list,
	};
	int r;

	sheet_begin(&sheet);
	switch (list) {
	case EXPORT_PASSES:
		r = write_passes(tx, conference, &sheet);
		break;
	case EXPORT_ATTENDANCE:
		r = write_attendance(tx, conference, &sheet);
		break;
	default:
		r = write_entries(tx, conference, &sheet);
		break;
	}
	if (r == 0 && format == EXPORT_JSON)
		buf_puts(out, sheet.rows == 0 ? "]\n" : "\n]\n");
	if (r == 0 && buf_error(out) != 0)
		r = MODEL_SYSTEM;
	return r == 0 && flush != NULL ? flush(context, out) : r;
}

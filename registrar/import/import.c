#include "registrar/import/import.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/import/import_private.h"
#include "registrar/journal/journal.h"
#include "registrar/list.h"
#include "registrar/registrar.h"
#include "web/text.h"

/* The write was carried out and is to be taken back. */
enum { TAKE_BACK = 1 };

static const struct {
	const char *word;
	const char *const *columns;
	size_t n, needed;
	import_one *one;
} kinds[] = {
    [IMPORT_OUTLETS] = {"outlets",
	(const char *const[]){"name", "local", "site", "address", "aliases"}, OUTLETS_COLUMNS, 1,
	import_outlet},
    [IMPORT_REPORTERS] = {"reporters",
	(const char *const[]){"email", "name", "outlet", "class", "until"}, REPORTER_COLUMNS, 4,
	import_reporter},
};

void import_problem(struct importing *it, const struct sheet_row *row, const char *column,
    bool hint, const char *format, ...)
{
	struct import_problem *problems, *problem;
	va_list args;

	if (it->report.n == IMPORT_PROBLEMS_MAX)
		return;
	problems = list_grow(it->report.problems, it->report.n, &it->room, sizeof(*problems));
	if (!problems)
		return;
	it->report.problems = problems;
	problem = &problems[it->report.n++];
	*problem = (struct import_problem){.row = row->number, .column = column, .hint = hint};
	va_start(args, format);
	vsnprintf(problem->words, sizeof(problem->words), format, args);
	va_end(args);
}

char *import_text(struct importing *it, const struct sheet_row *row, const char *column,
    const char *cell, size_t most, bool needed)
{
	char *clean = NULL;
	int bad = text_clean(cell, strlen(cell), TEXT_ONE_LINE, most, &clean);

	if (!bad && (*clean || !needed))
		return clean;
	free(clean);
	if (bad == TEXT_LONG)
		import_problem(
		    it, row, column, false, "It has more than %zu characters. Shorten it.", most);
	else if (bad)
		import_problem(it, row, column, false,
		    "It has a line break or a character that can't be shown. Type it again.");
	else
		import_problem(it, row, column, false, "It is empty. Fill it in.");
	return NULL;
}

static int take_row(struct store_tx *tx, struct importing *it, const struct sheet_row *row)
{
	enum import_row came = IMPORT_ROW_BAD;
	int result;

	if (row->n > it->sheet.columns) {
		import_problem(it, row, "", false,
		    "It has more cells than there are columns. Put a text with a comma in "
		    "quotation marks.");
		it->report.bad++;
		return 0;
	}
	result = kinds[it->wish->kind].one(tx, it, row, &came);
	if (result)
		return result;
	it->report.bad += came == IMPORT_ROW_BAD;
	it->report.made += came == IMPORT_ROW_MADE;
	it->report.changed += came == IMPORT_ROW_CHANGED;
	it->report.same += came == IMPORT_ROW_SAME;
	return 0;
}

static int by_row(const void *a, const void *b)
{
	const struct import_problem *x = a, *y = b;

	return (x->row > y->row) - (x->row < y->row);
}

static void forget_keys(struct importing *it)
{
	for (size_t i = 0; it->keys && i < it->sheet.n; i++) {
		free(it->keys[i]);
		it->keys[i] = NULL;
	}
}

static int body(struct store_tx *tx, void *context)
{
	struct importing *it = context;
	struct import_report *report = &it->report;
	char detail[120];
	int result = 0;

	report->n = report->bad = report->made = report->changed = report->same = 0;
	forget_keys(it);
	if (it->wish->kind == IMPORT_OUTLETS)
		result = import_look_alikes(tx, it);
	for (size_t i = 0; !result && i < it->sheet.n; i++)
		result = take_row(tx, it, &it->sheet.rows[i]);
	if (report->n)
		qsort(report->problems, report->n, sizeof(*report->problems), by_row);
	if (result)
		return result;
	if (it->wish->dry || (report->bad && !it->wish->skip_bad))
		return TAKE_BACK;
	if (!report->made && !report->changed)
		return 0;
	snprintf(detail, sizeof(detail), "%s: %zu made, %zu changed", kinds[it->wish->kind].word,
	    report->made, report->changed);
	return journal_append(tx, it->registrar,
	    &(struct journal_line){
		.kind = JOURNAL_IMPORTED, .staff = it->wish->staff, .detail = detail});
}

int import_run(struct registrar *registrar, const struct import_wish *wish, int64_t now,
    struct import_report *ret, struct refusal *why)
{
	struct importing it = {.registrar = registrar, .wish = wish, .now = now};
	int result = sheet_read(wish->bytes, wish->len, kinds[wish->kind].columns,
	    kinds[wish->kind].n, kinds[wish->kind].needed, &it.sheet, why);

	if (result)
		return result;
	it.report.rows = it.sheet.n;
	it.keys = calloc(it.sheet.n, sizeof(*it.keys));
	result = it.keys ? store_write(registrar->store, body, &it) : MODEL_SYSTEM;
	it.report.done = result == 0;
	forget_keys(&it);
	free(it.keys);
	sheet_free(&it.sheet);
	if (result != 0 && result != TAKE_BACK) {
		import_report_free(&it.report);
		return result;
	}
	*ret = it.report;
	return 0;
}

void import_report_free(struct import_report *report)
{
	free(report->problems);
	report->problems = NULL;
	report->n = 0;
}

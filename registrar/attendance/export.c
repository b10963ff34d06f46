#include "registrar/attendance/export.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/class.h"
#include "registrar/attendance/attendance_cache.h"
#include "registrar/attendance/reconcile.h"
#include "registrar/journal/journal.h"
#include "registrar/press/conference.h"
#include "registrar/registrar.h"
#include "registrar/zone.h"
#include "schema/registrar_db.h"

/* ---- passes ---- */

static const struct sheet_column pass_columns[] = {
    {"person", "Name", 26, SHEET_STRONG},
    {"outlet", "Outlet", 22, SHEET_TEXT},
    {"class", "Role", 12, SHEET_TEXT},
    {"status", "Status", 12, SHEET_TEXT},
    {"qr", "Pass", 10, SHEET_HIDDEN},
    {"code", "Code", 12, SHEET_TEXT},
};

struct telling {
	struct store_tx *tx;
	int64_t conference;
};

static int tell_passes(void *context, struct sheet *sheet)
{
	const struct telling *it = context;
	struct store_rows *rows = NULL;
	char code[10];
	int r = store_query(
	    it->tx, REGISTRAR_Q_EXPORT_PASSES, STORE_ARGS(store_i64(it->conference)), &rows);

	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		bool active = strcmp(store_get_text(rows, 3), "active") == 0;
		const char *word = class_token((uint8_t)store_get_i64(rows, 2));
		const char *typed = store_get_text(rows, 6);

		sheet_outside(sheet, store_get_text(rows, 0));
		sheet_outside(sheet, store_get_text(rows, 1));
		sheet_ours(sheet, word == NULL ? "" : word);
		sheet_ours(sheet, active ? store_get_text(rows, 4) : "revoked");
		sheet_ours(sheet, store_get_text(rows, 5));
		(void)snprintf(
		    code, sizeof(code), "%.4s-%.4s", typed, strlen(typed) > 4 ? typed + 4 : "");
		sheet_ours(sheet, code);
		r = sheet_row(sheet);
	}
	store_done(rows);
	return r;
}

/* ---- what is said of a list ---- */

static void add(char *ret, size_t size, const char *label, const char *value)
{
	size_t len = strlen(ret);

	if (value == NULL || value[0] == '\0')
		return;
	(void)snprintf(ret + len, size - len, "%s%s%s", len > 0 ? "; " : "", label, value);
}

void export_filter_words(const struct listing_filter *filter, char *ret, size_t size)
{
	ret[0] = '\0';
	if (filter == NULL)
		return;
	if (filter->state != LISTING_ALL)
		add(ret, size, "", listing_state_label(filter->state));
	if (filter->pass_class >= 0)
		add(ret, size, "Role: ", class_words((unsigned)filter->pass_class));
	add(ret, size, "Outlet: ", filter->outlet);
	add(ret, size, "Door: ", filter->door);
	add(ret, size, "Reason: ", filter->reason);
	add(ret, size, "Search: ", filter->text);
}

/* The texts a sheet's head points to. */
struct head {
	char conference[700], made[200], filter[700];
	struct sheet_about about;
};

static int head_fill(struct store_tx *tx, const struct export *export, struct head *head)
{
	struct conference conference = {0};
	char when[80];
	int r = conference_by_id(tx, export->conference, &conference);

	if (r != 0)
		return r == MODEL_NOT_FOUND ? STORE_NOT_FOUND : r;
	zone_say(NULL, conference.starts, when, sizeof(when));
	(void)snprintf(head->conference, sizeof(head->conference), "%s. %s, %s", conference.title,
	    when, conference.place);
	zone_say(NULL, export->now, when, sizeof(when));
	(void)snprintf(head->made, sizeof(head->made), "Made %s by %s", when, export->staff);
	export_filter_words(export->filter, head->filter, sizeof(head->filter));
	head->about = (struct sheet_about){
	    .title = export->passes ? "Passes" : listing_title(export->kind),
	    .conference = head->conference,
	    .made = head->made,
	    .filter = head->filter,
	    .a4 = export->registrar->settings.a4,
	    .size = !export->passes && export->kind == LISTING_GUESTS ? 10.5 : 8.5,
	    .dir = export->registrar->dir,
	};
	conference_clear(&conference);
	return 0;
}

static int write_listing(struct store_tx *tx, const struct export *export,
    const struct attendance *attendance, const struct sheet_about *about, struct buf *out,
    int (*flush)(void *context, struct buf *out), void *context, size_t *ret_rows)
{
	const struct sheet_column *columns;
	struct listing listing;
	size_t n = 0;
	int r = listing_select(attendance, export->kind, export->filter, export->now, &listing);

	if (r != 0)
		return r;
	/* Paper has no room for details, and is told twice. */
	listing.tx = export->format == SHEET_PDF ? NULL : tx;
	columns = listing_columns(export->kind, &n);
	r = sheet_write(export->format, columns, n, about, listing_tell, &listing, out, flush,
	    context, ret_rows);
	listing_clear(&listing);
	return r;
}

int export_write(struct store_tx *tx, const struct export *export, struct buf *out,
    int (*flush)(void *context, struct buf *out), void *context, size_t *ret_rows)
{
	const struct attendance *attendance = NULL;
	struct telling passes = {tx, export->conference};
	struct reconcile reconcile = {0};
	struct head *head = calloc(1, sizeof(*head));
	int r = head == NULL ? STORE_NO_MEMORY : head_fill(tx, export, head);

	if (r == 0 && export->passes) {
		r = sheet_write(export->format, pass_columns,
		    sizeof(pass_columns) / sizeof(pass_columns[0]), &head->about, tell_passes,
		    &passes, out, flush, context, ret_rows);
	} else if (r == 0) {
		r = attendance_cache_get(
		    export->registrar->attendance, tx, export->conference, &attendance);
		/* The other two have no room for words. */
		if (r == 0 && (export->format == SHEET_PDF || export->format == SHEET_XLSX))
			r = reconcile_run(
			    export->registrar, tx, attendance, export->now, &reconcile);
		head->about.notes = (const char *const *)reconcile.words;
		head->about.n_notes = reconcile.n;
		if (r == 0)
			r = write_listing(
			    tx, export, attendance, &head->about, out, flush, context, ret_rows);
	}
	reconcile_clear(&reconcile);
	attendance_free(attendance);
	free(head);
	return r;
}

/* ---- who took it ---- */

struct note {
	const struct export *export;
	const char *slug;
	char detail[200];
};

static int note_body(struct store_tx *tx, void *context)
{
	const struct note *note = context;
	struct journal_line line = {.kind = JOURNAL_RECORDS_EXPORTED,
	    .event = note->slug,
	    .staff = note->export->staff,
	    .detail = note->detail};

	return journal_append(tx, note->export->registrar, &line);
}

int export_note(const struct export *export, const char *slug, size_t rows)
{
	struct note note = {.export = export, .slug = slug};

	(void)snprintf(note.detail, sizeof(note.detail), "%s as %s, %zu rows",
	    export->passes ? "passes" : listing_word(export->kind), sheet_ending(export->format),
	    rows);
	return store_write(export->registrar->store, note_body, &note);
}

/* Outlets and reporters from a file: a dry run unless it is said otherwise. */
#include <string.h>

#include "registrar/import/sheet.h"
#include "registrar/web/handlers.h"
#include "registrar/web/interfaces.h"
#include "registrar/web/interfaces.html.h"
#include "web/token.h"

enum { IMPORT_WHAT, IMPORT_FILE, IMPORT_CARRY_OUT, IMPORT_SKIP };
static const struct form_choice what_choices[] = {
    {"outlets", "Outlets", NULL},
    {"reporters", "Reporters, with their accreditations", NULL},
    {NULL, NULL, NULL},
};
const struct form_field import_fields[4] = {
    [IMPORT_WHAT] = {.name = "what",
	.label = "what the file holds",
	.kind = FORM_CHOICE,
	.choices = what_choices,
	.required = true,
	.missing = "Say what the file holds"},
    [IMPORT_FILE] = {.name = "file",
	.label = "the file",
	.hint = "CSV in UTF-8, 4 MiB and 20,000 rows at most",
	.kind = FORM_FILE,
	.max = SHEET_BYTES_MAX,
	.required = true,
	.missing = "Choose a file",
	.accept = ".csv,text/csv"},
    [IMPORT_CARRY_OUT] = {.name = "carry-out",
	.label = "carry it out; without this it is a dry run that changes nothing",
	.kind = FORM_CHECKBOX},
    [IMPORT_SKIP] = {.name = "skip-bad",
	.label = "leave out rows with problems; without this one of them stops all",
	.kind = FORM_CHECKBOX},
};

bool import_may_send(struct request *req)
{
	const char *cookie = request_cookie(req, "session");
	uint8_t hash[TOKEN_BYTES];
	struct session session;
	struct store_tx *tx = NULL;
	int64_t now = registrar_now();
	bool may = false;

	if (!cookie || token_hash(cookie, hash) ||
	    store_read_begin(registrar_of(req)->store, &tx) != 0)
		return false;
	if (session_find(tx, hash, now, &session) == 0)
		may = site_roles(&session, &registrar_of(req)->settings, now) == ROLE_ADMINISTRATOR;
	store_read_end(tx);
	return may;
}

static int show(struct request *req, struct reply *rep, struct view_import *view)
{
	site_page(req, rep, &view->page, "Import from a CSV file", "/staff/interfaces", SITE_FORMS);
	view->page.wide = view->report != NULL;
	view->page.error = form_messages(view->form) || view->problem;
	import_page(reply_body(rep), view);
	return 0;
}

int import_get(struct request *req, struct reply *rep)
{
	struct form *form = form_new(import_fields, 4);
	struct view_import view = {.form = form};

	if (!form)
		return STORE_NO_MEMORY;
	(void)show(req, rep, &view);
	form_free(form);
	return 0;
}

int import_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req), *fresh = NULL;
	struct form_upload file = form_file(form, IMPORT_FILE);
	struct import_report report = {0};
	struct refusal why = {0};
	struct view_import view = {.form = form};
	struct import_wish wish = {.bytes = file.bytes,
	    .len = file.len,
	    .kind = form_number(form, IMPORT_WHAT) == 1 ? IMPORT_REPORTERS : IMPORT_OUTLETS,
	    .dry = !form_checked(form, IMPORT_CARRY_OUT),
	    .skip_bad = form_checked(form, IMPORT_SKIP),
	    .staff = session_of(req)->staff};
	int result;

	if (!form_ok(form)) {
		reply_status(rep, 422);
		return show(req, rep, &view);
	}
	result = import_run(registrar_of(req), &wish, registrar_now(), &report, &why);
	if (result && result != MODEL_REFUSED)
		return site_result(result);
	/* The next file is looked at first again. */
	fresh = form_new(import_fields, 4);
	if (fresh) {
		form_fill(fresh, IMPORT_WHAT, form_text(form, IMPORT_WHAT));
		view.form = fresh;
	}
	view.problem = result ? why.words : NULL;
	view.report = result ? NULL : &report;
	view.dry = wish.dry;
	view.reporters = wish.kind == IMPORT_REPORTERS;
	if (result || (!report.done && !wish.dry))
		reply_status(rep, 422);
	(void)show(req, rep, &view);
	import_report_free(&report);
	form_free(fresh);
	return 0;
}

/* Pages of retention: rules, purges, receipts, holds. */
#include "registrar/web/records.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "registrar/records/later.h"
#include "registrar/web/handlers.h"
#include "registrar/web/records.html.h"
#include "registrar/zone.h"

enum { HOLD_SCOPE, HOLD_WHAT, HOLD_REASON, HOLD_UNTIL };
enum { RECEIPTS_SHOWN = 50 };

static const struct form_choice scopes[] = {
    {"person", "A person", "By e-mail address"},
    {"conference", "A conference, and everybody registered for it", "By its short name (slug)"},
    {"outlet", "An outlet, and its people", "By its name in the registry"},
    {NULL, NULL, NULL},
};
const struct form_field legal_hold_fields[4] = {
    [HOLD_SCOPE] = {.name = "scope",
	.label = "hold on",
	.kind = FORM_CHOICE,
	.choices = scopes,
	.required = true,
	.missing = "Choose what the hold is on"},
    [HOLD_WHAT] =
	{.name = "what", .label = "which one", .kind = FORM_LINE, .max = 254, .required = true},
    [HOLD_REASON] = {.name = "reason",
	.label = "reason: who asks for it, in which matter",
	.kind = FORM_TEXT,
	.max = 1000,
	.required = true,
	.missing = "Say who asks for it, and in which matter"},
    [HOLD_UNTIL] = {.name = "until",
	.label = "end of the hold",
	.hint = "Leave it empty where it stands until it is lifted",
	.kind = FORM_DATE},
};
const struct form_field lift_fields[1] = {{.name = "words",
    .label = "reason",
    .kind = FORM_LINE,
    .max = 400,
    .required = true,
    .missing = "Say why it is lifted"}};

static int show(
    struct request *req, struct reply *rep, const struct form *form, unsigned status, bool asks)
{
	struct registrar *registrar = registrar_of(req);
	struct purge_due due;
	struct purge_receipts receipts = {NULL, 0};
	struct holds holds = {NULL, 0};
	struct view_records view = {.settings = &registrar->settings,
	    .due = &due,
	    .receipts = &receipts,
	    .holds = &holds,
	    .form = form,
	    .now = registrar_now(),
	    .runs = later_runs()};
	struct store_tx *tx = NULL;
	int result = purge_due(registrar, view.now, &due);

	if (result == 0)
		result = store_read_begin(registrar->store, &tx);
	if (result == 0)
		result = purge_receipts(tx, RECEIPTS_SHOWN, &receipts);
	if (result == 0)
		result = hold_list(tx, view.now, &holds);
	store_read_end(tx);
	if (result == 0) {
		site_page(req, rep, &view.page, asks ? "Destroy what is due" : "Records",
		    "/staff/records", SITE_FORMS);
		view.page.error = !form_ok(form);
		reply_status(rep, status);
		(asks ? records_purge_page : records_page)(reply_body(rep), &view);
	}
	free(receipts.items);
	free(holds.items);
	return site_result(result);
}

static int show_empty(struct request *req, struct reply *rep, bool asks)
{
	struct form *form = form_new(legal_hold_fields, 4);
	int result = form ? show(req, rep, form, 200, asks) : STORE_NO_MEMORY;

	form_free(form);
	return result;
}

int records_get(struct request *req, struct reply *rep)
{
	return show_empty(req, rep, false);
}

int records_purge_get(struct request *req, struct reply *rep)
{
	return show_empty(req, rep, true);
}

int records_purge_post(struct request *req, struct reply *rep)
{
	int result = later_purge(registrar_of(req), session_of(req)->staff);

	if (result == MODEL_BUSY)
		return 409;
	if (result < 0)
		return site_result(result);
	reply_redirect(rep, "/staff/records");
	return 0;
}

/* ---- receipts ---- */

static int read_receipt(struct request *req, struct purge_receipt *ret)
{
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = purge_receipt(tx, strtoll(request_segment(req, "number"), NULL, 10), ret);
	store_read_end(tx);
	return result;
}

int records_receipt_get(struct request *req, struct reply *rep)
{
	struct purge_receipt receipt = {.text = NULL};
	struct view_receipt view = {.receipt = &receipt};
	int result = read_receipt(req, &receipt);

	if (result == 0) {
		sodium_bin2hex(
		    view.digest, sizeof(view.digest), receipt.digest, sizeof(receipt.digest));
		site_page(req, rep, &view.page, "Receipt", "/staff/records", SITE_NO_FORM);
		records_receipt_page(reply_body(rep), &view);
	}
	purge_receipt_free(&receipt);
	return site_result(result);
}

int records_receipt_json_get(struct request *req, struct reply *rep)
{
	struct purge_receipt receipt = {.text = NULL};
	int result = read_receipt(req, &receipt);

	if (result == 0) {
		reply_type(rep, "application/json");
		reply_download(rep, "receipt.json");
		buf_puts(reply_body(rep), receipt.text);
	}
	purge_receipt_free(&receipt);
	return site_result(result);
}

/* ---- holds ---- */

struct holding {
	struct registrar *registrar;
	struct hold_wish wish;
	struct refusal why;
	int64_t now, id;
};

static int place_body(struct store_tx *tx, void *context)
{
	struct holding *it = context;

	return hold_place(tx, it->registrar, &it->wish, it->now, &it->id, &it->why);
}

static int read_until(const struct form *form, struct holding *it)
{
	const struct form_time day = form_when(form, HOLD_UNTIL);

	if (!form_given(form, HOLD_UNTIL))
		return 0;
	return zone_seconds(day.year, day.month, day.day, 23, 59, ZONE_FIRST, &it->wish.until) < 0
		   ? refuse(&it->why, "until", "Write a date.")
		   : 0;
}

int records_hold_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);
	struct holding it = {.registrar = registrar_of(req), .now = registrar_now()};
	int result;

	if (!form_ok(form))
		return show(req, rep, form, 422, false);
	it.wish = (struct hold_wish){.scope = (enum hold_scope)form_number(form, HOLD_SCOPE),
	    .what = form_text(form, HOLD_WHAT),
	    .reason = form_text(form, HOLD_REASON),
	    .staff = session_of(req)->staff};
	result = read_until(form, &it);
	if (result == 0)
		result = store_write(it.registrar->store, place_body, &it);
	if (result == MODEL_REFUSED) {
		form_refuse(form, it.why.field[0] == 'u' ? HOLD_UNTIL : HOLD_WHAT, it.why.words);
		return show(req, rep, form, 422, false);
	}
	if (result < 0)
		return site_result(result);
	reply_redirect(rep, "/staff/records#holds");
	return 0;
}

static int show_lift(
    struct request *req, struct reply *rep, const struct form *form, unsigned status)
{
	struct hold hold;
	struct view_lift view = {.hold = &hold, .form = form};
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = hold_by_id(tx, strtoll(request_segment(req, "number"), NULL, 10), &hold);
	store_read_end(tx);
	if (result == 0 && !hold_stands(&hold, registrar_now()))
		return 409;
	if (result == 0) {
		site_page(req, rep, &view.page, "Lift a hold", "/staff/records", SITE_FORMS);
		view.page.error = !form_ok(form);
		reply_status(rep, status);
		records_lift_page(reply_body(rep), &view);
	}
	return site_result(result);
}

int records_lift_get(struct request *req, struct reply *rep)
{
	struct form *form = form_new(lift_fields, 1);
	int result = form ? show_lift(req, rep, form, 200) : STORE_NO_MEMORY;

	form_free(form);
	return result;
}

static int lift_body(struct store_tx *tx, void *context)
{
	struct holding *it = context;

	return hold_lift(tx, it->registrar, it->id, it->wish.reason, it->wish.staff, it->now);
}

int records_lift_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);
	struct holding it = {.registrar = registrar_of(req),
	    .now = registrar_now(),
	    .id = strtoll(request_segment(req, "number"), NULL, 10),
	    .wish = {.staff = session_of(req)->staff, .reason = form_text(form, 0)}};
	int result;

	if (!form_ok(form))
		return show_lift(req, rep, form, 422);
	result = store_write(it.registrar->store, lift_body, &it);
	if (result < 0)
		return result == MODEL_NOT_FOUND ? 404 : site_result(result);
	reply_redirect(rep, "/staff/records#holds");
	return 0;
}

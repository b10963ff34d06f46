/* What a person asked about their own records: the whole of it as a file, and its end. */
#include <stdlib.h>

#include "registrar/press/view_log.h"
#include "registrar/records/later.h"
#include "registrar/records/subject_export.h"
#include "registrar/web/handlers.h"
#include "registrar/web/my_handlers.h"
#include "registrar/web/records.h"
#include "registrar/web/records.html.h"
#include "registrar/web/view_log.h"

const struct form_field erase_fields[1] = {{.name = "words",
    .label = "message to the person",
    .hint = "What is destroyed, what has to be kept, and why",
    .kind = FORM_TEXT,
    .max = 4000,
    .required = true,
    .missing = "Say what was done"}};

static int note_look(struct request *req, const struct subject_request *request)
{
	return view_log_note(req, &(struct view_log_look){.what = VIEW_LOG_PERSON,
				      .why = VIEW_LOG_ANSWER,
				      .person_id = request->person_id,
				      .item = request->reference});
}

/* The request, whose look is noted. NULL: *ret_result says why. The caller frees it. */
static struct subject_request *find(struct request *req, int *ret_result)
{
	struct subject_request *request = calloc(1, sizeof(*request));
	struct store_tx *tx = NULL;
	int result;

	*ret_result = STORE_NO_MEMORY;
	if (!request)
		return NULL;
	result = store_read_begin(registrar_of(req)->store, &tx);
	if (result == 0)
		result =
		    subject_request_by_reference(tx, request_segment(req, "reference"), request);
	store_read_end(tx);
	result = site_result(result);
	if (result == 0)
		result = note_look(req, request);
	*ret_result = result;
	if (result == 0)
		return request;
	free(request);
	return NULL;
}

static int show(struct request *req, struct reply *rep, const struct subject_request *request,
    const struct form *form, unsigned status)
{
	struct erasure_preview preview = {.held = false};
	struct view_erase view = {.request = request, .preview = &preview, .form = form};
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = erasure_preview(tx, request->person_id, registrar_now(), &preview);
	store_read_end(tx);
	if (result == 0) {
		site_page(req, rep, &view.page, "Destroy a person's records", "/staff", SITE_FORMS);
		view.page.error = !form_ok(form);
		reply_status(rep, status);
		records_erase_page(reply_body(rep), &view);
	}
	subject_records_free(&preview.records);
	return site_result(result);
}

static bool may_erase(const struct subject_request *request)
{
	return request->kind == SUBJECT_DISPOSAL && request->state == SUBJECT_WAITING;
}

int records_erase_get(struct request *req, struct reply *rep)
{
	struct form *form = form_new(erase_fields, 1);
	int result = STORE_NO_MEMORY;
	struct subject_request *request = form ? find(req, &result) : NULL;

	if (request)
		result = may_erase(request) ? show(req, rep, request, form, 200) : 409;
	free(request);
	form_free(form);
	return result;
}

static int is_held(struct request *req, int64_t person_id, bool *ret)
{
	struct erasure_preview preview = {.held = false};
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = erasure_preview(tx, person_id, registrar_now(), &preview);
	store_read_end(tx);
	*ret = preview.held;
	subject_records_free(&preview.records);
	return result;
}

int records_erase_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);
	int result = 0;
	bool held = true;
	struct subject_request *request = find(req, &result);

	if (!request)
		return result;
	if (!form_ok(form)) {
		result = show(req, rep, request, form, 422);
	} else if (!may_erase(request)) {
		result = 409;
	} else if ((result = is_held(req, request->person_id, &held)) < 0 || held) {
		result = result < 0 ? site_result(result) : 409;
	} else {
		result = later_erase(registrar_of(req), request->person_id, session_of(req)->staff,
		    form_text(form, 0));
		result = result == MODEL_BUSY ? 409 : site_result(result);
		if (result == 0)
			reply_redirect(rep, "/staff/requests");
	}
	free(request);
	return result;
}

int records_zip_get(struct request *req, struct reply *rep)
{
	struct subject_parts parts = {NULL, 0};
	uint8_t *bytes = NULL;
	size_t len = 0;
	int result = 0;
	struct subject_request *request = find(req, &result);

	if (!request)
		return result;
	result = subject_collect(
	    registrar_of(req), request->person_id, session_of(req)->staff, registrar_now(), &parts);
	if (result == 0)
		result = subject_zip(&parts, &bytes, &len);
	if (result == 0) {
		reply_type(rep, "application/zip");
		reply_download(rep, "records.zip");
		buf_add(reply_body(rep), bytes, len);
	}
	subject_parts_free(&parts);
	free(bytes);
	free(request);
	return site_result(result);
}

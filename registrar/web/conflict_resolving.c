/* One conflict, and what a person found out about it. */
#include <stdlib.h>
#include <string.h>

#include "registrar/attendance/attendance_cache.h"
#include "registrar/web/conflict_views.h"
#include "registrar/web/conflicts.html.h"
#include "registrar/web/handlers.h"

enum { RESOLVE_KEY, RESOLVE_WORDS };
#define KEY_FIELD                                                                                  \
	{                                                                                          \
		.name = "key", .label = "conflict", .kind = FORM_LINE, .max = CONFLICT_KEY,        \
		.required = true                                                                   \
	}
const struct form_field conflict_query[1] = {KEY_FIELD};
const struct form_field conflict_fields[2] = {
    [RESOLVE_KEY] = KEY_FIELD,
    [RESOLVE_WORDS] = {.name = "words",
	.label = "what you found out",
	.hint = "Such as: two people, one pass; the second was sent away",
	.kind = FORM_LINE,
	.max = CONFLICT_WORDS_MAX,
	.required = true,
	.missing = "Say what you found out"},
};

static const struct attendance_conflict *find(
    const struct attendance *attendance, const char *wanted)
{
	char key[CONFLICT_KEY + 1];

	for (size_t i = 0; i < attendance->n_conflicts; i++) {
		conflict_key(&attendance->conflicts[i], key);
		if (strcmp(key, wanted) == 0)
			return &attendance->conflicts[i];
	}
	return NULL;
}

static int show(struct request *req, struct reply *rep, const char *key, const struct form *form)
{
	struct conflict_resolutions resolved = {NULL, 0};
	const struct attendance *attendance = NULL;
	struct conference conference = {.id = 0};
	struct view_resolve view = {.conference = &conference, .key = key, .form = form};
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = conference_by_slug(tx, request_segment(req, "slug"), &conference);
	if (result == 0)
		result = attendance_cache_get(
		    registrar_of(req)->attendance, tx, conference.id, &attendance);
	if (result == 0)
		result = conflict_resolutions_read(tx, conference.id, &resolved);
	store_read_end(tx);
	view.conflict = result == 0 ? find(attendance, key) : NULL;
	if (result == 0 && !view.conflict)
		result = MODEL_NOT_FOUND;
	if (result == 0) {
		view.resolution = conflict_resolution_of(&resolved, view.conflict);
		site_page(
		    req, rep, &view.page, "Resolve a conflict", "/staff/conflicts", SITE_FORMS);
		view.page.error = !form_ok(form);
		resolve_page(reply_body(rep), &view);
	}
	free(resolved.items);
	attendance_free(attendance);
	conference_clear(&conference);
	return site_result(result);
}

int conflict_get(struct request *req, struct reply *rep)
{
	struct form *form = form_new(conflict_fields, 2);
	int result;

	if (!form)
		return STORE_NO_MEMORY;
	result = form_ok(request_query(req))
		     ? show(req, rep, form_text(request_query(req), 0), form)
		     : 404;
	form_free(form);
	return result;
}

int conflict_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);
	const char *slug = request_segment(req, "slug"), *key = form_text(form, RESOLVE_KEY);
	struct refusal why = {0};
	int result = MODEL_REFUSED;

	if (form_ok(form))
		result = conflict_resolve(registrar_of(req), slug, key,
		    form_text(form, RESOLVE_WORDS), session_of(req)->staff, registrar_now(), &why);
	if (result == MODEL_REFUSED) {
		if (form_ok(form))
			form_refuse(form, RESOLVE_WORDS, why.words);
		reply_status(rep, 422);
		return show(req, rep, key, form);
	}
	if (result == 0)
		reply_redirect(rep, "/staff/conferences/%s?done=resolved", slug);
	return site_result(result);
}

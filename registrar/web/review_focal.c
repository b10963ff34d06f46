/* Makes who was approved a focal point of the outlet, and ends it. */
#include "registrar/web/review.h"

#include <string.h>

#include "registrar/web/handlers.h"

static bool was_approved(const struct application *application)
{
	return strcmp(application->state, "approved") == 0 && application->outlet_id &&
	       application->person_id;
}

int review_focal_read(struct store_tx *tx, const struct application *application, int64_t now,
    enum focal_standing *ret_standing)
{
	if (was_approved(application))
		return focal_standing(
		    tx, application->outlet_id, application->person_id, now, ret_standing);
	*ret_standing = FOCAL_NONE;
	return 0;
}

struct wish {
	const char *reference, *staff;
	bool end;
};

/* What a button pressed twice asks for is done already. */
static int carry_out(
    struct store_tx *tx, const struct wish *wish, const struct application *application)
{
	int64_t outlet = application->outlet_id, person = application->person_id;
	int result;

	if (!was_approved(application))
		return FOCAL_E_STANDS;
	if (!wish->end)
		return focal_add(tx, outlet, person, wish->staff, registrar_now());
	result = focal_remove(tx, outlet, person, wish->staff, registrar_now());
	return result == STORE_NOT_FOUND ? 0 : result;
}

static int change_body(struct store_tx *tx, void *context)
{
	const struct wish *wish = context;
	struct application application = {0};
	int result = application_by_reference(tx, wish->reference, &application);

	if (result == 0)
		result = carry_out(tx, wish, &application);
	application_free(&application);
	return result;
}

static int change(struct request *req, struct reply *rep, bool end)
{
	struct wish wish = {request_segment(req, "reference"), session_of(req)->staff, end};
	int result = store_write(registrar_of(req)->store, change_body, &wish);

	if (result == FOCAL_E_STANDS)
		return review_show_desk(req, rep, NULL, NULL,
		    "The applicant is not accredited with the outlet now. Nothing was changed.",
		    409);
	if (result == 0)
		reply_redirect(rep, "/staff/applications/%s", wish.reference);
	return site_result(result);
}

int review_focal_post(struct request *req, struct reply *rep)
{
	return change(req, rep, false);
}

int review_focal_end_post(struct request *req, struct reply *rep)
{
	return change(req, rep, true);
}

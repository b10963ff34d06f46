#include "registrar/web/person_file.h"

#include <stdlib.h>

#include "registrar/web/handlers.h"
#include "registrar/web/person_file.html.h"
#include "registrar/web/view_log.h"

static int read_limits(struct store_tx *tx, struct view_person_file *view)
{
	size_t n = view->accreditations.n;
	int result = 0;

	view->limits = calloc(n + 1, sizeof(*view->limits));
	if (!view->limits)
		return STORE_NO_MEMORY;
	for (size_t i = 0; result == 0 && i < n; i++)
		result = limit_read(tx, view->accreditations.items[i].id, &view->limits[i]);
	return result;
}

static int read_file(struct request *req, int64_t id, struct view_person_file *view)
{
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = person_by_id(tx, id, &view->person);
	if (result == 0)
		result = accreditation_of_person(tx, id, &view->accreditations);
	if (result == 0)
		result = application_of_person(tx, id, &view->applications);
	if (result == 0)
		result = read_limits(tx, view);
	store_read_end(tx);
	return result;
}

int person_file_get(struct request *req, struct reply *rep)
{
	struct view_person_file view = {.now = registrar_now()};
	const char *segment = request_segment(req, "id");
	int64_t id = strtoll(segment, NULL, 10);
	bool may = false;
	int result = read_file(req, id, &view);

	if (result == 0)
		result = view_log_ask(req, rep, id, VIEW_LOG_PERSON, &may);
	if (result == 0 && may) {
		site_page(req, rep, &view.page, view.person.name, NULL, SITE_FORMS);
		person_file_page(reply_body(rep), &view);
	}
	free(view.limits);
	accreditation_list_free(&view.accreditations);
	application_list_free(&view.applications);
	return may || result < 0 ? site_result(result) : 0;
}

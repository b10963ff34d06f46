/* Search by name or outlet. */
#include <stdlib.h>
#include <string.h>

#include "badges/bytes.h"
#include "badges/class.h"
#include "gate/desk/handlers.h"
#include "gate/desk/search.h"
#include "gate/desk/search.html.h"

const struct form_field search_query[1] = {
    {.name = "q", .label = "name or outlet", .kind = FORM_LINE, .max = SEARCH_QUERY_MAX},
};

struct line {
	char id[33];
	const char *class_words;
};

static void fill(const struct search_result *result, struct line *lines, struct view_found *views)
{
	for (size_t i = 0; i < result->n; i++) {
		const struct person *person = &result->found[i].person;
		const char *words = class_words(person->pass_class);

		bytes_hex(person->pass, sizeof(person->pass), lines[i].id);
		views[i] = (struct view_found){.id = lines[i].id,
		    .name = person->name,
		    .outlet = person->outlet,
		    .class_words = words == NULL ? "" : words,
		    .status = people_status(person->status),
		    .inside = result->found[i].inside};
		people_photo(person, views[i].photo);
	}
}

static int show(
    struct request *req, struct reply *rep, const struct search_result *result, bool searched)
{
	struct line lines[SEARCH_MAX];
	struct view_found found[SEARCH_MAX];
	struct view_search view = {.form = request_query(req),
	    .searched = searched,
	    .query = form_text(request_query(req), 0),
	    .more = result->more,
	    .rows = result->rows,
	    .found = found,
	    .n = result->n};

	fill(result, lines, found);
	site_frame(req, rep, &view.frame, "Search", session_of(req));
	view.frame.page.error = !form_ok(view.form);
	reply_status(rep, form_ok(view.form) ? 200 : 422);
	search_page(reply_body(rep), &view);
	return 0;
}

int search_get(struct request *req, struct reply *rep)
{
	const struct form *query = request_query(req);
	struct search_result result = {0};
	bool searched = form_ok(query) && form_given(query, 0);
	int r = 0;

	if (searched)
		r = search_roster(desk_of(req)->gate, session_of(req)->door.conference,
		    form_text(query, 0), &result);
	if (r == SEARCH_BAD_QUERY)
		r = 0;
	r = r == 0 ? show(req, rep, &result, searched) : 503;
	search_free(&result);
	return r;
}

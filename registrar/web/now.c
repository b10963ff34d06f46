/* News for a page that is open: an answer once its tag is another than the one it shows. */
#include <string.h>

#include "registrar/registrar.h"
#include "registrar/web/handlers.h"
#include "web/reply.h"

/* A page waits at most so long before its script asks again. */
enum { WAIT_MAX = 20 };

enum { NOW_WAIT, NOW_SEEN };
const struct form_field now_query[2] = {
    [NOW_WAIT] = {.name = "wait", .label = "seconds", .kind = FORM_INTEGER, .high = WAIT_MAX},
    [NOW_SEEN] = {.name = "seen", .label = "tag", .kind = FORM_LINE, .max = 64},
};

int now_answer(struct request *req, struct reply *rep, now_tag *tag_of)
{
	struct registrar *registrar = registrar_of(req);
	struct form *query = request_query(req);
	char tag[VIEW_TAG] = "";
	int64_t left;
	int result;

	if (!form_ok(query))
		return 400;
	left = form_number(query, NOW_WAIT);
	for (;;) {
		/* Counted before reading, so that a change in between is not slept through. */
		uint64_t rings = bell_count(&registrar->pages);

		result = tag_of(req, tag);
		if (result != 0 || left-- <= 0 || strcmp(tag, form_text(query, NOW_SEEN)) != 0 ||
		    request_stopping(req))
			break;
		/* Some news rings no bell: fifty gates would keep it ringing. */
		bell_wait(&registrar->pages, rings, 1000);
	}
	if (result != 0)
		return site_result(result);
	reply_type(rep, "application/json");
	buf_printf(reply_body(rep), "{\"tag\":\"%s\"}\n", tag);
	return 0;
}

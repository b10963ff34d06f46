/* Whether this gate can be opened to people; the photographs of its lists. */
#include <stdlib.h>
#include <string.h>

#include "badges/bytes.h"
#include "badges/qr.h"
#include "gate/desk/handlers.h"
#include "gate/desk/ready.html.h"
#include "gate/seal/photo.h"
#include "gate/ready/ready.h"

const struct form_field card_fields[1] = {
    {.name = "text",
	.label = "test card",
	.kind = FORM_RAW,
	.max = DESK_TEXT_MAX,
	.required = true,
	.missing = "Scan the test card"},
};

static int show(struct request *req, struct reply *rep, unsigned status, struct view_ready *view)
{
	struct desk_session *session = session_of(req);
	struct ready_report *report = calloc(1, sizeof(*report));
	struct view_finding lines[READY_MAX];

	if (report == NULL)
		return STORE_NO_MEMORY;
	ready_look(desk_of(req)->gate, READY_LOOK, report);
	for (size_t i = 0; i < report->n; i++)
		lines[i] = (struct view_finding){.id = report->findings[i].id,
		    .state = ready_word(report->findings[i].state),
		    .words = report->findings[i].words,
		    .remedy = report->findings[i].remedy};
	site_frame(req, rep, &view->frame, "Readiness", session);
	view->frame.page.error = status == 422;
	time_say(report->at, view->at);
	view->worst = ready_word(report->worst);
	view->lines = lines;
	view->n = report->n;
	view->form = request_form(req);
	view->card_text = READY_CARD_TEXT;
	reply_status(rep, status);
	ready_page(reply_body(rep), view);
	free(report);
	return 0;
}

int ready_get(struct request *req, struct reply *rep)
{
	struct view_ready view = {.card_words = ""};

	return show(req, rep, 200, &view);
}

/* The printed card: the page shows it, and a printer takes it from there. */
int card_get(struct request *req, struct reply *rep)
{
	struct qr qr = {0};
	char *text = NULL;
	size_t len = 0;
	int r = qr_make(READY_CARD_TEXT, strlen(READY_CARD_TEXT), &qr);

	(void)req;
	if (r == 0)
		r = qr_svg(&qr, &text, &len);
	if (r == 0) {
		reply_type(rep, "image/svg+xml");
		buf_add(reply_body(rep), text, len);
	}
	free(text);
	qr_free(&qr);
	return r == 0 ? 0 : STORE_NO_MEMORY;
}

int card_post(struct request *req, struct reply *rep)
{
	const struct form *form = request_form(req);
	char words[READY_WORDS_MAX] = "";
	struct view_ready view = {.card_words = words};

	if (!form_ok(form))
		return show(req, rep, 422, &view);
	view.card_tried = true;
	view.card_good = ready_card_judge(form_text(form, 0), strlen(form_text(form, 0)), words);
	return show(req, rep, 200, &view);
}

int photo_get(struct request *req, struct reply *rep)
{
	const char *hex = request_segment(req, "hash");
	uint8_t hash[PHOTO_HASH], *bytes = NULL;
	size_t len = 0;
	int r;

	if (bytes_unhex(hex, strlen(hex), hash, sizeof(hash)) != 0)
		return 404;
	r = photo_open(desk_of(req)->gate, hash, &bytes, &len);
	if (r != 0)
		return 404;
	reply_type(rep, "image/jpeg");
	buf_add(reply_body(rep), bytes, len);
	photo_wipe(bytes, len);
	return 0;
}

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/bytes.h"
#include "registrar/list.h"
#include "registrar/doors/referral.h"
#include "registrar/web/handlers.h"
#include "registrar/web/referral_cases.h"
#include "registrar/web/referrals.html.h"
#include "web/reply.h"

static const struct form_choice done_choices[] = {
    {"admit", "Answered: admit. It is at the door.", NULL},
    {"refuse", "Answered: refuse. It is at the door.", NULL},
    {NULL, NULL, NULL},
};
const struct form_field referrals_query[1] = {
    {.name = "done", .label = "done", .kind = FORM_CHOICE, .choices = done_choices},
};
enum { ANSWER_ANSWER, ANSWER_WORDS, ANSWER_BOARD };
static const struct form_choice answer_choices[] = {
    {"admit", "Admit", NULL},
    {"refuse", "Refuse", NULL},
    {NULL, NULL, NULL},
};
const struct form_field referral_fields[3] = {
    [ANSWER_ANSWER] = {.name = "answer",
	.label = "answer",
	.kind = FORM_CHOICE,
	.choices = answer_choices,
	.required = true,
	.missing = "Choose: admit or refuse"},
    [ANSWER_WORDS] = {.name = "words",
	.label = "words for the officer",
	.kind = FORM_LINE,
	.max = REFERRAL_WORDS_MAX},
    [ANSWER_BOARD] = {.name = "board", .label = "board", .kind = FORM_SLUG},
};

/* ---- lists ---- */

/* What the page shows is another once this is another. */
static int read_tag(struct store_tx *tx, char ret_tag[static VIEW_TAG])
{
	int64_t open = 0, version = 0;
	int result = referral_count(tx, 0, &open);

	if (result == 0)
		result = registrar_counter(tx, "answers_version", &version);
	snprintf(ret_tag, VIEW_TAG, "%lld-%lld", (long long)version, (long long)open);
	return result;
}

static int read_lists(struct registrar *registrar, struct referral_cases *open,
    struct referral_cases *answered, char *ret_tag)
{
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar->store, &tx);

	if (result == 0)
		result = read_tag(tx, ret_tag);
	if (result == 0)
		result = referral_each_open(tx, referral_cases_keep, open);
	if (result == 0)
		result = referral_each_answered(tx, referral_cases_keep, answered);
	store_read_end(tx);
	return result;
}

/* An answer that did not hold: shown again at its question. */
struct tried {
	const char *id, *words, *problem;
};

static int show(struct request *req, struct reply *rep, const char *done, const struct tried *tried)
{
	struct referral_cases open = {.n = 0}, answered = {.n = 0};
	struct view_referrals view = {.done = done};
	int result = read_lists(registrar_of(req), &open, &answered, view.tag);

	for (size_t i = 0; tried && i < open.n; i++)
		if (strcmp(open.items[i].id, tried->id) == 0) {
			open.items[i].problem = tried->problem;
			open.items[i].typed = tried->words;
		}
	if (result == 0) {
		site_page(req, rep, &view.page, "Questions from the doors", "/staff/referrals",
		    SITE_FORMS);
		view.page.wide = true;
		view.page.error = tried != NULL;
		view.problem = tried ? tried->problem : NULL;
		view.open = open.items;
		view.n_open = open.n;
		view.answered = answered.items;
		view.n_answered = answered.n;
		referrals_page(reply_body(rep), &view);
	}
	referral_cases_free(&open);
	referral_cases_free(&answered);
	return site_result(result);
}

int referrals_get(struct request *req, struct reply *rep)
{
	struct form *query = request_query(req);
	const char *done = NULL;

	if (form_ok(query) && form_given(query, 0))
		done = done_choices[form_number(query, 0)].label;
	return show(req, rep, done, NULL);
}

/* ---- answering ---- */

int referral_post(struct request *req, struct reply *rep)
{
	struct form *form = request_form(req);
	const char *text = request_segment(req, "id");
	struct tried tried = {.id = text, .words = form_text(form, ANSWER_WORDS)};
	enum referral_answer answer =
	    form_number(form, ANSWER_ANSWER) == 0 ? REFERRAL_ADMIT : REFERRAL_REFUSE;
	uint8_t id[REFERRAL_ID];
	int result;

	if (bytes_unhex(text, strlen(text), id, sizeof(id)) != 0)
		return 404;
	if (!form_ok(form)) {
		tried.problem = form_message(form, ANSWER_ANSWER);
		if (!tried.problem)
			tried.problem = form_message(form, ANSWER_WORDS);
		reply_status(rep, 422);
		return show(req, rep, NULL, &tried);
	}
	result = referral_reply(registrar_of(req), id, answer, tried.words, session_of(req)->staff);
	if (result == REFERRAL_UNKNOWN)
		return 404;
	if (result > 0) {
		tried.problem = referral_strerror(result);
		reply_status(rep, result == REFERRAL_ANSWERED ? 409 : 422);
		return show(req, rep, NULL, &tried);
	}
	if (result == 0 && form_given(form, ANSWER_BOARD))
		reply_redirect(rep, "/staff/conferences/%s?done=%s", form_text(form, ANSWER_BOARD),
		    referral_answer_word(answer));
	else if (result == 0)
		reply_redirect(rep, "/staff/referrals?done=%s", referral_answer_word(answer));
	return site_result(result);
}

/* ---- news ---- */

static int read_now(struct request *req, char ret_tag[static VIEW_TAG])
{
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar_of(req)->store, &tx);

	if (result == 0)
		result = read_tag(tx, ret_tag);
	store_read_end(tx);
	return result;
}

int referrals_now_get(struct request *req, struct reply *rep)
{
	return now_answer(req, rep, read_now);
}

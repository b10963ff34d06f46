/*
 * publication_page: the page on which a person decides what the check of a public text found (R12),
 * and sees what publishing does. It carries the form that led to it along.
 */
#ifndef PRESSGATE_REGISTRAR_WEB_PUBLICATION_PAGE_H
#define PRESSGATE_REGISTRAR_WEB_PUBLICATION_PAGE_H

#include "registrar/press/publication.h"
#include "registrar/web/views.h"
#include "web/reply.h"
#include "web/request.h"

/* How many findings can be decided at once; a text with more has to be edited first. */
#define PUBLICATION_ANSWERS 20

/* The last fields of each form that publishes: whether its check was seen, then for each finding
 * its key and the reason. */
#define PUBLICATION_FIELDS (1 + 2 * PUBLICATION_ANSWERS)
#define PUBLICATION_ANSWER(n)                                                                      \
	{.name = "key-" #n, .label = "finding", .kind = FORM_LINE, .max = PUBLICATION_KEY},        \
	{                                                                                          \
		.name = "reason-" #n, .label = "reason to publish it", .kind = FORM_LINE,          \
		.max = PUBLICATION_REASON_MAX                                                      \
	}
#define PUBLICATION_FORM                                                                           \
	{.name = "seen", .label = "the check was seen", .kind = FORM_CHECKBOX},                    \
	    PUBLICATION_ANSWER(1), PUBLICATION_ANSWER(2), PUBLICATION_ANSWER(3),                   \
	    PUBLICATION_ANSWER(4), PUBLICATION_ANSWER(5), PUBLICATION_ANSWER(6),                   \
	    PUBLICATION_ANSWER(7), PUBLICATION_ANSWER(8), PUBLICATION_ANSWER(9),                   \
	    PUBLICATION_ANSWER(10), PUBLICATION_ANSWER(11), PUBLICATION_ANSWER(12),                \
	    PUBLICATION_ANSWER(13), PUBLICATION_ANSWER(14), PUBLICATION_ANSWER(15),                \
	    PUBLICATION_ANSWER(16), PUBLICATION_ANSWER(17), PUBLICATION_ANSWER(18),                \
	    PUBLICATION_ANSWER(19), PUBLICATION_ANSWER(20)

enum { PUBLICATION_LINES = 4 };

/* What is asked. All is borrowed. */
struct publication_ask {
	const char *heading, *button;
	const char *back;		      /* where the text is edited */
	const char *action;		      /* where the form goes; NULL: here */
	const char *menu;		      /* the menu's item that is open */
	bool warning;			      /* the button destroys something */
	const char *lines[PUBLICATION_LINES]; /* what the button does, and to how many */
	const struct publication_text *texts;
	size_t n_texts;
	struct form *form;
	const char *subject, *letter; /* a mail that goes out, or NULL */
};

/* The field of a form that says whether its check was seen. */
size_t publication_seen(const struct form *form);

/* What was decided, out of the form; it borrows from the form and from answers. */
void publication_answers(const struct form *form,
    struct publication_answer answers[static PUBLICATION_ANSWERS], struct publication *ret);

/* Shows the page with what the check finds in the texts. again: it was sent without a reason for
 * each finding. Returns as a handler does. */
int publication_ask(struct request *req, struct reply *rep, const struct publication_ask *ask,
    bool again) __attribute__((warn_unused_result));

/* ---- for the template ---- */

struct view_piece {
	const char *text;
	bool marked;
};
struct view_public_text {
	const char *part;
	char *copy; /* the pieces' texts */
	struct view_piece *pieces;
	size_t n;
};
struct view_publication {
	struct page page;
	const struct publication_ask *ask;
	struct view_public_text *texts;
	struct publication_findings findings;
	bool too_many, again;
	const char *action;
	size_t carried; /* the form's fields before the answers */
};

/* Cuts a text into pieces, those marked that the check found. 0 or a negative store_result; what
 * was cut is freed by publication_marks_free, whatever came of it. */
int publication_mark(const struct publication_text *text, struct view_public_text *to)
    __attribute__((warn_unused_result));
void publication_marks_free(struct view_public_text *texts, size_t n); /* NULL is quiet */

/* The form's fields of finding i. */
size_t publication_key_field(const struct form *form, size_t i);
size_t publication_reason_field(const struct form *form, size_t i);

#endif

/* The forms of the review page. */
#include "registrar/web/review.h"

#include "badges/class.h"
#include "registrar/press/accreditation.h"
#include "registrar/press/decision.h"

#define CHOICE(number, token, words)                                                               \
	{                                                                                          \
		.value = token, .label = words                                                     \
	}
static const struct form_choice class_choices[REVIEW_CLASSES + 2] = {
    {"asked", "As asked for", NULL},
    CLASS_EACH(CHOICE),
    {NULL, NULL, NULL},
};
const struct form_field approve_fields[APPROVE_FIELDS] = {
    [APPROVE_OUTLET] = {.name = "outlet",
	.label = "outlet",
	.kind = FORM_INTEGER,
	.high = 9007199254740991,
	.required = true,
	.missing = "Choose the outlet, or “New”"},
    [APPROVE_ALIAS] = {.name = "alias",
	.label = "keep what was typed as another name of this outlet",
	.kind = FORM_CHECKBOX},
    [APPROVE_LOCAL] = {.name = "local",
	.label = "local outlet",
	.hint = "Local media come first where places are short",
	.kind = FORM_CHECKBOX},
    [APPROVE_MONTHS] = {.name = "months",
	.label = "valid for how many months",
	.kind = FORM_INTEGER,
	.low = 1,
	.high = ACCREDITATION_MONTHS_MAX,
	.required = true},
    [APPROVE_CLASS] = {.name = "class",
	.label = "as which role",
	.kind = FORM_CHOICE,
	.choices = class_choices},
    [APPROVE_CONFERENCE] = {.name = "conference",
	.label = "for one conference only",
	.kind = FORM_INTEGER,
	.high = 4294967295},
    [APPROVE_UNTIL] = {.name = "limit-until",
	.label = "for conferences up to this day only",
	.hint = "Leave it empty for no such limit",
	.kind = FORM_DATE},
    [APPROVE_MESSAGE] = {.name = "message",
	.label = "message to the applicant",
	.hint = "Stands in the mail",
	.kind = FORM_TEXT,
	.max = 4000},
    [APPROVE_NOTE] = {.name = "note",
	.label = "internal note",
	.hint = "Never leaves this office",
	.kind = FORM_TEXT,
	.max = 4000},
};

const struct form_choice review_criteria[] = {
    {"not-news", "Not news gathering for the public", NULL},
    {"outlet-unconfirmed", "Outlet could not be confirmed", NULL},
    {"proof-missing", "Proof does not show the work", NULL},
    {"identity-unconfirmed", "Identity could not be confirmed", NULL},
    {"conduct", "Withdrawn before for conduct, and the reason still stands", NULL},
    {NULL, NULL, NULL},
};
const struct form_field refuse_fields[REFUSE_FIELDS] = {
    [REFUSE_CRITERION] = {.name = "criterion",
	.label = "published criterion",
	.kind = FORM_CHOICE,
	.choices = review_criteria,
	.required = true,
	.missing = "Choose the criterion that is not met"},
    [REFUSE_MESSAGE] = {.name = "refusal-message",
	.label = "message to the applicant",
	.hint = "What is missing, and what could change the decision",
	.kind = FORM_TEXT,
	.max = 4000,
	.required = true,
	.missing = "Tell the applicant why, and what could change the decision"},
    [REFUSE_NOTE] = {.name = "refusal-note",
	.label = "internal note",
	.hint = "Never leaves this office",
	.kind = FORM_TEXT,
	.max = 4000},
};

const struct form_field hold_fields[2] = {
    [HOLD_UNTIL] = {.name = "hold-until",
	.label = "day it comes back",
	.hint = "It is in the queue again from the morning of that day",
	.kind = FORM_DATE,
	.required = true,
	.missing = "Choose the day it comes back"},
    [HOLD_WORDS] = {.name = "hold-reason",
	.label = "why it is held",
	.hint = "Stays inside",
	.kind = FORM_LINE,
	.max = 500,
	.required = true,
	.missing = "Write why it is held"},
};
const struct form_field note_fields[1] = {{.name = "internal-note",
    .label = "internal note",
    .hint = "Never leaves this office; no mail and no page of the applicant can show it",
    .kind = FORM_TEXT,
    .max = 4000,
    .required = true,
    .missing = "Write the note"}};
const struct form_field assign_fields[1] = {{.name = "to",
    .label = "colleague",
    .kind = FORM_LINE,
    .max = 16,
    .required = true,
    .missing = "Choose who gets it"}};
const struct form_field send_back_fields[1] = {
    {.name = "why", .label = "why it is sent back", .kind = FORM_TEXT, .max = 1000}};

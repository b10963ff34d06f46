/*
 * likeness: other people whose applications are so like one that they may be the same person, or
 * pass for one another: each with the reason, for staff to look at. Nothing is decided by it, it is
 * no score, and the applicant is told nothing of it.
 */
#ifndef PRESSGATE_REGISTRAR_LIKENESS_H
#define PRESSGATE_REGISTRAR_LIKENESS_H

#include "registrar/press/application.h"

enum { LIKENESS_MOST = 8 };

/* Why; the strongest first. */
enum likeness_reason {
	LIKENESS_PHOTO, /* the same picture */
	LIKENESS_EMAIL, /* the same mailbox, by its usual other spellings */
	LIKENESS_NAME	/* the same name, or one that looks the same, at the same outlet */
};

struct likeness {
	enum likeness_reason reason;
	char reference[APPLICATION_REFERENCE];
	char name[801];
};

/* A sentence: "Has the same name at the same outlet." */
const char *likeness_words(enum likeness_reason reason);

/* The confirmed applications of other people that are like this one, each once, for its strongest
 * reason, the newest first; at most LIKENESS_MOST. dossier: its dossier's id, or 0. Free with free().
 * Returns 0 or a negative enum store_result. */
STORE_MUST_CHECK int likeness_find(struct store_tx *tx, const struct application *application,
    int64_t dossier, struct likeness **ret_items, size_t *ret_n);

/* Whether two addresses are one mailbox, as the large providers read them: without what stands
 * behind a plus sign, and without dots, before the @. */
bool likeness_same_mailbox(const char *one, const char *other);

#endif

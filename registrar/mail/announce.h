/*
 * announce: tells subscribers (subscription.h) what is new, one mail each, a batch a write so that
 * others can write in between.
 */
#ifndef PRESSGATE_REGISTRAR_ANNOUNCE_H
#define PRESSGATE_REGISTRAR_ANNOUNCE_H

#include <stdbool.h>
#include <stdint.h>

#include "registrar/press/publication.h"
#include "registrar/refusal.h"

struct registrar;

enum { ANNOUNCE_BATCH = 50 };

struct announce_wish {		/* one of these */
	const char *conference; /* its slug */
	int64_t material;	/* its number */
	bool week;		/* the conferences of the next seven days */
	const char *staff;	/* who announces it, for the journal; NULL: the program */
	const struct publication *publication; /* what a person decided, or NULL */
};

/*
 * Puts the mails into the outbox. The same thing is announced once: said again it goes on where it
 * was interrupted, or does nothing. What it says is checked first (publication.h). *ret_mails: how
 * many mails this call wrote. Refused, with the field's name: a conference that is not announced or
 * is over, a week without any. MODEL_NOT_FOUND: there is no such conference or material.
 */
int announce(struct registrar *registrar, const struct announce_wish *wish, int64_t now,
    int64_t *ret_mails, struct refusal *why) __attribute__((warn_unused_result));

/* What would go out. */
struct announce_preview {
	int64_t people;			/* who would get it now */
	int64_t mails;			/* written already */
	int64_t begun;			/* when it was announced; 0: not yet */
	bool finished;			/* nobody is left to write to */
	char *subject, *body;		/* in English */
	struct publication_text *texts; /* what the check looks at */
	size_t n_texts;
};

/* Refused as announce is. End with announce_preview_free. */
int announce_preview(struct registrar *registrar, const struct announce_wish *wish, int64_t now,
    struct announce_preview *ret, struct refusal *why) __attribute__((warn_unused_result));
void announce_preview_free(struct announce_preview *preview);

#endif

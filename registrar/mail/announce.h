/*
 * announce: tells subscribers (subscription.h) what is new, one mail each, a batch a write so that
 * others can write in between.
 */
#ifndef PRESSGATE_REGISTRAR_ANNOUNCE_H
#define PRESSGATE_REGISTRAR_ANNOUNCE_H

#include <stdbool.h>
#include <stdint.h>

#include "registrar/refusal.h"

struct registrar;

enum { ANNOUNCE_BATCH = 50 };

struct announce_wish {		/* one of these */
	const char *conference; /* its slug */
	int64_t material;	/* its number */
	bool week;		/* the conferences of the next seven days */
};

/*
 * Puts the mails into the outbox. The same thing is announced once: said again it goes on where it
 * was interrupted, or does nothing. *ret_mails: how many mails this call wrote. Refused, with the
 * field's name: a conference that is not announced or is over, a week without any. MODEL_NOT_FOUND:
 * there is no such conference or material.
 */
int announce(struct registrar *registrar, const struct announce_wish *wish, int64_t now,
    int64_t *ret_mails, struct refusal *why) __attribute__((warn_unused_result));

#endif

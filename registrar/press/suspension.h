/*
 * suspension: takes an accreditation's effect away for a while, and gives it back. While it lasts
 * its holder registers for nothing, every pass of it that could still be shown is on the list of
 * revocations as suspended, and so is each that is issued meanwhile. Restoring takes just these off
 * the list again: what was cancelled or reissued meanwhile stays so.
 */
#ifndef REGISTRAR_SUSPENSION_H
#define REGISTRAR_SUSPENSION_H

#include <stdint.h>

#include "registrar/refusal.h"

struct registrar;

struct suspension_wish {
	const char *email;  /* whose, in any spelling */
	const char *outlet; /* its name: that accreditation alone; NULL: all of the person's */
	const char
	    *words; /* why, for the journal: 1 to 200 characters, personal details kept out */
	const char *staff; /* who does it */
	int64_t now;	   /* Unix seconds */
};

enum { SUSPENSION_WORDS_MAX = 200 };

/*
 * Suspends what is active, or restores what is suspended. *ret_count: how many accreditations that
 * changed; gates are told at once. Returns 0; MODEL_REFUSED with the field and the remedy (also
 * where nothing of the person's was in that state), or another model_result or store_result; then
 * nothing has changed.
 */
int suspension_begin(struct registrar *registrar, const struct suspension_wish *wish,
    unsigned *ret_count, struct refusal *why) __attribute__((warn_unused_result));
int suspension_end(struct registrar *registrar, const struct suspension_wish *wish,
    unsigned *ret_count, struct refusal *why) __attribute__((warn_unused_result));

#endif

/*
 * erasure: the records of one person are destroyed because the person asks for it (R14), whatever
 * their terms: who asks agrees to the earlier end. Staff decide, and see before what goes.
 *
 * Passes are revoked and places given back first, so that no door goes on admitting. What stays:
 * that somebody without a name was there, the journals' entries (which hold a hash of what is
 * destroyed), and the receipt. A legal hold stops it.
 */
#ifndef PRESSGATE_REGISTRAR_ERASURE_H
#define PRESSGATE_REGISTRAR_ERASURE_H

#include <stdbool.h>
#include <stdint.h>

#include "registrar/press/subject.h"
#include "registrar/refusal.h"

struct registrar;

struct erasure_preview {
	struct subject_records records; /* with internal ones; subject_records_free */
	size_t coming;			/* registrations that are cancelled, with their passes */
	bool held;
};

STORE_MUST_CHECK int erasure_preview(
    struct store_tx *tx, int64_t person_id, int64_t now, struct erasure_preview *ret);

struct erasure_wish {
	int64_t person_id;
	const char *staff;
	const char *words; /* to the person; never empty */
};

/* Carries it out, answers what the person asked, writes to the person for the last time. *ret_id:
 * the receipt. The caller calls registrar_changed() and registrar_mail_waits(). */
int erasure_carry_out(struct registrar *registrar, const struct erasure_wish *wish, int64_t now,
    int64_t *ret_id, struct refusal *why) __attribute__((warn_unused_result));

#endif

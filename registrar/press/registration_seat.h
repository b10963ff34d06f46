/*
 * registration_seat: gives a registration its place, or its place on the waiting list, within a
 * running write: state, pass, journal and mail together. The caller calls registrar_changed() and
 * registrar_mail_waits() when its write is through.
 */
#ifndef REGISTRAR_REGISTRATION_SEAT_H
#define REGISTRAR_REGISTRATION_SEAT_H

#include <stdbool.h>
#include <stdint.h>

#include "registrar/journal/journal.h"
#include "registrar/press/conference.h"
#include "registrar/press/issue.h"
#include "registrar/press/limit.h"
#include "registrar/refusal.h"
#include "schema/store.h"

struct registrar;

/* What a place is given in. */
struct registration_seat {
	struct registrar *registrar;
	const struct conference *conference;
	const char *staff; /* who does it, or NULL */
	int64_t now;
	struct refusal *why; /* or NULL */
};

/* The person who registers, as the accreditation has them. */
struct registration_holder {
	int64_t person_id, outlet_id, valid_from, valid_until;
	uint8_t pass_class;
	bool active;	    /* a limited one too */
	struct limit limit; /* zeroed: none */
	char name[801], outlet[801];
};

/* MODEL_NOT_FOUND where there is no such accreditation. */
int registration_holder_read(struct store_tx *tx, int64_t accreditation_id,
    struct registration_holder *ret) __attribute__((warn_unused_result));

/* Issues the pass of a registration that has a place. ready: one signed before the write, or NULL.
 */
int registration_issue(struct store_tx *tx, const struct registration_seat *seat, int64_t id,
    const struct registration_holder *holder, const struct issue_ready *ready,
    uint8_t ret_pass[static 16]) __attribute__((warn_unused_result));

/* Writes the registrar's journal; pass and more may be NULL. */
int registration_note(struct store_tx *tx, const struct registration_seat *seat,
    enum journal_kind kind, const char *reference, const uint8_t *pass, const char *more)
    __attribute__((warn_unused_result));

/* One who asks or waits. */
struct registration_waiting {
	int64_t id, accreditation_id;
	bool requested; /* else on the waiting list */
};

/* Confirms it: in a pool where pool is not 0. explanation: for say_kept(). kind: what the journal
 * calls it. Of one that has a place or stands no more: MODEL_NOT_FOUND, and nothing is changed. */
int registration_seat_give(struct store_tx *tx, const struct registration_seat *seat,
    const struct registration_waiting *waiting, int64_t pool, const char *explanation,
    enum journal_kind kind) __attribute__((warn_unused_result));

/* Puts one that asked on the waiting list; returns as registration_seat_give. */
int registration_seat_wait(struct store_tx *tx, const struct registration_seat *seat,
    const struct registration_waiting *waiting, const char *explanation)
    __attribute__((warn_unused_result));

#endif

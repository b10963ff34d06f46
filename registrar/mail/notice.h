/*
 * notice: tells a person by mail what became of a registration, in the transaction that decided it.
 */
#ifndef PRESSGATE_REGISTRAR_NOTICE_H
#define PRESSGATE_REGISTRAR_NOTICE_H

#include <stdbool.h>
#include <stdint.h>

#include "schema/store.h"

struct conference_words;
struct registrar;

/*
 * Writes the mail for a registration as it now stands: requested, confirmed, waitlisted or
 * cancelled; other states have none. The caller calls registrar_mail_waits() when its write is
 * through. Returns 0, MODEL_NOT_FOUND or a negative enum store_result.
 */
STORE_MUST_CHECK int notice_registration(
    struct store_tx *tx, struct registrar *registrar, int64_t registration_id, int64_t now);

/* The same for one that just got a place from the waitlist. */
STORE_MUST_CHECK int notice_promoted(
    struct store_tx *tx, struct registrar *registrar, int64_t registration_id, int64_t now);

/*
 * Tells one who is confirmed or waits that the conference's title, place, stream or times are no
 * longer as `before` has them, each with what it was, and sends the calendar entry anew. *ret_told:
 * false where the registration is in another state and nothing was written.
 */
STORE_MUST_CHECK int notice_changed(struct store_tx *tx, struct registrar *registrar,
    int64_t registration_id, const struct conference_words *before, int64_t now, bool *ret_told);

/* The same to one whose pass was issued anew because of it: the new one is with the mail. */
STORE_MUST_CHECK int notice_moved(struct store_tx *tx, struct registrar *registrar,
    int64_t registration_id, const struct conference_words *before, int64_t now);

#endif

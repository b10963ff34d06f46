/*
 * acknowledge: tells a person by mail, at once, that what they sent came in and by when it is
 * answered (R9). It is written in the transaction that took it in, and the queue shows it. The mail
 * does not hold what was sent.
 *
 * Each may be called whatever became of the transaction's work: where nothing waits that no mail
 * told of, nothing is written. The caller calls registrar_mail_waits() when its write is through.
 * All return 0 or a negative enum store_result.
 */
#ifndef PRESSGATE_REGISTRAR_ACKNOWLEDGE_H
#define PRESSGATE_REGISTRAR_ACKNOWLEDGE_H

#include <stdint.h>

#include "registrar/press/queue.h"
#include "schema/store.h"

struct registrar;

/* One mail at most in this time about messages of one application: who writes several in a row
 * reads one. */
#define ACKNOWLEDGE_MESSAGES_SECONDS 3600

/* What the applicant of this application just sent. */
STORE_MUST_CHECK int acknowledge_application(struct store_tx *tx, struct registrar *registrar,
    int64_t application_id, enum queue_kind kind, int64_t now);

/* What this person just asked about their own records. */
STORE_MUST_CHECK int acknowledge_request(
    struct store_tx *tx, struct registrar *registrar, int64_t person_id, int64_t now);

#endif

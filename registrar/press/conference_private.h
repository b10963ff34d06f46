/* What the files of conference share. */
#ifndef REGISTRAR_CONFERENCE_PRIVATE_H
#define REGISTRAR_CONFERENCE_PRIVATE_H

#include "registrar/press/conference.h"

/* The registrations of a conference that stand, read whole: *ret_ids is the caller's to free, and
 * may be NULL where there are none. 0, MODEL_SYSTEM or a negative enum store_result. */
int conference_standing(struct store_tx *tx, int64_t conference, int64_t **ret_ids, int64_t *ret_n)
    __attribute__((warn_unused_result));

/*
 * Writes to each who is confirmed or waits, where what they see in a calendar or need on the day is
 * no longer as `before` has it (title, place, stream; all given) and the conference is announced
 * and not over. *ret_people: how many mails that were. The caller calls registrar_mail_waits() when
 * its write is through.
 */
int conference_tell(struct store_tx *tx, struct registrar *registrar, int64_t conference,
    const struct conference_words *before, int64_t now, int64_t *ret_people)
    __attribute__((warn_unused_result));

#endif

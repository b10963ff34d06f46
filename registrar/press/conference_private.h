/* What the files of conference share. */
#ifndef REGISTRAR_CONFERENCE_PRIVATE_H
#define REGISTRAR_CONFERENCE_PRIVATE_H

#include "badges/pass.h"
#include "registrar/press/conference.h"
#include "registrar/press/publication.h"

/* A pass key is valid from well before its first pass to well after its last. */
#define CONFERENCE_KEY_BEFORE 86400
#define CONFERENCE_KEY_AFTER  (7 * 86400)

/* The texts of a wish, cleaned. End with conference_text_free. */
struct conference_text {
	char *title, *summary, *place, *stream;
};
void conference_text_free(struct conference_text *text);

/* Refused with the field's name. What *ret holds is freed in any case. */
int conference_check_text(const struct conference *wish, struct conference_text *ret,
    struct refusal *why) __attribute__((warn_unused_result));
int conference_check_times(const struct conference *wish, struct refusal *why)
    __attribute__((warn_unused_result));
int conference_check_numbers(const struct conference *wish, struct refusal *why)
    __attribute__((warn_unused_result));

/* The registrations of a conference that stand, read whole: *ret_ids is the caller's to free, and
 * may be NULL where there are none. 0, MODEL_SYSTEM or a negative enum store_result. */
int conference_standing(struct store_tx *tx, int64_t conference, int64_t **ret_ids, int64_t *ret_n)
    __attribute__((warn_unused_result));

/* A pass that is taken back for another. */
struct conference_pass {
	int64_t registration, accreditation;
	char reference[20 + 1];
	uint8_t old[16];
};
struct conference_passes {
	struct conference_pass *items; /* by registration; the caller frees it */
	size_t n;
};

/* Whether passes of `before` no longer say what they must. */
bool conference_needs_passes(const struct conference *before, const struct conference *after);

/* The passes of a conference that stand. */
int conference_passes_read(struct store_tx *tx, int64_t conference, struct conference_passes *ret)
    __attribute__((warn_unused_result));

/* Revokes them as re-issued, while the conference is still as it was. */
int conference_passes_revoke(struct store_tx *tx, struct registrar *registrar,
    const struct conference_passes *passes, int64_t version, int64_t now)
    __attribute__((warn_unused_result));

/* Issues others of the conference as it is now, and journals each. */
int conference_passes_issue(struct store_tx *tx, struct registrar *registrar,
    const struct conference *conference, const struct conference_passes *passes, int64_t version,
    const char *staff, int64_t now) __attribute__((warn_unused_result));

/* Sees to it that a key of the conference can sign passes that hold until `until`. */
int conference_key_until(struct registrar *registrar, int64_t conference, int64_t until,
    const char *staff, int64_t now, struct refusal *why) __attribute__((warn_unused_result));

/* Whether people need to hear that it is no longer as `before` has it (all given). */
bool conference_matters(
    const struct conference *conference, const struct conference_words *before, int64_t now);

/*
 * Writes to each who is confirmed or waits, where that matters and the conference is announced and
 * not over; to those of `passes` with their new pass. *ret_people: how many mails that were. The
 * caller calls registrar_mail_waits() when its write is through.
 */
int conference_tell(struct store_tx *tx, struct registrar *registrar, int64_t conference,
    const struct conference_words *before, const struct conference_passes *passes, int64_t now,
    int64_t *ret_people) __attribute__((warn_unused_result));

#endif

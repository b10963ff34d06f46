/*
 * focal: focal points, who at an outlet answer for its crew. Staff make somebody one who is
 * accredited with that outlet, and end it; it counts only while that accreditation stands.
 *
 * A focal point says of those who apply for the outlet whether they work there, and registers and
 * cancels its members for conferences; never anything of another outlet.
 *
 * All functions run inside the caller's transaction and return 0, a code below, STORE_NOT_FOUND or
 * another negative enum store_result; ret_ values are untouched then.
 */
#ifndef PRESSGATE_REGISTRAR_FOCAL_H
#define PRESSGATE_REGISTRAR_FOCAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/store.h"

#define FOCAL_WORDS_MAX 1000 /* code points of what a focal point says */

enum focal_error { FOCAL_E_STANDS = -261 /* the person is not accredited with the outlet */ };

/* A row of the lists below; what a list does not name is 0 or "". */
struct focal_line {
	int64_t id, number, at; /* at: Unix seconds */
	char reference[20 + 1];
	char name[800 + 1], email[254 + 1];
	char words[4 * FOCAL_WORDS_MAX + 1];
};
struct focal_list {
	struct focal_line *lines;
	size_t n;
};
void focal_list_free(struct focal_list *list);

/* Makes a person a focal point; one who is is fine. */
STORE_MUST_CHECK int focal_add(
    struct store_tx *tx, int64_t outlet_id, int64_t person_id, const char *staff, int64_t now);
/* Ends it. STORE_NOT_FOUND for one who is none. */
STORE_MUST_CHECK int focal_remove(
    struct store_tx *tx, int64_t outlet_id, int64_t person_id, const char *staff, int64_t now);

/* 0 while the person answers for the outlet, else STORE_NOT_FOUND. */
STORE_MUST_CHECK int focal_check(
    struct store_tx *tx, int64_t outlet_id, int64_t person_id, int64_t now);

/* How a person stands with an outlet, for staff: a focal point is one also while suspended. */
enum focal_standing { FOCAL_NONE, FOCAL_MAY_BE, FOCAL_IS };
STORE_MUST_CHECK int focal_standing(struct store_tx *tx, int64_t outlet_id, int64_t person_id,
    int64_t now, enum focal_standing *ret_standing);

/* Outlets a person answers for: id, name. */
STORE_MUST_CHECK int focal_outlets(
    struct store_tx *tx, int64_t person_id, int64_t now, struct focal_list *ret_list);
/* All focal points: name of the outlet, email, at, words (who made it). */
STORE_MUST_CHECK int focal_all(struct store_tx *tx, struct focal_list *ret_list);

/* Others' applications for the outlet that wait: id, reference, name, at; number: this person's own
 * word, 1 works there, 0 does not, -1 none yet. Empty for who is no focal point. */
STORE_MUST_CHECK int focal_waiting(struct store_tx *tx, int64_t outlet_id, int64_t person_id,
    int64_t now, struct focal_list *ret_list);

/* Gives a focal point's word on one of focal_waiting(), in place of an earlier one; words may be
 * "". STORE_NOT_FOUND for any other application. */
STORE_MUST_CHECK int focal_vouch(struct store_tx *tx, int64_t outlet_id, int64_t person_id,
    const char *reference, bool works, const char *words, int64_t now);
/* What was said of an application: number (1: works there), at, name, email, words. */
STORE_MUST_CHECK int focal_vouches(
    struct store_tx *tx, int64_t application_id, struct focal_list *ret_list);

/* Who stands with the outlet: id of the accreditation, number of the person, name. */
STORE_MUST_CHECK int focal_members(
    struct store_tx *tx, int64_t outlet_id, int64_t now, struct focal_list *ret_list);

/* How records name a focal point who acts for a member, where they name staff: "focal12". */
#define FOCAL_STAFF 17
void focal_staff(int64_t person_id, char ret[FOCAL_STAFF]);
bool focal_is_staff(const char *staff); /* NULL is fine */

#endif

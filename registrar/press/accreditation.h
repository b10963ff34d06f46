/*
 * accreditation: a person's standing with an outlet (R1). What may register is an accreditation
 * that is active today.
 *
 * All functions run inside the caller's transaction and return 0, STORE_NOT_FOUND or another
 * negative enum store_result; ret_ values are untouched then.
 */
#ifndef PRESSGATE_REGISTRAR_ACCREDITATION_H
#define PRESSGATE_REGISTRAR_ACCREDITATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "registrar/press/outlet.h"
#include "schema/store.h"

#define ACCREDITATION_MONTHS	 12 /* by default */
#define ACCREDITATION_MONTHS_MAX 36

struct accreditation {
	int64_t id;
	int64_t person_id;
	int64_t outlet_id;
	int64_t application_id; /* 0: none */
	uint8_t class;		/* badges/class.h */
	char state[16];		/* active, limited, suspended, revoked, expired: as stored */
	int64_t valid_from;	/* Unix seconds */
	int64_t valid_until;
	struct outlet outlet; /* filled by the functions that read */
};

struct accreditation_list {
	struct accreditation *items; /* newest first */
	size_t n;
};

/*
 * Gives a person standing with an outlet. Where one that is active with the same outlet exists it
 * is renewed (class, application and valid_until are the new ones), so that registrations made on
 * it stay; otherwise a new one is made. Reads person_id, outlet_id, application_id, class,
 * valid_from and valid_until.
 */
STORE_MUST_CHECK int accreditation_grant(
    struct store_tx *tx, const struct accreditation *grant, int64_t *ret_id);

STORE_MUST_CHECK int accreditation_by_id(
    struct store_tx *tx, int64_t id, struct accreditation *ret_accreditation);

/* All of a person's. Free with accreditation_list_free. */
STORE_MUST_CHECK int accreditation_of_person(
    struct store_tx *tx, int64_t person_id, struct accreditation_list *ret_list);
void accreditation_list_free(struct accreditation_list *list);

/* True if it may register now: state active, or limited (then limit_admits says where), and now within
 * its time. */
bool accreditation_stands(const struct accreditation *accreditation, int64_t now);

/* The same day `months` later at the same local time, the last day of a shorter month. */
int64_t accreditation_months_later(int64_t from, unsigned months);

#endif

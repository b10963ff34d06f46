#ifndef GATE_PERSON_H
#define GATE_PERSON_H

#include "gate/conference.h"
#include "gate/gate.h"
#include "gate/seal/vault.h"

/*
 * person: who stands behind a line of a roster. Sealed in the store (vault.h): name, outlet and the
 * photo's hash, padded to whole blocks so that the length tells little.
 */

enum {
	PERSON_BLOCK = 64,
	/* two lengths and texts, and the hash; in whole blocks; sealed */
	PERSON_PLAIN_MAX = ((2 * (2 + CONFERENCE_TEXT_MAX) + 33) / PERSON_BLOCK + 1) * PERSON_BLOCK,
	PERSON_BLOB_MAX = PERSON_PLAIN_MAX + VAULT_OVERHEAD,
};

struct person {
	uint8_t pass[16];
	uint8_t pass_class;
	uint8_t status; /* enum roster_status */
	uint32_t outlet_number;
	bool sealed; /* nobody who can read it is signed in: the three below are empty */
	char name[CONFERENCE_TEXT_MAX + 1];
	char outlet[CONFERENCE_TEXT_MAX + 1];
	bool has_photo;
	uint8_t photo[32]; /* SHA-256 */
};

/* person_put: seals and stores one line of that conference's roster, in a write transaction.
 * Returns 0, VAULT_NO_STAFF or a store_result. */
int person_put(struct gate *gate, struct store_tx *tx, uint32_t conference,
    const struct person *person) __attribute__((warn_unused_result));

/* person_find: the line of a pass. The caller wipes it. Returns STORE_ROW, STORE_NOT_FOUND or
 * another negative; a line that does not open is `sealed` when nobody is signed in, and VAULT_BAD
 * otherwise. */
int person_find(struct gate *gate, struct store_tx *tx, uint32_t conference,
    const uint8_t pass[static 16], struct person *ret_person) __attribute__((warn_unused_result));

/* person_each: hands over every line of a roster in the order of passes; stops when `take` does
 * not return 0, and returns that, or 0, or a store_result. Lines that do not open are passed over
 * when somebody is signed in. */
typedef int person_take(void *context, const struct person *person);
int person_each(struct gate *gate, struct store_tx *tx, uint32_t conference, person_take *take,
    void *context) __attribute__((warn_unused_result));

#endif

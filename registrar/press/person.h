/*
 * person: someone whose e-mail address is proven. The address is the only thing a person signs in
 * by, so it has one spelling in the store.
 *
 * All functions run inside the caller's transaction and return 0, STORE_NOT_FOUND or another
 * negative enum store_result; ret_ values are untouched then.
 */
#ifndef PRESSGATE_REGISTRAR_PERSON_H
#define PRESSGATE_REGISTRAR_PERSON_H

#include <stdint.h>

#include "schema/store.h"

#define PERSON_EMAIL_MAX  254 /* bytes, RFC 5321 */
#define PERSON_NAME_BYTES 800 /* 200 code points */

struct person {
	int64_t id;
	char email[PERSON_EMAIL_MAX + 1];
	char name[PERSON_NAME_BYTES + 1];
	int64_t created; /* Unix seconds */
};

enum { PERSON_E_EMAIL = -201 };

/*
 * The one spelling of an address: A-Z become a-z, every other byte stays. No Unicode folding:
 * two mailboxes must never become one person. Mail is sent to this spelling too, so what was
 * proven is what is stored. PERSON_E_EMAIL where text_email() refuses it.
 */
STORE_MUST_CHECK int person_email_key(const char *email, char ret_key[PERSON_EMAIL_MAX + 1]);

/* The person of an address (as person_email_key gives it), made with this name where there is
 * none. The name of one who is known stays. */
STORE_MUST_CHECK int person_put(
    struct store_tx *tx, const char *email, const char *name, int64_t now, int64_t *ret_id);

STORE_MUST_CHECK int person_by_email(
    struct store_tx *tx, const char *email, struct person *ret_person);
STORE_MUST_CHECK int person_by_id(struct store_tx *tx, int64_t id, struct person *ret_person);

/* The name as the newest approved application has it. */
STORE_MUST_CHECK int person_rename(struct store_tx *tx, int64_t id, const char *name);

/* The telephone number as an application gives it; without one the person's stays. */
STORE_MUST_CHECK int person_phone(struct store_tx *tx, int64_t id, int64_t application_id);

#endif

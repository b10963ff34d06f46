/*
 * language: in which language the Service writes to someone.
 */
#ifndef REGISTRAR_LANGUAGE_H
#define REGISTRAR_LANGUAGE_H

#include <stdint.h>

#include "schema/store.h"
#include "web/say.h"

/*
 * The language of whoever reads this address: the person's, or, while nobody has proven it, that of
 * the newest application with it. English (NULL) for any other address, and where the store can't
 * be read.
 */
const struct say *language_of_mail(struct store_tx *tx, const char *email);

/* Keeps the language an application was written in. Returns 0 or a negative enum store_result. */
STORE_MUST_CHECK int language_of_applicant(
    struct store_tx *tx, int64_t application_id, const struct say *language);

/* Gives a person the language of their application. Returns 0 or a negative enum store_result. */
STORE_MUST_CHECK int language_of_person(
    struct store_tx *tx, int64_t person_id, int64_t application_id);

#endif

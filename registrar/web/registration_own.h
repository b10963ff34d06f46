/*
 * registration_own: what the pages of a registration show, for the person whose it is.
 */
#ifndef PRESSGATE_REGISTRAR_WEB_REGISTRATION_OWN_H
#define PRESSGATE_REGISTRAR_WEB_REGISTRATION_OWN_H

#include "registrar/web/handlers.h"

struct registration_own {
	struct registration registration;
	struct conference conference;
	struct accreditation accreditation;
	int64_t line; /* place on the waiting list */
};

/* Reads the registration of the path's :reference into a zeroed struct; another person's is
 * MODEL_NOT_FOUND. End with registration_own_free, also after a failure. */
int registration_own_read(struct request *req, struct registration_own *own)
    __attribute__((warn_unused_result));
void registration_own_free(struct registration_own *own);

#endif

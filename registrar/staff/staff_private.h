/* What the files of staff share. */
#ifndef PRESSGATE_REGISTRAR_STAFF_PRIVATE_H
#define PRESSGATE_REGISTRAR_STAFF_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include "registrar/journal/journal.h"
#include "registrar/staff/staff.h"
#include "schema/store.h"

struct pin;

/* One write on an account. */
struct staff_job {
	struct registrar *registrar;
	const char *name, *full_name, *by;
	enum role role;
	const char *password;  /* verifier, or NULL */
	const struct pin *pin; /* or NULL */
	bool must_change;
	struct authority authority;
	const char *proxy_user;
	int64_t now;
	struct refusal *why;
};

/* An entry "account NAME what" in the journal. */
int staff_journal(struct store_tx *tx, const struct staff_job *job, enum journal_kind kind,
    const char *what) __attribute__((warn_unused_result));

/* Writes, and wakes the gates, which hold officers: what changes one travels to them. */
int staff_finish(struct staff_job *job, store_body *body) __attribute__((warn_unused_result));

/* The job's account, or a refusal: there is none, or it is disabled. */
int staff_check_active(struct store_tx *tx, const struct staff_job *job, struct staff_account *ret)
    __attribute__((warn_unused_result));

/* Refuses where nobody else is an administrator who can act. */
int staff_check_last(struct store_tx *tx, const struct staff_job *job)
    __attribute__((warn_unused_result));

#endif

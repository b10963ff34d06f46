/*
 * staff_entry: what the ways in share: whose wrong tries are counted where, and the session that
 * begins.
 *
 * Wrong tries count against the network they come from, and against account and network together;
 * never against the account alone, so nobody locks another out. A browser that signed in to the
 * account before has a counter of its own, which strangers in its network don't move.
 */
#ifndef PRESSGATE_REGISTRAR_WEB_STAFF_ENTRY_H
#define PRESSGATE_REGISTRAR_WEB_STAFF_ENTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "registrar/staff/staff.h"
#include "registrar/web/handlers.h"

/* What is guessed: passwords and codes are counted apart. */
enum staff_guess { STAFF_GUESS_PASSWORD, STAFF_GUESS_CODE };

struct staff_entry {
	enum staff_guess guess;
	char name[65];	   /* of the account */
	char account[160]; /* name and network, or name and this browser */
	char network[64];
	bool known; /* the browser signed in to this account before */
};

void staff_entry_of(
    struct request *req, enum staff_guess guess, const char *name, struct staff_entry *ret);

/* Seconds to wait before the next try; 0: go on. */
int64_t staff_entry_wait(struct request *req, const struct staff_entry *entry, int64_t now);

/* Counts a try, before its answer is known, so that many tries at once count too. */
void staff_entry_count(struct request *req, const struct staff_entry *entry, int64_t now);

/* It was right. */
void staff_entry_clear(struct request *req, const struct staff_entry *entry);

/* A session that begins, under a new token; the browser's own from before ends. */
struct staff_begin {
	const char *name;
	const struct staff_account *checked; /* by its password, or NULL */
	bool half, proxy;
	bool goes_on; /* from the half session of this browser, which must still stand */
};
int staff_entry_begin(struct request *req, struct reply *rep, const struct staff_begin *begin)
    __attribute__((warn_unused_result));

/* Where a role starts. */
const char *staff_entry_start(enum role role);

/*
 * Whether this account may come in now; if not, a page that says why is the reply: the account is
 * for the door, or outside of its dates (R15). Only for whoever has proved who they are.
 */
bool staff_entry_may(struct request *req, struct reply *rep, const struct staff_account *account);

#endif

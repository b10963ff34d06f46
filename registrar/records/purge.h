/*
 * purge: destroys what is past its term, by field, and leaves counts: who was there stays as
 * "purged person". Nothing that a hold covers is touched. One transaction a batch; then the store
 * is packed, so that no free page and no WAL holds what was destroyed.
 *
 * Each carrying out ends with a receipt: what kinds, how many, under which rule, when, by whom. It
 * names nobody, stands in the store and in DIR/receipts/, and its digest in the journal. It has a
 * keyed hash of everybody it purged: an older copy that is put back purges them again
 * (purge_again).
 */
#ifndef PRESSGATE_REGISTRAR_PURGE_H
#define PRESSGATE_REGISTRAR_PURGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "registrar/records/rule.h"
#include "registrar/refusal.h"
#include "schema/store.h"

struct registrar;

#define PURGE_DIGEST 32
#define PURGE_SALT   32

struct purge_due {
	int64_t records[RULES]; /* past their term, of each rule */
	int64_t total;
	int64_t held; /* people whom a hold covers */
};

/* What a purge would destroy now. Files of mails are counted too. */
int purge_due(struct registrar *registrar, int64_t now, struct purge_due *ret)
    __attribute__((warn_unused_result));

/* Carries it out. *ret_id: the receipt's number, or 0 where nothing was due. by: an account, or
 * "daily". Two at once: MODEL_BUSY. What was begun and cut off is ended under its own receipt. */
int purge_run(struct registrar *registrar, const char *by, int64_t now, int64_t *ret_id)
    __attribute__((warn_unused_result));

/* Destroys the records of one person, whatever their terms; MODEL_REFUSED under a hold. Passes are
 * revoked and standing registrations cancelled before (erasure.h). closing runs in the same
 * transaction as the last word, before the details go; NULL: none. */
int purge_one(struct registrar *registrar, int64_t person_id, const char *by, int64_t now,
    store_body *closing, void *context, int64_t *ret_id, struct refusal *why)
    __attribute__((warn_unused_result));

/* Purges again who stands in the receipts (files NAME.json) of a folder and still, or again, in the
 * store. *ret_people: how many. A file that is no receipt, or was changed, is MODEL_REFUSED and
 * nothing is done. */
int purge_again(struct registrar *registrar, const char *receipts, int64_t now, size_t *ret_people,
    struct refusal *why) __attribute__((warn_unused_result));

/* Begins the daily carrying out in a thread of its own; NULL: it could not. */
struct purge_daily;
struct purge_daily *purge_daily_start(struct registrar *registrar);
void purge_daily_stop(struct purge_daily *daily); /* NULL is quiet */

/* ---- receipts ---- */

struct purge_receipt {
	int64_t id, begun, ended, records;
	char kind[9]; /* term, erasure, restored */
	char made_by[801];
	uint8_t digest[PURGE_DIGEST];
	char *text; /* JSON; owned, NULL in lists */
};
struct purge_receipts {
	struct purge_receipt *items;
	size_t n;
};

/* The newest, `most` of them. Free with free(items). */
STORE_MUST_CHECK int purge_receipts(struct store_tx *tx, unsigned most, struct purge_receipts *ret);
/* One with its text; purge_receipt_free. */
STORE_MUST_CHECK int purge_receipt(struct store_tx *tx, int64_t id, struct purge_receipt *ret);
void purge_receipt_free(struct purge_receipt *receipt);

/* A person's hash in a receipt. */
void purge_hash(const uint8_t salt[static PURGE_SALT], int64_t person_id, int64_t created,
    uint8_t ret[static PURGE_DIGEST]);

#endif

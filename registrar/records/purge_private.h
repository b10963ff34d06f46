/* purge_private: what purge*.c share. */
#ifndef PRESSGATE_REGISTRAR_PURGE_PRIVATE_H
#define PRESSGATE_REGISTRAR_PURGE_PRIVATE_H

#include "registrar/records/purge.h"

/* One that runs. */
struct purge {
	struct registrar *registrar;
	int64_t id, now;
	char kind[9];
	char made_by[801];
	uint8_t salt[PURGE_SALT];
	char **emails; /* of who was purged: their mails in files go when the write is through */
	size_t n_emails, room;
};

/* One at a time; MODEL_BUSY while another runs. */
int purge_take(void) __attribute__((warn_unused_result));
void purge_give(void);

/* Within a write: begins one, works on the people of purge_item, ends it with receipt and journal.
 * purge_end drops one that changed nothing and sets its id to 0. */
int purge_begin(struct store_tx *tx, struct purge *purge) __attribute__((warn_unused_result));
int purge_people(struct store_tx *tx, struct purge *purge) __attribute__((warn_unused_result));
int purge_end(struct store_tx *tx, struct purge *purge) __attribute__((warn_unused_result));
int purge_add(struct store_tx *tx, const struct purge *purge, enum records_rule rule,
    int64_t records) __attribute__((warn_unused_result));

/* After the write: files of mails, the receipt's file, packing. */
int purge_settle(struct purge *purge) __attribute__((warn_unused_result));
/* Last, in any case: frees, and lets go of what is kept in memory of people. */
void purge_release(struct purge *purge);

/* purge_receipt.c: the receipt's text (JSON), malloc'd; NULL: no memory or no rows. */
int purge_write_receipt(struct store_tx *tx, const struct purge *purge, char **ret_text)
    __attribute__((warn_unused_result));
/* Puts the newest receipts into DIR/receipts/ where they are missing. */
int purge_keep_receipts(struct registrar *registrar) __attribute__((warn_unused_result));

#endif

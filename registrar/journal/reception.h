/*
 * reception: takes in what gates upload of their journals.
 *
 * An upload is stored whole or not at all, in one durable transaction with its entries, details,
 * tree and checkpoint, and answered with the witness's cosignature: the receipt. The same upload
 * gets the same receipt. What a gate decided is recorded and never judged again.
 */
#ifndef REGISTRAR_RECEPTION_H
#define REGISTRAR_RECEPTION_H

#include <stddef.h>
#include <stdint.h>

#include "badges/log.h"
#include "registrar/doors/gates.h"

/* A gate numbers its epochs by the Unix time at which they began. */
#define RECEPTION_EPOCH_MAX INT64_C(4294967295)

enum {
	RECEPTION_ENTRIES_MAX = 1000,
	RECEPTION_DETAIL_MAX = 4000, /* bytes; one that is longer is dropped, as one that lies is */
	RECEPTION_SEALED_MAX = 32 + 4000 + 48, /* bytes */
	RECEPTION_BODY_MAX = 4 * 1048576,      /* bytes of an upload */
	RECEPTION_CONTRADICTIONS_MAX = 100,    /* kept of one log; more are counted */
};

enum reception_result {
	RECEPTION_OK = 0,
	RECEPTION_REFUSED = 341,      /* answer.word says why; nothing is stored */
	RECEPTION_GAP = 342,	      /* answer.size is what is held */
	RECEPTION_EQUIVOCATION = 343, /* contradicts what is held: both are kept */
	RECEPTION_REVOKED = 344,      /* the gate has been revoked */
	RECEPTION_NO_WITNESS = 345,   /* there is no witness key */
};

/* A gate that has the details key sends salt and text sealed to it (details.h); one that has not
 * yet, as they are. */
struct reception_detail {
	uint64_t seq;
	uint8_t salt[32];
	const char *text;
	size_t len;
	const uint8_t *sealed; /* in place of the three above, or NULL */
	size_t sealed_len;
};

struct reception_upload {
	const struct gates_gate *gate;
	int64_t epoch;
	uint64_t old; /* index of the first entry */
	const char *checkpoint;
	size_t checkpoint_len;
	const struct log_text *entries; /* may be none: asks for the receipt of what is held */
	size_t n_entries;
	const struct reception_detail *details;
	size_t n_details;
	int64_t now; /* Unix seconds */
};

struct reception_answer {
	uint64_t size;	  /* held */
	uint64_t seq;	  /* RECEPTION_REFUSED: the bad entry; RECEPTION_EQUIVOCATION: the entry
			   * that differs, or the size of the head when it is before those sent */
	const char *word; /* RECEPTION_REFUSED: "bad-entry", "wrong-root", ... */
	/* Details that are too long, are sealed to another key, or do not open their entry's
	 * commitment: the entries stand without them. */
	size_t dropped;
	char cosignature[NOTE_LINE_MAX + 1];
};

/* Returns 0, a reception_result or a store_result. */
int reception_take(struct registrar *registrar, const struct reception_upload *upload,
    struct reception_answer *ret_answer) __attribute__((warn_unused_result));

/* What is held of the gate's newest epoch; *ret_epoch 0: nothing. Returns 0 or a store_result. */
int reception_held(struct store_tx *tx, int64_t gate, int64_t *ret_epoch, uint64_t *ret_size)
    __attribute__((warn_unused_result));

const char *reception_strerror(int result);

#endif

/* doors_private: what doors.c keeps of each log, and doors_piece.c fills in. */
#ifndef REGISTRAR_DOORS_PRIVATE_H
#define REGISTRAR_DOORS_PRIVATE_H

#include <stddef.h>
#include <stdint.h>

#include "badges/tree.h"
#include "registrar/doors/doors.h"
#include "registrar/doors/gates.h"
#include "schema/store.h"

/* A log as it stands, and what was made of it last. */
struct doors_head {
	int64_t log, gate, epoch;
	uint64_t size;
	int64_t newest_ms;
	char device[GATES_NAME_MAX + 1];

	int64_t start_at; /* Unix seconds when the start was found; 0: not yet */
	uint64_t start;
	char tree[2 * TREE_STORED_MAX + 1]; /* frontier at start, in hex */

	/* The piece from one size to another, as JSON; an append-only log never changes it. */
	uint64_t from, to;
	char *piece; /* malloc'd, or NULL */
	size_t piece_len;
};

/* Finds where the log begins for somebody who holds nothing of it: start and tree. What was found
 * less than an hour ago stands. Within tx. Returns 0 or a store_result. */
int doors_piece_start(struct store_tx *tx, struct doors_head *head, int64_t now)
    __attribute__((warn_unused_result));

/* Makes the head's piece from that size on, up to a size that has a receipt. Behind the last one
 * there is nothing to send: then the piece is empty and ends where it begins. The old piece is
 * freed; it is untouched on failure. Returns 0, STORE_NOT_FOUND where no receipt stands at or
 * beyond that size, or another store_result. */
int doors_piece_make(struct store_tx *tx, struct doors_head *head, uint64_t from)
    __attribute__((warn_unused_result));

#endif

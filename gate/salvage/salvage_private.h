/* salvage_private: what the files of the salvage share. */
#ifndef GATE_SALVAGE_PRIVATE_H
#define GATE_SALVAGE_PRIVATE_H

#include <stdbool.h>

#include "badges/commit.h"
#include "badges/entry.h"
#include "badges/tree.h"
#include "gate/salvage/salvage.h"

/* A text that looks like an entry. */
struct salvage_entry {
	uint64_t epoch, seq;
	size_t order; /* as it was met: of two versions the later one is the newer */
	char *text;
	size_t len;
	bool good; /* a signed head stands for it */
};

struct salvage_detail {
	uint64_t epoch, seq;
	uint8_t salt[COMMIT_SALT];
	char *text;
	uint8_t *sealed; /* in place of salt and text: to be opened by the registrar only */
	size_t sealed_len;
	bool good; /* its entry commits to it; a sealed one: its entry commits to something */
};

/* A head that this gate's key signed. */
struct salvage_head {
	uint64_t epoch, size;
	uint8_t root[TREE_HASH];
	char *text;
	uint8_t *tree; /* stored frontier with that root, NULL: not known */
	size_t tree_len;
};

/* A movement as its row says it; the last version of it that was met. */
struct salvage_move {
	uint32_t conference;
	uint8_t pass[16];
	int64_t time_ms;
	char device[BUNDLE_NAME_MAX + 1];
	uint64_t epoch, seq;
	int kind;
	bool voided;
	char staff[ENTRY_STAFF_MAX + 1];
};

/* A log as far as it is proved from its first entry on. */
struct salvage_log {
	uint64_t epoch;
	const struct salvage_head *head; /* where it ends, NULL: nowhere */
	struct tree tree;		 /* there */
	uint64_t signed_size;		 /* of the largest head */
	uint64_t good;			 /* entries proved, after a hole as well */
};

struct salvage {
	const struct gate_identity *identity;
	const uint8_t *public_key;
	struct salvage_entry *entries;
	size_t n_entries, cap_entries;
	struct salvage_detail *details;
	size_t n_details, cap_details;
	struct salvage_head *heads;
	size_t n_heads, cap_heads;
	struct salvage_move *moves;
	size_t n_moves, cap_moves;
	struct salvage_log *logs;
	size_t n_logs;
};

/* items with room for one more of size bytes each; NULL: no memory, and items is as it was. */
void *salvage_grow(void *items, size_t *cap, size_t n, size_t size);

/* A head, when it is signed; tree may be NULL. Returns 0 or STORE_NO_MEMORY. */
int salvage_add_head(
    struct salvage *salvage, const char *text, size_t len, const void *tree, size_t tree_len);

/* Sorts what was read and proves it. Returns 0 or STORE_NO_MEMORY. */
int salvage_prove(struct salvage *salvage);

/* The movement rows, into a store with none, with presence as their sum. */
int salvage_write_moves(const struct salvage *salvage, struct gate *gate, struct store_tx *tx);

/* The first entry of (epoch, seq) or after it, by a search in what is sorted. */
size_t salvage_find(const struct salvage *salvage, uint64_t epoch, uint64_t seq);

#endif

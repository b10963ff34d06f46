#ifndef BADGES_LOG_H
#define BADGES_LOG_H

#include <stddef.h>
#include <stdint.h>

#include "badges/checkpoint.h"
#include "badges/entry.h"
#include "badges/tree.h"

/*
 * The head of a log, in memory: what the next entry is hashed onto. It opens no file and knows no
 * database: the caller keeps, in one transaction, the entry's text, tree_store() of the new tree
 * and the checkpoint, and reads them back at start.
 *
 *	log_begin -> log_add (once or more) -> log_seal -> COMMIT -> log_accept
 *
 * A stage is a copy. When the commit fails, drop the stage: the log never moved.
 *
 * An append costs the leaf's hash, one node hash on average, at most 62 for the root, one signature
 * and its verification (checkpoint.h says why). Several entries of one transaction share them.
 */

struct log {
	struct note_key key;	   /* key.name is the origin */
	const uint8_t *secret_key; /* 64 bytes, the caller's; NULL for a log that is only read */
	struct tree tree;
};

struct log_stage {
	const struct log *log;
	uint64_t base; /* the log's size at log_begin() */
	struct tree tree;
	size_t checkpoint_len; /* 0 until log_seal() */
	char checkpoint[CHECKPOINT_SIGNED_MAX + 1];
};

/* An entry as it is stored and sent. */
struct log_leaf {
	uint64_t seq;
	uint8_t hash[TREE_HASH];
	size_t len;
	char text[ENTRY_MAX + 1];
};

/* A received entry: len bytes, no NUL needed. */
struct log_text {
	const char *text;
	size_t len;
};

enum log_error {
	LOG_BAD_ENTRY = -40,	  /* an entry is malformed, or its seq is not its index */
	LOG_WRONG_ORIGIN = -41,	  /* the checkpoint is another log's */
	LOG_BAD_SIGNATURE = -42,  /* not signed, or not by this key */
	LOG_WRONG_SIZE = -43,	  /* the checkpoint's size is not old size + entries */
	LOG_WRONG_ROOT = -44,	  /* these entries do not have the checkpoint's root */
	LOG_BAD_CHECKPOINT = -45, /* malformed */
	LOG_BAD_NAME = -46,	  /* a part of the origin is empty, too long or has a wrong byte */
	LOG_FULL = -47,
	LOG_SIGN_FAILED = -48, /* the signature just made does not verify, or there is no key */
	LOG_NOT_SEALED = -49,  /* log_accept() before log_seal(), or the stage is another log's */
};

/* log_error_word: a machine word for a code: "bad-entry", "wrong-origin", ... */
const char *log_error_word(int code);

/*
 * log_origin: "<site>/presslog/<device>/<epoch>", the log's origin and its key's name. site is
 * [a-z0-9.-]{1,64}, device [a-z0-9_-]{1,64}, epoch [a-z0-9-]{1,32}; neither begins with '.' or '-'.
 * Returns 0, or LOG_BAD_NAME.
 */
int log_origin(const char *site, const char *device, const char *epoch,
    char ret_origin[static CHECKPOINT_ORIGIN_MAX + 1]) __attribute__((warn_unused_result));

/*
 * log_create: an empty log of that origin. secret_key (64 bytes) must outlive the log, or is NULL
 * when the log is only read. Returns 0, LOG_BAD_NAME, or LOG_BAD_SIGNATURE for a key that is none.
 */
int log_create(const char *origin, const uint8_t public_key[static 32], const uint8_t *secret_key,
    struct log *ret_log) __attribute__((warn_unused_result));

/*
 * log_open: a log from its store: the stored frontier and the last signed checkpoint, which must
 * agree. Returns 0, a code of log_create(), or LOG_WRONG_ORIGIN, LOG_BAD_SIGNATURE,
 * LOG_BAD_CHECKPOINT, LOG_WRONG_SIZE or LOG_WRONG_ROOT: the store is damaged and a new epoch has
 * to begin.
 */
int log_open(const char *origin, const uint8_t public_key[static 32], const uint8_t *secret_key,
    const uint8_t *tree, size_t tree_len, const char *checkpoint, size_t checkpoint_len,
    struct log *ret_log) __attribute__((warn_unused_result));

/* log_begin: starts a stage on the log as it is. The log must outlive the stage. */
void log_begin(const struct log *log, struct log_stage *ret_stage);

/*
 * log_add: adds an entry to the stage. entry->seq is not read: the log numbers its entries, and
 * ret_leaf->seq says the number. Returns 0, LOG_BAD_ENTRY or LOG_FULL; on a refusal the stage is
 * unchanged.
 */
int log_add(struct log_stage *stage, const struct entry *entry, struct log_leaf *ret_leaf)
    __attribute__((warn_unused_result));

/*
 * log_seal: signs the stage's checkpoint into stage->checkpoint and verifies it. Returns 0 or
 * LOG_SIGN_FAILED. An empty stage may be sealed: it signs the head as it is.
 */
int log_seal(struct log_stage *stage) __attribute__((warn_unused_result));

/* log_stage_one: log_begin(), log_add() and log_seal() for one entry. Returns as they do. */
int log_stage_one(const struct log *log, const struct entry *entry, struct log_stage *ret_stage,
    struct log_leaf *ret_leaf) __attribute__((warn_unused_result));

/*
 * log_accept: moves the log to a stage whose transaction is committed. Returns 0; LOG_NOT_SEALED;
 * or LOG_WRONG_SIZE when the log has moved since log_begin(), and then it stays as it is.
 */
int log_accept(struct log *log, const struct log_stage *stage) __attribute__((warn_unused_result));

/*
 * log_extend: the receiving side. Continues the tree old with count entries and holds the result
 * against a signed checkpoint of the device's log (key as made by note_key_make() with the origin,
 * type 01). Refuses, in this order: LOG_BAD_CHECKPOINT, LOG_WRONG_ORIGIN, LOG_BAD_SIGNATURE,
 * LOG_WRONG_SIZE, LOG_BAD_ENTRY, LOG_WRONG_ROOT. On 0 fills *ret_tree (which may be old) and, where
 * ret_leaves is not NULL, count leaf hashes. On LOG_BAD_ENTRY *ret_index is the entry's index in
 * the log; ret_index may be NULL. On a refusal ret_tree is untouched, ret_leaves is not.
 */
int log_extend(const struct tree *old, const struct log_text *entries, size_t count,
    const char *checkpoint, size_t checkpoint_len, const struct note_key *key,
    struct tree *ret_tree, uint8_t (*ret_leaves)[TREE_HASH], uint64_t *ret_index)
    __attribute__((warn_unused_result));

#endif

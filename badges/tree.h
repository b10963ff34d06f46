#ifndef BADGES_TREE_H
#define BADGES_TREE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Merkle tree of RFC 6962 section 2.1 over SHA-256: leaf SHA-256(00 || entry), node
 * SHA-256(01 || left || right), empty tree SHA-256("").
 *
 * A growing tree is kept as its frontier: the roots of the complete subtrees that make it up, one
 * for each bit set in its size. Appending costs one node hash on average, the root at most 62.
 *
 *	size 13 = 1101b	hash[3]: leaves 0..7	hash[2]: 8..11	hash[0]: 12
 */

enum {
	TREE_HASH = 32,
	TREE_LEVELS = 64,
	TREE_PROOF_MAX = 64,			       /* hashes of the longest proof */
	TREE_STORED_MAX = 8 + TREE_LEVELS * TREE_HASH, /* bytes of the longest stored frontier */
};

/* A tree never grows over 2^62 leaves: every sum of sizes then fits, in signed readers too. */
#define TREE_SIZE_MAX (UINT64_C(1) << 62)

struct tree {
	uint64_t size;
	uint8_t hash[TREE_LEVELS]
		    [TREE_HASH]; /* [level] counts when bit level of size is 1, else is zero */
};

struct tree_proof {
	size_t count;
	uint8_t hash[TREE_PROOF_MAX][TREE_HASH];
};

enum tree_error {
	TREE_FULL = -1,	      /* TREE_SIZE_MAX leaves already */
	TREE_BAD_STORED = -2, /* the stored frontier has another length, or a size over the limit */
	TREE_BAD_RANGE = -3,  /* index or size outside the tree */
	TREE_BAD_PROOF = -4,  /* the proof does not hold */
	TREE_READ_FAILED = -5, /* the caller's reader had no such hash */
};

/*
 * tree_reader: the caller's store of hashes. Fills ret_hash with the root of the complete subtree
 * over the leaves [index << level, (index + 1) << level) and returns 0; anything else means it
 * can't. Level 0 are the leaf hashes.
 */
typedef int tree_reader(
    void *context, unsigned level, uint64_t index, uint8_t ret_hash[static TREE_HASH]);

/* tree_leaf: the leaf hash of an entry of len bytes. */
void tree_leaf(const void *entry, size_t len, uint8_t ret_hash[static TREE_HASH]);

/* tree_node: the hash of an inner node. ret_hash may be left or right. */
void tree_node(const uint8_t left[static TREE_HASH], const uint8_t right[static TREE_HASH],
    uint8_t ret_hash[static TREE_HASH]);

/* tree_init: the empty tree. */
void tree_init(struct tree *ret_tree);

/* tree_append: adds a leaf hash at the right. Returns 0, or TREE_FULL with the tree unchanged. */
int tree_append(struct tree *tree, const uint8_t leaf[static TREE_HASH])
    __attribute__((warn_unused_result));

/* tree_root: the root hash of the tree as it is. */
void tree_root(const struct tree *tree, uint8_t ret_root[static TREE_HASH]);

/*
 * tree_store: the frontier as bytes: the size in 8 bytes, big-endian, then the hashes that count,
 * from the highest level down. Returns how many bytes of ret_bytes were filled.
 */
size_t tree_store(const struct tree *tree, uint8_t ret_bytes[static TREE_STORED_MAX]);

/*
 * tree_load: reads what tree_store() wrote. Returns 0, or TREE_BAD_STORED and *ret_tree is
 * untouched. The bytes carry no proof: compare tree_root() with a signed checkpoint.
 */
int tree_load(const uint8_t *bytes, size_t len, struct tree *ret_tree)
    __attribute__((warn_unused_result));

/*
 * tree_prove_inclusion: the audit path of leaf index in the tree of the given size (RFC 6962
 * section 2.1.1). Returns 0, TREE_BAD_RANGE or TREE_READ_FAILED; *ret_proof is filled on 0 only.
 */
int tree_prove_inclusion(uint64_t size, uint64_t index, tree_reader *read, void *context,
    struct tree_proof *ret_proof) __attribute__((warn_unused_result));

/*
 * tree_prove_consistency: that the tree of new_size begins with the tree of old_size (RFC 6962
 * section 2.1.2). 0 <= old_size <= new_size; the proof is empty when old_size is 0 or new_size.
 * Returns as above.
 */
int tree_prove_consistency(uint64_t old_size, uint64_t new_size, tree_reader *read, void *context,
    struct tree_proof *ret_proof) __attribute__((warn_unused_result));

/*
 * tree_check_inclusion: whether leaf stands at index in the tree of that size and root. Returns 0,
 * TREE_BAD_RANGE or TREE_BAD_PROOF.
 */
int tree_check_inclusion(uint64_t size, const uint8_t root[static TREE_HASH], uint64_t index,
    const uint8_t leaf[static TREE_HASH], const struct tree_proof *proof)
    __attribute__((warn_unused_result));

/*
 * tree_check_consistency: whether the tree (new_size, new_root) begins with (old_size, old_root).
 * Returns 0, TREE_BAD_RANGE or TREE_BAD_PROOF. For old_size 0, old_root must be the empty tree's.
 */
int tree_check_consistency(uint64_t old_size, const uint8_t old_root[static TREE_HASH],
    uint64_t new_size, const uint8_t new_root[static TREE_HASH], const struct tree_proof *proof)
    __attribute__((warn_unused_result));

#endif

#include "badges/tree.h"

#include <stdbool.h>
#include <string.h>

#include <sodium.h>

#include "badges/bytes.h"

/* The largest power of two that is smaller than size; size is 2 or more. */
static uint64_t split(uint64_t size)
{
	uint64_t half = 1;

	while (half < size - half)
		half <<= 1;
	return half;
}

void tree_leaf(const void *entry, size_t len, uint8_t ret_hash[static TREE_HASH])
{
	crypto_hash_sha256_state state;

	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, (const uint8_t[]){0x00}, 1);
	if (len > 0)
		crypto_hash_sha256_update(&state, entry, len);
	crypto_hash_sha256_final(&state, ret_hash);
}

void tree_node(const uint8_t left[static TREE_HASH], const uint8_t right[static TREE_HASH],
    uint8_t ret_hash[static TREE_HASH])
{
	uint8_t input[1 + 2 * TREE_HASH] = {0x01};

	memcpy(input + 1, left, TREE_HASH);
	memcpy(input + 1 + TREE_HASH, right, TREE_HASH);
	crypto_hash_sha256(ret_hash, input, sizeof(input));
}

void tree_init(struct tree *ret_tree)
{
	memset(ret_tree, 0, sizeof(*ret_tree));
}

int tree_append(struct tree *tree, const uint8_t leaf[static TREE_HASH])
{
	uint8_t hash[TREE_HASH];
	unsigned level = 0;

	if (tree->size >= TREE_SIZE_MAX)
		return TREE_FULL;
	memcpy(hash, leaf, TREE_HASH);
	for (; (tree->size >> level & 1) != 0; level++) {
		tree_node(tree->hash[level], hash, hash);
		memset(tree->hash[level], 0, TREE_HASH);
	}
	memcpy(tree->hash[level], hash, TREE_HASH);
	tree->size++;
	return 0;
}

void tree_root(const struct tree *tree, uint8_t ret_root[static TREE_HASH])
{
	unsigned level = 0;

	if (tree->size == 0) {
		crypto_hash_sha256(ret_root, (const uint8_t *)"", 0);
		return;
	}
	while ((tree->size >> level & 1) == 0)
		level++;
	memcpy(ret_root, tree->hash[level], TREE_HASH);
	while (++level < TREE_LEVELS) {
		if ((tree->size >> level & 1) != 0)
			tree_node(tree->hash[level], ret_root, ret_root);
	}
}

size_t tree_store(const struct tree *tree, uint8_t ret_bytes[static TREE_STORED_MAX])
{
	size_t len = 8;

	bytes_put_u64(ret_bytes, tree->size);
	for (unsigned level = TREE_LEVELS; level-- > 0;) {
		if ((tree->size >> level & 1) == 0)
			continue;
		memcpy(ret_bytes + len, tree->hash[level], TREE_HASH);
		len += TREE_HASH;
	}
	return len;
}

int tree_load(const uint8_t *bytes, size_t len, struct tree *ret_tree)
{
	struct tree tree;
	size_t at = 8;

	if (len < 8)
		return TREE_BAD_STORED;
	tree_init(&tree);
	tree.size = bytes_get_u64(bytes);
	if (tree.size > TREE_SIZE_MAX)
		return TREE_BAD_STORED;
	for (unsigned level = TREE_LEVELS; level-- > 0;) {
		if ((tree.size >> level & 1) == 0)
			continue;
		if (len - at < TREE_HASH)
			return TREE_BAD_STORED;
		memcpy(tree.hash[level], bytes + at, TREE_HASH);
		at += TREE_HASH;
	}
	if (at != len)
		return TREE_BAD_STORED;
	*ret_tree = tree;
	return 0;
}

/* The root over leaves [start, end), not empty, of which start is a multiple of the largest power
 * of two within end - start, as in every split of RFC 6962. */
static int range_root(uint64_t start, uint64_t end, tree_reader *read, void *context,
    uint8_t ret_hash[static TREE_HASH])
{
	uint8_t part[TREE_LEVELS][TREE_HASH];
	unsigned count = 0;

	/* Left to right, each complete subtree is as large as the size left allows. */
	do {
		unsigned level = 0;

		while (end - start >= UINT64_C(2) << level)
			level++;
		if (read(context, level, start >> level, part[count]) != 0)
			return TREE_READ_FAILED;
		start += UINT64_C(1) << level;
		count++;
	} while (start < end);
	memcpy(ret_hash, part[--count], TREE_HASH);
	while (count-- > 0)
		tree_node(part[count], ret_hash, ret_hash);
	return 0;
}

int tree_prove_inclusion(
    uint64_t size, uint64_t index, tree_reader *read, void *context, struct tree_proof *ret_proof)
{
	struct tree_proof proof = {0};
	uint64_t start = 0, end = size;

	if (size > TREE_SIZE_MAX || index >= size)
		return TREE_BAD_RANGE;
	/* Going down from the root, the side not taken is what the verifier lacks. */
	while (end - start > 1) {
		uint64_t middle = start + split(end - start);
		bool left = index < middle;

		if (range_root(left ? middle : start, left ? end : middle, read, context,
			proof.hash[proof.count++]) < 0)
			return TREE_READ_FAILED;
		if (left)
			end = middle;
		else
			start = middle;
	}
	/* RFC 6962 lists the hashes from the leaf up. */
	ret_proof->count = proof.count;
	for (size_t i = 0; i < proof.count; i++)
		memcpy(ret_proof->hash[i], proof.hash[proof.count - 1 - i], TREE_HASH);
	return 0;
}

int tree_prove_consistency(uint64_t old_size, uint64_t new_size, tree_reader *read, void *context,
    struct tree_proof *ret_proof)
{
	struct tree_proof proof = {0};
	uint64_t start = 0, end = new_size;

	if (new_size > TREE_SIZE_MAX || old_size > new_size)
		return TREE_BAD_RANGE;
	/* Down to the subtree that ends where the old tree ended. */
	while (old_size > 0 && old_size < end) {
		uint64_t middle = start + split(end - start);
		bool left = old_size <= middle;

		if (range_root(left ? middle : start, left ? end : middle, read, context,
			proof.hash[proof.count++]) < 0)
			return TREE_READ_FAILED;
		if (left)
			end = middle;
		else
			start = middle;
	}
	/* The verifier holds the old root itself, but no other subtree of the old tree. */
	if (start > 0 && range_root(start, end, read, context, proof.hash[proof.count++]) < 0)
		return TREE_READ_FAILED;
	ret_proof->count = proof.count;
	for (size_t i = 0; i < proof.count; i++)
		memcpy(ret_proof->hash[i], proof.hash[proof.count - 1 - i], TREE_HASH);
	return 0;
}

int tree_check_inclusion(uint64_t size, const uint8_t root[static TREE_HASH], uint64_t index,
    const uint8_t leaf[static TREE_HASH], const struct tree_proof *proof)
{
	uint8_t hash[TREE_HASH];
	uint64_t node = index, last = size - 1;

	if (size == 0 || size > TREE_SIZE_MAX || index >= size)
		return TREE_BAD_RANGE;
	if (proof->count > TREE_PROOF_MAX)
		return TREE_BAD_PROOF;
	memcpy(hash, leaf, TREE_HASH);
	for (size_t i = 0; i < proof->count; i++) {
		if (last == 0)
			return TREE_BAD_PROOF;
		/* The last node of a level without a sibling is carried up as it is. */
		while (node == last && (node & 1) == 0) {
			node >>= 1;
			last >>= 1;
		}
		if ((node & 1) != 0)
			tree_node(proof->hash[i], hash, hash);
		else
			tree_node(hash, proof->hash[i], hash);
		node >>= 1;
		last >>= 1;
	}
	if (last != 0 || sodium_memcmp(hash, root, TREE_HASH) != 0)
		return TREE_BAD_PROOF;
	return 0;
}

/* RFC 9162 section 2.1.4.2 for 0 < old_size < new_size; hash[0] of path is where both trees meet.
 */
static bool roots_from_path(uint64_t old_size, uint64_t new_size,
    const uint8_t start[static TREE_HASH], const uint8_t (*path)[TREE_HASH], size_t count,
    uint8_t ret_old[static TREE_HASH], uint8_t ret_new[static TREE_HASH])
{
	uint64_t node = old_size - 1, last = new_size - 1;

	for (; (node & 1) != 0; node >>= 1)
		last >>= 1;
	memcpy(ret_old, start, TREE_HASH);
	memcpy(ret_new, start, TREE_HASH);
	for (size_t i = 0; i < count; i++) {
		if (last == 0)
			return false;
		while (node == last && (node & 1) == 0) {
			node >>= 1;
			last >>= 1;
		}
		if ((node & 1) != 0) {
			tree_node(path[i], ret_old, ret_old);
			tree_node(path[i], ret_new, ret_new);
		} else {
			tree_node(ret_new, path[i], ret_new);
		}
		node >>= 1;
		last >>= 1;
	}
	return last == 0;
}

int tree_check_consistency(uint64_t old_size, const uint8_t old_root[static TREE_HASH],
    uint64_t new_size, const uint8_t new_root[static TREE_HASH], const struct tree_proof *proof)
{
	uint8_t old_made[TREE_HASH], new_made[TREE_HASH];
	const uint8_t(*path)[TREE_HASH] = proof->hash;
	size_t count = proof->count;
	bool whole = (old_size & (old_size - 1)) == 0;

	if (new_size > TREE_SIZE_MAX || old_size > new_size)
		return TREE_BAD_RANGE;
	if (old_size == 0)
		crypto_hash_sha256(old_made, (const uint8_t *)"", 0);
	if (old_size == 0 || old_size == new_size) {
		const uint8_t *want = old_size == 0 ? old_made : new_root;

		return count == 0 && sodium_memcmp(want, old_root, TREE_HASH) == 0 ? 0
										   : TREE_BAD_PROOF;
	}
	if (count == 0 || count > TREE_PROOF_MAX)
		return TREE_BAD_PROOF;
	/* An old tree that is complete is itself a subtree of the new one and is not in the proof.
	 */
	if (!roots_from_path(old_size, new_size, whole ? old_root : path[0],
		whole ? path : path + 1, whole ? count : count - 1, old_made, new_made) ||
	    sodium_memcmp(old_made, old_root, TREE_HASH) != 0 ||
	    sodium_memcmp(new_made, new_root, TREE_HASH) != 0)
		return TREE_BAD_PROOF;
	return 0;
}

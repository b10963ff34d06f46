/* The Merkle tree of RFC 6962: known vectors, and the definition itself written a second time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "badges/tree.h"

enum { LEAVES = 600 };

static uint8_t leaves[LEAVES][TREE_HASH];

static void hash_of(const char *hex, uint8_t ret_hash[static TREE_HASH])
{
	size_t len;

	assert_int_equal(
	    sodium_hex2bin(ret_hash, TREE_HASH, hex, strlen(hex), NULL, &len, NULL), 0);
	assert_int_equal(len, TREE_HASH);
}

/* MTH(D[start:end]) exactly as RFC 6962 section 2.1 defines it, without this project's tree. */
static void naive(size_t start, size_t end, uint8_t ret_hash[static TREE_HASH])
{
	uint8_t node[1 + 2 * TREE_HASH] = {1};
	size_t k = 1;

	if (start == end) {
		crypto_hash_sha256(ret_hash, (const uint8_t *)"", 0);
		return;
	}
	if (end - start == 1) {
		memcpy(ret_hash, leaves[start], TREE_HASH);
		return;
	}
	while (k * 2 < end - start)
		k *= 2;
	naive(start, start + k, node + 1);
	naive(start + k, end, node + 1 + TREE_HASH);
	crypto_hash_sha256(ret_hash, node, sizeof(node));
}

static int read_naive(void *context, unsigned level, uint64_t index, uint8_t *ret_hash)
{
	size_t start = (size_t)index << level, end = start + ((size_t)1 << level);

	if (end > *(const size_t *)context)
		return -1;
	naive(start, end, ret_hash);
	return 0;
}

static int make_leaves(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < LEAVES; i++)
		tree_leaf(&i, sizeof(i), leaves[i]);
	return 0;
}

/* The reference inputs and roots that RFC 6962 implementations share. */
static void matches_the_reference_vectors(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *root;
	} rows[] = {
	    {"", 0, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
	    {"\x00", 1, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
	    {"\x10", 1, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
	    {"\x20\x21", 2, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
	    {"\x30\x31", 2, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
	    {"\x40\x41\x42\x43", 4,
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
	    {"\x50\x51\x52\x53\x54\x55\x56\x57", 8,
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
	    {"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16,
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
	};
	uint8_t want[TREE_HASH], root[TREE_HASH], leaf[TREE_HASH];
	struct tree tree;

	(void)state;
	tree_init(&tree);
	tree_root(&tree, root);
	hash_of("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", want);
	assert_memory_equal(root, want, TREE_HASH);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		tree_leaf(rows[i].bytes, rows[i].len, leaf);
		assert_int_equal(tree_append(&tree, leaf), 0);
		tree_root(&tree, root);
		hash_of(rows[i].root, want);
		assert_memory_equal(root, want, TREE_HASH);
	}
}

static void a_leaf_is_never_a_node(void **state)
{
	uint8_t node[TREE_HASH], leaf[TREE_HASH], pair[2 * TREE_HASH];

	(void)state;
	tree_node(leaves[0], leaves[1], node);
	memcpy(pair, leaves[0], TREE_HASH);
	memcpy(pair + TREE_HASH, leaves[1], TREE_HASH);
	tree_leaf(pair, sizeof(pair), leaf);
	assert_memory_not_equal(node, leaf, TREE_HASH);
}

static void every_root_up_to_600_equals_the_definition(void **state)
{
	uint8_t root[TREE_HASH], want[TREE_HASH];
	struct tree tree;

	(void)state;
	tree_init(&tree);
	for (size_t size = 0; size <= LEAVES; size++) {
		tree_root(&tree, root);
		naive(0, size, want);
		assert_memory_equal(root, want, TREE_HASH);
		assert_int_equal(tree.size, size);
		if (size < LEAVES)
			assert_int_equal(tree_append(&tree, leaves[size]), 0);
	}
}

static void a_stored_frontier_goes_on_as_if_never_stored(void **state)
{
	uint8_t bytes[TREE_STORED_MAX], root[TREE_HASH], want[TREE_HASH];
	struct tree tree;

	(void)state;
	tree_init(&tree);
	for (size_t size = 0; size < LEAVES; size++) {
		size_t len = tree_store(&tree, bytes);

		assert_int_equal(len, 8 + TREE_HASH * (size_t)__builtin_popcountll(size));
		memset(&tree, 0xaa, sizeof(tree));
		assert_int_equal(tree_load(bytes, len, &tree), 0);
		assert_int_equal(tree_append(&tree, leaves[size]), 0);
	}
	tree_root(&tree, root);
	naive(0, LEAVES, want);
	assert_memory_equal(root, want, TREE_HASH);
}

static void refuses_a_frontier_of_another_length(void **state)
{
	uint8_t bytes[TREE_STORED_MAX + 1] = {0};
	struct tree tree = {.size = 4711};
	struct tree grown;
	size_t len;

	(void)state;
	tree_init(&grown);
	for (size_t i = 0; i < 13; i++)
		assert_int_equal(tree_append(&grown, leaves[i]), 0);
	len = tree_store(&grown, bytes);
	assert_int_equal(len, 8 + 3 * TREE_HASH);
	for (size_t cut = 0; cut <= sizeof(bytes); cut++) {
		if (cut != len)
			assert_int_equal(tree_load(bytes, cut, &tree), TREE_BAD_STORED);
	}
	memset(bytes, 0xff, sizeof(bytes));
	assert_int_equal(tree_load(bytes, TREE_STORED_MAX, &tree), TREE_BAD_STORED);
	assert_int_equal(tree.size, 4711);
}

static void refuses_to_grow_over_the_limit(void **state)
{
	struct tree tree;

	(void)state;
	tree_init(&tree);
	tree.size = TREE_SIZE_MAX - 1;
	assert_int_equal(tree_append(&tree, leaves[0]), 0);
	assert_int_equal(tree_append(&tree, leaves[0]), TREE_FULL);
	assert_int_equal(tree.size, TREE_SIZE_MAX);
}

/* Everything about a proof that can be wrong is, once; flip names a byte of it. */
static void expect_inclusion_only_as_proved(
    size_t size, size_t index, const uint8_t root[static TREE_HASH], const struct tree_proof *proof)
{
	struct tree_proof wrong = *proof;

	assert_int_equal(tree_check_inclusion(size, root, index, leaves[index], proof), 0);
	for (size_t i = 0; i < proof->count; i++) {
		wrong.hash[i][i % TREE_HASH] ^= 1;
		assert_int_equal(
		    tree_check_inclusion(size, root, index, leaves[index], &wrong), TREE_BAD_PROOF);
		wrong.hash[i][i % TREE_HASH] ^= 1;
	}
	wrong.count = proof->count + 1;
	assert_int_equal(
	    tree_check_inclusion(size, root, index, leaves[index], &wrong), TREE_BAD_PROOF);
	if (proof->count > 0) {
		wrong.count = proof->count - 1;
		assert_int_equal(
		    tree_check_inclusion(size, root, index, leaves[index], &wrong), TREE_BAD_PROOF);
		assert_int_equal(tree_check_inclusion(size, root, index ^ 1, leaves[index], proof),
		    (index ^ 1) < size ? TREE_BAD_PROOF : TREE_BAD_RANGE);
	}
	assert_int_equal(
	    tree_check_inclusion(size, root, index, leaves[(index + 1) % LEAVES], proof),
	    TREE_BAD_PROOF);
	assert_int_equal(
	    tree_check_inclusion(size, leaves[LEAVES - 1], index, leaves[index], proof),
	    TREE_BAD_PROOF);
}

static void proves_every_leaf_and_nothing_else(void **state)
{
	(void)state;
	for (size_t size = 1; size <= 70; size++) {
		uint8_t root[TREE_HASH];

		naive(0, size, root);
		for (size_t index = 0; index < size; index++) {
			struct tree_proof proof;

			assert_int_equal(
			    tree_prove_inclusion(size, index, read_naive, &size, &proof), 0);
			expect_inclusion_only_as_proved(size, index, root, &proof);
		}
	}
}

static void expect_consistency_only_as_proved(size_t old_size, size_t new_size,
    const uint8_t old_root[static TREE_HASH], const uint8_t new_root[static TREE_HASH],
    const struct tree_proof *proof)
{
	struct tree_proof wrong = *proof;

	assert_int_equal(tree_check_consistency(old_size, old_root, new_size, new_root, proof), 0);
	for (size_t i = 0; i < proof->count; i++) {
		wrong.hash[i][i % TREE_HASH] ^= 1;
		assert_int_equal(
		    tree_check_consistency(old_size, old_root, new_size, new_root, &wrong),
		    TREE_BAD_PROOF);
		wrong.hash[i][i % TREE_HASH] ^= 1;
	}
	wrong.count = proof->count + 1;
	assert_int_equal(
	    tree_check_consistency(old_size, old_root, new_size, new_root, &wrong), TREE_BAD_PROOF);
	if (proof->count > 0) {
		wrong.count = proof->count - 1;
		assert_int_equal(
		    tree_check_consistency(old_size, old_root, new_size, new_root, &wrong),
		    TREE_BAD_PROOF);
	}
	assert_int_equal(
	    tree_check_consistency(old_size, leaves[9], new_size, new_root, proof), TREE_BAD_PROOF);
	if (old_size > 0)
		assert_int_equal(
		    tree_check_consistency(old_size, old_root, new_size, leaves[9], proof),
		    TREE_BAD_PROOF);
}

static void proves_that_a_tree_only_grew(void **state)
{
	(void)state;
	for (size_t new_size = 0; new_size <= 70; new_size++) {
		uint8_t new_root[TREE_HASH];

		naive(0, new_size, new_root);
		for (size_t old_size = 0; old_size <= new_size; old_size++) {
			uint8_t old_root[TREE_HASH];
			struct tree_proof proof;

			naive(0, old_size, old_root);
			assert_int_equal(tree_prove_consistency(
					     old_size, new_size, read_naive, &new_size, &proof),
			    0);
			expect_consistency_only_as_proved(
			    old_size, new_size, old_root, new_root, &proof);
		}
	}
}

static void a_rewritten_leaf_breaks_consistency(void **state)
{
	uint8_t old_root[TREE_HASH], new_root[TREE_HASH], kept[TREE_HASH];
	size_t size = 64;

	(void)state;
	naive(0, 41, old_root);
	for (size_t i = 0; i < 41; i++) {
		struct tree_proof proof;

		memcpy(kept, leaves[i], TREE_HASH);
		leaves[i][0] ^= 1;
		naive(0, size, new_root);
		assert_int_equal(tree_prove_consistency(41, size, read_naive, &size, &proof), 0);
		assert_int_equal(
		    tree_check_consistency(41, old_root, size, new_root, &proof), TREE_BAD_PROOF);
		memcpy(leaves[i], kept, TREE_HASH);
	}
}

static void refuses_what_lies_outside(void **state)
{
	struct tree_proof proof = {.count = TREE_PROOF_MAX + 1};
	size_t size = 10, held = 5;
	uint8_t root[TREE_HASH];

	(void)state;
	naive(0, size, root);
	assert_int_equal(tree_check_inclusion(size, root, 1, leaves[1], &proof), TREE_BAD_PROOF);
	assert_int_equal(tree_check_consistency(3, root, size, root, &proof), TREE_BAD_PROOF);
	assert_int_equal(tree_prove_inclusion(size, 10, read_naive, &size, &proof), TREE_BAD_RANGE);
	assert_int_equal(tree_prove_inclusion(0, 0, read_naive, &size, &proof), TREE_BAD_RANGE);
	assert_int_equal(
	    tree_prove_consistency(11, size, read_naive, &size, &proof), TREE_BAD_RANGE);
	assert_int_equal(
	    tree_prove_inclusion(size, 2, read_naive, &held, &proof), TREE_READ_FAILED);
	assert_int_equal(
	    tree_prove_consistency(3, size, read_naive, &held, &proof), TREE_READ_FAILED);
	assert_int_equal(proof.count, TREE_PROOF_MAX + 1); /* untouched by all of them */
	assert_int_equal(tree_check_inclusion(0, root, 0, leaves[0], &proof), TREE_BAD_RANGE);
	assert_int_equal(tree_check_consistency(11, root, size, root, &proof), TREE_BAD_RANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(matches_the_reference_vectors),
	    cmocka_unit_test(a_leaf_is_never_a_node),
	    cmocka_unit_test(every_root_up_to_600_equals_the_definition),
	    cmocka_unit_test(a_stored_frontier_goes_on_as_if_never_stored),
	    cmocka_unit_test(refuses_a_frontier_of_another_length),
	    cmocka_unit_test(refuses_to_grow_over_the_limit),
	    cmocka_unit_test(proves_every_leaf_and_nothing_else),
	    cmocka_unit_test(proves_that_a_tree_only_grew),
	    cmocka_unit_test(a_rewritten_leaf_breaks_consistency),
	    cmocka_unit_test(refuses_what_lies_outside),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, make_leaves, NULL);
}

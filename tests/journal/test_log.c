/* The log's head: stage, commit or drop, go on from the store; and the receiving side. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "badges/log.h"
#include "tests/journal/sample.h"

static struct sample_key pair, other;
static struct log device; /* empty, never moved */

static int set_up(void **state)
{
	(void)state;
	pair = sample_key(1);
	other = sample_key(2);
	return log_create(SAMPLE_ORIGIN, pair.public_key, pair.secret_key, &device);
}

static void append(struct log *log, struct log_stage *stage, struct log_leaf *leaf)
{
	struct entry entry = sample_entry(log->tree.size);

	assert_int_equal(log_stage_one(log, &entry, stage, leaf), 0);
	assert_int_equal(log_accept(log, stage), 0);
}

static void numbers_its_entries_and_signs_each_head(void **state)
{
	struct log log = device;

	(void)state;
	for (uint64_t seq = 0; seq < 20; seq++) {
		struct checkpoint checkpoint;
		uint8_t root[TREE_HASH], leaf_hash[TREE_HASH];
		struct log_stage stage;
		struct log_leaf leaf;
		struct entry entry;

		append(&log, &stage, &leaf);
		assert_int_equal(leaf.seq, seq);
		assert_int_equal(entry_parse(leaf.text, leaf.len, &entry), 0);
		assert_int_equal(entry.seq, seq);
		tree_leaf(leaf.text, leaf.len, leaf_hash);
		assert_memory_equal(leaf.hash, leaf_hash, TREE_HASH);
		assert_int_equal(checkpoint_verify(
				     stage.checkpoint, stage.checkpoint_len, &log.key, &checkpoint),
		    0);
		tree_root(&log.tree, root);
		assert_memory_equal(checkpoint.root, root, TREE_HASH);
		assert_int_equal(checkpoint.size, seq + 1);
	}
}

/* The caller's number is not trusted: two entries could otherwise carry one. */
static void ignores_the_number_in_the_entry(void **state)
{
	struct entry entry = sample_entry(9999);
	struct log_stage stage;
	struct log_leaf leaf;

	(void)state;
	assert_int_equal(log_stage_one(&device, &entry, &stage, &leaf), 0);
	assert_int_equal(leaf.seq, 0);
	assert_int_equal(strncmp(leaf.text, "pressgate-entry/v1\nseq 0\n", 25), 0);
}

static void a_dropped_stage_leaves_no_trace(void **state)
{
	struct log kept = device, tried = device;
	struct log_stage stage, dropped;
	struct log_leaf leaf;

	(void)state;
	for (int i = 0; i < 10; i++) {
		struct entry lost = sample_entry(777);

		append(&kept, &stage, &leaf);
		/* The commit of this one fails. */
		assert_int_equal(log_stage_one(&tried, &lost, &dropped, &leaf), 0);
		append(&tried, &stage, &leaf);
		assert_memory_equal(&kept.tree, &tried.tree, sizeof(kept.tree));
	}
}

static void accepts_only_a_sealed_stage_of_its_own_head(void **state)
{
	struct log log = device, second = device;
	struct entry entry = sample_entry(0);
	struct log_stage stage, late;
	struct log_leaf leaf;

	(void)state;
	log_begin(&log, &stage);
	assert_int_equal(log_add(&stage, &entry, &leaf), 0);
	assert_int_equal(log_accept(&log, &stage), LOG_NOT_SEALED);
	assert_int_equal(log_seal(&stage), 0);
	/* One more entry behind the seal: the signed head does not cover it. */
	assert_int_equal(log_add(&stage, &entry, &leaf), 0);
	assert_int_equal(log_accept(&log, &stage), LOG_NOT_SEALED);
	assert_int_equal(log_seal(&stage), 0);
	assert_int_equal(log_accept(&second, &stage), LOG_NOT_SEALED);
	assert_int_equal(log_stage_one(&log, &entry, &late, &leaf), 0);
	assert_int_equal(log_accept(&log, &stage), 0);
	assert_int_equal(log.tree.size, 2);
	assert_int_equal(log_accept(&log, &late), LOG_WRONG_SIZE);
	assert_int_equal(log_accept(&log, &stage), LOG_WRONG_SIZE);
	assert_int_equal(log.tree.size, 2);
}

static void many_entries_share_one_signature(void **state)
{
	struct log one_by_one = device, together = device;
	struct log_stage stage, last;
	struct log_leaf leaf;

	(void)state;
	log_begin(&together, &stage);
	for (uint64_t seq = 0; seq < 7; seq++) {
		struct entry entry = sample_entry(seq);

		assert_int_equal(log_add(&stage, &entry, &leaf), 0);
		assert_int_equal(leaf.seq, seq);
		append(&one_by_one, &last, &leaf);
	}
	assert_int_equal(log_seal(&stage), 0);
	assert_string_equal(stage.checkpoint, last.checkpoint);
}

static void refuses_entries_without_a_text_and_leaves_the_stage(void **state)
{
	struct entry entry = sample_entry(0);
	struct log_stage stage;
	struct log_leaf leaf;

	(void)state;
	strcpy(entry.reason, "Not A Token");
	log_begin(&device, &stage);
	assert_int_equal(log_add(&stage, &entry, &leaf), LOG_BAD_ENTRY);
	assert_int_equal(stage.tree.size, 0);
}

static void a_log_without_its_secret_key_signs_nothing(void **state)
{
	struct log log;
	struct log_stage stage;

	(void)state;
	assert_int_equal(log_create(SAMPLE_ORIGIN, pair.public_key, NULL, &log), 0);
	log_begin(&log, &stage);
	assert_int_equal(log_seal(&stage), LOG_SIGN_FAILED);
	assert_int_equal(
	    log_create(SAMPLE_ORIGIN, pair.public_key, other.secret_key, &log), LOG_BAD_SIGNATURE);
}

static void goes_on_from_its_store(void **state)
{
	struct log log = device, opened;
	uint8_t stored[TREE_STORED_MAX];
	struct log_stage stage;
	struct log_leaf leaf;

	(void)state;
	for (int i = 0; i < 40; i++) {
		size_t len;

		append(&log, &stage, &leaf);
		len = tree_store(&log.tree, stored);
		assert_int_equal(log_open(SAMPLE_ORIGIN, pair.public_key, pair.secret_key, stored,
				     len, stage.checkpoint, stage.checkpoint_len, &opened),
		    0);
		assert_memory_equal(&opened.tree, &log.tree, sizeof(log.tree));
		log = opened;
	}
}

static void refuses_a_damaged_store_by_name(void **state)
{
	struct log log = device, opened;
	uint8_t stored[TREE_STORED_MAX], before[TREE_STORED_MAX];
	struct log_stage stage, earlier;
	size_t len, before_len;
	struct log_leaf leaf;

	(void)state;
	for (int i = 0; i < 10; i++)
		append(&log, &earlier, &leaf);
	before_len = tree_store(&log.tree, before);
	append(&log, &stage, &leaf);
	len = tree_store(&log.tree, stored);
#define OPEN(origin, key, tree, tree_len, head)                                                    \
	log_open(origin, (key).public_key, NULL, tree, tree_len, (head).checkpoint,                \
	    (head).checkpoint_len, &opened)
	assert_int_equal(OPEN(SAMPLE_ORIGIN, pair, stored, len, stage), 0);
	assert_int_equal(OPEN(SAMPLE_ORIGIN, other, stored, len, stage), LOG_BAD_SIGNATURE);
	assert_int_equal(OPEN("a.example/b", pair, stored, len, stage), LOG_WRONG_ORIGIN);
	assert_int_equal(OPEN("", pair, stored, len, stage), LOG_BAD_NAME);
	assert_int_equal(OPEN(SAMPLE_ORIGIN, pair, stored, len, earlier), LOG_WRONG_SIZE);
	assert_int_equal(OPEN(SAMPLE_ORIGIN, pair, before, before_len, stage), LOG_WRONG_SIZE);
	assert_int_equal(OPEN(SAMPLE_ORIGIN, pair, stored, len - 1, stage), LOG_WRONG_SIZE);
	for (size_t at = 8; at < len; at++) {
		stored[at] ^= 0x10;
		assert_int_equal(OPEN(SAMPLE_ORIGIN, pair, stored, len, stage), LOG_WRONG_ROOT);
		stored[at] ^= 0x10;
	}
	stage.checkpoint[0] ^= 1;
	assert_int_equal(OPEN(SAMPLE_ORIGIN, pair, stored, len, stage), LOG_WRONG_ORIGIN);
	stage.checkpoint_len = 3;
	assert_int_equal(OPEN(SAMPLE_ORIGIN, pair, stored, len, stage), LOG_BAD_CHECKPOINT);
#undef OPEN
}

static void origins_are_of_safe_parts_only(void **state)
{
	static const char *const bad[] = {
	    "", ".", "..", ".a", "-a", "a/b", "A", "a b", "a+b", "a\n"};
	char origin[CHECKPOINT_ORIGIN_MAX + 1] = "kept";
	char longest[65];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(log_origin(bad[i], "door", "e1", origin), LOG_BAD_NAME);
		assert_int_equal(log_origin("police.example", bad[i], "e1", origin), LOG_BAD_NAME);
		assert_int_equal(
		    log_origin("police.example", "door", bad[i], origin), LOG_BAD_NAME);
	}
	assert_string_equal(origin, "kept");
	assert_int_equal(log_origin("police.example", "north-door", "k3v9q2", origin), 0);
	assert_string_equal(origin, SAMPLE_ORIGIN);
	memset(longest, 'z', sizeof(longest));
	longest[64] = '\0';
	assert_int_equal(log_origin(longest, longest, longest + 32, origin), 0);
	assert_int_equal(log_origin(longest, longest, longest + 31, origin), LOG_BAD_NAME);
}

/* A device's batch of `count` entries on top of `old`, ready to be sent. */
struct batch {
	struct log log;
	struct log_stage stage;
	struct log_leaf *leaves;
	struct log_text *texts;
	size_t count;
};

static struct batch make_batch(uint64_t old, size_t count)
{
	struct batch batch = {.log = device, .count = count};
	struct log_leaf leaf;

	batch.leaves = calloc(count + 1, sizeof(*batch.leaves));
	batch.texts = calloc(count + 1, sizeof(*batch.texts));
	assert_true(batch.leaves != NULL && batch.texts != NULL);
	while (batch.log.tree.size < old)
		append(&batch.log, &batch.stage, &leaf);
	log_begin(&batch.log, &batch.stage);
	for (size_t i = 0; i < count; i++) {
		struct entry entry = sample_entry(old + i);

		assert_int_equal(log_add(&batch.stage, &entry, &batch.leaves[i]), 0);
		batch.texts[i] = (struct log_text){batch.leaves[i].text, batch.leaves[i].len};
	}
	assert_int_equal(log_seal(&batch.stage), 0);
	return batch;
}

static void free_batch(struct batch *batch)
{
	free(batch->leaves);
	free(batch->texts);
}

static int receive(const struct batch *batch, struct tree *ret_tree, uint64_t *ret_index)
{
	return log_extend(&batch->log.tree, batch->texts, batch->count, batch->stage.checkpoint,
	    batch->stage.checkpoint_len, &device.key, ret_tree, NULL, ret_index);
}

static void receives_what_the_device_wrote(void **state)
{
	(void)state;
	for (uint64_t old = 0; old < 9; old++) {
		for (size_t count = 0; count < 10; count++) {
			struct batch batch = make_batch(old, count);
			uint8_t leaves[10][TREE_HASH];
			struct tree tree;

			assert_int_equal(
			    log_extend(&batch.log.tree, batch.texts, count, batch.stage.checkpoint,
				batch.stage.checkpoint_len, &device.key, &tree, leaves, NULL),
			    0);
			assert_int_equal(tree.size, old + count);
			assert_memory_equal(&tree, &batch.stage.tree, sizeof(tree));
			for (size_t i = 0; i < count; i++)
				assert_memory_equal(leaves[i], batch.leaves[i].hash, TREE_HASH);
			free_batch(&batch);
		}
	}
}

static void the_tree_may_be_extended_in_place(void **state)
{
	struct batch batch = make_batch(5, 6);
	struct tree tree = batch.log.tree;

	(void)state;
	assert_int_equal(log_extend(&tree, batch.texts, 6, batch.stage.checkpoint,
			     batch.stage.checkpoint_len, &device.key, &tree, NULL, NULL),
	    0);
	assert_memory_equal(&tree, &batch.stage.tree, sizeof(tree));
	free_batch(&batch);
}

static void names_the_entry_that_is_malformed_or_misnumbered(void **state)
{
	struct batch batch = make_batch(30, 10);
	struct tree tree = {.size = 4711};

	(void)state;
	for (size_t i = 0; i < batch.count; i++) {
		struct log_text kept = batch.texts[i];
		uint64_t index = 0;

		batch.leaves[i].text[0] = 'P';
		assert_int_equal(receive(&batch, &tree, &index), LOG_BAD_ENTRY);
		assert_int_equal(index, 30 + i);
		batch.leaves[i].text[0] = 'p';
		batch.texts[i].len--;
		assert_int_equal(receive(&batch, &tree, NULL), LOG_BAD_ENTRY);
		batch.texts[i] = batch.texts[(i + 1) % batch.count];
		assert_int_equal(receive(&batch, &tree, &index), LOG_BAD_ENTRY);
		assert_int_equal(index, 30 + i);
		batch.texts[i] = kept;
	}
	assert_int_equal(tree.size, 4711);
	assert_int_equal(receive(&batch, &tree, NULL), 0);
	free_batch(&batch);
}

static void refuses_each_other_flaw_by_name(void **state)
{
	struct batch batch = make_batch(30, 10), changed;
	struct note_key key;
	struct tree tree = {.size = 4711};
	char *staff;

	(void)state;
	changed = batch;
	changed.count--;
	assert_int_equal(receive(&changed, &tree, NULL), LOG_WRONG_SIZE);
	changed = batch;
	changed.log = device;
	assert_int_equal(receive(&changed, &tree, NULL), LOG_WRONG_SIZE);
	changed = batch;
	changed.log.tree.size = 41; /* more than the checkpoint says */
	assert_int_equal(receive(&changed, &tree, NULL), LOG_WRONG_SIZE);
	/* Well-formed, well-numbered, but not what the device signed. */
	staff = strstr(batch.leaves[4].text, "staff officer1");
	assert_non_null(staff);
	staff[13] = '2';
	assert_int_equal(receive(&batch, &tree, NULL), LOG_WRONG_ROOT);
	staff[13] = '1';
	/* An old tree that holds something else: a rewritten past. */
	changed = batch;
	changed.log.tree.hash[4][7] ^= 1;
	assert_int_equal(receive(&changed, &tree, NULL), LOG_WRONG_ROOT);
	changed = batch;
	changed.stage.checkpoint_len--;
	assert_int_equal(receive(&changed, &tree, NULL), LOG_BAD_CHECKPOINT);
	assert_int_equal(note_key_make(SAMPLE_ORIGIN, NOTE_ED25519, other.public_key, &key), 0);
	assert_int_equal(
	    log_extend(&batch.log.tree, batch.texts, batch.count, batch.stage.checkpoint,
		batch.stage.checkpoint_len, &key, &tree, NULL, NULL),
	    LOG_BAD_SIGNATURE);
	assert_int_equal(note_key_make("police.example/presslog/south-door/1", NOTE_ED25519,
			     pair.public_key, &key),
	    0);
	assert_int_equal(
	    log_extend(&batch.log.tree, batch.texts, batch.count, batch.stage.checkpoint,
		batch.stage.checkpoint_len, &key, &tree, NULL, NULL),
	    LOG_WRONG_ORIGIN);
	assert_int_equal(tree.size, 4711);
	free_batch(&batch);
}

static void every_refusal_has_a_word(void **state)
{
	(void)state;
	for (int code = LOG_NOT_SEALED; code <= LOG_BAD_ENTRY; code++)
		assert_string_not_equal(log_error_word(code), "unknown");
	assert_string_equal(log_error_word(LOG_BAD_ENTRY), "bad-entry");
	assert_string_equal(log_error_word(0), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(numbers_its_entries_and_signs_each_head),
	    cmocka_unit_test(ignores_the_number_in_the_entry),
	    cmocka_unit_test(a_dropped_stage_leaves_no_trace),
	    cmocka_unit_test(accepts_only_a_sealed_stage_of_its_own_head),
	    cmocka_unit_test(many_entries_share_one_signature),
	    cmocka_unit_test(refuses_entries_without_a_text_and_leaves_the_stage),
	    cmocka_unit_test(a_log_without_its_secret_key_signs_nothing),
	    cmocka_unit_test(goes_on_from_its_store),
	    cmocka_unit_test(refuses_a_damaged_store_by_name),
	    cmocka_unit_test(origins_are_of_safe_parts_only),
	    cmocka_unit_test(receives_what_the_device_wrote),
	    cmocka_unit_test(the_tree_may_be_extended_in_place),
	    cmocka_unit_test(names_the_entry_that_is_malformed_or_misnumbered),
	    cmocka_unit_test(refuses_each_other_flaw_by_name),
	    cmocka_unit_test(every_refusal_has_a_word),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, set_up, NULL);
}

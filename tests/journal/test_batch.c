/* A gate that was offline for long sends everything at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <sodium.h>

#include "badges/log.h"
#include "tests/journal/sample.h"

enum { MANY = 50000 };

/* Far above the 0.2 s it takes: only what grows with the square of the batch is caught by time. */
static const double seconds_max = 20;

static double now(void)
{
	struct timespec time;

	assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time), 0);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void fifty_thousand_entries_arrive_at_once(void **state)
{
	struct sample_key pair = sample_key(1);
	struct log_leaf *leaves = calloc(MANY, sizeof(*leaves));
	struct log_text *texts = calloc(MANY, sizeof(*texts));
	struct tree old, tree;
	struct log_stage stage;
	struct log log;
	double start, seconds;

	(void)state;
	assert_true(leaves != NULL && texts != NULL);
	assert_int_equal(log_create(SAMPLE_ORIGIN, pair.public_key, pair.secret_key, &log), 0);
	log_begin(&log, &stage);
	for (size_t i = 0; i < MANY; i++) {
		struct entry entry = sample_entry(i);

		assert_int_equal(log_add(&stage, &entry, &leaves[i]), 0);
		texts[i] = (struct log_text){leaves[i].text, leaves[i].len};
	}
	assert_int_equal(log_seal(&stage), 0);
	tree_init(&old);
	start = now();
	assert_int_equal(log_extend(&old, texts, MANY, stage.checkpoint, stage.checkpoint_len,
			     &log.key, &tree, NULL, NULL),
	    0);
	seconds = now() - start;
	print_message("# %d entries checked and hashed in %.3f s of CPU\n", MANY, seconds);
	assert_memory_equal(&tree, &stage.tree, sizeof(tree));
	assert_true(seconds < seconds_max);
	free(leaves);
	free(texts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fifty_thousand_entries_arrive_at_once),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}

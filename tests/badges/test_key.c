#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "badges/bytes.h"
#include "badges/cose.h"
#include "tests/badges/fixture.h"

static char folder[] = "/tmp/pressgate-key-XXXXXX";
static char path[64];

static int set_up(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/key", folder);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(folder);
}

static void put_file(const char *text, mode_t mode)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static void the_rfc_8032_key_signs_as_in_the_rfc(void **state)
{
	struct key_secret *key = fixture_rfc_key(KEY_USE_PASS);
	uint8_t signature[64];
	char hex[129];

	(void)state;
	bytes_hex(key->public, 32, hex);
	assert_string_equal(
	    hex, "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
	bytes_hex(key->kid, 8, hex);
	assert_string_equal(hex, "21fe31dfa154a261");
	assert_int_equal(key_sign(key, (const uint8_t *)"", 0, signature), 0);
	bytes_hex(signature, 64, hex);
	assert_string_equal(hex,
	    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e"
	    "39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
	assert_int_equal(key_verify(key->public, (const uint8_t *)"", 0, signature), 0);
	signature[0] ^= 1;
	assert_int_equal(key_verify(key->public, (const uint8_t *)"", 0, signature), KEY_E_VERIFY);
	key_free(key);
}

static void a_saved_key_is_the_same_key(void **state)
{
	struct key_secret *key = NULL, *again = NULL;
	struct stat st;
	mode_t mask = umask(0);

	(void)state;
	assert_int_equal(key_new(KEY_USE_BUNDLE, &key), 0);
	assert_int_equal(key_save(key, path), 0);
	(void)umask(mask);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(key_load(path, KEY_USE_BUNDLE, &again), 0);
	assert_memory_equal(key->secret, again->secret, sizeof(key->secret));
	assert_memory_equal(key->kid, again->kid, sizeof(key->kid));
	key_free(again);
	again = NULL;
	assert_int_equal(key_load(path, KEY_USE_PASS, &again), KEY_E_USE);
	assert_null(again);
	assert_int_equal(key_load_any(path, &again), 0);
	assert_int_equal(again->use, KEY_USE_BUNDLE);
	assert_int_equal(key_save(key, path), KEY_E_EXISTS);
	key_free(again);
	key_free(key);
	assert_int_equal(unlink(path), 0);
}

static void a_key_that_others_may_use_is_refused(void **state)
{
	static const mode_t bad[] = {0640, 0604, 0660, 0620, 0602, 0610, 0601, 0644, 0666, 0777};
	struct key_secret *key = NULL, *again = NULL;

	(void)state;
	assert_int_equal(key_new(KEY_USE_PASS, &key), 0);
	assert_int_equal(key_save(key, path), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(chmod(path, bad[i]), 0);
		assert_int_equal(key_load(path, KEY_USE_PASS, &again), KEY_E_MODE);
	}
	assert_null(again);
	assert_int_equal(chmod(path, 0400), 0);
	assert_int_equal(key_load(path, KEY_USE_PASS, &again), 0);
	key_free(again);
	key_free(key);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(key_load(folder, KEY_USE_PASS, &again), KEY_E_MODE);
	assert_int_equal(key_load(path, KEY_USE_PASS, &again), KEY_E_READ);
	assert_int_equal(errno, ENOENT);
	/* A pipe in the file's place neither blocks nor passes. */
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(key_load(path, KEY_USE_PASS, &again), KEY_E_MODE);
	assert_int_equal(unlink(path), 0);
}

#define SEED "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"

static void files_of_another_shape_are_refused(void **state)
{
	static const struct {
		const char *text;
		int r;
	} rows[] = {
	    {"pressgate-secret-key/v1 pass " SEED "\n", 0},
	    {"pressgate-secret-key/v1 pass " SEED, 0},
	    {"", KEY_E_FORMAT},
	    {"\n", KEY_E_FORMAT},
	    {"pressgate-secret-key/v2 pass " SEED "\n", KEY_E_FORMAT},
	    {"pressgate-secret-key/v1 door " SEED "\n", KEY_E_FORMAT},
	    {"pressgate-secret-key/v1 " SEED "\n", KEY_E_FORMAT},
	    {"pressgate-secret-key/v1  " SEED "\n", KEY_E_FORMAT},
	    {"pressgate-secret-key/v1 pass  " SEED "\n", KEY_E_FORMAT},
	    {"pressgate-secret-key/v1 pass 0" SEED "\n", KEY_E_FORMAT},
	    {"pressgate-secret-key/v1 pass " SEED "\n\n", KEY_E_FORMAT},
	    {"pressgate-secret-key/v1 pass " SEED "\r\n", KEY_E_FORMAT},
	    {"pressgate-secret-key/v1 pass " SEED " \n", KEY_E_FORMAT},
	    {" pressgate-secret-key/v1 pass " SEED "\n", KEY_E_FORMAT},
	    {"pressgate-secret-key/v1 pass g" SEED "\n", KEY_E_FORMAT},
	    {"pressgate-secret-key/v1 pass " SEED SEED "\n", KEY_E_FORMAT},
	    {"pressgate-secret-key/v1 pass " SEED "\n" SEED SEED, KEY_E_FORMAT},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct key_secret *key = NULL;

		put_file(rows[i].text, 0600);
		if (key_load(path, KEY_USE_PASS, &key) != rows[i].r)
			fail_msg("row %zu", i);
		assert_int_equal(key != NULL, rows[i].r == 0);
		key_free(key);
	}
	assert_int_equal(unlink(path), 0);
}

static void points_of_small_order_or_off_the_curve_are_no_keys(void **state)
{
	static const char *const rows[] = {
	    "0100000000000000000000000000000000000000000000000000000000000000",
	    "0000000000000000000000000000000000000000000000000000000000000000",
	    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	    "0200000000000000000000000000000000000000000000000000000000000000",
	    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	};
	struct key_secret *key = fixture_rfc_key(KEY_USE_PASS);
	uint8_t bytes[32];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(bytes_unhex(rows[i], 64, bytes, 32), 0);
		if (key_is_point(bytes))
			fail_msg("%s", rows[i]);
	}
	assert_true(key_is_point(key->public));
	key_free(key);
}

/* A key whose public half was changed makes signatures that do not verify: they are kept back. */
static void a_signature_that_does_not_verify_is_not_released(void **state)
{
	struct key_secret *key = fixture_key(KEY_USE_BUNDLE, 5);
	uint8_t signature[64] = {0x77}, *bytes = NULL;
	size_t len = 0;

	(void)state;
	assert_int_equal(sodium_mprotect_readwrite(key), 0);
	key->public[3] ^= 1;
	assert_int_equal(key_sign(key, (const uint8_t *)"a", 1, signature), KEY_E_SIGN);
	assert_int_equal(signature[0], 0x77);
	assert_int_equal(
	    cose_sign(key, "accr/staff/1", (const uint8_t *)"a", 1, &bytes, &len), COSE_E_SIGN);
	assert_null(bytes);
	key->public[3] ^= 1;
	assert_int_equal(key_sign(key, (const uint8_t *)"a", 1, signature), 0);
	key_free(key);
}

static void each_error_and_use_has_its_words(void **state)
{
	enum key_use use;

	(void)state;
	for (int code = KEY_E_VERIFY; code < 0; code++)
		assert_true(strlen(key_error_words(code)) > 8);
	assert_string_equal(key_error_words(0), "no error");
	assert_string_equal(key_error_words(KEY_E_VERIFY - 1), "no error");
	for (unsigned i = KEY_USE_ROOT; i <= KEY_USE_DEVICE; i++) {
		assert_int_equal(key_use_find(key_use_word((enum key_use)i), &use), 0);
		assert_int_equal(use, i);
	}
	assert_null(key_use_word((enum key_use)0));
	assert_int_equal(key_use_find("", &use), KEY_E_USE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_rfc_8032_key_signs_as_in_the_rfc),
	    cmocka_unit_test(a_saved_key_is_the_same_key),
	    cmocka_unit_test(a_key_that_others_may_use_is_refused),
	    cmocka_unit_test(files_of_another_shape_are_refused),
	    cmocka_unit_test(points_of_small_order_or_off_the_curve_are_no_keys),
	    cmocka_unit_test(a_signature_that_does_not_verify_is_not_released),
	    cmocka_unit_test(each_error_and_use_has_its_words),
	};

	if (sodium_init() < 0)
		return 99;
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

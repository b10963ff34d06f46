/* Terms as settings have them, hashes of who was purged, and the stream of a backup. */
#include "tests/pages/temp.h"

#include <sodium.h>

#include "registrar/records/backup_stream.h"
#include "registrar/records/purge.h"

static void a_term_is_its_setting_or_its_own_or_that_of_all(void **state)
{
	struct settings *settings = calloc(1, sizeof(*settings));

	(void)state;
	assert_non_null(settings);
	settings_default(settings);
	settings->keep_days = 200;
	assert_int_equal(rule_days(settings, RULE_PHOTO), 200);
	assert_int_equal(rule_days(settings, RULE_MAIL_FILES), 30);
	settings->retention[RULE_PHOTO] = 90;
	settings->retention[RULE_MAIL_FILES] = 3;
	assert_int_equal(rule_days(settings, RULE_PHOTO), 90);
	assert_int_equal(rule_days(settings, RULE_MAIL_FILES), 3);
	assert_int_equal(rule_before(settings, RULE_PHOTO, 100 * 86400), 10 * 86400);
	for (unsigned i = 0; i < RULES; i++)
		assert_int_equal(rule_find(records_rules[i].key), i);
	assert_int_equal(rule_find("nothing"), RULES);
	free(settings);
}

static void a_hash_is_of_this_person_under_this_salt(void **state)
{
	const uint8_t salt[PURGE_SALT] = {1}, other[PURGE_SALT] = {2};
	uint8_t a[PURGE_DIGEST], b[PURGE_DIGEST];

	(void)state;
	purge_hash(salt, 7, TEMP_NOW, a);
	purge_hash(salt, 7, TEMP_NOW, b);
	assert_memory_equal(a, b, sizeof(a));
	purge_hash(salt, 7, TEMP_NOW + 1, b);
	assert_memory_not_equal(a, b, sizeof(a));
	purge_hash(salt, 8, TEMP_NOW, b);
	assert_memory_not_equal(a, b, sizeof(a));
	purge_hash(other, 7, TEMP_NOW, b);
	assert_memory_not_equal(a, b, sizeof(a));
}

/* A stream of so many bytes, of which `kept` stay (0: all); reads it back whole. */
static enum backup_in_error pass(size_t bytes, size_t kept)
{
	static struct backup_out out;
	static struct backup_in in;
	const uint8_t key[BACKUP_KEY] = {9};
	char line[BACKUP_LINE], *text = NULL;
	size_t len = 0;
	FILE *file = open_memstream(&text, &len);

	backup_line_write(line, 1, 2, key);
	assert_true(backup_out_begin(&out, file, line, key));
	for (size_t i = 0; i < bytes; i++)
		backup_out_put(&out, "x", 1);
	assert_true(backup_out_end(&out));
	fclose(file);
	file = fmemopen(text, kept ? kept : len, "rb");
	bool good = backup_in_begin(&in, file, key);
	char byte = 0;
	for (size_t i = 0; good && i < bytes; i++)
		good = backup_in_get(&in, &byte, 1) && byte == 'x';
	good = good && backup_in_end(&in);
	fclose(file);
	free(text);
	assert_int_equal(good, in.error == BACKUP_IN_NONE);
	return in.error;
}

static void a_stream_comes_back_whole_or_not_at_all(void **state)
{
	char line[BACKUP_LINE];
	const uint8_t key[BACKUP_KEY] = {9};

	(void)state;
	backup_line_write(line, 1, 2, key);
	assert_int_equal(pass(1, 0), BACKUP_IN_NONE);
	assert_int_equal(pass(BACKUP_CHUNK, 0), BACKUP_IN_NONE);
	assert_int_equal(pass(BACKUP_CHUNK + 1, 0), BACKUP_IN_NONE);
	/* Cut behind a chunk: what there is opens, and yet it is not taken. */
	assert_int_equal(
	    pass(BACKUP_CHUNK + 1, strlen(line) + 24 + BACKUP_CHUNK + 17), BACKUP_IN_CUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_term_is_its_setting_or_its_own_or_that_of_all),
	    cmocka_unit_test(a_hash_is_of_this_person_under_this_salt),
	    cmocka_unit_test(a_stream_comes_back_whole_or_not_at_all),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests_name("records", tests, NULL, NULL);
}

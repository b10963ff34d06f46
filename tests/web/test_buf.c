#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "web/buf.h"

static void pieces_become_one_text(void **state)
{
	struct buf b;
	size_t len = 99;
	char *text;

	(void)state;
	buf_init(&b, 1 << 20);
	assert_string_equal(buf_text(&b), "");
	buf_puts(&b, "a");
	buf_puts(&b, NULL);
	buf_putc(&b, 'b');
	buf_int(&b, -42);
	buf_printf(&b, "%s-%d", "c", 7);
	buf_add(&b, "d\0e", 3);
	assert_int_equal(buf_error(&b), 0);
	assert_int_equal(b.len, 11);
	assert_memory_equal(b.data, "ab-42c-7d\0e", 12);
	text = buf_steal(&b, &len);
	assert_non_null(text);
	assert_int_equal(len, 11);
	assert_int_equal(b.len, 0);
	free(text);
	text = buf_steal(&b, &len);
	assert_string_equal(text, "");
	assert_int_equal(len, 0);
	free(text);
	buf_free(&b);
}

static void growth_keeps_every_byte(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 20);
	for (int i = 0; i < 100000; i++)
		buf_putc(&b, (char)('a' + i % 26));
	assert_int_equal(b.len, 100000);
	for (int i = 0; i < 100000; i++)
		assert_int_equal(b.data[i], 'a' + i % 26);
	buf_free(&b);
}

static void the_limit_is_exact_and_its_error_stays(void **state)
{
	struct buf b;
	size_t len = 7;

	(void)state;
	buf_init(&b, 10);
	buf_puts(&b, "0123456789");
	assert_int_equal(buf_error(&b), 0);
	buf_putc(&b, 'x');
	assert_int_equal(buf_error(&b), BUF_LIMIT);
	buf_fail(&b, BUF_VALUE);
	assert_int_equal(buf_error(&b), BUF_LIMIT);
	assert_null(buf_steal(&b, &len));
	assert_int_equal(len, 7);
	assert_int_equal(b.len, 10);
	buf_reset(&b);
	assert_int_equal(buf_error(&b), 0);
	buf_printf(&b, "%d", 12345);
	assert_string_equal(buf_text(&b), "12345");
	buf_printf(&b, "%s", "123456");
	assert_int_equal(buf_error(&b), BUF_LIMIT);
	assert_string_equal(buf_text(&b), "12345");
	buf_free(&b);
}

static void after_an_error_nothing_is_taken(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	buf_puts(&b, "a");
	buf_fail(&b, BUF_VALUE);
	buf_puts(&b, "b");
	assert_string_equal(buf_text(&b), "a");
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(pieces_become_one_text),
	    cmocka_unit_test(growth_keeps_every_byte),
	    cmocka_unit_test(the_limit_is_exact_and_its_error_stays),
	    cmocka_unit_test(after_an_error_nothing_is_taken),
	};

	return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}

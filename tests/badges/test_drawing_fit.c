/* Text that is fitted into a box: it shrinks, takes its lines, and stays inside. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "badges/card.h"
#include "badges/drawing.h"

#define LEAST 7.0

static struct drawing *begin(void)
{
	struct drawing *drawing = NULL;

	assert_int_equal(drawing_open(200, 100, "A page", "en", &drawing), 0);
	return drawing;
}

static void finish(struct drawing *drawing)
{
	uint8_t *bytes = NULL;
	size_t len = 0;

	assert_int_equal(drawing_close(drawing, &bytes, &len), 0);
	free(bytes);
}

static double fit(struct drawing *drawing, double height, int lines, const char *text)
{
	const struct drawing_box box = {10, 10, 120, height};
	const struct drawing_style style = {.size = 20, .bold = true, .lines = lines};

	return drawing_fit(drawing, &box, &style, LEAST, DRAWING_MIDDLE, text);
}

static void what_is_longer_is_smaller_down_to_the_least(void **state)
{
	struct drawing *drawing = begin();
	char name[401] = "";
	double last = 20, size;

	(void)state;
	assert_true(fit(drawing, 60, 2, "") == 0.0);
	assert_true(fit(drawing, 60, 2, "Ann") == 20.0);
	for (size_t len = 4; len <= 400; len += 12) {
		memset(name, 'n', len);
		name[len] = '\0';
		size = fit(drawing, 60, 2, name);
		assert_true(size <= last && size >= LEAST);
		last = size;
	}
	assert_true(last == LEAST);
	finish(drawing);
}

static void two_lines_take_larger_letters_than_one(void **state)
{
	static const char name[] = "Konstantinos Papadopoulos";
	struct drawing *drawing = begin();

	(void)state;
	assert_true(fit(drawing, 60, 2, name) > fit(drawing, 60, 1, name));
	assert_true(fit(drawing, 60, 2, name) > fit(drawing, 24, 2, name));
	finish(drawing);
}

static void stacked_marks_are_made_smaller_rather_than_cut(void **state)
{
	struct drawing *drawing = begin();
	char name[2 * 200 + 2] = "e";

	(void)state;
	assert_true(fit(drawing, 40, 2, name) == 20.0);
	for (size_t i = 0; i < 200; i++)
		memcpy(name + 1 + 2 * i, "\xcc\x81", 3);
	assert_true(fit(drawing, 40, 2, name) < LEAST);
	finish(drawing);
}

/* The settings file that is printed says what is built in. */
static void default_design_is_whole(void **state)
{
	struct card_design design;

	(void)state;
	card_design_default(&design);
	for (unsigned i = 0; i < CARD_CLASSES; i++) {
		assert_true(design.words[i][0]);
		for (unsigned j = 0; j < i; j++) {
			assert_string_not_equal(design.words[i], design.words[j]);
			assert_true(design.colours[i] != design.colours[j]);
		}
	}
	for (int i = 0; i < CARD_SIZES; i++)
		assert_int_equal(card_size_find(card_size_word((enum card_size)i)), i);
	assert_int_equal(card_size_find("a4"), -1);
}

static bool refuse_all(void *context, const uint8_t *bytes, size_t len)
{
	(void)bytes;
	(void)len;
	++*(int *)context;
	return false;
}

static void a_full_disk_is_told(void **state)
{
	const struct card card = {.name = "Ann", .qr = "ABC"};
	struct card_batch *batch = NULL;
	struct card_design design;
	int asked = 0;

	(void)state;
	card_design_default(&design);
	assert_int_equal(
	    card_batch_begin(&design, DRAWING_PDF, "Badges", refuse_all, &asked, &batch), 0);
	(void)(card_batch_add(batch, &card) == 0);
	assert_int_equal(card_batch_end(batch), CARD_E_WRITE);
	assert_int_equal(asked, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_longer_is_smaller_down_to_the_least),
	    cmocka_unit_test(two_lines_take_larger_letters_than_one),
	    cmocka_unit_test(stacked_marks_are_made_smaller_rather_than_cut),
	    cmocka_unit_test(default_design_is_whole),
	    cmocka_unit_test(a_full_disk_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

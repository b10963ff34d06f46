#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <png.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/pass.h"
#include "badges/qr.h"
#include "tests/badges/fixture.h"

/* The pictures of one text, drawn once. */
static struct qr qr;
static const char text[] = "ACR1:HELLO PRESS";

static int set_up(void **state)
{
	(void)state;
	return qr_make(text, strlen(text), &qr);
}

static int tear_down(void **state)
{
	(void)state;
	qr_free(&qr);
	return 0;
}

static void a_code_is_square_with_its_three_finders(void **state)
{
	int far = (int)qr.width - 7;

	(void)state;
	assert_int_equal(qr.width, 17 + 4 * (unsigned)qr.version);
	for (int i = 0; i < 7; i++) {
		assert_true(qr_is_dark(&qr, i, 0) && qr_is_dark(&qr, far + i, 0));
		assert_true(qr_is_dark(&qr, 0, i) && qr_is_dark(&qr, 0, far + i));
	}
	assert_false(qr_is_dark(&qr, 1, 1) || qr_is_dark(&qr, 7, 7));
	assert_false(qr_is_dark(&qr, -1, 0) || qr_is_dark(&qr, 0, (int)qr.width));
}

static void every_pass_fits_version_10(void **state)
{
	struct key_secret *key = fixture_rfc_key(KEY_USE_PASS);
	struct pass_claims claims = fixture_claims(7, 0xff);
	char pass[PASS_TEXT_MAX + 1];
	struct qr code = {0};

	(void)state;
	assert_int_equal(pass_sign(&claims, key, pass), 0);
	assert_int_equal(strlen(pass), 194);
	assert_int_equal(qr_make(pass, strlen(pass), &code), 0);
	assert_int_equal(code.version, 8);
	qr_free(&code);
	claims.conference = UINT32_MAX;
	assert_int_equal(pass_sign(&claims, key, pass), 0);
	assert_int_equal(strlen(pass), 200);
	assert_int_equal(qr_make(pass, strlen(pass), &code), 0);
	assert_int_equal(code.version, 8);
	qr_free(&code);
	memset(claims.name, 'A', PASS_NAME_MAX);
	memset(claims.outlet, 'B', PASS_OUTLET_MAX);
	claims.name_len = PASS_NAME_MAX;
	claims.outlet_len = PASS_OUTLET_MAX;
	claims.flags = UINT16_MAX;
	claims.pass_class = 23;
	assert_int_equal(pass_sign(&claims, key, pass), 0);
	assert_int_equal(strlen(pass), PASS_TEXT_MAX);
	assert_int_equal(qr_make(pass, strlen(pass), &code), 0);
	assert_int_equal(code.version, 10);
	assert_int_equal(code.width, 57);
	qr_free(&code);
	key_free(key);
}

static void texts_that_fit_no_code_are_refused(void **state)
{
	char longest[QR_TEXT_MAX + 1];
	struct qr code = {0};

	(void)state;
	memset(longest, 'A', sizeof(longest));
	assert_int_equal(qr_make("", 0, &code), QR_E_TEXT);
	assert_int_equal(qr_make("a\0b", 3, &code), QR_E_TEXT);
	assert_int_equal(qr_make(longest, sizeof(longest), &code), QR_E_TEXT);
	assert_int_equal(qr_make(longest, QR_TEXT_MAX, &code), 0);
	assert_int_equal(code.version, 40);
	qr_free(&code);
	memset(longest, 'a', sizeof(longest));
	assert_int_equal(qr_make(longest, QR_TEXT_MAX, &code), QR_E_TEXT);
	assert_null(code.modules);
}

/* Each pixel, read back by libpng's own reader, is its module's; the margin is white. */
static void png_pixels_are_the_modules(void **state)
{
	const unsigned sizes[] = {1, 3, 8, 64};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		unsigned px = sizes[i], side = (qr.width + 8) * px;
		png_image image = {.version = PNG_IMAGE_VERSION};
		uint8_t *bytes = NULL, *pixels;
		size_t len = 0;

		assert_int_equal(qr_png(&qr, px, &bytes, &len), 0);
		assert_true(png_image_begin_read_from_memory(&image, bytes, len));
		assert_int_equal(image.width, side);
		assert_int_equal(image.height, side);
		image.format = PNG_FORMAT_GRAY;
		pixels = malloc(PNG_IMAGE_SIZE(image));
		assert_non_null(pixels);
		assert_true(png_image_finish_read(&image, NULL, pixels, 0, NULL));
		for (unsigned y = 0; y < side; y++) {
			for (unsigned x = 0; x < side; x++) {
				bool dark = qr_is_dark(&qr, (int)(x / px) - 4, (int)(y / px) - 4);

				assert_int_equal(pixels[y * side + x], dark ? 0 : 255);
			}
		}
		free(pixels);
		free(bytes);
	}
}

static void png_sizes_out_of_range_are_refused(void **state)
{
	uint8_t *bytes = NULL;
	size_t len = 0;

	(void)state;
	assert_int_equal(qr_png(&qr, 0, &bytes, &len), QR_E_SIZE);
	assert_int_equal(qr_png(&qr, 65, &bytes, &len), QR_E_SIZE);
	assert_null(bytes);
}

/* The rectangles of the drawing, filled in again, are the modules. */
static void svg_rectangles_are_the_modules(void **state)
{
	size_t side = qr.width + 8, len = 0;
	uint8_t *seen = calloc(side, side);
	char *svg = NULL, *at, head[128];

	(void)state;
	assert_non_null(seen);
	assert_int_equal(qr_svg(&qr, &svg, &len), 0);
	assert_int_equal(strlen(svg), len);
	(void)snprintf(head, sizeof(head), "viewBox=\"0 0 %zu %zu\"", side, side);
	assert_non_null(strstr(svg, head));
	at = strstr(svg, "fill=\"#000000\" d=\"");
	assert_non_null(at);
	for (at = strchr(at, 'M'); at != NULL; at = strchr(at + 1, 'M')) {
		unsigned x, y, width, back;

		assert_int_equal(sscanf(at, "M%u %uh%uv1h-%uz", &x, &y, &width, &back), 4);
		assert_int_equal(width, back);
		assert_true(x >= 4 && y >= 4 && x + width <= side - 4 && y < side - 4);
		memset(seen + y * side + x, 1, width);
	}
	for (size_t i = 0; i < side * side; i++)
		assert_int_equal(
		    seen[i], qr_is_dark(&qr, (int)(i % side) - 4, (int)(i / side) - 4));
	free(svg);
	free(seen);
}

static void the_terminals_cells_are_the_modules(void **state)
{
	static const char *const cells[] = {" ", "\u2580", "\u2584", "\u2588"};
	char *term = NULL, *at;
	size_t len = 0;

	(void)state;
	assert_int_equal(qr_term(&qr, &term, &len), 0);
	at = term;
	for (int y = -4; y < (int)qr.width + 4; y += 2) {
		assert_memory_equal(at, "\033[38;5;16;48;5;231m", 19);
		at += 19;
		for (int x = -4; x < (int)qr.width + 4; x++) {
			const char *cell =
			    cells[qr_is_dark(&qr, x, y) | qr_is_dark(&qr, x, y + 1) << 1];

			assert_memory_equal(at, cell, strlen(cell));
			at += strlen(cell);
		}
		assert_memory_equal(at, "\033[0m\n", 5);
		at += 5;
	}
	assert_int_equal(*at, '\0');
	free(term);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_code_is_square_with_its_three_finders),
	    cmocka_unit_test(every_pass_fits_version_10),
	    cmocka_unit_test(texts_that_fit_no_code_are_refused),
	    cmocka_unit_test(png_pixels_are_the_modules),
	    cmocka_unit_test(png_sizes_out_of_range_are_refused),
	    cmocka_unit_test(svg_rectangles_are_the_modules),
	    cmocka_unit_test(the_terminals_cells_are_the_modules),
	};

	if (sodium_init() < 0)
		return 99;
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
